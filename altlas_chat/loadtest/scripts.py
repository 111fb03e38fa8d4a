"""What people do in a chat: the actions of which scenarios are made."""

import random
import uuid
from collections.abc import Callable, Generator, Sequence

from altlas_chat.loadtest.checks import (
    changes_since,
    kept_as_sent,
    list_without_doubles,
    matches,
    overlapping_pages,
    page_of_history,
)
from altlas_chat.loadtest.steps import (
    Call,
    Checked,
    Command,
    Download,
    Json,
    Person,
    Script,
    Step,
    Upload,
)

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


READ_BACK = 0.1
"""Of the messages over REST, how many their sender reads again."""


def open_app(person: Person, chance: random.Random) -> Script:
    """What the Chat tab does when it is opened: state, list, one conversation."""
    yield Call("getSync", "GET", "/sync")
    yield from list_conversations(person, chance)
    yield from read_history(person, chance)


def list_conversations(person: Person, chance: random.Random) -> Script:
    """The list, as it is drawn again and again."""
    del person, chance
    page = yield Call("listConversations", "GET", "/conversations", {"limit": PAGE})
    yield list_without_doubles("listConversations", page)


def read_history(person: Person, chance: random.Random) -> Script:
    """The newest messages of a conversation; now and then those before, from the middle on."""
    name, conversation_id = "listMessages", chance.choice(person.conversations)
    path = f"/conversations/{conversation_id}/messages"
    page = yield Call(name, "GET", path, {"limit": PAGE})
    yield page_of_history(name, conversation_id, page)
    items = page["items"]
    if items and chance.random() < 0.3:
        before = int(items[len(items) // 2]["seq"])
        older = yield Call(name, "GET", path, {"limit": PAGE, "before": before})
        yield page_of_history(name, conversation_id, older)
        yield overlapping_pages(name, page, older, before)


def search(person: Person, chance: random.Random) -> Script:
    """A word, everywhere or in one conversation."""
    query: dict[str, str | int] = {"q": chance.choice(WORDS), "limit": 20}
    conversation_id = chance.choice(person.conversations) if chance.random() < 0.5 else None
    if conversation_id is not None:
        query["conversationId"] = conversation_id
    found = yield Call("searchMessages", "GET", "/messages/search", query)
    yield matches("searchMessages", found, conversation_id)


def catch_up(person: Person, chance: random.Random) -> Script:
    """The state, and what changed since: nothing, mostly."""
    del chance
    snapshot = yield Call("getSync", "GET", "/sync")
    changes = yield Call("getSync", "GET", "/sync", {"cursor": snapshot["cursor"]})
    yield changes_since("getSync", snapshot, changes, person)


def post(person: Person, chance: random.Random) -> Script:
    """A message over REST, now and then read back."""
    draft = _draft(person, chance)
    is_read_back = chance.random() < READ_BACK
    kept = yield Call("postMessage", "POST", "/messages", body=draft)
    yield kept_as_sent("postMessage", draft, kept)
    if is_read_back:
        yield from _read_back(draft, kept)


def say(person: Person, chance: random.Random) -> Script:
    """A message over the socket."""
    yield from _say(_draft(person, chance))


def say_much(person: Person, chance: random.Random) -> Script:
    """A long message over the socket."""
    draft = _draft(person, chance)
    draft["text"] = " ".join([draft["text"], *chance.choices(TEXTS, k=60)])
    yield from _say(draft)


def chat(person: Person, chance: random.Random) -> Script:
    """Write, send, and have read what came before."""
    draft = _draft(person, chance)
    conversation_id = draft["conversationId"]
    yield Command("typing.start", {"conversationId": conversation_id})
    seq = yield from _say(draft)
    yield Command("conversation.read", {"conversationId": conversation_id, "seq": seq})


def share_file(person: Person, chance: random.Random) -> Script:
    """A file goes up, into a message, which is read back, and down again."""
    content = chance.randbytes(FILE_BYTES)
    file = yield Upload("uploadFile", "/files", f"{chance.getrandbits(32):08x}.bin", content)
    draft = _draft(person, chance) | {"kind": "file", "fileIds": [file["id"]]}
    kept = yield Call("postMessage", "POST", "/messages", body=draft)
    yield kept_as_sent("postMessage", draft, kept)
    yield from _read_back(draft, kept)
    yield Download("downloadFile", f"/files/{file['id']}", content)


def _say(draft: Json) -> Generator[Step | Checked, Json, int]:
    """Send it; its place."""
    sent = yield Command("message.send", draft)
    yield kept_as_sent("message.send", draft, sent["message"])
    return int(sent["message"]["seq"])


def _read_back(draft: Json, kept: Json) -> Script:
    again = yield Call("getMessage", "GET", f"/messages/{kept['id']}")
    yield kept_as_sent("getMessage", draft, again, is_read=True)


def _draft(person: Person, chance: random.Random) -> Json:
    return {
        "conversationId": chance.choice(person.conversations),
        "clientId": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "text": chance.choice(TEXTS),
    }
