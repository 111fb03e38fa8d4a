"""Lets a call meet its weather on the wire, and ends sockets."""

import asyncio
import os
import socket
import struct
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from aiohttp import web

from altlas_chat.mock.weather import Ending, Fault, Forecast

GARBAGE = b"\x00\xff?~ lightning struck ~\r\n\x1a" * 8
LOOK_SECONDS = 0.2
PIECES_PER_SECOND = 10
INSTEAD = (Fault.RESET, Fault.DROP, Fault.GARBAGE, Fault.STALL)
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


async def break_off(request: web.BaseRequest, fault: Fault) -> None:
    """Let one of the faults ``INSTEAD`` of an answer happen; the connection is closed then."""
    transport = request.transport
    if transport is None:
        return
    if fault is Fault.STALL:
        await _gone(request)
    elif fault is Fault.RESET:
        _reset(transport)
    else:
        if fault is Fault.GARBAGE:
            transport.write(GARBAGE)
        transport.close()


async def _gone(request: web.BaseRequest) -> None:
    """Wait until the other side has closed the connection, or the server that stops."""
    # A request says that its connection is gone, and tells nobody when.
    while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110
        await asyncio.sleep(LOOK_SECONDS)


def _reset(transport: asyncio.Transport) -> None:
    """Close with a RST (SO_LINGER of nothing, as in socket(7)) and without what is buffered."""
    whole = transport.get_extra_info("socket")
    if whole is not None:
        twin = socket.socket(fileno=os.dup(whole.fileno()))
        twin.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
        twin.close()
    transport.abort()


async def sent_in_parts(
    request: web.BaseRequest, response: web.StreamResponse, body: bytes, forecast: Forecast
) -> web.StreamResponse:
    """Send a response slowly, by half, or to its end and close the connection then.

    ``response`` has its headers and was not prepared.
    """
    fault, speed = forecast.fault, forecast.bytes_per_second
    is_head = request.method == "HEAD"
    if body or "Content-Length" not in response.headers:
        response.content_length = len(body)
    await response.prepare(request)
    if body and not is_head:
        half = body[: len(body) // 2] if fault is Fault.TRUNCATE else body
        await _write(response, half, speed)
    if fault is not Fault.TRUNCATE:
        await response.write_eof()
    if fault is not None and request.transport is not None:
        request.transport.close()
    return response


async def _write(stream: web.StreamResponse, body: bytes, speed: float | None) -> None:
    if speed is None:
        await stream.write(body)
        return
    piece = max(1, int(speed / PIECES_PER_SECOND))
    for start in range(0, len(body), piece):
        part = body[start : start + piece]
        await stream.write(part)
        await asyncio.sleep(len(part) / speed)


@asynccontextmanager
async def ending(
    request: web.BaseRequest, opened: web.WebSocketResponse, when: Awaitable[Ending]
) -> AsyncIterator[None]:
    """End a socket when its time has come, if it is still inside the ``with`` block then."""
    task = asyncio.create_task(_end(request, opened, when))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _end(
    request: web.BaseRequest, opened: web.WebSocketResponse, when: Awaitable[Ending]
) -> None:
    end = await when
    if end.code is not None:
        await opened.close(code=end.code, message=b"the weather of the mock")
    elif request.transport is not None:
        request.transport.abort()
