"""A person on a socket: commands in, replies and events out.

Commands of one socket begin in the order in which they came, so messages keep
their sender's order; a slow command does not hold up the next. At most
``max_in_flight`` are under way, then the socket is not read until one is done.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Annotated

from pydantic import StringConstraints

from altlas_chat.domain.closing import RESTART, REVOKED, TOO_MANY_FRAMES
from altlas_chat.domain.errors import (
    AlreadyAuthenticated,
    BinaryFrame,
    ChatError,
    FieldError,
    FrameTooLarge,
    ServerFault,
    ServiceUnavailable,
    TooManyFrames,
    ValidationFailed,
)
from altlas_chat.domain.events import Json
from altlas_chat.domain.inputs import Input, check_input
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.times import rfc3339_or_none
from altlas_chat.realtime.listener import Keyed
from altlas_chat.services.authentication import renewed
from altlas_chat.services.deps import Deps
from altlas_chat.services.hearing import Hearer, RequestId, seconds_left
from altlas_chat.storage.database import StorageUnavailable
from altlas_chat.ws.commands import run_command
from altlas_chat.ws.envelope import Envelope, open_envelope, read_frame, request_id_of
from altlas_chat.ws.frames import answer_frame, error_frame, reply_frame
from altlas_chat.ws.socket import Socket

log = logging.getLogger(__name__)

RENEW = "auth.renew"


class RenewRequest(Input):
    """The data of an ``auth.renew`` frame."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=16_384)]


class Session(Hearer):
    """One authenticated socket, which hears and asks."""

    __slots__ = ("_deps", "_in_flight", "_room", "socket")

    def __init__(self, deps: Deps, socket: Socket, actor: Actor) -> None:
        super().__init__(actor, put=socket.outbox.put)
        self._deps = deps
        self.socket = socket
        self._in_flight = 0
        self._room: asyncio.Future[None] | None = None

    def welcome(self, ready: Json, request_id: RequestId) -> None:
        self.socket.language = ready["user"]["language"]
        self.put(answer_frame("ready", request_id, ready))

    def end(self) -> None:
        """Close the socket because its session is over."""
        self.socket.close(REVOKED)

    def fail(self) -> None:
        """Close the socket because it can't be served now; the client resumes."""
        self.socket.close(RESTART)

    def excuse(self) -> None:
        self.socket.outbox.excuse()

    @property
    def is_behind(self) -> bool:
        return self.socket.outbox.is_behind

    def put_passing(self, one: Keyed) -> None:
        self.socket.outbox.put_passing(one)

    def put_together(self, some: Sequence[Keyed], joined: bytes) -> None:
        self.socket.outbox.put_together(some, joined)

    async def serve(self) -> None:
        """Take commands until the socket ends."""
        socket = self.socket
        while True:
            frame = socket.taken(await socket.receive())
            if socket.is_over or socket.is_closing:
                return
            if socket.is_flooding:
                socket.close(TOO_MANY_FRAMES, error_frame(None, TooManyFrames(), socket.language))
                return
            if frame is None:
                continue
            self._take(frame)
            if self._in_flight >= self._deps.settings.max_in_flight:
                self._room = socket.loop.create_future()
                await self._room

    def _take(self, frame: str | bytes) -> None:
        envelope = opened(self.socket, frame, self._deps.settings.max_frame_bytes)
        if envelope is None:
            return
        if envelope.event == "ping":
            self.socket.outbox.put(_pong(envelope, self.socket.language))
        elif envelope.event == "auth":
            error = AlreadyAuthenticated()
            self.socket.outbox.put(error_frame(envelope.request_id, error, self.socket.language))
        else:
            self._in_flight += 1
            # Nobody keeps the task: what it waits for does.
            self.socket.loop.create_task(self._run(envelope))

    def _finished(self) -> None:
        self._in_flight -= 1
        if self._room is not None:
            if not self._room.done():
                self._room.set_result(None)
            self._room = None

    async def _run(self, envelope: Envelope) -> None:
        put = self.socket.outbox.put
        try:
            if envelope.event == RENEW:
                data = await self._renew(envelope.data)
            else:
                data = await run_command(
                    self._deps, self.actor, envelope.event, envelope.data, self
                )
        except ChatError as error:
            put(error_frame(envelope.request_id, error, self.socket.language))
        except StorageUnavailable as error:
            log.warning("%s: storage unavailable: %s", envelope.event, error)
            put(error_frame(envelope.request_id, ServiceUnavailable(), self.socket.language))
        except Exception:
            log.exception("%s failed", envelope.event)
            put(error_frame(envelope.request_id, ServerFault(), self.socket.language))
        else:
            put(reply_frame(envelope.request_id, data))
        finally:
            self._finished()

    async def _renew(self, data: object) -> Json:
        """Let the socket live on as long as another token of the same session does."""
        request = check_input(RenewRequest, data, "/data")
        self.actor = await renewed(self._deps, self.actor, request.token)
        # Never sooner than before, so whoever watches the end finds it in time.
        self.socket.ends_at = self.actor.ends_at
        return {
            "expiresAt": rfc3339_or_none(self.actor.ends_at),
            "expiresInSeconds": seconds_left(self._deps, self.actor),
        }


def _pong(envelope: Envelope, language: str) -> bytes:
    if envelope.data != {}:
        detail = say("a ping says nothing")
        error = ValidationFailed(detail, errors=[FieldError("EXTRA_FORBIDDEN", detail, "/data")])
        return error_frame(envelope.request_id, error, language)
    return answer_frame("pong", envelope.request_id, {})


def opened(socket: Socket, frame: str | bytes, max_frame_bytes: int) -> Envelope | None:
    """The envelope in a frame; None when there is none, and the client was told why."""
    request_id: RequestId = None
    try:
        if isinstance(frame, bytes):
            raise BinaryFrame
        if len(frame) > max_frame_bytes or len(frame.encode()) > max_frame_bytes:
            raise FrameTooLarge(say("A frame may have {limit} bytes.", limit=max_frame_bytes))
        content = read_frame(frame)
        request_id = request_id_of(content)
        return open_envelope(content, request_id)
    except ChatError as error:
        socket.outbox.put(error_frame(request_id, error, socket.language))
        return None
