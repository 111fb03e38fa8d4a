"""One run after another: the people, the server if it is our own, the engine."""

import asyncio
import contextlib
import os
import platform
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from altlas_chat import __version__
from altlas_chat.loadtest.by_locust import MASTER_PORT, Manner, run_locust
from altlas_chat.loadtest.capacity import Capacity, search
from altlas_chat.loadtest.crowds import Login, grouped, logged_in, registered, usernames
from altlas_chat.loadtest.dialling import require_descriptors
from altlas_chat.loadtest.engine import Plan, Tick, run_engine
from altlas_chat.loadtest.figures_of_servers import FiguresRefused, Source, require_figures
from altlas_chat.loadtest.objectives import Objective, Verdict, judge
from altlas_chat.loadtest.own_servers import World, own_server
from altlas_chat.loadtest.results import Result
from altlas_chat.loadtest.scenarios import Scenario
from altlas_chat.loadtest.steps import Person
from altlas_chat.loadtest.targets import TargetUnusable, check_target
from altlas_chat.system import SystemClock

MOST_STEPS = 15
"""As many as a search seldom takes: people log in once for all of them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be run.

    ``url`` is a server's address with its base path, None for one of our own;
    there ``logins`` take part, or as many new accounts as ``users``, and
    ``admin`` or ``metrics_token`` may read the server's own figures. With
    ``locust`` its users make the load, in that manner.
    """

    scenario: Scenario
    users: int
    rate: float
    seconds: float
    runs: int = 1
    seed: int = 1
    url: str | None = None
    logins: Sequence[Login] = ()
    admin: Login | None = None
    metrics_token: str | None = None
    locust: Manner | None = None


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
        with _target(wanted, command, told, wanted.seconds) as target:
            told(
                f"{len(target.people):,} people, {wanted.rate:g} a second for {wanted.seconds:g} s"
            )
            plan = target.plan(wanted, wanted.rate, number)
            if wanted.locust is not None and wanted.locust.workers:
                told(_invitation(wanted, wanted.locust))
            if wanted.locust is not None and wanted.locust.web:
                page = f"http://127.0.0.1:{wanted.locust.web_port}"
                told(f"Locust's page is at {page}; runs are started there, Ctrl-C ends it")
            if wanted.locust is None:
                result = _run(plan, ticked)
            else:
                result = asyncio.run(run_locust(plan, wanted.locust, ticked))
        result.about |= about_here()
        yield result
        if result.is_partial or result.broken_off:
            return


