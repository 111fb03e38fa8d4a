"""Somebody in thousands of conversations has a long cursor, and goes on with it all the same."""

import uuid

from altlas_chat.domain.cursor import Cursor
from tests.support.running import Chat

MANY = 3000


def lengthened(word: str) -> str:
    """The cursor of somebody who was in many more conversations."""
    cursor = Cursor.decode(word)
    more = {f"conversation:{uuid.uuid4()}": 1 for _ in range(MANY)}
    return Cursor(
        cursor.database_id, cursor.user_id, cursor.at, {**cursor.positions, **more}
    ).encode()


async def test_by_rest(chat: Chat) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    cursor = lengthened((await ayse.gets("GET", "/sync"))["cursor"])
    draft = {"conversationId": room, "clientId": "1", "text": "missed"}
    await mehmet.gets("POST", "/messages", draft)
    changes = await ayse.gets("GET", "/sync", cursor=cursor)
    told = sorted(one["event"] for one in changes["events"])
    assert told == ["message.created", "notification.created"]


async def test_by_socket(chat: Chat) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    cursor = lengthened((await ayse.gets("GET", "/sync"))["cursor"])
    draft = {"conversationId": room, "clientId": "1", "text": "missed"}
    await mehmet.gets("POST", "/messages", draft)
    seen = {f"conversation:{uuid.uuid4()}": 1 for _ in range(MANY)}
    wire = await ayse.connects({"cursor": cursor, "seen": seen})
    assert wire.ready["data"]["resumed"] is True
    assert (await wire.next_of("message.created"))["data"]["message"]["text"] == "missed"


async def test_other_frames_keep_their_limit(chat: Chat) -> None:
    wire = await (await chat.person("ayse")).connects()
    await wire.sends("message.send", {"text": "x" * 100_000})
    assert (await wire.next())["data"]["code"] == "FRAME_TOO_LARGE"
