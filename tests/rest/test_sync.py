"""Catching up over HTTP: a snapshot, then what came after it, page by page."""

import uuid

import pytest

from altlas_chat.client.state import State
from altlas_chat.domain.cursor import Cursor
from altlas_chat.services import housekeeping
from tests.support.running import Chat, Json, Person, ServeChat
from tests.support.world import assert_dense, plain


async def say(person: Person, room: str, text: str = "hello") -> Json:
    body = {"conversationId": room, "clientId": str(uuid.uuid4()), "text": text}
    return await person.gets("POST", "/messages", body)


async def pages(person: Person, cursor: str, limit: int) -> tuple[list[Json], str]:
    """All events after a cursor, and the cursor after them."""
    events: list[Json] = []
    has_more = True
    while has_more:
        page = await person.gets("GET", "/sync", cursor=cursor, limit=limit)
        assert page["resyncRequired"] is False, page
        assert len(page["events"]) <= limit
        events += page["events"]
        cursor, has_more = page["cursor"], page["hasMore"]
    return events, cursor


@pytest.mark.parametrize("limit", [1, 2, 5, 1000])
async def test_a_snapshot_with_the_events_after_it_is_a_fresh_snapshot(
    chat_on_each: Chat, limit: int
) -> None:
    chat = chat_on_each
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    room, left = await chat.direct(ayse, mehmet), await chat.group(ayse, mehmet, zeynep)
    before = await mehmet.gets("GET", "/sync")
    message = await say(ayse, room, "one")
    await ayse.gets("PUT", f"/messages/{message['id']}", {"text": "two"})
    await mehmet.gets("PUT", f"/messages/{message['id']}/read")
    joined = await chat.group(zeynep, mehmet, name="joined")
    await say(zeynep, joined, "welcome")
    await say(ayse, left, "you will leave")
    await mehmet.gets("POST", f"/groups/{left}/leave")
    await say(ayse, left, "unheard")
    await mehmet.gets("PUT", f"/conversations/{room}/settings", {"isFavourite": True})
    await mehmet.gets("PUT", "/users/me", {"bio": "çay"})
    gone = await say(ayse, room, "gone")
    await ayse.gets("DELETE", f"/messages/{gone['id']}")
    events, cursor = await pages(mehmet, before["cursor"], limit)
    assert_dense(events)
    assert "unheard" not in str(events)
    state = State(before)
    for event in events:
        state.apply(event)
    fresh = await mehmet.gets("GET", "/sync")
    true = State(fresh)
    known, expected = plain(state), plain(true)
    for side in (known, expected):
        for conversation in side["conversations"].values():
            del conversation["messages"], conversation["members"]
    assert known == expected
    assert (await pages(mehmet, cursor, limit))[0] == []
    assert (await pages(mehmet, fresh["cursor"], limit))[0] == []


async def test_what_happens_between_two_pages_is_on_the_next(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    await say(ayse, room, "first")  # of which there is a notification, and of none after it
    cursor = (await mehmet.gets("GET", "/sync"))["cursor"]
    heard: list[str] = []
    for number in range(6):
        await say(ayse, room, f"{number}a")
        await say(ayse, room, f"{number}b")
        page = await mehmet.gets("GET", "/sync", cursor=cursor, limit=1)
        cursor = page["cursor"]
        heard += [event["data"]["message"]["text"] for event in page["events"]]
    events, _ = await pages(mehmet, cursor, 3)
    heard += [event["data"]["message"]["text"] for event in events]
    assert heard == [f"{number}{half}" for number in range(6) for half in "ab"]


async def test_a_group_that_begins_between_two_pages_is_not_missed(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    cursor = (await mehmet.gets("GET", "/sync"))["cursor"]
    groups = []
    state = State(await mehmet.gets("GET", "/sync"))
    for number in range(4):
        groups.append(await chat.group(ayse, mehmet, name=f"{number}"))
        await say(ayse, groups[-1], "first")
        page = await mehmet.gets("GET", "/sync", cursor=cursor, limit=1)
        cursor = page["cursor"]
        for event in page["events"]:
            state.apply(event)
        for group in groups:
            await say(ayse, group, f"again {number}")
    events, _ = await pages(mehmet, cursor, 1)
    for event in events:
        state.apply(event)
    for group in groups:
        view = await mehmet.gets("GET", f"/conversations/{group}")
        assert state.conversations[group].view["lastMessage"]["text"] == "again 3"
        assert state.conversations[group].view["seq"] == view["seq"]
        assert state.conversations[group].view["unreadCount"] == view["unreadCount"]


async def test_receipts_of_others_are_brought_up_to_date(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    cursor = (await ayse.gets("GET", "/sync"))["cursor"]
    message = await say(ayse, room)
    await mehmet.gets("PUT", f"/messages/{message['id']}/read")
    page = await ayse.gets("GET", "/sync", cursor=cursor)
    assert [(one["userId"], one["readSeq"]) for one in page["receipts"]] == [
        (mehmet.user_id, message["seq"])
    ]
    page = await mehmet.gets("GET", "/sync", cursor=cursor)
    assert page["reason"] == "cursor_invalid"


async def test_a_log_that_was_trimmed_asks_for_a_fresh_start(
    database_url: str, serve_chat: ServeChat
) -> None:
    chat = await serve_chat(database=database_url, event_log_days=0)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    early = (await mehmet.gets("GET", "/sync"))["cursor"]
    await say(ayse, room, "kept, though its event is not")
    late = (await mehmet.gets("GET", "/sync"))["cursor"]
    clock = chat.running.parts.deps.clock
    written_at = clock.now_ms()
    while clock.now_ms() <= written_at:
        pass
    assert await housekeeping.trim_log(chat.running.parts.deps) > 0
    page = await mehmet.gets("GET", "/sync", cursor=early)
    assert (page["resyncRequired"], page["reason"]) == (True, "log_trimmed")
    view = page["snapshot"]["conversations"][0]
    assert view["lastMessage"]["text"] == "kept, though its event is not"
    assert (await pages(mehmet, late, 10))[0] == []
    await say(ayse, room, "new")
    events, _ = await pages(mehmet, page["snapshot"]["cursor"], 10)
    assert [event["data"]["message"]["text"] for event in events] == ["new"]


async def test_a_cursor_of_a_later_copy_of_the_database(chat_on_each: Chat) -> None:
    ayse = await chat_on_each.person("ayse")
    word = (await ayse.gets("GET", "/sync"))["cursor"]
    cursor = Cursor.decode(word)
    ahead = {stream: seq + 1 for stream, seq in cursor.positions.items()}
    made = Cursor(cursor.database_id, cursor.user_id, cursor.at, ahead)
    page = await ayse.gets("GET", "/sync", cursor=made.encode())
    assert page["reason"] == "cursor_from_future"


async def test_a_person_in_very_many_conversations_catches_up(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    groups = [await chat.group(ayse, mehmet, name=f"{number}") for number in range(400)]
    snapshot = await mehmet.gets("GET", "/sync")
    await say(ayse, groups[200], "found")
    events, _ = await pages(mehmet, snapshot["cursor"], 500)
    assert [event["data"]["message"]["text"] for event in events] == ["found"]
