"""Resume has no hole and no double, whatever the cursor says."""

import uuid

import pytest

from altlas_chat.domain.cursor import Cursor
from tests.support.running import Chat, Json, Person, Wire


async def say(person: Person, room: str, text: str) -> Json:
    body = {"conversationId": room, "clientId": str(uuid.uuid4()), "text": text}
    return await person.gets("POST", "/messages", body)


async def texts(wire: Wire, count: int) -> list[str]:
    found = []
    while len(found) < count:
        frame = await wire.next_of("message.created")
        found.append(frame["data"]["message"]["text"])
    return found


async def test_a_resumed_client_hears_what_it_missed_then_what_comes(chat: Chat) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    first = await mehmet.connects()
    await say(ayse, room, "heard")
    await texts(first, 1)
    await first.ws.close()
    await say(ayse, room, "missed 1")
    await say(ayse, room, "missed 2")
    again = await mehmet.connects({"cursor": first.ready["data"]["cursor"]})
    assert again.ready["data"]["resumed"] is True
    await say(ayse, room, "live")
    assert await texts(again, 4) == ["heard", "missed 1", "missed 2", "live"]


async def test_what_was_seen_since_the_cursor_is_not_told_again(chat: Chat) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    first = await mehmet.connects()
    await say(ayse, room, "heard")
    heard = await first.next_of("message.created")
    await first.ws.close()
    await say(ayse, room, "missed")
    seen = {heard["stream"]: heard["seq"]}
    again = await mehmet.connects({"cursor": first.ready["data"]["cursor"], "seen": seen})
    assert await texts(again, 1) == ["missed"]


async def test_a_conversation_that_began_meanwhile_comes_with_its_snapshot(chat: Chat) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    first = await mehmet.connects()
    await first.ws.close()
    room = await chat.group(ayse, mehmet)
    await say(ayse, room, "before you came")
    again = await mehmet.connects({"cursor": first.ready["data"]["cursor"]})
    joined = await again.next_of("conversation.joined")
    view = joined["data"]["conversation"]
    assert view["lastMessage"]["text"] == "before you came"
    live = await say(ayse, room, "live")
    heard = await again.next_of("message.created")
    assert heard["seq"] == live["seq"] == view["seq"] + 1


async def test_a_deleted_message_is_never_replayed(chat: Chat) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    first = await mehmet.connects()
    await first.ws.close()
    secret = await say(ayse, room, "a secret")
    await ayse.gets("DELETE", f"/messages/{secret['id']}", scope="everyone")
    again = await mehmet.connects({"cursor": first.ready["data"]["cursor"]})
    created = await again.next_of("message.created")
    assert created["data"]["message"]["text"] == ""
    assert created["data"]["message"]["deletedAt"] is not None


def changed(word: str, **parts: object) -> str:
    cursor = Cursor.decode(word)
    facts = {
        "database_id": cursor.database_id,
        "user_id": cursor.user_id,
        "at": cursor.at,
        "positions": cursor.positions,
        **parts,
    }
    return Cursor(**facts).encode()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda _: "garbage", "cursor_invalid"),
        (lambda word: word[:-8], "cursor_invalid"),
        (lambda word: changed(word, database_id="another"), "cursor_invalid"),
        (lambda word: changed(word, user_id="somebody else"), "cursor_invalid"),
        (
            lambda word: changed(
                word, positions=dict.fromkeys(Cursor.decode(word).positions, 10**6)
            ),
            "cursor_from_future",
        ),
    ],
)
async def test_a_cursor_that_leads_nowhere_asks_for_a_fresh_start(
    chat: Chat, spoil: object, reason: str
) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    await say(ayse, room, "hello")
    first = await mehmet.connects()
    await first.ws.close()
    word = spoil(first.ready["data"]["cursor"])  # type: ignore[operator]
    again = await mehmet.connects({"cursor": word})
    assert again.ready["data"]["resumed"] is False
    resync = await again.next_of("resync_required")
    assert resync["data"]["reason"] == reason
    assert resync["data"]["snapshot"]["conversations"][0]["lastMessage"]["text"] == "hello"
    await say(ayse, room, "live")
    assert await texts(again, 1) == ["live"]


async def test_sync_gives_the_same_as_the_socket(chat: Chat) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    snapshot = await mehmet.gets("GET", "/sync")
    for number in range(5):
        await say(ayse, room, f"number {number}")
    events: list[Json] = []
    cursor, more = snapshot["cursor"], True
    while more:
        page = await mehmet.gets("GET", "/sync", cursor=cursor, limit=2)
        assert page["resyncRequired"] is False
        events += page["events"]
        cursor, more = page["cursor"], page["hasMore"]
    said = [event for event in events if event["stream"] == f"conversation:{room}"]
    assert [event["data"]["message"]["text"] for event in said] == [
        f"number {number}" for number in range(5)
    ]
    others = [event["event"] for event in events if event not in said]
    assert others == ["notification.created"]
    assert (await mehmet.gets("GET", "/sync", cursor=cursor))["events"] == []
