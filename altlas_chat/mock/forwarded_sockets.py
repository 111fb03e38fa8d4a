"""Passes WebSockets through to the real server, frame by frame, with their ends."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter

import aiohttp
from aiohttp import WSMsgType, web

from altlas_chat.mock.faults import ended
from altlas_chat.mock.forwarding import HOP_BY_HOP, Forwarder, OpenedSocket
from altlas_chat.mock.journal import Entry, Journal
from altlas_chat.mock.weather import Call, Weather
from altlas_chat.system import Clock

Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse

PROTOCOLS = "Sec-WebSocket-Protocol"
ABNORMAL = (1005, 1006, 1015)
"""Ends without a code that a close frame could carry (RFC 6455, section 7.4.1)."""


class SocketForwarder:
    """Takes the requests that ask for a WebSocket, and no others."""

    def __init__(
        self, forwarder: Forwarder, journal: Journal, weather: Weather, clock: Clock
    ) -> None:
        self._forwarder = forwarder
        self._journal = journal
        self._weather = weather
        self._clock = clock

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """The socket, when it is over; what the real server refuses is refused in its words."""
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return None
        entry = Entry(
            began_ms=self._clock.now_ms(),
            method=request.method,
            address=f"{request.scheme}://{request.host}",
            target=request.raw_path,
            version="HTTP/1.1",
            client=request.remote or "",
            request_headers=request.headers.items(),
            origin="proxy",
        )
        began = perf_counter()
        response = await self._joined(request, entry)
        entry.seconds = perf_counter() - began
        entry.status = response.status
        entry.answer_headers = response.headers.items()
        self._journal.add(entry)
        return response

    async def _joined(self, request: web.BaseRequest, entry: Entry) -> web.StreamResponse:
        front = self._forwarder.server.raw_path.rstrip("/")
        address = self._forwarder.joined(f"{front}{request.raw_path}")
        offered = [one.strip() for one in request.headers.get(PROTOCOLS, "").split(",") if one]
        try:
            there = await self._forwarder.session.ws_connect(
                address,
                protocols=offered,
                headers=list(_passed(request.headers)),
                autoclose=False,
                autoping=False,
                max_msg_size=0,
            )
        except aiohttp.WSServerHandshakeError as refused:
            return web.Response(status=refused.status, text=refused.message)
        except (aiohttp.ClientError, OSError) as error:
            return web.Response(status=502, text=f"{address}: {error}\n")
        async with there:
            protocols = [there.protocol] if there.protocol else []
            here = web.WebSocketResponse(
                protocols=protocols, autoclose=False, autoping=False, max_msg_size=0
            )
            if isinstance(there, OpenedSocket):
                here.headers.extend(_passed(there.answered))
            await here.prepare(request)
            ending = self._weather.ending(Call(request.method, request.path))
            async with ended(request, here, ending):
                entry.answer_bytes = await _relay(request, here, there)
        return here


def _passed(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Those that are not for the opening of this one connection."""
    for name, value in headers.items():
        lower = name.lower()
        if lower not in HOP_BY_HOP | {"host"} and not lower.startswith("sec-websocket-"):
            yield name, value


@dataclass(slots=True)
class Way:
    """What went one way, and how it ended; without a code it ended without a close frame."""

    size: int = 0
    code: int | None = None
    reason: bytes = b""


async def _relay(
    request: web.BaseRequest,
    here: web.WebSocketResponse,
    there: aiohttp.ClientWebSocketResponse,
) -> int:
    """Pass frames both ways until one side ends, and let the other end in the same way.

    How many bytes the real server sent.
    """
    down, up = Way(), Way()
    tasks = [
        asyncio.create_task(_pump(there, here, down)),
        asyncio.create_task(_pump(here, there, up)),
    ]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    if not tasks[0].done():
        await there.close(code=up.code or 1001, message=up.reason)
        await here.close(code=up.code or 1001)
    elif down.code is not None:
        await here.close(code=down.code, message=down.reason)
        await there.close(code=down.code)
    elif request.transport is not None:
        request.transport.abort()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return down.size


async def _pump(source: Socket, target: Socket, way: Way) -> None:
    while True:
        message = await source.receive()
        if message.type is WSMsgType.TEXT:
            way.size += len(message.data)
            await target.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            way.size += len(message.data)
            await target.send_bytes(message.data)
        elif message.type is WSMsgType.PING:
            await target.ping(message.data)
        elif message.type is WSMsgType.PONG:
            await target.pong(message.data)
        else:
            if message.type is WSMsgType.CLOSE and message.data not in ABNORMAL:
                way.code = message.data
                way.reason = str(message.extra or "").encode()
            return
