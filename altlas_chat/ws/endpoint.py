"""GET /ws: from the upgrade request to the end of the socket, step by step."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import cast

from aiohttp import web

from altlas_chat.domain.closing import NOT_AUTHENTICATED, RESTART, REVOKED, TOO_MANY_SOCKETS
from altlas_chat.domain.errors import (
    FieldError,
    ServerFault,
    ServerRestarting,
    ServiceUnavailable,
    SessionRevoked,
    TokenInvalid,
    TooManySockets,
    UserNotFound,
    ValidationFailed,
)
from altlas_chat.domain.language import say, wanted_language
from altlas_chat.domain.permissions import Actor
from altlas_chat.realtime.attendance import Attendance
from altlas_chat.realtime.draining import one_after_another
from altlas_chat.realtime.hub import Hub
from altlas_chat.realtime.outbox import Flusher
from altlas_chat.services.deps import Deps
from altlas_chat.services.hearing import CatchUps, Start, begin_hearing
from altlas_chat.settings import Settings
from altlas_chat.storage.database import StorageUnavailable
from altlas_chat.ws.frames import error_frame
from altlas_chat.ws.handshake import shake_hands
from altlas_chat.ws.heartbeats import Heartbeats
from altlas_chat.ws.session import Session
from altlas_chat.ws.socket import READ_LIMIT_FACTOR, Socket

log = logging.getLogger(__name__)

PROTOCOL = "altlas.chat.v1"

Knowing = Callable[[web.Request], Awaitable[Actor | None]]


@dataclass(slots=True)
class Sockets:
    """All sockets of this process."""

    deps: Deps
    hub: Hub
    catch_ups: CatchUps
    heartbeats: Heartbeats
    flusher: Flusher
    attendance: Attendance
    is_draining: bool = False

    @property
    def open(self) -> list[Socket]:
        """Those that are there at this moment."""
        return self.heartbeats.sockets()

    async def drain(self, seconds: float) -> None:
        """Close all sockets with "restart", spread over at most ``seconds``.

        Returns when they are closed.
        """
        self.is_draining = True
        sockets = self.open
        await one_after_another([partial(socket.close, RESTART) for socket in sockets], seconds)
        await asyncio.gather(*(socket.closed() for socket in sockets))


async def serve_socket(
    sockets: Sockets, request: web.Request, knowing: Knowing, headers: Mapping[str, str]
) -> web.WebSocketResponse:
    """Upgrade, find out who is there, then serve until the socket ends.

    ``knowing`` finds who the request's Authorization header names, if it has
    one; ``headers`` go into the answer to the upgrade. What is needed at the
    beginning only is let go of then: there are many sockets, and most of
    them are silent.

    Raises:
        ServerRestarting: the server takes no new sockets.
        ValidationFailed: the request asks for no socket.
    """
    known = await knowing(request)
    if sockets.is_draining:
        raise ServerRestarting
    ws = await upgrade(sockets.deps.settings, request, headers)
    del headers
    transport = cast("asyncio.WriteTransport", request.transport)
    socket = Socket(ws, transport, sockets.flusher, sockets.deps.settings)
    socket.language = wanted_language(request.headers.get("Accept-Language")) or socket.language
    slot = sockets.heartbeats.add(socket)
    session = None
    try:
        try:
            session = await _begun(sockets, socket, request, known)
            del known
            if session is not None:
                await session.serve()
        except StorageUnavailable as error:
            log.warning("a socket can't be served: storage unavailable: %s", error)
            socket.close(RESTART, error_frame(None, ServiceUnavailable(), socket.language))
        except Exception:
            log.exception("a socket can't be served")
            socket.close(RESTART, error_frame(None, ServerFault(), socket.language))
        finally:
            if session is not None:
                _forget(sockets, session)
        await socket.closed()
    finally:
        sockets.heartbeats.remove(socket, slot)
        socket.let_go()
    return ws


async def upgrade(
    settings: Settings, request: web.Request, headers: Mapping[str, str]
) -> web.WebSocketResponse:
    """Answer the upgrade request; ``headers`` go into the answer.

    Raises:
        ValidationFailed: the request asks for no socket.
    """
    ws = web.WebSocketResponse(
        autoclose=False,
        autoping=False,
        compress=False,
        protocols=(PROTOCOL,),
        max_msg_size=settings.max_frame_bytes * READ_LIMIT_FACTOR,
    )
    ws.headers.update(headers)
    if not ws.can_prepare(request):
        detail = say("Here WebSockets are opened: ask for an upgrade to websocket, version 13.")
        raise ValidationFailed(detail, errors=[FieldError("MISSING", detail, parameter="Upgrade")])
    await ws.prepare(request)
    return ws


async def _begun(
    sockets: Sockets, socket: Socket, request: web.Request, known: Actor | None
) -> Session | None:
    """The session of a socket whose person is known and hears; None if there will be none."""
    deps = sockets.deps
    if known is not None and request.query.get("resume") != "frame":
        actor, start = known, Start()
    else:
        opened = await shake_hands(deps, socket, known)
        if opened is None:
            return None
        actor, start = opened.actor, opened.start
    session = Session(deps, socket, actor)
    try:
        # From here on the hub ends the socket with its session.
        deps.credentials.require_open(actor.way_in)
        _require_room(sockets, actor)
        socket.ends_at = actor.ends_at
        if actor.api_key_id is not None:
            socket.ends_as = REVOKED
        sockets.heartbeats.watch_end(socket)
        await begin_hearing(deps, sockets.hub, sockets.catch_ups, session, start)
        sockets.attendance.came(session)
    except SessionRevoked as refusal:
        socket.close(REVOKED, error_frame(start.request_id, refusal, socket.language))
        return None
    except TooManySockets as refusal:
        socket.close(TOO_MANY_SOCKETS, error_frame(start.request_id, refusal, socket.language))
        return None
    except UserNotFound:
        _forget(sockets, session)
        gone = TokenInvalid(say("The account that the token names is gone."))
        socket.close(NOT_AUTHENTICATED, error_frame(start.request_id, gone, socket.language))
        return None
    except BaseException:
        _forget(sockets, session)
        raise
    return session


def _require_room(sockets: Sockets, actor: Actor) -> None:
    there = len(sockets.hub.listeners_of(actor.user_id))
    limit = sockets.deps.settings.max_sockets_per_user
    if there >= limit:
        raise TooManySockets(say("There are {count} of {limit}.", count=there, limit=limit))


def _forget(sockets: Sockets, session: Session) -> None:
    sockets.hub.remove(session)
    sockets.catch_ups.forget(session)
    sockets.deps.typists.gone(session)
    sockets.deps.watches.forget(session)
    sockets.attendance.left(session)
