"""How a stream of events ends: with what let the person in, with the server, with a slow reader."""

import asyncio
import contextlib
import socket
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from altlas_chat.domain.times import rfc3339
from altlas_chat.server.run import running_server
from tests.rest.test_events import ready, refusal, say, texts
from tests.support.contract import checked_session
from tests.support.devices import PASSWORD
from tests.support.running import Chat, Person, ServeChat, quick_settings
from tests.support.streams import Hearing, hearing
from tests.support.tokens import token_that_ends
from tests.support.waiting import until
from tests.ws.test_slow_readers import small_socket

TEXT = "👩" * 4000
MANY = 3000


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
