"""The Python client, driven by lines of JSON; driver.mjs does the same with the JavaScript one."""

import asyncio
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import orjson

from altlas_chat.client import Chat, ClientError, FileStore, LoggedOut
from altlas_chat.client.backoff import Backoff

Json = dict[str, Any]


def put(line: Json) -> None:
    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    sys.stdout.buffer.flush()


class Driver:
    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self._tasks: set[asyncio.Task[None]] = set()
        self._chat: Chat

    def take(self, line: bytes) -> None:
        words = orjson.loads(line)
        doing: Callable[..., Awaitable[Any]] = getattr(self, f"do_{words.pop('do').lower()}")
        self._run(self._answer(words.pop("id"), doing(**words)))

    def _run(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            traceback.print_exception(task.exception())

    async def _answer(self, number: int, work: Awaitable[Any]) -> None:
        try:
            put({"id": number, "answer": await work})
        except ClientError as error:
            code = getattr(error, "code", None)
            put(
                {
                    "id": number,
                    "error": {"kind": type(error).__name__, "code": code, "words": str(error)},
                }
            )

    async def do_start(
        self,
        url: str,
        username: str,
        password: str,
        store: str | None,
        firstMs: int,
        longestMs: int,
    ) -> Json:
        self._chat = await self._stack.enter_async_context(
            Chat(
                url,
                store=FileStore(Path(store)) if store else None,
                backoff=lambda: Backoff(firstMs / 1000, longestMs / 1000),
            )
        )
        person = await self._chat.log_in(username, password)
        self._run(self._tell())
        self._run(self._tell_refused())
        return {"userId": person["id"]}

    async def _tell(self) -> None:
        try:
            async for frame in self._chat.events():
                put({"frame": frame})
        except LoggedOut as error:
            put({"over": type(error).__name__})

    async def _tell_refused(self) -> None:
        while True:
            draft, problem = await self._chat.refused()
            put({"refused": draft["clientId"], "code": problem["code"]})

    async def do_send(self, conversationId: str, text: str, more: Json) -> Json:
        return await self._chat.send(conversationId, text, **more)

    async def do_request(self, event: str, data: Json) -> Json:
        return await self._chat.request(event, data)

    async def do_call(self, method: str, path: str, body: Any = None, query: Any = None) -> Json:
        return await self._chat.call(method, path, body, query)

    async def do_facts(self) -> Json:
        session = self._chat.api.session
        return {
            "token": session.access_token,
            "sessionId": session.session_id,
            "reconnects": self._chat.connection.reconnects,
            "unsent": self._chat.unsent,
        }

    async def do_usetoken(self, token: str) -> Json:
        self._chat.api.session.access_token = token
        return {}

    async def do_state(self) -> Json:
        state = self._chat.state
        names = ("user", "preferences", "starred", "drafts", "scheduled", "tasks")
        return {
            **{name: getattr(state, name) for name in names},
            "unreadNotifications": state.unread_notifications,
            "blocked": sorted(state.blocked),
            "conversations": {
                one: {"view": known.view, "messages": known.messages, "members": known.members}
                for one, known in state.conversations.items()
            },
        }


async def main() -> None:
    reader = asyncio.StreamReader(limit=2**26)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with AsyncExitStack() as stack:
        driver = Driver(stack)
        while line := await reader.readline():
            driver.take(line)


asyncio.run(main())
