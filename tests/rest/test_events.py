"""GET /events over real connections: begin, go on, be cut, be ended."""

import asyncio
import contextlib
import uuid
from typing import Any

import pytest

from altlas_chat.domain.cursor import Cursor
from altlas_chat.rest.event_stream import SHORT_ID
from altlas_chat.services import housekeeping
from tests.support.running import Chat, Json, Person, ServeChat
from tests.support.streams import Hearing, hearing
from tests.support.tokens import token_that_ends
from tests.support.waiting import until


async def say(person: Person, room: str, text: str) -> Json:
    draft = {"conversationId": room, "clientId": str(uuid.uuid4()), "text": text}
    return await person.gets("POST", "/messages", draft)


async def ready(stream: Hearing) -> Json:
    frame = await stream.next()
    assert frame is not None
    assert frame["event"] == "ready"
    return dict(frame["data"])


def texts(frames: list[Json]) -> list[str]:
    return [one["data"]["message"]["text"] for one in frames if one["event"] == "message.created"]


async def test_it_begins_at_the_present_and_tells_what_comes(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    await say(ayse, room, "before")
    async with hearing(mehmet) as stream:
        data = await ready(stream)
        assert (data["resumed"], data["user"]["username"]) == (False, "mehmet")
        assert data["expiresInSeconds"] > 800
        assert stream.last_id == data["cursor"]
        message = await say(ayse, room, "hello")
        frame = await stream.next_of("message.created")
        assert frame["data"]["message"]["id"] == message["id"]
        assert stream.last_id is not None
        heard = Cursor.decode(stream.last_id).positions
        assert heard[f"conversation:{room}"] == frame["seq"]
        await mehmet.gets("PUT", f"/messages/{message['id']}/read")
        await stream.next_of("receipt.updated")


async def test_its_answer_is_one_that_no_proxy_keeps_back(serve_chat: ServeChat) -> None:
    chat = await serve_chat(cors_origins=("https://ui.example.org",))
    ayse = await chat.person("ayse")
    origin = {"Origin": "https://ui.example.org", "Accept-Encoding": "gzip, deflate, br"}
    async with hearing(ayse, headers=origin) as stream:
        await ready(stream)
        headers = stream.response.headers
        assert stream.response.content_type == "text/event-stream"
        assert headers["Cache-Control"] == "no-store, no-transform"
        assert headers["X-Accel-Buffering"] == "no"
        assert headers["Access-Control-Allow-Origin"] == "https://ui.example.org"
        assert headers["X-Request-Id"]
        assert "Content-Encoding" not in headers
        assert stream.retry_ms is not None
        assert 1000 <= stream.retry_ms <= 4000
    async with chat.http.head(
        f"{chat.url}/v1/events", headers={"Authorization": f"Bearer {ayse.token}"}
    ) as response:
        assert (response.status, response.content_type) == (200, "text/event-stream")
    await until(lambda: not chat.running.parts.streams.open)


async def test_it_goes_on_after_the_last_id(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with hearing(mehmet) as stream:
        await ready(stream)
        await say(ayse, room, "heard")
        await stream.next_of("message.created")
        last_id = stream.last_id
    for number in range(5):
        await say(ayse, room, f"missed {number}")
    group = await chat.group(ayse, mehmet)
    await say(ayse, group, "new here")
    async with hearing(mehmet, last_id) as stream:
        assert (await ready(stream))["resumed"] is True
        await say(ayse, group, "live")
        frames = [await stream.next_of("message.created", "conversation.joined")]
        while texts(frames)[-1:] != ["live"]:
            frames.append(await stream.next_of("message.created", "conversation.joined"))
        assert frames[0]["event"] == "conversation.joined"
        assert texts(frames) == [*(f"missed {number}" for number in range(5)), "live"]


async def test_the_first_one_can_begin_at_a_cursor_in_the_address(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    cursor = (await mehmet.gets("GET", "/sync"))["cursor"]
    await say(ayse, room, "one")
    later = (await mehmet.gets("GET", "/sync"))["cursor"]
    await say(ayse, room, "two")
    async with hearing(mehmet, cursor=cursor) as stream:
        assert (await ready(stream))["resumed"] is True
        frames = [await stream.next_of("message.created") for _ in range(2)]
        assert texts(frames) == ["one", "two"]
    # What was heard last goes before where it began.
    async with hearing(mehmet, later, cursor=cursor) as stream:
        await ready(stream)
        assert texts([await stream.next_of("message.created")]) == ["two"]


def of_elsewhere(word: str, **changes: Any) -> str:
    cursor = Cursor.decode(word)
    parts = {
        "database_id": cursor.database_id,
        "user_id": cursor.user_id,
        "at": cursor.at,
        "positions": cursor.positions,
        **changes,
    }
    return Cursor(**parts).encode()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (lambda _: "garbage", "cursor_invalid"),
        (lambda _: "x" * 300_000, "cursor_invalid"),
        (lambda _: "ı-ğ-👩", "cursor_invalid"),
        (lambda word: of_elsewhere(word, database_id="another"), "cursor_invalid"),
        (lambda word: of_elsewhere(word, user_id="another"), "cursor_invalid"),
        (
            lambda word: of_elsewhere(
                word, positions=dict.fromkeys(Cursor.decode(word).positions, 999)
            ),
            "cursor_from_future",
        ),
    ],
    ids=["none", "long", "no ascii", "another database", "another person", "future"],
)
async def test_a_cursor_that_leads_nowhere_asks_for_a_fresh_start(
    chat: Chat, changed: Any, reason: str
) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    await say(ayse, room, "in the snapshot")
    word = changed((await mehmet.gets("GET", "/sync"))["cursor"])
    async with hearing(mehmet, word) as stream:
        assert (await ready(stream))["resumed"] is False
        assert stream.last_id is None  # who is cut here has no snapshot yet
        frame = await stream.next()
        assert frame is not None
        assert (frame["event"], frame["data"]["reason"]) == ("resync_required", reason)
        snapshot = frame["data"]["snapshot"]
        assert snapshot["conversations"][0]["lastMessage"]["text"] == "in the snapshot"
        assert stream.last_id == snapshot["cursor"]
        last_id = stream.last_id
    await say(ayse, room, "next")
    async with hearing(mehmet, last_id) as stream:
        assert (await ready(stream))["resumed"] is True
        assert texts([await stream.next_of("message.created")]) == ["next"]


async def test_a_log_that_was_trimmed_asks_for_a_fresh_start(
    database_url: str, serve_chat: ServeChat
) -> None:
    chat = await serve_chat(database=database_url, event_log_days=0)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    cursor = (await mehmet.gets("GET", "/sync"))["cursor"]
    await say(ayse, room, "gone from the log")
    clock = chat.running.parts.deps.clock
    at = clock.now_ms()
    await until(lambda: clock.now_ms() > at)
    assert await housekeeping.trim_log(chat.running.parts.deps) > 0
    async with hearing(mehmet, cursor) as stream:
        await ready(stream)
        assert (await stream.next_of("resync_required"))["data"]["reason"] == "log_trimmed"


async def refusal(person: Person, **options: Any) -> tuple[int, str]:
    async with person.http.get(f"{person.url}/v1/events", **options) as response:
        return response.status, (await response.json())["code"]


async def test_who_is_refused(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    own = {"Authorization": f"Bearer {ayse.token}"}
    late = {"Authorization": f"Bearer {token_that_ends(chat, ayse, -10)}"}
    assert await refusal(ayse) == (401, "AUTH_UNAUTHORIZED")
    assert await refusal(ayse, headers=late) == (401, "AUTH_TOKEN_EXPIRED")
    assert await refusal(ayse, params={"cursor": ""}, headers=own) == (422, "VALIDATION_ERROR")
    assert await refusal(ayse, params={"token": ayse.token}) == (401, "AUTH_UNAUTHORIZED")
    assert await refusal(ayse, headers={**own, "Last-Event-ID": ""}) == (422, "VALIDATION_ERROR")
    for accepted in ("application/json", "text/event-stream;q=0", "text/html, image/*"):
        asked = {**own, "Accept": accepted}
        assert await refusal(ayse, headers=asked) == (406, "NOT_ACCEPTABLE"), accepted
    for accepted in ("text/event-stream", "*/*", "text/html, text/*;q=0.5"):
        async with hearing(ayse, headers={"Accept": accepted}) as stream:
            await ready(stream)


async def test_a_person_has_so_many_and_no_more(serve_chat: ServeChat) -> None:
    chat = await serve_chat(max_streams_per_user=2)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    own = {"Authorization": f"Bearer {ayse.token}"}
    async with hearing(ayse) as one, hearing(ayse) as two, hearing(mehmet) as other:
        for stream in (one, two, other):
            await ready(stream)
        assert await refusal(ayse, headers=own) == (429, "RATE_LIMIT_EXCEEDED")
        cursor = (await ayse.gets("GET", "/sync"))["cursor"]
        status, problem = await ayse.call("GET", "/sync", cursor=cursor, wait=5)
        assert (status, problem["code"]) == (429, "RATE_LIMIT_EXCEEDED")
    await until(lambda: len(chat.running.parts.streams.open) == 0)
    async with hearing(ayse) as stream:
        await ready(stream)


# -- long ids ----------------------------------------------------------------------------------


async def test_a_long_id_goes_seldom_and_leads_to_the_same_place(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    groups = [await chat.group(ayse, mehmet, name=f"{number}") for number in range(90)]
    async with hearing(mehmet) as stream:
        await ready(stream)
        assert stream.last_id is not None
        assert len(stream.last_id) > SHORT_ID
        ids = {stream.last_id}
        began = asyncio.get_running_loop().time()
        for number in range(60):
            await say(ayse, groups[number], f"{number}")
        for _ in range(60):
            await stream.next_of("message.created")
            ids.add(stream.last_id)
        # One in a second, however many events there are.
        assert len(ids) <= 2 + int(asyncio.get_running_loop().time() - began)
        # The last one comes by itself, after the last event.
        reading = asyncio.create_task(stream.next())
        truth = Cursor.decode((await mehmet.gets("GET", "/sync"))["cursor"]).positions
        await until(lambda: Cursor.decode(stream.last_id or "").positions == truth)
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading
        last_id = stream.last_id
    await say(ayse, groups[7], "next")
    async with hearing(mehmet, last_id) as stream:
        await ready(stream)
        assert texts([await stream.next_of("message.created")]) == ["next"]
