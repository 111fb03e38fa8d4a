"""Passes WebSockets through to the real server, frame by frame, with their ends."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter

import aiohttp
from aiohttp import WSMsgType, web
from yarl import URL

from altlas_chat.mock.faults import ending
from altlas_chat.mock.forwarded_frames import FrameCheck, FrameChecks
from altlas_chat.mock.forwarding import HOP_BY_HOP, Forwarder, OpenedSocket
from altlas_chat.mock.hooks import Mounted
from altlas_chat.mock.journal import Entry
from altlas_chat.mock.live.sockets import WhenItEnds
from altlas_chat.mock.noting import entry_of_socket
from altlas_chat.mock.pipeline import Mock
from altlas_chat.mock.settings import Validate
from altlas_chat.mock.weather import Call
from altlas_chat.system import Clock

Note = Callable[[Entry], None]
Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse

PROTOCOLS = "Sec-WebSocket-Protocol"
ABNORMAL = (1005, 1006, 1015)
"""Ends without a code that a close frame could carry (RFC 6455, section 7.4.1)."""


class SocketForwarder:
    """Takes the requests that ask for a WebSocket, and no others."""

    def __init__(self, forwarder: Forwarder, note: Note, ended: WhenItEnds, clock: Clock) -> None:
        """``note`` hears of each socket when it is over, and of frames that break the contract."""
        self._forwarder = forwarder
        self._note = note
        self._ended = ended
        self._clock = clock
        self._checks = FrameChecks()

    def serve(self, mock: Mock) -> Mounted:
        """To be mounted in front of the contract, by which frames are judged."""

        async def socket(request: web.BaseRequest) -> web.StreamResponse | None:
            if request.headers.get("Upgrade", "").lower() != "websocket":
                return None
            check = None
            if mock.settings.validate is not Validate.OFF:
                check = self._checks.find(mock.compiled, request.path)
            return await self._served(request, check)

        return socket

    async def _served(
        self, request: web.BaseRequest, check: FrameCheck | None
    ) -> web.StreamResponse:
        """The socket, when it is over; what the real server refuses is refused in its words."""
        entry = self._entry(request, check)
        began = perf_counter()
        response = await self._joined(request, check, entry)
        entry.seconds = perf_counter() - began
        entry.status = response.status
        entry.answer_headers = response.headers.items()
        self._note(entry)
        return response

    def _entry(self, request: web.BaseRequest, check: FrameCheck | None) -> Entry:
        entry = entry_of_socket(request, self._clock.now_ms())
        entry.operation = check.channel if check else None
        entry.origin = "proxy"
        return entry

    async def _joined(
        self, request: web.BaseRequest, check: FrameCheck | None, entry: Entry
    ) -> web.StreamResponse:
        offered = [one.strip() for one in request.headers.get(PROTOCOLS, "").split(",") if one]
        address = self._address(request.raw_path)
        try:
            async with asyncio.timeout(self._forwarder.timeout_seconds):
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
        except TimeoutError:
            return web.Response(status=504, text=f"{address}: there is no answer\n")
        except (aiohttp.ClientError, OSError) as error:
            return web.Response(status=502, text=f"{address}: {error}\n")
        async with there:
            here = web.WebSocketResponse(
                protocols=[there.protocol] if there.protocol else [],
                autoclose=False,
                autoping=False,
                max_msg_size=0,
            )
            if isinstance(there, OpenedSocket):
                here.headers.extend(_passed(there.answered))
            await here.prepare(request)
            when = self._ended(Call("WS", request.path, request.path, entry.operation))
            down, up = self._ways(request, check)
            async with ending(request, here, when):
                await _relay(request, here, there, down, up)
            entry.request_bytes, entry.answer_bytes = up.size, down.size
        return here

    def _address(self, target: str) -> URL:
        front = self._forwarder.server.raw_path.rstrip("/")
        return self._forwarder.joined(
            target if target.startswith(f"{front}/") else f"{front}{target}"
        )

    def _ways(self, request: web.BaseRequest, check: FrameCheck | None) -> tuple["Way", "Way"]:
        """The way down to the client and the one up to the server."""
        if check is None:
            return Way(), Way()

        def heard(frame: str | bytes) -> None:
            breaches = check.server_says(frame)
            if breaches:
                entry = self._of_frame(request, check)
                entry.answer_body, entry.answer_bytes = _as_bytes(frame), len(frame)
                entry.answer_breaches = tuple(breaches)
                self._note(entry)

        def said(frame: str | bytes) -> None:
            breaches = check.client_says(frame)
            if breaches:
                entry = self._of_frame(request, check)
                entry.request_body, entry.request_bytes = _as_bytes(frame), len(frame)
                entry.request_breaches = tuple(breaches)
                self._note(entry)

        return Way(heard), Way(said)

    def _of_frame(self, request: web.BaseRequest, check: FrameCheck) -> Entry:
        entry = self._entry(request, check)
        entry.status = 101
        json = (("Content-Type", "application/json"),)
        entry.request_headers = entry.answer_headers = json
        return entry


def _as_bytes(frame: str | bytes) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


def _hear_nothing(_: str | bytes) -> None:
    """Nobody judges the frames."""


def _passed(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Those that are not for the opening of this one connection."""
    for name, value in headers.items():
        lower = name.lower()
        if lower not in HOP_BY_HOP | {"host"} and not lower.startswith("sec-websocket-"):
            yield name, value


@dataclass(slots=True)
class Way:
    """What went one way, and how it ended; without a code it ended without a close frame."""

    hear: Callable[[str | bytes], None] = _hear_nothing
    size: int = 0
    code: int | None = None
    reason: bytes = b""


async def _relay(
    request: web.BaseRequest,
    here: web.WebSocketResponse,
    there: aiohttp.ClientWebSocketResponse,
    down: Way,
    up: Way,
) -> None:
    """Pass frames both ways until one side ends, and let the other end in the same way."""
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


async def _pump(source: Socket, target: Socket, way: Way) -> None:
    while True:
        message = await source.receive()
        if message.type is WSMsgType.TEXT:
            way.size += len(message.data)
            way.hear(message.data)
            await target.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            way.size += len(message.data)
            way.hear(message.data)
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
