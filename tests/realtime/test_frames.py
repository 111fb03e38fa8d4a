"""Our frames, read by a WebSocket client that is not ours."""

import pytest
from aiohttp import ClientSession, WSMsgType, web
from aiohttp.test_utils import TestServer

from altlas_chat.realtime.frames import PING, framed

SIZES = (0, 1, 125, 126, 127, 65535, 65536, 200_000)


async def heard(frames: bytes, count: int) -> list[tuple[WSMsgType, bytes | str]]:
    """What a client makes of bytes that are written to its connection."""

    async def serve(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(autoping=False, compress=False)
        await ws.prepare(request)
        assert request.transport is not None
        request.transport.write(frames)
        await ws.receive()
        return ws

    app = web.Application()
    app.router.add_get("/", serve)
    async with (
        TestServer(app) as server,
        ClientSession() as http,
        http.ws_connect(server.make_url("/"), autoping=False, max_msg_size=0) as ws,
    ):
        messages = [await ws.receive(timeout=10) for _ in range(count)]
    return [(message.type, message.data) for message in messages]


@pytest.mark.parametrize("size", SIZES)
async def test_a_frame_of_any_length_arrives_whole(size: int) -> None:
    text = "ş" * (size // 2) + "x" * (size % 2)
    frames = framed(text.encode()) + framed(b"next")
    assert len(text.encode()) == size
    assert await heard(frames, 2) == [(WSMsgType.TEXT, text), (WSMsgType.TEXT, "next")]


async def test_a_ping_is_a_ping() -> None:
    assert await heard(framed(b"", PING), 1) == [(WSMsgType.PING, b"")]
