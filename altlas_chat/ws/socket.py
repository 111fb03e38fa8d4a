"""One WebSocket: what is written to it, when it was last heard, how it is closed.

Knows nothing of people or messages.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from altlas_chat.domain.closing import NOT_AUTHENTICATED, SLOW, CloseReason
from altlas_chat.domain.errors import TokenExpired
from altlas_chat.realtime.frames import PING, PONG, framed
from altlas_chat.realtime.outbox import Flusher, Outbox, drop
from altlas_chat.settings import Settings
from altlas_chat.ws.frames import error_frame, notice_frame

READ_LIMIT_FACTOR = 16
"""Frames up to so many times the allowed size are read; larger ones end the socket.

``auth`` may be so large, because who is in thousands of conversations has a
long cursor. Others are refused over the allowed size.
"""

CLOSE_TIMEOUT_SECONDS = 2.0
_NEVER_SENT = 1006
_PING_FRAME = framed(b"", PING)


class Socket:
    """A prepared WebSocket with its outbox.

    Frames are put into the outbox and never awaited; a peer that does not
    read is closed as slow.
    """

    __slots__ = (
        "_closing",
        "_settings",
        "_tokens",
        "_transport",
        "_ws",
        "ends_as",
        "ends_at",
        "heard_at",
        "is_over",
        "language",
        "loop",
        "outbox",
    )

    def __init__(
        self,
        ws: web.WebSocketResponse,
        transport: asyncio.WriteTransport,
        flusher: Flusher,
        settings: Settings,
    ) -> None:
        self._ws = ws
        self._transport = transport
        self.loop = asyncio.get_running_loop()
        self._closing: asyncio.Task[None] | None = None
        self._settings = settings
        self._tokens = float(settings.max_frames_burst)
        self.heard_at = self.loop.time()
        self.is_over = False
        self.ends_at: int | None = None
        """Until when it may live (UTC milliseconds): as long as what let the person in."""
        self.ends_as = NOT_AUTHENTICATED
        self.language: str = settings.default_language
        """In which refusals are told: until the person is known, what the upgrade asks for."""
        self.outbox = Outbox(
            transport,
            flusher,
            self._close_as_slow,
            limit_bytes=settings.outbox_bytes,
            limit_frames=settings.outbox_frames,
        )

    @property
    def is_closing(self) -> bool:
        return self._closing is not None or self._ws.closed

    def receive(self) -> Awaitable[WSMessage]:
        """Wait for the next frame, which :meth:`taken` must be given then."""
        return self._ws.receive()

    def taken(self, message: WSMessage) -> str | bytes | None:
        """A text frame as str, a binary frame as bytes; None when there is nothing to do.

        Pings are answered here. After the last frame ``is_over`` is true.
        """
        self._count_frame()
        if message.type is WSMsgType.TEXT:
            return str(message.data)
        if message.type is WSMsgType.BINARY:
            return bytes(message.data)
        if message.type is WSMsgType.PING:
            self.outbox.put(framed(bytes(message.data), PONG))
        elif message.type is not WSMsgType.PONG:
            self.is_over = True
            if message.type is WSMsgType.CLOSE:
                self._answer_close(message.data)
        return None

    def _answer_close(self, code: int) -> None:
        """Say goodbye to a peer that did; 1006 is never sent (RFC 6455, section 7.4.1)."""
        if not self.is_closing:
            code = WSCloseCode.PROTOCOL_ERROR if code == _NEVER_SENT else WSCloseCode.OK
            self.outbox.close()
            self._closing = self.loop.create_task(self._say_goodbye(code))

    async def _say_goodbye(self, code: int) -> None:
        with suppress(ConnectionError):
            await self._ws.close(code=code, drain=False)

    def _count_frame(self) -> None:
        now = self.loop.time()
        more = (now - self.heard_at) * self._settings.max_frames_per_second
        self._tokens = min(self._settings.max_frames_burst, self._tokens + more) - 1
        self.heard_at = now

    @property
    def is_flooding(self) -> bool:
        """More frames came than a socket may send."""
        return self._tokens < 0

    def ping(self) -> None:
        self.outbox.put(_PING_FRAME)

    def expire(self) -> None:
        """Close the socket because what let the person in has expired."""
        expired = error_frame(None, TokenExpired(), self.language)
        self.close(self.ends_as, expired if self.ends_as is NOT_AUTHENTICATED else None)

    def _close_as_slow(self) -> None:
        self.close(SLOW)

    def abort(self) -> None:
        """Drop the connection without a word: the peer is gone."""
        self.outbox.close()
        self._transport.abort()

    def close(self, reason: CloseReason, last_frame: bytes | None = None) -> None:
        """Say why, and close. Returns at once; what was put before is written first."""
        if self.is_closing:
            return
        if last_frame is not None:
            self.outbox.put(last_frame)
        self.outbox.put(
            notice_frame("session.closing", {"code": reason.code, "reason": reason.words})
        )
        self.outbox.close()
        self.outbox.count_closing(reason.code)
        self._closing = self.loop.create_task(self._close(reason))

    async def _close(self, reason: CloseReason) -> None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_SECONDS):
                await self._ws.close(code=reason.code, message=reason.words.encode())
        except (TimeoutError, ConnectionError):
            self._transport.abort()
        else:
            # What was written may still be on its way to a peer that reads; one that does not is
            # not waited for.
            self.loop.call_later(CLOSE_TIMEOUT_SECONDS, drop, self._transport)

    def let_go(self) -> None:
        """It is over. What would hold itself, and stay until garbage is collected, is parted."""
        self.outbox.close()
        error: BaseException | None = self._ws.exception()
        while error is not None:  # a peer who is gone: what reading, then answering met
            error.__traceback__ = None
            error = error.__context__

    async def closed(self) -> None:
        """Return when closing is over, if it was begun."""
        if self._closing is not None:
            await asyncio.shield(self._closing)


OnSocket = Callable[[Socket], None]
