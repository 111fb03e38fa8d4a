"""GET /events over real connections: begin, go on, be cut, be ended."""

import asyncio
import contextlib
import socket
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from altlas_chat.domain.cursor import Cursor
from altlas_chat.domain.times import rfc3339
from altlas_chat.rest.event_stream import SHORT_ID
from altlas_chat.server.run import running_server
from altlas_chat.services import housekeeping
from tests.support.contract import checked_session
from tests.support.devices import PASSWORD
from tests.support.running import Chat, Json, Person, ServeChat, quick_settings
from tests.support.streams import Hearing, hearing
from tests.support.tokens import token_that_ends
from tests.support.waiting import until
from tests.ws.test_slow_readers import small_socket

TEXT = "👩" * 4000
MANY = 3000


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


# -- the end -----------------------------------------------------------------------------


async def last_words(stream: Hearing) -> int:
    frames = await stream.rest()
    assert frames[-1]["event"] == "session.closing"
    return int(frames[-1]["data"]["code"])


async def test_it_ends_with_its_token_and_says_so(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    device = Person(chat.http, chat.url, ayse.user_id, token_that_ends(chat, ayse, 1))
    async with hearing(device) as stream:
        await ready(stream)
        assert await last_words(stream) == 4001
    assert not chat.running.parts.streams.open
    assert chat.running.parts.hub.listener_count == 0


async def log_in(chat: Chat, name: str) -> tuple[str, Person]:
    body = {"username": name, "password": PASSWORD}
    async with chat.http.post(f"{chat.url}/v1/auth/login", json=body) as response:
        answer = await response.json()
    person = Person(chat.http, chat.url, answer["user"]["id"], answer["accessToken"])
    return answer["sessionId"], person


async def test_it_ends_with_its_session(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    session_id, phone = await log_in(chat, "ayse")
    async with hearing(phone) as stream, hearing(ayse) as other:
        await ready(stream)
        await ready(other)
        await ayse.gets("DELETE", f"/sessions/{session_id}")
        assert await last_words(stream) == 4003
        frame = await other.next_of("session.ended")
        assert frame["data"] == {"sessionId": session_id}
    async with hearing(ayse) as stream:
        await ready(stream)
        body = {"currentPassword": PASSWORD, "newPassword": f"{PASSWORD}-new"}
        await ayse.gets("PUT", "/auth/password", body)
        await ayse.gets("POST", "/auth/logout")
        assert await last_words(stream) == 4003


async def test_it_ends_with_its_api_key(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    deps = chat.running.parts.deps
    soon = {"expiresAt": rfc3339(deps.clock.now_ms() + 1200)}
    for more in (soon, {}):
        key = await ayse.gets("POST", "/api-keys", {"name": "b", "scopes": ["sync:read"], **more})
        own = {"X-API-Key": key["secret"]}
        async with chat.http.get(f"{chat.url}/v1/events", headers=own) as response:
            stream = Hearing(response)
            await ready(stream)
            if not more:
                await ayse.gets("DELETE", f"/api-keys/{key['apiKey']['id']}")
            assert await last_words(stream) == 4003


async def test_a_server_that_stops_says_so(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    streams = chat.running.parts.streams
    async with hearing(ayse) as one, hearing(mehmet) as two:
        await ready(one)
        await ready(two)
        await say(mehmet, room, "the last one")
        await streams.drain(0)
        for stream in (one, two):
            frames = await stream.rest()
            assert texts(frames) == ["the last one"]
            assert frames[-1]["data"]["code"] == 1012
        own = {"Authorization": f"Bearer {ayse.token}"}
        assert await refusal(ayse, headers=own) == (503, "SERVER_RESTARTING")
        last_id = two.last_id
    streams.is_draining = False
    await say(ayse, room, "after it")
    async with hearing(mehmet, last_id) as stream:
        await ready(stream)
        assert texts([await stream.next_of("message.created")]) == ["after it"]


async def test_open_streams_and_waits_do_not_keep_a_server_from_stopping(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    settings = quick_settings(f"sqlite:///{tmp_path}/chat.db", drain_seconds=3600)
    async with contextlib.AsyncExitStack() as stack:
        loop = asyncio.get_running_loop()
        async with running_server(settings) as running:
            chat = Chat(running, http, [])
            ayse = await chat.person("ayse")
            cursor = (await ayse.gets("GET", "/sync"))["cursor"]
            streams = [await stack.enter_async_context(hearing(ayse)) for _ in range(3)]
            for stream in streams:
                await ready(stream)
            waiting = asyncio.create_task(ayse.gets("GET", "/sync", cursor=cursor, wait=30))
            await until(lambda: running.parts.streams.waiting)
            ended = [asyncio.create_task(last_words(stream)) for stream in streams]
            began = loop.time()
        assert loop.time() - began < 5
        assert [await one for one in ended] == [1012] * 3
        assert (await waiting)["events"] == []


async def test_who_speaks_http_1_0_gets_it_unframed(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    place = urlsplit(chat.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    head = f"GET /v1/events HTTP/1.0\r\nAuthorization: Bearer {ayse.token}\r\n\r\n"
    writer.write(head.encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.0 200")
    assert b"chunked" not in answer
    assert (await reader.readuntil(b"\n\n")).startswith(b"retry: ")
    assert (await reader.readuntil(b"\n")).startswith(b"id: ")
    assert await reader.readuntil(b"\n") == b"event: ready\n"
    await chat.running.parts.streams.drain(0)
    assert (await reader.read()).endswith(b"\n\n")
    writer.close()


async def test_who_goes_away_is_let_go_of(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    streams, hub = chat.running.parts.streams, chat.running.parts.hub
    async with checked_session() as http:
        device = Person(http, chat.url, ayse.user_id, ayse.token)
        async with hearing(device) as stream:
            await ready(stream)
            assert hub.listener_count == len(streams.open) == 1
            assert stream.response.connection is not None
            assert stream.response.connection.transport is not None
            stream.response.connection.transport.abort()
            await until(lambda: not streams.open)
    assert hub.listener_count == 0


async def test_it_shows_that_it_lives(serve_chat: ServeChat) -> None:
    chat = await serve_chat(heartbeat_seconds=2)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with hearing(ayse) as stream:
        await ready(stream)
        reading = asyncio.create_task(stream.next_of("message.created"))
        await until(lambda: stream.comments >= 2)
        await say(mehmet, room, "hello")
        await reading


# -- slow and silent readers -----------------------------------------------------------------


@pytest.mark.slow
async def test_a_slow_reader_is_cut_and_loses_nothing(serve_chat: ServeChat) -> None:
    chat = await serve_chat(outbox_bytes=65536)
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    group = await chat.group(ayse, mehmet, zeynep)
    streams = chat.running.parts.streams
    sent: list[str] = []
    connector = aiohttp.TCPConnector(socket_factory=small_socket)
    async with checked_session(connector=connector) as slow_http, hearing(zeynep) as quick:
        await ready(quick)
        slow = Person(slow_http, chat.url, mehmet.user_id, mehmet.token)
        async with hearing(slow) as stream:
            await ready(stream)
            first_id = stream.last_id
            while len(streams.open) == 2:
                assert len(sent) < MANY, "a reader that does not read was never cut"
                sent.append(f"{len(sent)} {TEXT}"[:4000])
                await say(ayse, group, sent[-1])
                assert texts([await quick.next_of("message.created")]) == sent[-1:]
    assert chat.running.parts.sockets.flusher.closings[4009] == 1
    async with hearing(mehmet, first_id) as stream:
        await ready(stream)
        assert texts([await stream.next_of("message.created") for _ in sent]) == sent


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="a matter of Linux")
async def test_who_takes_nothing_any_more_is_let_go_of(serve_chat: ServeChat) -> None:
    """Before the outbox is full, since the system notices that nothing gets through."""
    chat = await serve_chat(
        outbox_bytes=1 << 28, outbox_frames=1 << 20, heartbeat_seconds=2, pong_timeout_seconds=1
    )
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    streams = chat.running.parts.streams
    connector = aiohttp.TCPConnector(socket_factory=small_socket)
    async with checked_session(connector=connector) as http:
        deaf = Person(http, chat.url, mehmet.user_id, mehmet.token)
        async with hearing(deaf) as stream:
            await ready(stream)
            (own,) = streams.open
            while own._outbox is not None and own._outbox.depth[1] < 65536:
                await say(ayse, room, TEXT)
            await until(lambda: not streams.open)
    assert chat.running.parts.sockets.flusher.closings[4009] == 0


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
