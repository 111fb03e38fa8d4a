"""A person's live connection: it reconnects, resumes and repeats by itself.

Every numbered event is given out once and in its stream's order, however
often the connection breaks. A command that was not answered when the
connection broke is sent again; the server knows a repeated message by its
``clientId``.
"""

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import aiohttp
import orjson

from altlas_chat.client.api import Api
from altlas_chat.client.backoff import Backoff
from altlas_chat.client.errors import LoggedOut, Refused, Unreachable
from altlas_chat.client.positions import Heard, Positions
from altlas_chat.domain.errors import FrameTooLarge
from altlas_chat.domain.language import say

Json = dict[str, Any]

NOT_AUTHENTICATED = 4001
REVOKED = 4003
TOO_MANY_FRAMES = 4008
PROTOCOL_ERROR = 4010
SILENCE_SECONDS = 60.0
"""The server pings more often, as it does at first; a connection silent for so long is dead."""


RENEW_AHEAD = 0.2
"""Which part of the time that a socket has is left when it is renewed, at most a minute."""

_PING = '{"event":"ping","data":{},"id":0}'
"""Asked for its answer, which says that what was missed has come."""


class _Gap(Exception):
    """An event is missing: connect again and resume."""


class Connection:
    """The socket of one person, kept open.

    Use it as a context manager; iterate over :meth:`events`. ``connected`` is
    set while the server can be reached, ``disconnected`` while a connection
    that there was is lost.
    """

    def __init__(
        self, http: aiohttp.ClientSession, api: Api, backoff: Backoff | None = None
    ) -> None:
        self._http = http
        self._api = api
        self._backoff = backoff or Backoff()
        self._numbers = itertools.count(1)
        self._pending: dict[int, tuple[Json, asyncio.Future[Json]]] = {}
        self._events: asyncio.Queue[Json | None] = asyncio.Queue()
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._task: asyncio.Task[None] | None = None
        self._over: Exception | None = None
        self.positions = Positions()
        self.connected = asyncio.Event()
        self.disconnected = asyncio.Event()
        self.reconnects = 0
        self._silence_seconds = SILENCE_SECONDS
        self._max_frame_bytes: int | None = None
        self._cursor_of_ready: str | None = None
        self._token = ""
        self._renewing: asyncio.Task[None] | None = None
        self._has_new_token = False

    async def __aenter__(self) -> Self:
        self._task = asyncio.get_running_loop().create_task(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._end(LoggedOut("the connection was closed"))

    async def events(self) -> AsyncIterator[Json]:
        """Frames as they come: events, ``ready`` and ``resync_required``.

        Raises:
            LoggedOut: the session is over.
        """
        while (frame := await self._events.get()) is not None:
            yield frame
        raise self._over or LoggedOut("the connection was closed")

    async def request(self, event: str, data: Json) -> Json:
        """Send a command and give the data of its reply, across reconnections.

        Raises:
            Refused: the server refused it, or no frame can carry it.
            LoggedOut: the session is over.
        """
        if self._over is not None:
            raise self._over
        number = next(self._numbers)
        frame = {"event": event, "data": data, "id": number}
        reply: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._pending[number] = (frame, reply)
        try:
            if self.connected.is_set() and self._socket is not None:
                with suppress(ConnectionError, aiohttp.ClientError):
                    await self._say(self._socket, frame, reply)
            return await reply
        finally:
            self._pending.pop(number, None)

    async def send_message(self, conversation_id: str, text: str, **more: Any) -> Json:
        """Send a text; the message as the server keeps it. Returns when it is durable."""
        draft = {"conversationId": conversation_id, "clientId": str(uuid.uuid4()), "text": text}
        reply = await self.request("message.send", {**draft, **more})
        message: Json = reply["message"]
        return message

    # -- the life of the connection ---------------------------------------------

    async def _run(self) -> None:
        try:
            while True:
                await self._connect_once()
                self.reconnects += 1
                if self._has_new_token:
                    self._has_new_token = False
                else:
                    await asyncio.sleep(self._backoff.next_pause())
        except Exception as error:  # noqa: BLE001 - whoever waits must be told
            self._end(error)

    def _end(self, error: Exception) -> None:
        if self._over is None:
            self._over = error
        for _, reply in self._pending.values():
            if not reply.done():
                reply.set_exception(error)
        self._events.put_nowait(None)

    async def _connect_once(self) -> None:
        """Serve one socket until it breaks.

        Raises:
            LoggedOut: there is no use in trying again.
        """
        self._token = self._api.session.access_token
        close_code: int | None = None
        try:
            async with self._http.ws_connect(
                self._api.socket_url, heartbeat=None, max_msg_size=0, protocols=("altlas.chat.v1",)
            ) as socket:
                self._socket = socket
                await self._introduce(socket, self._token)
                await self._read(socket)
                close_code = socket.close_code
        except (aiohttp.ClientError, OSError, TimeoutError, _Gap):
            pass
        finally:
            self._put_away()
        if close_code == REVOKED:
            raise LoggedOut("the session was ended")
        if close_code == PROTOCOL_ERROR:
            raise LoggedOut("the server does not understand this client")
        if close_code == TOO_MANY_FRAMES:
            self._backoff.slow_down()
        if close_code == NOT_AUTHENTICATED:
            with suppress(Unreachable):
                await self._api.refresh(self._token)

    def _put_away(self) -> None:
        self._socket = None
        if self._renewing is not None:
            self._renewing.cancel()
            self._renewing = None
        if self.connected.is_set():
            self.connected.clear()
            self.disconnected.set()

    async def _introduce(self, socket: aiohttp.ClientWebSocketResponse, token: str) -> None:
        auth: Json = {"token": token}
        resume = self.positions.as_resume()
        if resume is not None:
            auth["resume"] = resume
        await socket.send_str(orjson.dumps({"event": "auth", "data": auth}).decode())

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            message = await socket.receive(timeout=self._silence_seconds)
            if message.type is not aiohttp.WSMsgType.TEXT:
                return
            frame: Json = orjson.loads(message.data)
            await self._take(socket, frame)

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, frame: Json) -> None:
        event = frame["event"]
        if event in ("reply", "pong") or (event == "error" and "id" in frame):
            self._answer(frame)
        elif "seq" in frame:
            heard = self.positions.hear(frame)
            if heard is Heard.AFTER_A_GAP:
                raise _Gap
            if heard is Heard.NEW:
                self._events.put_nowait(frame)
        elif event == "ready":
            if not self.connected.is_set():
                await self._go_on(socket, frame)
        elif event == "resync_required":
            self._cursor_of_ready = None
            self.positions.start_with(frame["data"]["snapshot"])
            self._events.put_nowait(frame)
        elif event not in ("error", "session.closing"):
            self._events.put_nowait(frame)

    async def _go_on(self, socket: aiohttp.ClientWebSocketResponse, frame: Json) -> None:
        self._backoff.reset()
        self._silence_seconds = max(SILENCE_SECONDS, 2.0 * frame["data"]["heartbeatSeconds"])
        self._max_frame_bytes = frame["data"]["limits"]["maxFrameBytes"]
        cursor = frame["data"]["cursor"]
        if self.positions.cursor is None:
            self.positions.start_at(cursor)
        self._cursor_of_ready = cursor if frame["data"]["resumed"] else None
        self._events.put_nowait(frame)
        self.disconnected.clear()
        self.connected.set()
        await socket.send_str(_PING)
        for command, reply in list(self._pending.values()):
            await self._say(socket, command, reply)
        left = frame["data"].get("expiresInSeconds")
        if left is not None:
            self._renewing = asyncio.get_running_loop().create_task(self._renew(socket, left))

    async def _say(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        command: Json,
        reply: asyncio.Future[Json],
    ) -> None:
        """Send a command. The server could not tell whose one is that is too large to be read."""
        raw = orjson.dumps(command)
        limit = self._max_frame_bytes
        if limit is None or len(raw) <= limit:
            await socket.send_str(raw.decode())
        elif not reply.done():
            problem = FrameTooLarge(
                say("A frame may have {limit} bytes.", limit=limit)
            ).as_problem()
            reply.set_exception(Refused(problem))

    async def _renew(self, socket: aiohttp.ClientWebSocketResponse, left: float) -> None:
        """Give the socket another token before the one that it has expires, again and again.

        Where it takes none it is opened anew with it; where there is none the server closes it.
        """
        with suppress(Unreachable, LoggedOut):
            while True:
                await asyncio.sleep(left - min(60.0, left * RENEW_AHEAD))
                await self._api.refresh(self._token)
                token = self._api.session.access_token
                try:
                    reply = await self.request("auth.renew", {"token": token})
                except Refused:
                    self._has_new_token = True
                    await socket.close()
                    return
                self._token, left = token, reply["expiresInSeconds"]

    def _answer(self, frame: Json) -> None:
        # What was missed came before the answer to any command: from here the newer cursor is true.
        if self._cursor_of_ready is not None:
            self.positions.cursor, self._cursor_of_ready = self._cursor_of_ready, None
        waiting = self._pending.get(frame.get("id", 0))
        if waiting is None or waiting[1].done():
            return
        if frame["event"] == "reply":
            waiting[1].set_result(frame["data"])
        else:
            waiting[1].set_exception(Refused(frame["data"]))
