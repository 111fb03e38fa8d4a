"""GET /sync?wait=: answered when something comes, by the hub and not by asking again."""

import asyncio
import uuid
from typing import Any

import pytest

from altlas_chat.domain.events import PassingEvent, conversation_stream
from tests.rest.test_event_ends import log_in
from tests.rest.test_events import of_elsewhere
from tests.support.contract import checked_session
from tests.support.running import Chat, Json, Person
from tests.support.tokens import token_that_ends
from tests.support.waiting import until


async def say(person: Person, room: str, text: str) -> Json:
    draft = {"conversationId": room, "clientId": str(uuid.uuid4()), "text": text}
    return await person.gets("POST", "/messages", draft)


async def cursor_of(person: Person) -> str:
    return str((await person.gets("GET", "/sync"))["cursor"])


def poll(person: Person, cursor: str, wait: int = 30, **more: Any) -> "asyncio.Task[Json]":
    return asyncio.create_task(person.gets("GET", "/sync", cursor=cursor, wait=wait, **more))


async def waits(chat: Chat, count: int = 1) -> None:
    await until(lambda: chat.running.parts.streams.waiting == count)
    # Until it hears, it reads.
    hub = chat.running.parts.hub
    await until(lambda: all(one.held is None for one in hub._everybody()))


async def test_what_is_there_is_answered_at_once(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    cursor = await cursor_of(mehmet)
    await say(ayse, room, "there")
    async with asyncio.timeout(5):
        page = await poll(mehmet, cursor)
        assert len(page["events"]) == 2  # the message and its notification
        page = await poll(mehmet, cursor, limit=1)
        assert page["hasMore"] is True
        assert "conversations" in await mehmet.gets("GET", "/sync", wait=30)


async def test_who_has_everything_is_answered_when_something_comes(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    cursor, heard = await cursor_of(mehmet), []
    for text in ("first", "second"):
        waiting = poll(mehmet, cursor)
        await waits(chat)
        message = await say(ayse, room, text)
        async with asyncio.timeout(5):
            page = await waiting
        cursor = page["cursor"]
        heard += page["events"]
        page = await mehmet.gets("GET", "/sync", cursor=cursor)
        heard, cursor = heard + page["events"], page["cursor"]
        assert message["text"] == text
    texts = [one["data"]["message"]["text"] for one in heard if one["event"] == "message.created"]
    assert texts == ["first", "second"]
    assert chat.running.parts.hub.listener_count == 0


async def test_nobody_asks_the_database_while_it_waits(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    database, reads = chat.running.parts.deps.database, 0
    read = database.read

    async def counted(query: Any) -> Any:
        nonlocal reads
        reads += getattr(query, "__qualname__", "").startswith("changes_after")
        return await read(query)

    monkeypatch.setattr(type(database), "read", lambda _, query: counted(query))
    waiting = poll(mehmet, await cursor_of(mehmet), 3)
    await waits(chat)
    assert reads == 1
    # Somebody writes there: it is told and not answered.
    data = {"conversationId": room, "userId": ayse.user_id, "expiresInSeconds": 6}
    told = PassingEvent("typing.started", 0, data)
    chat.running.parts.hub.pass_on(conversation_stream(room), told)
    assert await waiting == {
        "resyncRequired": False,
        "events": [],
        "receipts": [],
        "cursor": waiting.result()["cursor"],
        "hasMore": False,
    }
    assert reads == 2


async def test_a_receipt_of_somebody_else_is_something(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    message = await say(ayse, room, "hello")
    waiting = poll(ayse, await cursor_of(ayse))
    await waits(chat)
    await mehmet.gets("PUT", f"/messages/{message['id']}/read")
    async with asyncio.timeout(5):
        page = await waiting
    assert [one["readSeq"] for one in page["receipts"]] == [message["seq"]]
    # It is told again in the next answer, which is not given at once for it.
    loop = asyncio.get_running_loop()
    began = loop.time()
    page = await poll(ayse, page["cursor"], 1)
    assert (page["events"], len(page["receipts"])) == ([], 1)
    assert loop.time() - began > 0.9


async def test_a_cursor_that_leads_nowhere_is_not_waited_for(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    cursor = await cursor_of(ayse)
    async with asyncio.timeout(5):
        for word, reason in (
            ("garbage", "cursor_invalid"),
            (of_elsewhere(cursor, user_id="another"), "cursor_invalid"),
            (of_elsewhere(cursor, positions={f"user:{ayse.user_id}": 9}), "cursor_from_future"),
        ):
            assert (await poll(ayse, word))["reason"] == reason
    for wait in ("-1", "31", "x", "1.5", ""):
        status, problem = await ayse.call("GET", "/sync", cursor=cursor, wait=wait)
        assert (status, problem["code"]) == (422, "VALIDATION_ERROR"), wait


async def test_a_conversation_that_begins_meanwhile_is_heard(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    waiting = poll(mehmet, await cursor_of(mehmet))
    await waits(chat)
    group = await chat.group(ayse, mehmet)
    async with asyncio.timeout(5):
        page = await waiting
    joined = next(one for one in page["events"] if one["event"] == "conversation.joined")
    assert joined["data"]["conversation"]["id"] == group
    waiting = poll(mehmet, (await mehmet.gets("GET", "/sync", cursor=page["cursor"]))["cursor"])
    await waits(chat)
    await say(ayse, group, "in the new one")
    async with asyncio.timeout(5):
        assert (await waiting)["events"][-1]["event"] == "message.created"


async def test_a_server_that_stops_answers_who_waits(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    polls = [poll(one, await cursor_of(one)) for one in (ayse, mehmet)]
    await waits(chat, 2)
    await chat.running.parts.streams.drain(0)
    async with asyncio.timeout(5):
        for one in polls:
            assert (await one)["events"] == []
        # Nobody waits any more.
        assert (await poll(ayse, (await polls[0])["cursor"]))["events"] == []


async def test_who_goes_away_waits_no_more(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    cursor = await cursor_of(ayse)
    async with checked_session() as http:
        waiting = poll(Person(http, chat.url, ayse.user_id, ayse.token), cursor)
        await waits(chat)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await until(lambda: not chat.running.parts.streams.waiting)
    assert chat.running.parts.hub.listener_count == 0


async def test_waiting_ends_with_the_session_and_with_the_token(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    session_id, phone = await log_in(chat, "ayse")
    cursor = await cursor_of(ayse)
    waiting = asyncio.create_task(phone.call("GET", "/sync", cursor=cursor, wait=30))
    await waits(chat)
    await ayse.gets("DELETE", f"/sessions/{session_id}")
    async with asyncio.timeout(5):
        status, problem = await waiting
    assert (status, problem["code"]) == (401, "AUTH_SESSION_REVOKED")
    ayse.token = token_that_ends(chat, ayse, 1)
    async with asyncio.timeout(5):
        assert (await poll(ayse, await cursor_of(ayse)))["events"] == []
