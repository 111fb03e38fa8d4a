"""The WebSockets (RFC 6455) of a mock, and its streams of server-sent events."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
from aiohttp import web

from altlas_chat.mock import cross_origin
from altlas_chat.mock.live.channels import Channel, parameter_names, path_pattern
from altlas_chat.mock.live.peers import Peer
from altlas_chat.mock.live.stage import Place, Stage
from altlas_chat.mock.live.talking import Talk
from altlas_chat.mock.settings import MockSettings, Validate
from altlas_chat.mock.state.paging import cursor_at
from altlas_chat.mock.weather import Call, Ending
from altlas_chat.specs.schemas import Direction

HEARTBEAT_SECONDS = 25.0
LARGEST_FRAME = 1_048_576
EVENT_STREAM = "text/event-stream"
COMMENT_SECONDS = 15.0
PROTOCOL = "Sec-WebSocket-Protocol"
LAST_EVENT = "Last-Event-ID"


@dataclass(frozen=True, slots=True)
class Door:
    """Where a path leads: the channel, and the values of the parameters in its address."""

    place: Place
    parameters: Mapping[str, str]


class Doors:
    """Finds channels by path: those without parameters first."""

    def __init__(self, stage: Stage) -> None:
        found = [
            (path_pattern(path), parameter_names(path), place)
            for place in stage.places
            for path in place.channel.paths
        ]
        self._doors = sorted(found, key=lambda one: len(one[1]))

    def find(self, path: str) -> Door | None:
        for pattern, names, place in self._doors:
            matched = pattern.fullmatch(path)
            if matched is None:
                continue
            values = dict(zip(names, matched.groups(), strict=True))
            if all(_is_allowed(place.channel, name, one) for name, one in values.items()):
                return Door(place, values)
        return None


def _is_allowed(channel: Channel, name: str, value: str) -> bool:
    allowed = channel.allowed.get(name)
    return allowed is None or value in allowed


WhenItEnds = Callable[[Call], Coroutine[Any, Any, Ending]]
"""Returns when a socket is to end by the weather; asked once for each."""


class Sockets:
    """Serves the channels of a stage."""

    def __init__(
        self,
        stage: Stage,
        talk: Talk,
        settings: Callable[[], MockSettings],
        ending: WhenItEnds | None = None,
    ) -> None:
        self._stage = stage
        self._talk = talk
        self._settings = settings
        self._ending = ending
        self._doors = Doors(stage)

    def door(self, path: str) -> Door | None:
        return self._doors.find(path)

    async def upgrade(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """Open a socket and serve it until it ends; None for what is no upgrade to a channel."""
        if "websocket" not in request.headers.get("Upgrade", "").lower():
            return None
        door = self._doors.find(request.path)
        if door is None:
            return None
        is_strict = self._settings().validate is Validate.STRICT
        wrong = upgrade_violations(door.place, request) if is_strict else []
        if wrong:
            return _problem(400, "; ".join(wrong))
        socket = web.WebSocketResponse(
            protocols=_protocols(door.place),
            heartbeat=HEARTBEAT_SECONDS,
            max_msg_size=LARGEST_FRAME,
        )
        if not socket.can_prepare(request):
            return _problem(400, "This is no handshake of a WebSocket (RFC 6455, section 4).")
        await socket.prepare(request)
        await self._serve(socket, self._enter(door, request), request)
        return socket

    async def plain(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """A channel that is asked for without an upgrade: a stream of events, or 426."""
        door = self._doors.find(request.path)
        if door is None or request.method == "OPTIONS":
            return None
        if request.method not in ("GET", "HEAD"):
            return _problem(405, "This channel is opened by GET.", {"Allow": "GET, HEAD, OPTIONS"})
        accept = request.headers.get("Accept", "")
        streams = door.place.channel.is_stream or EVENT_STREAM in accept
        if request.method == "GET" and streams and door.place.channel.tells:
            headers = {**stream_headers(), **self._allowed_origin(request)}
            response = web.StreamResponse(headers=headers)
            await response.prepare(request)
            async for part in self.stream(door, request):
                await response.write(part)
            await response.write_eof()
            return response
        headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
        return _problem(426, "This channel is a WebSocket.", headers)

    def _allowed_origin(self, request: web.BaseRequest) -> dict[str, str]:
        if "Origin" not in request.headers or not self._settings().cors:
            return {}
        return dict(cross_origin.permission(request.headers))

    async def stream(self, door: Door, request: web.BaseRequest) -> AsyncIterator[bytes]:
        """What is told on a channel, as server-sent events."""
        peer = self._enter(door, request)
        try:
            self._talk.opened(peer, bearer(request))
            while True:
                try:
                    async with asyncio.timeout(COMMENT_SECONDS):
                        payload = await peer.outbox.get()
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if payload is None:
                    return
                # What waits comes after this one, so the place is not reached before it is sent.
                reached = self._stage.room.place if peer.outbox.empty() else None
                yield as_event(payload, reached)
        finally:
            self._stage.room.leave(peer)
            self._talk.closed(peer)

    def _enter(self, door: Door, request: web.BaseRequest) -> Peer:
        return self._stage.room.enter(
            lambda number: Peer(
                channel=door.place.channel,
                number=number,
                parameters=door.parameters,
                query={**_last_event(request), **request.query},
            )
        )

    async def _serve(
        self, socket: web.WebSocketResponse, peer: Peer, request: web.BaseRequest
    ) -> None:
        writer = asyncio.ensure_future(_write(socket, peer, request.transport))
        call = Call("WS", request.path, peer.channel.paths[-1], peer.channel.name)
        if self._ending is not None:
            self._stage.begin(peer, _end_by_weather(peer, self._ending(call)))
        try:
            self._talk.opened(peer, bearer(request))
            async for message in socket:
                if peer.is_over:
                    break
                if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                    self._talk.take(peer, message.data)
            if peer.is_over:
                await writer
        finally:
            self._stage.room.leave(peer)
            self._talk.closed(peer)
            writer.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await writer


async def _write(
    socket: web.WebSocketResponse, peer: Peer, transport: asyncio.Transport | None
) -> None:
    """Send what is put in the outbox, one after the other, until None comes."""
    with suppress(ConnectionError):
        while (payload := await peer.outbox.get()) is not None:
            if isinstance(payload, bytes):
                await socket.send_bytes(payload)
            elif isinstance(payload, str):
                await socket.send_str(payload)
            else:
                await socket.send_str(orjson.dumps(payload).decode())
        if peer.closing is not None:
            code, reason = peer.closing
            await socket.close(code=code, message=reason.encode())
        elif transport is not None:
            transport.abort()


async def _end_by_weather(peer: Peer, when: Awaitable[Ending]) -> None:
    ending = await when
    if ending.code is None:
        peer.cut()
    else:
        peer.close(ending.code, "the weather of this mock")


def upgrade_violations(place: Place, request: web.BaseRequest) -> list[str]:
    """What the binding of the channel finds wrong with the query and the headers."""
    found = []
    query: Mapping[str, str] = request.query
    parts = (
        ("query", place.channel.query, query),
        ("header", place.channel.headers, request.headers),
    )
    for where, schema, given in parts:
        if schema is None:
            continue
        shapes = place.maker.shapes
        for name, one in shapes.properties(schema).items():
            text = given.get(name)
            if text is None:
                if name in shapes.required(schema):
                    found.append(f"{where} {name}: it is required")
            elif name != PROTOCOL:
                value = _typed(text, shapes.types(one))
                violations = place.spec.schemas.violations(one, value, Direction.REQUEST)
                found += [f"{where} {name}: {wrong.what}" for wrong in violations]
    return found


def _typed(text: str, types: frozenset[str]) -> Any:
    if "boolean" in types and text in ("true", "false"):
        return text == "true"
    if types & {"integer", "number"} and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text) if "." in text else int(text)
    if "array" in types:
        return text.split(",")
    return text


def _protocols(place: Place) -> tuple[str, ...]:
    """The subprotocols that the binding's headers name."""
    if place.channel.headers is None:
        return ()
    one = place.maker.shapes.properties(place.channel.headers).get(PROTOCOL)
    if one is None:
        return ()
    named = place.maker.shapes.value(one, "const"), *(place.maker.shapes.value(one, "enum") or ())
    return tuple(name for name in named if isinstance(name, str))


def _last_event(request: web.BaseRequest) -> dict[str, str]:
    found = request.headers.get(LAST_EVENT)
    return {} if found is None else {LAST_EVENT: found}


def bearer(request: web.BaseRequest) -> str | None:
    """The token of the Authorization header."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token else None


def stream_headers() -> dict[str, str]:
    return {"Content-Type": EVENT_STREAM, "Cache-Control": "no-store"}


def as_event(payload: Any, place: int | None) -> bytes:
    """A payload as one server-sent event; its id is the cursor of a place, if that is known."""
    text = payload if isinstance(payload, str) else orjson.dumps(payload).decode()
    data = "".join(f"data: {line}\n" for line in text.splitlines())
    name = "" if place is None else f"id: {cursor_at(place)}\n"
    return f"{name}{data}\n".encode()


def _problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> web.Response:
    body = {"title": aiohttp.http.RESPONSES[status][0], "status": status, "detail": detail}
    return web.Response(
        status=status,
        body=orjson.dumps(body),
        content_type="application/problem+json",
        headers=headers,
    )
