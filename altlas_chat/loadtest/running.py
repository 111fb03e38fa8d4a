"""One run after another: the people, the server if it is our own, the engine."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from altlas_chat.loadtest.crowds import Login, grouped, logged_in, registered, usernames
from altlas_chat.loadtest.engine import Engine, Plan, Tick
from altlas_chat.loadtest.own_servers import World, own_server
from altlas_chat.loadtest.results import Result
from altlas_chat.loadtest.scenarios import Scenario
from altlas_chat.loadtest.steps import Person
from altlas_chat.system import SystemClock

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be run.

    ``url`` is a server's address with its base path, None for one of our own;
    there ``logins`` take part, or as many new accounts as ``users``.
    """

    scenario: Scenario
    users: int
    rate: float
    seconds: float
    runs: int = 1
    seed: int = 1
    url: str | None = None
    logins: Sequence[Login] = ()


def is_of_this_machine(url: str) -> bool:
    """Whether an address is one of the loopback."""
    return urlsplit(url).hostname in LOOPBACK


def run_all(
    wanted: Wanted,
    command: Sequence[str],
    *,
    told: Callable[[str], None],
    ticked: Callable[[Tick], None],
) -> Iterator[Result]:
    """Each run's result when it is there; the last one is partial if it was interrupted.

    ``command`` calls ``altlas-chat``, for a server of our own. Every run has a
    server of its own then, so that none finds what another left.

    Raises:
        TargetUnusable: the server can't be tested.
    """
    for number in range(wanted.runs):
        told(f"run {number + 1} of {wanted.runs}" if wanted.runs > 1 else "begins")
        with _target(wanted, command, told) as (base, people):
            told(f"{len(people):,} people, {wanted.rate:g} a second for {wanted.seconds:g} s")
            plan = Plan(
                wanted.scenario, base, people, wanted.rate, wanted.seconds, wanted.seed + number
            )
            result = _run(plan, ticked)
        yield result
        if result.is_partial:
            return


def _run(plan: Plan, ticked: Callable[[Tick], None]) -> Result:
    """The engine's run; Ctrl-C ends it early and it says what it has."""
    return asyncio.run(Engine(plan, ticked).run(SystemClock().now_ms()))


@contextlib.contextmanager
def _target(
    wanted: Wanted, command: Sequence[str], told: Callable[[str], None]
) -> Iterator[tuple[str, Sequence[Person]]]:
    if wanted.url is not None:
        yield wanted.url, asyncio.run(_people(wanted, wanted.url))
        return
    scenario = wanted.scenario
    world = World(wanted.users, scenario.conversations, scenario.messages)
    with own_server(command, world, told) as server:
        names = asyncio.run(usernames(server.base, server.admin, wanted.users))
        logins = [Login(name, server.password) for name in names]
        told(f"{len(logins):,} people log in")
        yield server.base, asyncio.run(_placed(wanted, server.base, logins))


async def _people(wanted: Wanted, base: str) -> Sequence[Person]:
    if wanted.logins:
        return await _placed(wanted, base, wanted.logins)
    mark = f"load-{SystemClock().now_ms() % 10**9:09d}"
    people = await registered(base, wanted.users, mark)
    return await grouped(base, people, wanted.scenario.groups) if wanted.scenario.groups else people


async def _placed(wanted: Wanted, base: str, logins: Sequence[Login]) -> Sequence[Person]:
    people = await logged_in(base, logins)
    return await grouped(base, people, wanted.scenario.groups) if wanted.scenario.groups else people
