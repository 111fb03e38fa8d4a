"""The same scenarios by Locust: its users, its web page, its processes; the same result."""

import asyncio
import contextlib
import importlib.util
import json
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from altlas_chat.data import data_folder
from altlas_chat.loadtest.engine import Plan, Tick
from altlas_chat.loadtest.figures_of_servers import ServerFigures
from altlas_chat.loadtest.results import Messages, Result
from altlas_chat.loadtest.targets import TargetUnusable
from altlas_chat.settings import environment_with

NEEDED = ("locust", "websocket", "requests")
MASTER_PORT = 5557
WEB_PORT = 8089
LAST_WORDS = 5
LAST_LINES = 200


class LocustMissing(Exception):
    """Locust is not installed beside altlas-chat."""

    detail = "Locust is not installed."
    remedy = "Install it with `pip install 'altlas-chat[loadtest]'`, or leave out --engine."


class WorkerRefused(Exception):
    """A worker does not do what the master wants, or finds none; ``detail`` says why."""

    remedy = "Start it as the master says, and the master first."

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Manner:
    """How Locust is to run.

    In how many processes on this machine, and whether with its web page. With
    ``workers`` it is a master that waits for so many, at ``host`` and
    ``port``.
    """

    processes: int = 1
    web: bool = False
    web_port: int = WEB_PORT
    workers: int = 0
    host: str = "127.0.0.1"
    port: int = MASTER_PORT


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker does: the scenario, for the master at ``host`` and ``port``.

    ``is_remote``: the master may name a server that is not on this machine.
    """

    scenario: str
    host: str
    port: int
    processes: int = 1
    is_remote: bool = False


def require_locust() -> None:
    """Raises:
    LocustMissing: it is not there.
    """
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise LocustMissing


def is_free(host: str, port: int) -> bool:
    """Whether one could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return False
    return True


async def run_locust(plan: Plan, manner: Manner, ticked: Callable[[Tick], None]) -> Result:
    """Run Locust to its end, which with its web page is Ctrl-C; its result.

    Cancelled, it ends early and says what it has. Locust patches the standard
    library, so it has a process of its own.

    Raises:
        TargetUnusable: it ended without a result; with its last words.
    """
    with tempfile.TemporaryDirectory(prefix="altlas-chat-locust-") as name:
        folder = Path(name)
        people = [
            {"userId": one.user_id, "token": one.token, "conversations": one.conversations}
            for one in plan.people
        ]
        (folder / "people.json").write_text(json.dumps(people), encoding="utf-8")
        given = {
            "SCENARIO": plan.scenario.name,
            "PEOPLE": folder / "people.json",
            "RATE": plan.rate,
            "SEED": plan.seed,
            "SECONDS": plan.seconds,
            "RESULTS": folder,
        }
        async with aiohttp.ClientSession() as session:
            looking = _Looking(plan, folder, ticked, session)
            ended = await _run(_command(plan, manner), given, folder, looking)
        result = _merged(folder)
        if result is None and ended.is_early:
            raise KeyboardInterrupt
        if result is None:
            raise TargetUnusable(f"Locust ended without a result: {ended.words}")
        result.is_partial |= ended.is_early and not manner.web
        looking.complete(result)
        return result


async def work(wanted: Work) -> None:
    """Be a worker until the master says that it is over.

    Raises:
        WorkerRefused: the master wants something else, or there is none.
        KeyboardInterrupt: it was interrupted.
    """
    with tempfile.TemporaryDirectory(prefix="altlas-chat-locust-") as name:
        folder = Path(name)
        given = {"SCENARIO": wanted.scenario, "RESULTS": folder}
        if wanted.is_remote:
            given["REMOTE"] = "1"
        command = [
            *_locust(),
            *("--worker", "--master-host", wanted.host, "--master-port", str(wanted.port)),
        ]
        if wanted.processes > 1:
            command += ["--processes", str(wanted.processes)]
        ended = await _run(command, given, folder, None)
        if refusal := _read(folder, "refused"):
            raise WorkerRefused(refusal[0])
        if ended.is_early:
            raise KeyboardInterrupt
        if ended.code:
            words = f": {ended.words}" if ended.words else ""
            raise WorkerRefused(f"The worker ended with {ended.code}{words}.")


# -- its process ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Ended:
    is_early: bool
    code: int
    words: str


