"""The proxy passes sockets through, frame by frame, and ends them as they end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.mock.equipped import Equipped
from tests.mock.test_proxy import proxied
from tests.support.waiting import until


async def echo(request: web.Request) -> web.StreamResponse:
    if "Upgrade" not in request.headers:
        return web.Response(text="no socket")
    if request.headers.get("Authorization") != "Bearer x":
        return web.Response(status=401)
    socket = web.WebSocketResponse(protocols=["chat.v1"], autoping=False)
    await socket.prepare(request)
    async for message in socket:
        if message.type is aiohttp.WSMsgType.PING:
            await socket.pong(message.data)
        elif message.data == "end":
            await socket.close(code=4001, message=b"log in again")
        elif message.data == "break":
            request.transport.abort()
        elif message.type is aiohttp.WSMsgType.TEXT:
            await socket.send_str(f"{request.raw_path} {message.data}")
        else:
            await socket.send_bytes(message.data)
    request.app.setdefault("codes", []).append(socket.close_code)
    return socket


@asynccontextmanager
async def socket_through(
    ask: Equipped, **more: Any
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    headers = {"Authorization": "Bearer x"}
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(
            f"{ask.running.url}/v1/ws?a=1", headers=headers, protocols=["chat.v1"], **more
        ) as socket,
    ):
        yield socket


@pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")
async def test_sockets_are_passed_through_frame_by_frame(tmp_path):
    async with proxied(tmp_path, echo) as ask:
        async with socket_through(ask, autoping=False) as socket:
            assert socket.protocol == "chat.v1"
            await socket.send_str("merhaba")
            assert await socket.receive_str() == "/v1/ws?a=1 merhaba"
            await socket.send_bytes(bytes(100_000))
            assert await socket.receive_bytes() == bytes(100_000)
            await socket.ping(b"p")
            message = await socket.receive()
            assert (message.type, message.data) == (aiohttp.WSMsgType.PONG, b"p")
            await socket.send_str("end")
            message = await socket.receive()
            assert (message.data, message.extra) == (4001, "log in again")
        await until(lambda: ask.entries)
        [entry] = ask.entries
        assert (entry.status, entry.origin, entry.path) == (101, "proxy", "/v1/ws")


@pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")
async def test_a_socket_ends_there_as_it_ends_here_and_the_other_way(tmp_path):
    async with proxied(tmp_path, echo) as ask:
        async with socket_through(ask) as socket:
            await socket.send_str("break")
            message = await socket.receive()
            assert message.type is aiohttp.WSMsgType.CLOSED
            assert socket.close_code == 1006
        async with socket_through(ask) as socket:
            await socket.close(code=4321)
        await until(lambda: len(ask.entries) == 2)


async def test_a_socket_that_is_refused_is_refused_here_too(tmp_path):
    async with proxied(tmp_path, echo) as ask:
        async with aiohttp.ClientSession() as http:
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await http.ws_connect(f"{ask.running.url}/v1/ws")
        assert caught.value.status == 401


@pytest.mark.parametrize("close", [4000, "abrupt"])
async def test_sockets_end_when_the_weather_says_so(tmp_path, close):
    async with proxied(tmp_path, echo) as ask:
        await ask.admin("PUT", "/weather", {"disconnect": "50ms", "close": close})
        async with socket_through(ask) as socket:
            await socket.send_str("merhaba")
            assert await socket.receive_str()
            message = await socket.receive(timeout=10)
            assert socket.close_code == (1006 if close == "abrupt" else 4000), message


async def test_sockets_that_are_open_end_when_the_weather_is_changed(tmp_path):
    async with proxied(tmp_path, echo) as ask, socket_through(ask) as socket:
        await socket.send_str("merhaba")
        assert await socket.receive_str()
        await ask.admin("PATCH", "/weather", {"latency": "1ms"})
        await socket.send_str("merhaba")
        assert await socket.receive_str()
        rule = "GET /v1/ws: disconnect=10ms, close=1013"
        await ask.admin("PATCH", "/weather", {"rules": [rule]})
        await socket.receive(timeout=10)
        assert socket.close_code == 1013


@pytest.mark.parametrize(
    ("rule", "status"), [("WS /v1/ws: status=503", 503), ("WS /v1/*: drop", None)]
)
async def test_a_socket_is_not_opened_in_bad_weather(tmp_path, rule, status):
    async with proxied(tmp_path, echo) as ask:
        await ask.admin("PUT", "/weather", {"rules": [rule]})
        with pytest.raises(aiohttp.ClientError) as caught:
            async with socket_through(ask):
                pass
        assert getattr(caught.value, "status", None) == status
        assert (await ask.get("/v1/ws")).text == "no socket"
