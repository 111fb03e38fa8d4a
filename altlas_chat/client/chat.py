"""The front door of the Python client: one person's chat, alive for as long as it is wanted.

It logs in, knows what there is, hears what comes, and sends what was written
without a connection. :class:`Api` and :class:`Connection` are its parts.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

import aiohttp

from altlas_chat.client.api import Api, Credentials
from altlas_chat.client.backoff import Backoff
from altlas_chat.client.connection import Connection
from altlas_chat.client.errors import LoggedOut, Refused, Unreachable
from altlas_chat.client.outbox import Outbox
from altlas_chat.client.state import State
from altlas_chat.client.stores import MemoryStore, Store

Json = dict[str, Any]


class Chat:
    """One person on one server.

    ::

        async with Chat("https://chat.example.org", store=FileStore(path)) as chat:
            await chat.log_in("ayse", "…")
            await chat.send(conversation_id, "Merhaba")
            async for event in chat.events():
                ...

    ``state`` is what is known, kept true by every event before it is given
    out. With a ``store`` that outlives the process so do drafts. Another
    ``http`` session is used if it is given, and left open.
    """

    def __init__(
        self,
        url: str,
        *,
        http: aiohttp.ClientSession | None = None,
        store: Store | None = None,
        backoff: Callable[[], Backoff] = Backoff,
    ) -> None:
        self._url = url
        self._http = http
        self._store = store or MemoryStore()
        self._backoff = backoff
        self._stack = AsyncExitStack()
        self._refused: asyncio.Queue[tuple[Json, Json]] = asyncio.Queue()
        self._connection: Connection | None = None
        self._outbox: Outbox | None = None
        self._api: Api | None = None
        self.state: State

    async def __aenter__(self) -> Self:
        if self._http is None:
            self._http = await self._stack.enter_async_context(aiohttp.ClientSession())
        self._api = Api(self._http, self._url)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    # -- beginning and ending ----------------------------------------------------

    async def log_in(self, username: str, password: str, device_name: str = "") -> Json:
        """Begin a session and the live connection; the person who logged in.

        Raises:
            Refused: the server does not accept the name and the password.
            Unreachable: nobody answers.
        """
        person = await self.api.log_in(username, password, device_name)
        await self._start()
        return person

    async def go_on(self, credentials: Credentials) -> None:
        """Begin with a session from before (``chat.api.credentials``), however long that takes.

        Raises:
            LoggedOut: the session is over.
        """
        self.api.credentials = credentials
        await self._start()

    async def log_out(self) -> None:
        """End the session, and forget what was not sent."""
        if self._outbox is not None:
            await self._outbox.clear()
        await self.api.call("POST", "/auth/logout")

    async def _start(self) -> None:
        snapshot = await self._snapshot()
        self.state = State(snapshot)
        connection = Connection(self.api.http, self.api, self._backoff())
        connection.positions.start_with(snapshot)
        self._outbox = Outbox(
            connection.request,
            self._store,
            snapshot["user"]["id"],
            self._backoff,
            on_refused=lambda draft, problem: self._refused.put_nowait((draft, problem)),
        )
        self._connection = await self._stack.enter_async_context(connection)
        self._stack.push_async_callback(self._outbox.close)
        await self._outbox.open()

    async def _snapshot(self) -> Json:
        backoff = self._backoff()
        while True:
            try:
                return await self.api.call("GET", "/sync")
            except Refused as refusal:
                if not refusal.is_of_the_moment:
                    raise
            except Unreachable:
                pass
            await asyncio.sleep(backoff.next_pause())

    # -- while it lasts ------------------------------------------------------------

    @property
    def api(self) -> Api:
        if self._api is None:
            raise RuntimeError("a Chat is used in `async with`")
        return self._api

    @property
    def connection(self) -> Connection:
        if self._connection is None:
            raise LoggedOut("log in first")
        return self._connection

    @property
    def unsent(self) -> list[Json]:
        """Drafts that are not messages yet, in their order."""
        return [] if self._outbox is None else self._outbox.drafts

    async def events(self) -> AsyncIterator[Json]:
        """Events, ``ready`` and ``resync_required`` as they come; each is in ``state`` by then.

        Raises:
            LoggedOut: the session is over.
        """
        async for frame in self.connection.events():
            if frame["event"] == "resync_required":
                self.state = State(frame["data"]["snapshot"])
            elif frame["event"] == "ready":
                self.state.moment.lost()
            else:
                self.state.apply(frame, asyncio.get_running_loop().time())
            yield frame

    async def refused(self) -> tuple[Json, Json]:
        """Wait for a draft that will never be a message; the draft, and the problem.

        For drafts of an earlier process; who calls :meth:`send` is told by it.
        """
        return await self._refused.get()

    async def send(self, conversation_id: str, text: str | None = None, **more: Any) -> Json:
        """Send a message; returns it when it is durable, however long that takes.

        ``more`` may have what else a draft has, under the contract's names:
        ``replyToId``, ``mentions``, ``fileIds``, ``kind``, ``content``,
        ``forwardFromId``, ``scheduledAt``, ``clientId``.

        Raises:
            Refused: it will never be a message.
            LoggedOut: the session is over; the draft goes out after the next login.
        """
        if self._outbox is None:
            raise LoggedOut("log in first")
        draft: Json = {"conversationId": conversation_id, "clientId": str(uuid.uuid4())}
        if text is not None:
            draft["text"] = text
        return await self._outbox.send({**draft, **more})

    async def read(self, conversation_id: str, seq: int | None = None) -> Json:
        """Say that everything up to ``seq`` was read, or all that is known of."""
        if seq is None:
            seq = self.state.conversations[conversation_id].view["seq"]
        data = {"conversationId": conversation_id, "seq": seq}
        return await self.request("conversation.read", data)

    async def request(self, event: str, data: Json) -> Json:
        """Send a command and give the data of its reply, across reconnections."""
        return await self.connection.request(event, data)

    async def call(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        query: Mapping[str, str | int] | None = None,
    ) -> Json:
        """One call of REST: ``await chat.call("GET", "/users/me")``."""
        return await self.api.call(method, path, body, query)
