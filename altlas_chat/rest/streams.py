"""Answers that last: streams of events and long polls, all of this process."""

import asyncio
import contextlib
import random
import socket
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import cast

from aiohttp import HttpVersion11, web

from altlas_chat.domain.closing import RESTART
from altlas_chat.domain.cursor import Cursor
from altlas_chat.domain.errors import (
    RateLimitExceeded,
    ServerRestarting,
    TokenInvalid,
    UserNotFound,
)
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.realtime.attendance import Attendance
from altlas_chat.realtime.draining import one_after_another
from altlas_chat.realtime.hub import Hub
from altlas_chat.realtime.outbox import Flusher, Outbox, drop
from altlas_chat.rest.call import LASTING, Call
from altlas_chat.rest.event_stream import HEARTBEAT, EventStream
from altlas_chat.services.deps import Deps
from altlas_chat.services.hearing import CatchUps, Start, begin_hearing
from altlas_chat.services.long_polls import Waiter, wait_for_changes
from altlas_chat.services.sync import Changes, Resync

CLOSE_TIMEOUT_SECONDS = 2.0
RETRY_MS = (1000, 4000)
"""After how long a client comes back when its stream broke: between these, by chance."""

_HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
}


class Streams:
    """Who hears by HTTP at this moment, and who waits. One timer serves all.

    A person may have ``max_streams_per_user`` of both together.
    """

    def __init__(
        self, deps: Deps, hub: Hub, catch_ups: CatchUps, flusher: Flusher, attendance: Attendance
    ) -> None:
        self._deps = deps
        self._hub = hub
        self._catch_ups = catch_ups
        self._flusher = flusher
        self._attendance = attendance
        self._random = random.Random()  # noqa: S311
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._turn = 0
        self._of_user: Counter[str] = Counter()
        self._streams: dict[EventStream, tuple[web.Request, int]] = {}
        self._waiting: dict[Waiter, web.Request] = {}
        self.is_draining = False

    @property
    def open(self) -> list[EventStream]:
        """The streams that are there at this moment."""
        return list(self._streams)

    @property
    def waiting(self) -> int:
        """How many long polls wait at this moment."""
        return len(self._waiting)

    # -- long polls --------------------------------------------------------------

    async def wait(
        self, call: Call, cursor: Cursor, limit: int, seconds: float
    ) -> Changes | Resync:
        """What came after a cursor; waits up to so long until there is something.

        Ends sooner when the server drains, when what let the person in ends,
        and when nobody is there any more to be answered.

        Raises:
            RateLimitExceeded: the person has too many open already.
            SessionRevoked: the session was ended meanwhile.
        """
        actor = call.actor
        with self._room(actor):
            waiter = Waiter(actor)
            if actor.ends_at is not None:
                seconds = min(seconds, max(0, actor.ends_at - self._deps.clock.now_ms()) / 1000)
            timer = self._loop.call_later(seconds, waiter.stop)
            call.request[LASTING] = True
            self._waiting[waiter] = call.request
            if self.is_draining:
                waiter.stop()
            try:
                # From here on the hub ends the waiting with its session.
                self._deps.credentials.require_open(actor.way_in)
                self._attendance.came(waiter)
                outcome = await wait_for_changes(
                    self._deps, self._hub, self._catch_ups, waiter, cursor, limit
                )
            finally:
                timer.cancel()
                del self._waiting[waiter]
                self._attendance.left(waiter)
        self._deps.credentials.require_open(actor.way_in)
        return outcome

    # -- streams of events -------------------------------------------------------

    async def stream(self, call: Call, cursor: Cursor | Resync | None) -> web.StreamResponse:
        """Answer with the person's events, until either side ends it.

        Raises:
            ServerRestarting: the server takes no new streams.
            RateLimitExceeded: the person has too many open already.
            SessionRevoked: the session was ended meanwhile.
            TokenInvalid: the account is gone.
        """
        if self.is_draining:
            raise ServerRestarting
        response = web.StreamResponse(headers=_HEADERS)
        response.force_close()
        if call.request.method == "HEAD":
            await response.prepare(call.request)
            return response
        with self._room(call.actor):
            stream = EventStream(call.actor)
            self._streams[stream] = (call.request, self._slot())
            try:
                # From here on the hub ends the stream with its session.
                self._deps.credentials.require_open(call.actor.way_in)
                await begin_hearing(self._deps, self._hub, self._catch_ups, stream, Start(cursor))
                self._attendance.came(stream)
                call.request[LASTING] = True
                await self._send(call.request, response, stream)
            except UserNotFound as error:
                gone = say("The account that the token names is gone.")
                raise TokenInvalid(gone) from error
            finally:
                self._hub.remove(stream)
                self._catch_ups.forget(stream)
                stream.forget()
                del self._streams[stream]
                self._attendance.left(stream)
        return response

    async def _send(
        self, request: web.Request, response: web.StreamResponse, stream: EventStream
    ) -> None:
        """Write what the stream says, and its last words. Who is gone is let go of."""
        settings = self._deps.settings
        with contextlib.suppress(ConnectionError, TimeoutError):
            await response.prepare(request)
            if request.transport is None:
                return
            transport = cast("asyncio.WriteTransport", request.transport)
            _notice_silence(transport, settings.heartbeat_seconds + settings.pong_timeout_seconds)
            await response.write(b"retry: %d\n\n" % self._random.randint(*RETRY_MS))
            outbox = Outbox(
                transport,
                self._flusher,
                stream.close_as_slow,
                limit_bytes=settings.outbox_bytes,
                limit_frames=settings.outbox_frames,
            )
            stream.open(outbox, chunked=request.version >= HttpVersion11)
            await stream.over.wait()
            stream.forget()
            if stream.reason is None:
                transport.abort()  # nobody is there any more
                return
            outbox.count_closing(stream.reason.code)
            # A peer that does not read is not waited for.
            self._loop.call_later(CLOSE_TIMEOUT_SECONDS, drop, transport)
            async with asyncio.timeout(CLOSE_TIMEOUT_SECONDS):
                await response.write(stream.last_words())
                await response.write_eof()

    # -- what both are held to ---------------------------------------------------

    @contextlib.contextmanager
    def _room(self, actor: Actor) -> Iterator[None]:
        """A place among those of the person.

        Raises:
            RateLimitExceeded: all are taken.
        """
        limit = self._deps.settings.max_streams_per_user
        if self._of_user[actor.user_id] >= limit:
            raise RateLimitExceeded(
                say("A person may have {limit} streams and waits open at once.", limit=limit)
            )
        self._of_user[actor.user_id] += 1
        try:
            yield
        finally:
            self._of_user[actor.user_id] -= 1
            if not self._of_user[actor.user_id]:
                del self._of_user[actor.user_id]

    def _slot(self) -> int:
        """In which second of the heartbeat's time a stream is written to: by chance."""
        return self._random.randrange(self._deps.settings.heartbeat_seconds)

    def start(self) -> None:
        """Begin to look after those that are open, every second."""
        self._timer = self._loop.call_later(1.0, self._tick)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _tick(self) -> None:
        self._timer = self._loop.call_later(1.0, self._tick)
        self.turn()

    def turn(self) -> None:
        """One second's work: a sign of life where it is due, an end where the time has come."""
        now_ms, period = self._deps.clock.now_ms(), self._deps.settings.heartbeat_seconds
        self._turn = (self._turn + 1) % period
        for stream, (request, slot) in self._streams.items():
            ends_at = stream.actor.ends_at
            if _is_gone(request):
                stream.over.set()
            elif ends_at is not None and ends_at < now_ms:
                stream.expire()
            elif slot == self._turn:
                stream.send(HEARTBEAT)
        for waiter, request in self._waiting.items():
            if _is_gone(request):
                waiter.stop()

    async def drain(self, seconds: float) -> None:
        """Answer who waits, and end all streams with "restart", over at most ``seconds``."""
        self.is_draining = True
        for waiter in list(self._waiting):
            waiter.stop()
        closings = [partial(stream.close, RESTART) for stream in self.open]
        await one_after_another(closings, seconds)


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _notice_silence(transport: asyncio.WriteTransport, seconds: int) -> None:
    """Let the system drop a connection whose peer takes nothing for so long (Linux)."""
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    connection = transport.get_extra_info("socket")
    if option is not None and connection is not None:
        connection.setsockopt(socket.IPPROTO_TCP, option, seconds * 1000)


STREAMS = web.AppKey("streams", Streams)
