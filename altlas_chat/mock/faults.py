"""Lets a call meet its weather on the wire, and ends sockets."""

import asyncio
import os
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from altlas_chat.mock.weather import Ending, Fault, Forecast

Answer = Callable[[int | None], Awaitable[web.StreamResponse]]
"""Gives the usual answer, or the one with a status."""

GARBAGE = b"\x00\xff?~ lightning struck ~\r\n\x1a" * 8
LOOK_SECONDS = 0.2
PIECES_PER_SECOND = 10
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class NoAnswer(web.Response):
    """Stands for an answer that nobody gets, as its connection is closed."""


async def meet(request: web.Request, forecast: Forecast, answer: Answer) -> web.StreamResponse:
    """The answer to a request under its forecast.

    A connection that the forecast breaks is closed, and what is returned is a
    ``NoAnswer``, or the answer that was sent in part.
    """
    if forecast.delay_seconds:
        await asyncio.sleep(forecast.delay_seconds)
    fault = forecast.fault
    if fault in (Fault.RESET, Fault.DROP, Fault.GARBAGE, Fault.STALL):
        return await _break(request, fault)
    response = await answer(forecast.status)
    if forecast.retry_after is not None and not response.prepared:
        response.headers.setdefault("Retry-After", str(forecast.retry_after))
    if response.prepared or (fault is None and forecast.bytes_per_second is None):
        return response
    return await _in_parts(request, response, fault, forecast.bytes_per_second)


async def _break(request: web.Request, fault: Fault) -> NoAnswer:
    transport = request.transport
    if transport is None:
        return NoAnswer()
    if fault is Fault.STALL:
        await _gone(request)
    elif fault is Fault.RESET:
        _reset(transport)
    else:
        if fault is Fault.GARBAGE and isinstance(transport, asyncio.Transport):
            transport.write(GARBAGE)
        transport.close()
    return NoAnswer()


async def _gone(request: web.Request) -> None:
    """Wait until the other side, or the server that stops, has closed the connection."""
    stopping = request.app.get(STOPPING)
    while request.transport is not None and not request.transport.is_closing():
        if stopping is not None and stopping.is_set():
            request.transport.close()
            return
        await asyncio.sleep(LOOK_SECONDS)


STOPPING = web.AppKey("STOPPING", asyncio.Event)
"""Set when the server stops; stalled calls end with it."""


def end_stalls_at_shutdown(app: web.Application) -> None:
    """Without it a stalled call would hold up the server's end."""
    app[STOPPING] = asyncio.Event()

    async def stop(_: web.Application) -> None:
        app[STOPPING].set()

    app.on_shutdown.append(stop)


def _reset(transport: asyncio.BaseTransport) -> None:
    """Close with a RST (SO_LINGER of nothing, as in socket(7)) and without what is buffered."""
    whole = transport.get_extra_info("socket")
    if whole is not None:
        twin = socket.socket(fileno=os.dup(whole.fileno()))
        twin.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
        twin.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


async def _in_parts(
    request: web.Request, whole: web.StreamResponse, fault: Fault | None, speed: float | None
) -> web.StreamResponse:
    """Send an answer slowly, by half, or to its end and close the connection then."""
    body = whole.body if isinstance(whole, web.Response) else None
    if not isinstance(body, bytes | bytearray) or request.method == "HEAD":
        body = b""
    if fault is Fault.TRUNCATE and not body:
        return await _break(request, Fault.DROP)
    stream = web.StreamResponse(status=whole.status, reason=whole.reason, headers=whole.headers)
    stream.cookies.update(whole.cookies)
    if body:
        stream.content_length = len(body)
    await stream.prepare(request)
    await _write(stream, bytes(body[: len(body) // 2] if fault is Fault.TRUNCATE else body), speed)
    if fault is not Fault.TRUNCATE:
        await stream.write_eof()
    if fault is not None and request.transport is not None:
        request.transport.close()
    return stream


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
async def ended(
    request: web.Request, opened: web.WebSocketResponse, ending: Ending | None
) -> AsyncIterator[None]:
    """End a socket when its time has come, if it is still inside the ``with`` block then."""
    if ending is None:
        yield
        return
    task = asyncio.create_task(_end(request, opened, ending))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _end(request: web.Request, opened: web.WebSocketResponse, ending: Ending) -> None:
    await asyncio.sleep(ending.after_seconds)
    if ending.code is not None:
        await opened.close(code=ending.code, message=b"the weather of the mock")
    elif isinstance(request.transport, asyncio.WriteTransport):
        request.transport.abort()
