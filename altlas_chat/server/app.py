"""Puts the parts of a server together; each part is given what it needs, once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from aiohttp import web

from altlas_chat.contract.documents import load_operations
from altlas_chat.domain.permissions import Actor
from altlas_chat.figures import Requests
from altlas_chat.realtime.attendance import Attendance
from altlas_chat.realtime.hub import Hub
from altlas_chat.realtime.outbox import Flusher
from altlas_chat.realtime.typists import Typists
from altlas_chat.realtime.watches import Watches
from altlas_chat.rest import (
    accounts,
    administration,
    api_keys,
    avatars,
    client_script,
    conversations,
    documentation,
    drafts,
    events,
    files,
    groups,
    marks,
    messages,
    notifications,
    operation,
    preferences,
    presence,
    search,
    sessions,
    sync,
    tasks,
    users,
)
from altlas_chat.rest.assets import add_assets
from altlas_chat.rest.authentication import actor_of, has_credentials
from altlas_chat.rest.binding import bind, handlers_of
from altlas_chat.rest.call import Call, Query
from altlas_chat.rest.middlewares import manners, marking
from altlas_chat.rest.request_ids import HEADER
from altlas_chat.rest.streams import STREAMS, Streams
from altlas_chat.server.bytes_of_files import chosen_blobs
from altlas_chat.server.holes import HoleFiller
from altlas_chat.server.stalls import Stalls
from altlas_chat.services.credentials import load_credentials
from altlas_chat.services.deps import Deps
from altlas_chat.services.due import Outcomes
from altlas_chat.services.hearing import CatchUps
from altlas_chat.settings import Settings
from altlas_chat.storage.database import Database
from altlas_chat.system import Clock, Ids, Randomness
from altlas_chat.ws.endpoint import Sockets, serve_socket
from altlas_chat.ws.heartbeats import Heartbeats

HANDLER_MODULES = (
    accounts,
    administration,
    api_keys,
    avatars,
    client_script,
    conversations,
    documentation,
    drafts,
    events,
    files,
    groups,
    marks,
    messages,
    notifications,
    operation,
    preferences,
    presence,
    search,
    sessions,
    sync,
    tasks,
    users,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a running server consists of."""

    deps: Deps
    hub: Hub
    sockets: Sockets
    streams: Streams
    holes: HoleFiller
    health: operation.Health
    requests: Requests
    stalls: Stalls
    later: Outcomes
    figures: Callable[[], bytes]


async def assemble(
    settings: Settings, database: Database, clock: Clock, ids: Ids, randomness: Randomness
) -> Parts:
    """All parts, connected, on the running event loop."""
    hub = Hub(settings.receipt_tick_ms / 1000)
    attendance = Attendance(hub, clock.now_ms, settings.presence_grace_seconds)
    typists = Typists(hub.tell_but, clock.now_ms, settings.typing_seconds)
    hub.left = typists.left
    deps = Deps(
        settings=settings,
        database=database,
        publisher=hub,
        clock=clock,
        ids=ids,
        randomness=randomness,
        credentials=await load_credentials(settings, database, clock, randomness),
        presence=attendance,
        watches=Watches(attendance),
        typists=typists,
        blobs=chosen_blobs(settings),
    )
    catch_ups = CatchUps(deps, hub)
    holes = HoleFiller(deps, hub)
    hub.use_log(fill_hole=holes.fill, catch_up=catch_ups.ask)
    heartbeats = Heartbeats(settings.heartbeat_seconds, settings.pong_timeout_seconds, clock.now_ms)
    flusher = Flusher()
    sockets = Sockets(deps, hub, catch_ups, heartbeats, flusher, attendance)
    requests, stalls, later = Requests(), Stalls(), Outcomes()
    streams = Streams(deps, hub, catch_ups, flusher, attendance)

    @cache
    def made() -> Callable[[], bytes]:
        from altlas_chat.server.metrics import figures_of  # noqa: PLC0415 - for who asks for them

        return figures_of(database, sockets, streams, requests, stalls, later.counts)

    def figures() -> bytes:
        return made()()

    health = operation.Health(database)
    return Parts(deps, hub, sockets, streams, holes, health, requests, stalls, later, figures)


def build_app(parts: Parts) -> web.Application:
    """The web application: every operation of the contract, and nothing else.

    Raises:
        ContractMismatch: code and contract do not fit together.
    """
    settings = parts.deps.settings
    app = web.Application(
        middlewares=[manners(parts.deps, settings.cors_origins, parts.requests)],
        client_max_size=settings.max_request_bytes,
    )
    app.on_response_prepare.append(marking(settings.cors_origins))
    app[STREAMS] = parts.streams
    app[operation.HEALTH] = parts.health
    app[operation.FIGURES] = operation.Figures(parts.figures)
    handlers = {
        **handlers_of(HANDLER_MODULES),
        "connect_socket": socket_handler(parts.sockets),
    }
    bind(app, parts.deps, load_operations(), handlers)
    add_assets(app, settings.base_path)
    return app


class SocketQuery(Query):
    resume: Literal["frame"] | None = None


def socket_handler(sockets: Sockets) -> Callable[[Call], Awaitable[web.StreamResponse]]:
    """The handler of ``connectSocket``."""

    async def knowing(request: web.Request) -> Actor | None:
        if has_credentials(request):
            return await actor_of(sockets.deps, request)
        return None

    def connect_socket(call: Call) -> Awaitable[web.StreamResponse]:
        call.query(SocketQuery)
        return serve_socket(sockets, call.request, knowing, {HEADER: call.request_id})

    return connect_socket
