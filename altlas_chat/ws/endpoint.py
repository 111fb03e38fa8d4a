"""GET /ws: from the upgrade request to the end of the socket, step by step."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from aiohttp import web

from altlas_chat.domain.errors import (
    FieldError,
    ServerFault,
    ServerRestarting,
    ServiceUnavailable,
    ValidationFailed,
)
from altlas_chat.domain.permissions import Actor
from altlas_chat.realtime.hub import Hub
from altlas_chat.realtime.outbox import Flusher
from altlas_chat.services.deps import Deps
from altlas_chat.storage.database import StorageUnavailable
from altlas_chat.ws.closing import RESTART
from altlas_chat.ws.frames import error_frame
from altlas_chat.ws.handshake import shake_hands
from altlas_chat.ws.heartbeats import Heartbeats
from altlas_chat.ws.resume import CatchUps, Start, begin_hearing
from altlas_chat.ws.session import Session
from altlas_chat.ws.socket import READ_LIMIT_FACTOR, Socket

log = logging.getLogger(__name__)

PROTOCOL = "altlas.chat.v1"


@dataclass(slots=True)
class Sockets:
    """All sockets of this process."""

    deps: Deps
    hub: Hub
    catch_ups: CatchUps
    heartbeats: Heartbeats
    flusher: Flusher
    open: set[Socket] = field(default_factory=set)
    is_draining: bool = False

    async def drain(self, seconds: float) -> None:
        """Close all sockets with "restart", spread over a time; return when they are closed."""
        self.is_draining = True
        sockets = list(self.open)
        pause = seconds / max(1, len(sockets))
        for socket in sockets:
            socket.close(RESTART)
            await asyncio.sleep(pause)
        await asyncio.gather(*(socket.closed() for socket in sockets))


async def serve_socket(
    sockets: Sockets, request: web.Request, known: Actor | None, headers: Mapping[str, str]
) -> web.WebSocketResponse:
    """Upgrade, find out who is there, then serve until the socket ends.

    ``known`` is who the request's Authorization header named, if it had one;
    ``headers`` go into the answer to the upgrade.

    Raises:
        ServerRestarting: the server takes no new sockets.
        ValidationFailed: the request asks for no socket.
    """
    if sockets.is_draining:
        raise ServerRestarting
    settings = sockets.deps.settings
    ws = web.WebSocketResponse(
        autoping=False,
        compress=False,
        protocols=(PROTOCOL,),
        max_msg_size=settings.max_frame_bytes * READ_LIMIT_FACTOR,
    )
    ws.headers.update(headers)
    if not ws.can_prepare(request):
        detail = "Here WebSockets are opened: ask for an upgrade to websocket, version 13."
        raise ValidationFailed(detail, errors=[FieldError("MISSING", detail, parameter="Upgrade")])
    await ws.prepare(request)
    transport = cast("asyncio.WriteTransport", request.transport)
    socket = Socket(ws, transport, sockets.flusher, settings)
    slot = sockets.heartbeats.add(socket)
    sockets.open.add(socket)
    try:
        await _serve_to_the_end(sockets, socket, request, known)
        await socket.closed()
    finally:
        sockets.open.discard(socket)
        sockets.heartbeats.remove(socket, slot)
        socket.outbox.close()
    return ws


async def _serve_to_the_end(
    sockets: Sockets, socket: Socket, request: web.Request, known: Actor | None
) -> None:
    """Like :func:`_serve`; when something is amiss here, the client is told to come back."""
    try:
        await _serve(sockets, socket, request, known)
    except StorageUnavailable as error:
        log.warning("a socket can't be served: storage unavailable: %s", error)
        socket.close(RESTART, error_frame(None, ServiceUnavailable()))
    except Exception:
        log.exception("a socket can't be served")
        socket.close(RESTART, error_frame(None, ServerFault()))


async def _serve(
    sockets: Sockets, socket: Socket, request: web.Request, known: Actor | None
) -> None:
    deps = sockets.deps
    if known is not None and request.query.get("resume") != "frame":
        actor, start = known, Start()
    else:
        opened = await shake_hands(deps, socket, known)
        if opened is None:
            return
        actor, start = opened.actor, opened.start
    session = Session(deps, socket, actor)
    try:
        await begin_hearing(deps, sockets.hub, sockets.catch_ups, session, start)
        await session.serve()
    finally:
        sockets.hub.remove(session.listener)
        sockets.catch_ups.forget(session.listener)