async def _run(
    command: Sequence[str],
    given: dict[str, Any],
    folder: Path,
    looking: "_Looking | None",
) -> _Ended:
    """Run it to its end."""
    environment = environment_with({}) | {
        f"ALTLAS_LOADTEST_{key}": str(value) for key, value in given.items()
    }
    log = folder / "locust.log"
    with log.open("wb") as words:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            # Ctrl-C is for the command that started it, which passes it on, once.
            start_new_session=True,
        )
        over = asyncio.ensure_future(process.wait())
        is_early = False
        try:
            while not over.done():
                await asyncio.wait({over}, timeout=1)
                if looking is not None:
                    await looking.look()
        except asyncio.CancelledError:
            is_early = True
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
            await over
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return _Ended(is_early, process.returncode or 0, _last(lines))


def _last(lines: Sequence[str]) -> str:
    """What it said last of its trouble, in one line."""
    found = [line for line in lines if "ERROR" in line or "Error" in line] or lines
    return " / ".join(line.strip() for line in found[-LAST_WORDS:])[-LAST_LINES * 4 :]


def _locust() -> list[str]:
    file = str(data_folder("loadtests") / "locustfile.py")
    return [sys.executable, "-m", "locust", "-f", file, "--loglevel", "WARNING"]


def _command(plan: Plan, manner: Manner) -> list[str]:
    users = str(len(plan.people))
    command = [
        *_locust(),
        *("--host", plan.base, "--users", users, "--spawn-rate", users),
        *("--stop-timeout", "10", "--run-time", f"{max(1, round(plan.seconds))}s"),
    ]
    if manner.workers:
        command += ["--master", "--master-bind-host", manner.host]
        command += ["--master-bind-port", str(manner.port)]
        command += ["--expect-workers", str(manner.workers)]
    elif manner.processes > 1:
        port = str(_free_port())
        command += ["--processes", str(manner.processes), "--master-bind-host", "127.0.0.1"]
        command += ["--master-bind-port", port, "--master-port", port]
    if manner.web:
        return [*command, "--web-host", "127.0.0.1", "--web-port", str(manner.web_port)]
    return [*command, "--headless", "--only-summary"]


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


# -- what it tells ---------------------------------------------------------------------


def _merged(folder: Path) -> Result | None:
    """What all processes found, as one; those that were lost with what they told last."""
    lost = _read(folder, "lost-*")
    told = [*_read(folder, "result-*"), *(one for one in lost if one is not None)]
    if not told:
        return None
    first, *others = map(Result.from_json, told)
    for other in others:
        first.merge(other)
    first.generator.lost = len(lost)
    return first


def _read(folder: Path, names: str) -> list[Any]:
    files = sorted(folder.glob(f"{names}.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


class _Looking:
    """Follows a run by what its processes leave each second, and asks the server how it does."""

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        ticked: Callable[[Tick], None],
        session: aiohttp.ClientSession,
    ) -> None:
        self._plan = plan
        self._file = folder / "so-far.json"
        self._ticked = ticked
        self._told: bytes = b""
        self._server: dict[int, dict[str, float]] = {}
        source = plan.figures
        self._figures = None if source is None else ServerFigures(session, source)

    async def look(self) -> None:
        """Once a second."""
        found = self._file.read_bytes() if self._file.exists() else b""
        if found in (b"", self._told):
            return
        self._told = found
        tick = self._tick(json.loads(found))
        if tick.second:
            await self._ask(tick)
            self._ticked(tick)

    def _tick(self, shares: Sequence[dict[str, Any]]) -> Tick:
        first, *others = (Result.from_json(one["result"]) for one in shares)
        heard = Messages()
        for other in others:
            first.merge(other)
        for one in shares:
            heard.merge(Messages(**one["heard"]))
        first.rate = self._plan.rate
        return Tick(
            second=round(first.seconds),
            of=self._plan.seconds,
            last=first.second(0),
            sockets=sum(one["sockets"] for one in shares),
            begun=sum(one["begun"] for one in shares),
            heard=heard,
            so_far=first,
        )

    async def _ask(self, tick: Tick) -> None:
        if self._figures is None:
            return
        found = await self._figures.ask(time.monotonic())
        tick.last.server.update(found)
        if found:
            self._server[max(0, tick.second - 1)] = found

    def complete(self, result: Result) -> None:
        """Put the server's figures to their seconds."""
        for place, figures in self._server.items():
            if place < len(result.seconds_of):
                result.second(place).server = figures
