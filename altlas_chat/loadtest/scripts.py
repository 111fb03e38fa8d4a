"""What people do in a chat: the actions of which scenarios are made."""

import random
import uuid
from collections.abc import Callable, Sequence

from altlas_chat.loadtest.steps import Call, Command, Download, Json, Person, Script, Upload

Action = Callable[[Person, random.Random], Script]
"""What one person does, by chance that is given, so that a seed repeats it."""

WORDS: Sequence[str] = (
    "toplantı",
    "sunucu",
    "deploy",
    "yarın",
    "İstanbul",
    "review",
    "kahve",
    "release",
    "tasarım",
    "budget",
    "ışık",
    "test",
)
TEXTS: Sequence[str] = (
    "Toplantıyı 15:00'e alabilir miyiz? Sunucuya bakmam gerek.",
    "The build is green again. Shall we release today?",
    "İstanbul'dan döndüm, yarın ofisteyim ☕",
    "Could somebody review my change? It is small.",
    "Işıklar kapalı, kahve bitti. 😅",
)
PAGE = 50
FILE_BYTES = 256 * 1024


def open_app(person: Person, chance: random.Random) -> Script:
    """What the Chat tab does when it is opened: state, list, one conversation."""
    yield Call("getSync", "GET", "/sync")
    yield Call("listConversations", "GET", "/conversations", {"limit": PAGE})
    yield from read_history(person, chance)


def list_conversations(person: Person, chance: random.Random) -> Script:
    """The list, as it is drawn again and again."""
    del person, chance
    yield Call("listConversations", "GET", "/conversations", {"limit": PAGE})


def read_history(person: Person, chance: random.Random) -> Script:
    """The newest messages of a conversation; now and then those before them."""
    path = f"/conversations/{chance.choice(person.conversations)}/messages"
    page = yield Call("listMessages", "GET", path, {"limit": PAGE})
    items = page.get("items") or []
    if items and chance.random() < 0.3:
        before = min(item["seq"] for item in items)
        yield Call("listMessages", "GET", path, {"limit": PAGE, "before": before})


def search(person: Person, chance: random.Random) -> Script:
    """A word, everywhere or in one conversation."""
    query: dict[str, str | int] = {"q": chance.choice(WORDS), "limit": 20}
    if chance.random() < 0.5:
        query["conversationId"] = chance.choice(person.conversations)
    yield Call("searchMessages", "GET", "/messages/search", query)


def catch_up(person: Person, chance: random.Random) -> Script:
    """The state, and what changed since: nothing, mostly."""
    del person, chance
    snapshot = yield Call("getSync", "GET", "/sync")
    yield Call("getSync", "GET", "/sync", {"cursor": snapshot["cursor"]})


def post(person: Person, chance: random.Random) -> Script:
    """A message over REST."""
    yield Call("postMessage", "POST", "/messages", body=_draft(person, chance))


def say(person: Person, chance: random.Random) -> Script:
    """A message over the socket."""
    yield Command("message.send", _draft(person, chance))


def say_much(person: Person, chance: random.Random) -> Script:
    """A long message over the socket."""
    draft = _draft(person, chance)
    draft["text"] = " ".join([draft["text"], *chance.choices(TEXTS, k=60)])
    yield Command("message.send", draft)


def chat(person: Person, chance: random.Random) -> Script:
    """Write, send, and have read what came before."""
    draft = _draft(person, chance)
    conversation_id = draft["conversationId"]
    yield Command("typing.start", {"conversationId": conversation_id})
    sent = yield Command("message.send", draft)
    yield Command(
        "conversation.read", {"conversationId": conversation_id, "seq": sent["message"]["seq"]}
    )


def share_file(person: Person, chance: random.Random) -> Script:
    """A file goes up, into a message, and down again."""
    content = chance.randbytes(FILE_BYTES)
    kept = yield Upload("uploadFile", "/files", f"{chance.getrandbits(32):08x}.bin", content)
    draft = _draft(person, chance) | {"kind": "file", "fileIds": [kept["id"]]}
    yield Call("postMessage", "POST", "/messages", body=draft)
    yield Download("downloadFile", f"/files/{kept['id']}", content)


def _draft(person: Person, chance: random.Random) -> Json:
    return {
        "conversationId": chance.choice(person.conversations),
        "clientId": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "text": chance.choice(TEXTS),
    }
