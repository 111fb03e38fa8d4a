"""The load's own WebSocket client: its frames are what RFC 6455 says, and aiohttp agrees."""

import asyncio
import os

import pytest
from aiohttp import WSMsgType, web

from altlas_chat.loadtest.framing import PONG, TEXT, masked, opened
from altlas_chat.realtime.frames import PING, framed
from loadtests.wire import Wire, WireClosed


def test_a_client_frame_is_masked_as_in_the_standard() -> None:
    # RFC 6455, section 5.7: "Hello", masked.
    frame = masked(b"Hello", bytes.fromhex("37fa213d"))
    assert frame == bytes.fromhex("818537fa213d7f9f4d5158")


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 70_001])
def test_frames_of_every_size_are_opened_wherever_they_are_cut(size: int) -> None:
    payloads = [os.urandom(size), b"after"]
    stream = b"".join(framed(payload) for payload in payloads)
    for cut in {0, 1, 2, 3, 5, 9, 11, len(stream) // 2, len(stream) - 1, len(stream)}:
        first, left = opened(stream[:cut])
        second, rest = opened(left + stream[cut:])
        assert [payload for _, payload in first + second] == payloads
        assert rest == b""


def test_frames_keep_their_kind() -> None:
    assert opened(framed(b"x") + framed(b"y", PING)) == ([(TEXT, b"x"), (PING, b"y")], b"")


def test_only_this_machine_gets_traffic() -> None:
    with pytest.raises(ValueError, match="this machine only"):
        Wire("http://192.0.2.1:80", "/v1/ws")


async def test_a_conversation_with_a_real_server(aiohttp_server) -> None:
    async def echo(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(autoping=False)
        await ws.prepare(request)
        await ws.ping(b"are you there")
        async for message in ws:
            if message.type is WSMsgType.PONG:
                await ws.send_str(f"ponged {message.data.decode()}")
            elif message.data == "bye":
                await ws.close(code=1000, message=b"good night")
            else:
                await ws.send_str(message.data)
        return ws

    app = web.Application()
    app.router.add_get("/ws", echo)
    server = await aiohttp_server(app)

    def talk() -> list[bytes]:
        wire = Wire(f"http://127.0.0.1:{server.port}", "/ws")
        heard = [wire.next()]
        for text in (b"merhaba", "ğ".encode() * 40_000):
            wire.send(text)
            heard.append(wire.next())
        wire.send(b"bye")
        with pytest.raises(WireClosed, match="good night"):
            wire.next()
        wire.close()
        return heard

    assert PONG == 0xA
    heard = await asyncio.to_thread(talk)
    assert heard == [b"ponged are you there", b"merhaba", "ğ".encode() * 40_000]


async def test_a_server_that_takes_no_sockets_says_why(aiohttp_server) -> None:
    server = await aiohttp_server(web.Application())

    def knock() -> None:
        with pytest.raises(ConnectionError, match="404"):
            Wire(f"http://127.0.0.1:{server.port}", "/ws")

    await asyncio.to_thread(knock)
