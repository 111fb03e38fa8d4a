"""A person at a device: logs in, talks, and remembers everything that it heard."""

import asyncio
import uuid
from collections import defaultdict
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

from altlas_chat.client.api import Api
from altlas_chat.client.backoff import Backoff
from altlas_chat.client.connection import Connection
from tests.support.contract import checked_session

Json = dict[str, Any]

PASSWORD = "correct-horse-9"
WAIT_SECONDS = 30


class Device:
    """One device of one person, connected for as long as the ``with`` block lasts.

    ``acknowledged`` holds the ids of messages that the server took, by
    ``clientId``; ``heard`` the numbered events of each stream, in the order
    in which they came.
    """

    def __init__(self, url: str, name: str) -> None:
        self.name = name
        self._url = url
        self._stack = AsyncExitStack()
        self._changed = asyncio.Condition()
        self._listening: asyncio.Task[None] | None = None
        self.heard: dict[str, list[Json]] = defaultdict(list)
        self.frames: list[Json] = []
        self.acknowledged: dict[str, str] = {}
        self.api: Api
        self.connection: Connection

    async def __aenter__(self) -> Self:
        http = await self._stack.enter_async_context(checked_session())
        self.api = Api(http, self._url)
        await self.api.log_in(self.name, PASSWORD)
        backoff = Backoff(first_seconds=0.02, longest_seconds=0.2)
        self.connection = Connection(http, self.api, backoff)
        await self._stack.enter_async_context(self.connection)
        self._listening = asyncio.get_running_loop().create_task(self._listen())
        async with asyncio.timeout(WAIT_SECONDS):
            await self.connection.connected.wait()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._listening is not None:
            self._listening.cancel()
        await self._stack.aclose()

    @property
    def user_id(self) -> str:
        return str(self.api.session.user["id"])

    async def _listen(self) -> None:
        async for frame in self.connection.events():
            self.frames.append(frame)
            if "seq" in frame:
                self.heard[frame["stream"]].append(frame)
            async with self._changed:
                self._changed.notify_all()

    async def says(self, conversation_id: str, text: str) -> Json:
        """Send a message; return when it is acknowledged."""
        client_id = str(uuid.uuid4())
        draft = {"conversationId": conversation_id, "clientId": client_id, "text": text}
        reply = await self.connection.request("message.send", draft)
        self.acknowledged[client_id] = reply["message"]["id"]
        message: Json = reply["message"]
        return message

    async def hears(self, text: str) -> Json:
        """Wait for a message with this text; its event."""

        def found() -> Json | None:
            for frame in self.frames:
                if frame["event"] == "message.created" and frame["data"]["message"]["text"] == text:
                    return frame
            return None

        return await self.waits_for(found)

    async def waits_for(self, found: Any) -> Any:
        """Wait until ``found()`` gives something, and give that."""
        async with asyncio.timeout(WAIT_SECONDS), self._changed:
            while (result := found()) is None or result is False:
                await self._changed.wait()
            return result


async def register(url: str, name: str) -> Json:
    """Make an account; the person."""
    async with checked_session() as http:
        body = {"username": name, "password": PASSWORD, "displayName": name.title()}
        async with http.post(f"{url}/v1/auth/register", json=body) as response:
            answer: Json = await response.json()
            assert response.status == 201, answer
            return dict(answer["user"])