def about_here() -> dict[str, str]:
    """On what the load is made, to know later whether two runs can be compared."""
    return {
        "altlas-chat": __version__,
        "Python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }


def _invitation(wanted: Wanted, manner: Manner) -> str:
    """What is to be run elsewhere, so that a master's workers come."""
    where = "" if manner.port == MASTER_PORT else f" --master-port {manner.port}"
    runs = "" if wanted.runs == 1 else f" --runs {wanted.runs}"
    return (
        f"waits for {manner.workers} workers: altlas-chat loadtest run {wanted.scenario.name}"
        f" --engine locust --worker --master-host {manner.host}{where}{runs}"
    )


def _run(plan: Plan, ticked: Callable[[Tick], None]) -> Result:
    """The engine's run; Ctrl-C ends it early and it says what it has."""
    return run_engine(plan, ticked, SystemClock().now_ms())


@dataclass(frozen=True, slots=True)
class Step:
    """One rate that was tried on the way to a capacity."""

    rate: float
    result: Result
    verdicts: Sequence[Verdict]

    @property
    def is_held(self) -> bool:
        """Every objective was met, and nothing was lost, doubled or out of order."""
        bad = self.result.messages
        is_whole = not (bad.lost or bad.doubled or bad.reordered)
        return is_whole and all(one.is_met for one in self.verdicts)


def find_capacity(
    wanted: Wanted,
    objectives: Sequence[Objective],
    command: Sequence[str],
    *,
    most: float,
    told: Callable[[str], None],
    ticked: Callable[[Tick], None],
) -> Generator[Step, None, Capacity | None]:
    """Try rates on one server, beginning with ``wanted.rate``, each for ``wanted.seconds``.

    Gives each step when it is over, and in the end what the server takes; None
    when a step was broken off, or void twice: then it is the generator that
    takes no more.

    Raises:
        TargetUnusable: the server can't be tested.
        ObjectivesUnreadable: an objective names a figure that there is not.
    """
    searching = search(wanted.rate, most)
    with _target(wanted, command, told, MOST_STEPS * wanted.seconds) as target:
        rate, number, is_again = next(searching), 0, False
        while True:
            told(f"{rate:g} a second for {wanted.seconds:g} s")
            result = _run(target.plan(wanted, rate, number), ticked)
            result.about |= about_here()
            number += 1
            is_over = result.is_partial or bool(result.broken_off)
            if result.is_void and not is_over and not is_again:
                told(f"the generator could not keep up ({result.generator.ailments[0]}): again")
                is_again = True
                continue
            is_again = False
            step = Step(rate, result, judge(result, objectives))
            yield step
            if is_over or result.is_void:
                return None
            try:
                rate = searching.send(step.is_held)
            except StopIteration as end:
                return cast("Capacity", end.value)


@dataclass(frozen=True, slots=True)
class _Target:
    base: str
    people: Sequence[Person]
    figures: Source | None

    def plan(self, wanted: Wanted, rate: float, number: int) -> Plan:
        scenario, seed = wanted.scenario, wanted.seed + number
        return Plan(scenario, self.base, self.people, rate, wanted.seconds, seed, self.figures)


@contextlib.contextmanager
def _target(
    wanted: Wanted, command: Sequence[str], told: Callable[[str], None], needed_seconds: float
) -> Iterator[_Target]:
    """What is loaded; people are let in for as long as is needed."""
    scenario = wanted.scenario
    require_descriptors(round(wanted.users * scenario.connects), wanted.rate)
    if wanted.url is not None:
        asyncio.run(check_target(wanted.url))
        source = asyncio.run(_source(wanted, wanted.url, needed_seconds))
        told("people log in" if wanted.logins else f"makes {wanted.users:,} accounts")
        yield _Target(wanted.url, asyncio.run(_people(wanted, wanted.url, needed_seconds)), source)
        return
    world = World(wanted.users, scenario.conversations, scenario.messages)
    with own_server(command, world, told) as server:
        names = asyncio.run(usernames(server.base, server.admin, wanted.users))
        logins = [Login(name, server.password) for name in names]
        told(f"{len(logins):,} people log in")
        people = asyncio.run(_placed(wanted, server.base, logins, needed_seconds))
        (admin,) = asyncio.run(logged_in(server.base, [server.admin]))
        yield _Target(server.base, people, Source(server.base, admin.token))


async def _source(wanted: Wanted, base: str, needed_seconds: float) -> Source | None:
    """Where a named server tells of itself, if somebody was named who may ask.

    Raises:
        TargetUnusable: he may not.
    """
    if wanted.admin is not None:
        (admin,) = await logged_in(base, [wanted.admin], needed_seconds)
        source = Source(base, admin.token)
    elif wanted.metrics_token is not None:
        source = Source(base, wanted.metrics_token)
    else:
        return None
    try:
        await require_figures(source)
    except FiguresRefused as error:
        remedy = "Name somebody with the permission `admin:system`, and this server's base path."
        raise TargetUnusable(f"{error}.", remedy) from error
    return source


async def _people(wanted: Wanted, base: str, needed_seconds: float) -> Sequence[Person]:
    if wanted.logins:
        return await _placed(wanted, base, wanted.logins, needed_seconds)
    mark = f"load-{SystemClock().now_ms() % 10**9:09d}"
    people = await registered(base, wanted.users, mark, needed_seconds)
    return await grouped(base, people, wanted.scenario.groups) if wanted.scenario.groups else people


async def _placed(
    wanted: Wanted, base: str, logins: Sequence[Login], needed_seconds: float
) -> Sequence[Person]:
    people = await logged_in(base, logins, needed_seconds)
    return await grouped(base, people, wanted.scenario.groups) if wanted.scenario.groups else people
