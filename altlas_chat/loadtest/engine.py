"""The engine of our own: an open model, and thousands of sockets in one process.

What is due is done at its moment, whatever became of what was due before, and
is counted from that moment: a server that stalls for a second has made
everything late that was due within it, and the figures say so.
"""

import asyncio
import gc
import random
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from altlas_chat.loadtest.acting import Acting
from altlas_chat.loadtest.dawdling import dawdle
from altlas_chat.loadtest.dialling import Dialler
from altlas_chat.loadtest.doing import Doer
from altlas_chat.loadtest.figures_of_servers import ServerFigures, Source
from altlas_chat.loadtest.histograms import Histogram
from altlas_chat.loadtest.lines import Line, Refused
from altlas_chat.loadtest.pacing import arrivals, burstiness
from altlas_chat.loadtest.results import Messages, Result, Second
from altlas_chat.loadtest.scenarios import Scenario, Slowness
from altlas_chat.loadtest.settling import settle
from altlas_chat.loadtest.steps import Call, Person
from altlas_chat.loadtest.storms import rage
from altlas_chat.loadtest.targets import TargetUnusable, is_reachable
from altlas_chat.loadtest.wires import NotLetIn

new_event_loop: Callable[[], asyncio.AbstractEventLoop]
try:
    from uvloop import new_event_loop
except ImportError:
    from asyncio import new_event_loop

CONNECTING_AT_ONCE = 100
SETTLE_SECONDS = 10.0
GONE_SECONDS = 4.0
"""How long nobody may take connections before a run is broken off; a restart may take less."""

SILENT_SECONDS = 10.0
"""How long nothing at all may be answered before a run is broken off."""

HOPELESS_SECONDS = 3.0
"""A generator so far behind its plan does not catch up any more."""

FORGET_SECONDS = 120.0
"""After which the way of a message is timed no more; whether it comes is counted all the same."""

FEELING_SECONDS = 0.02
LATE_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run: ``rate`` actions a second for ``seconds``, by these people at ``base``.

    ``base`` is the address with its base path; ``seed`` repeats who does what
    when; ``figures`` is where the server tells of itself, if it does.
    """

    scenario: Scenario
    base: str
    people: Sequence[Person]
    rate: float
    seconds: float
    seed: int = 1
    figures: Source | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """What a second of the run brought, for whoever watches.

    ``so_far`` goes on being counted; its ``messages`` come at the end, and
    ``heard`` has what clients made of theirs until now, where ``lost`` are
    holes that may still be filled. ``begun`` are actions.
    """

    second: int
    of: float
    last: Second
    sockets: int
    begun: int
    heard: Messages
    so_far: Result


class Engine:
    """One run. ``told`` hears of each second when it is over."""

    def __init__(self, plan: Plan, told: Callable[[Tick], None] | None = None) -> None:
        self._plan = plan
        self._told = told
        self._chance = random.Random(plan.seed)
        self._cpu = 0.0
        self.result = Result(
            scenario=plan.scenario.name,
            engine="asyncio",
            target=plan.base,
            began_at=0,
            seconds=0.0,
            users=len(plan.people),
            rate=plan.rate,
            seed=plan.seed,
        )

    async def run(self, now_ms: int) -> Result:
        """The run from its first socket to its verdict; cancelled, it is over and partial.

        Raises:
            TargetUnusable: not even the beginning went well.
        """
        self.result.began_at = now_ms
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
        async with aiohttp.ClientSession(connector=connector) as session:
            doer = Doer(session, self._plan.base)
            acting = Acting(doer, self.result, self._chance)
            try:
                await self._connect(doer, acting)
                source = self._plan.figures
                figures = None if source is None else ServerFigures(session, source)
                await self._play(doer, acting, figures)
            except asyncio.CancelledError:
                self.result.is_partial = True
            is_over = self.result.broken_off or self.result.generator.troubles
            await acting.finish(0 if is_over else SETTLE_SECONDS)
            await settle(doer, self.result, SETTLE_SECONDS, returns=self._plan.scenario.returns)
            for line in doer.lines.values():
                line.wire.close()
        return self.result

    # -- before --------------------------------------------------------------------

    async def _connect(self, doer: Doer, acting: Acting) -> None:
        """Let the share of people who hold a socket have theirs, a hundred at a time."""
        plan = self._plan
        dialler = Dialler(urlsplit(plan.base))
        people = plan.people[: round(len(plan.people) * plan.scenario.connects)]
        room = asyncio.Semaphore(CONNECTING_AT_ONCE)

        async def connect(person: Person, *, is_slow: bool) -> None:
            async with room:
                snapshot = await doer.do(person, Call("getSync", "GET", "/sync"))
                on_message = None if is_slow else acting.heard
                line = Line(dialler, person, snapshot, on_message, is_slow=is_slow)
                await line.open()
                doer.lines[person.user_id] = line

        try:
            async with asyncio.TaskGroup() as group:
                for place, person in enumerate(people):
                    group.create_task(connect(person, is_slow=place < self._slow_count))
        except* (TargetUnusable, Refused, NotLetIn, OSError, TimeoutError) as errors:
            first = errors.exceptions[0]
            if isinstance(first, TargetUnusable):
                raise first from None
            words = str(first) or "no answer in time"
            raise TargetUnusable(f"a socket could not be opened: {words}") from first

    @property
    def _slow_count(self) -> int:
        """How many of those with a socket read too slowly: the first of the people."""
        plan = self._plan
        return plan.scenario.slow_of(round(len(plan.people) * plan.scenario.connects))

    # -- the run -------------------------------------------------------------------

    async def _play(self, doer: Doer, acting: Acting, figures: ServerFigures | None) -> None:
        """Do what is due, until the time is over or the server is gone."""
        talkers = self._talkers(doer)
        gc.collect()
        gc.freeze()  # what was made until now stays: the collector need not look at it
        acting.began, self._cpu = time.monotonic(), time.process_time()
        pacing = asyncio.create_task(self._pace(acting, talkers))
        watching = asyncio.create_task(self._until_gone(doer, acting))
        others = [asyncio.create_task(one) for one in self._beside(doer, acting)]
        meanwhile = [
            asyncio.create_task(self._feel()),
            asyncio.create_task(self._tick(doer, acting, figures)),
        ]
        try:
            await asyncio.wait((pacing, watching), return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                self.result.broken_off = watching.result()
            else:
                pacing.result()
                await asyncio.wait(others, timeout=SETTLE_SECONDS) if others else None
                for one in others:
                    if one.done():
                        one.result()
        finally:
            for task in (pacing, watching, *others, *meanwhile):
                task.cancel()
            self._weigh(acting)
            self.result.generator.burstiness = burstiness(acting.sent)
            gc.unfreeze()

    async def _pace(self, acting: Acting, talkers: Sequence[Person]) -> None:
        """Begin what is due at its moment; gives up when that is hopeless."""
        plan, actions = self._plan, self._plan.scenario.actions
        names, weights = list(actions), list(actions.values())
        lag = self.result.generator.lag
        for number, due in enumerate(arrivals(plan.rate, plan.seconds, self._chance)):
            late = time.monotonic() - acting.began - due
            if late < 0:
                await asyncio.sleep(-late)
                late = time.monotonic() - acting.began - due
            elif number % LATE_AT_ONCE == 0:
                await asyncio.sleep(0)  # what was begun goes on even if all is late
            lag.add(late)
            if late > HOPELESS_SECONDS:
                self.result.generator.troubles["it fell so far behind that it gave up"] += 1
                return
            (action,) = self._chance.choices(names, weights)
            acting.begin(self._chance.choice(talkers), action, acting.began + due)
        await asyncio.sleep(max(0.0, acting.began + plan.seconds - time.monotonic()))

    def _beside(self, doer: Doer, acting: Acting) -> list[Coroutine[Any, Any, None]]:
        """What else happens during the run: storms, and readers that are too slow."""
        plan, lines = self._plan, list(doer.lines.values())
        found: list[Coroutine[Any, Any, None]] = []
        if plan.scenario.storm is not None:
            found.append(
                rage(
                    plan.scenario.storm,
                    lines,
                    self.result,
                    began=acting.began,
                    seconds=plan.seconds,
                )
            )
        if plan.scenario.slow is not None:
            found.append(self._slow_down(plan.scenario.slow, doer, acting))
        return found

    async def _slow_down(self, slowness: Slowness, doer: Doer, acting: Acting) -> None:
        """All read well in the first third of the run, then some do not."""
        plan = self._plan
        slow = [doer.lines[one.user_id] for one in plan.people[: self._slow_count]]
        acting.delivery = "delivery.before_slow"
        await asyncio.sleep(plan.seconds / 3)
        acting.delivery = "delivery.beside_slow"
        chance = random.Random(plan.seed)
        until = acting.began + plan.seconds
        await dawdle(slowness, slow, self.result, chance, until=until)

    def _talkers(self, doer: Doer) -> Sequence[Person]:
        """Who acts: those with a socket, if the scenario wants sockets, and no slow readers."""
        people = [one for one in self._plan.people[self._slow_count :] if one.conversations]
        if self._plan.scenario.connects:
            people = [one for one in people if one.user_id in doer.lines]
        if not people:
            raise TargetUnusable("none of the people has a conversation to write in")
        return people

    # -- meanwhile -----------------------------------------------------------------

    async def _until_gone(self, doer: Doer, acting: Acting) -> str:
        """Return when nobody takes connections or gives answers any more; words for it."""
        plan, away, since = self._plan, 0, 0.0
        while True:
            await asyncio.sleep(GONE_SECONDS / 8)
            silent = acting.silent_since
            if silent and time.monotonic() - silent > SILENT_SECONDS:
                at = silent - acting.began
                return f"the server gave no answer from {at:.0f} of {plan.seconds:g} s on"
            ended = sum(line.ended is not None for line in doer.lines.values())
            if acting.away + ended == away or await is_reachable(plan.base):
                away, since = acting.away + ended, 0.0
                continue
            now = time.monotonic()
            since = since or now
            if now - since >= GONE_SECONDS:
                at = since - acting.began
                return f"the server was gone after {at:.0f} of {plan.seconds:g} s"

    async def _feel(self) -> None:
        """How late this process itself is, looked at evenly."""
        due = time.monotonic()
        while True:
            due += FEELING_SECONDS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            late = time.monotonic() - due
            self.result.generator.lag.add(late)
            if late > FEELING_SECONDS:
                due = time.monotonic()

    def _weigh(self, acting: Acting) -> None:
        """How long it took until now, and what the generator itself used of its core."""
        self.result.seconds = time.monotonic() - acting.began
        self.result.generator.cpu = (time.process_time() - self._cpu) / self.result.seconds

    async def _tick(self, doer: Doer, acting: Acting, figures: ServerFigures | None) -> None:
        """Once a second: ask the server how it does, and tell whoever watches."""
        second, before = 0, Histogram()
        while True:
            if figures is not None and (found := await figures.ask(time.monotonic())):
                acting.second.server = found
            second += 1
            await asyncio.sleep(max(0.0, acting.began + second - time.monotonic()))
            last = self.result.second(second - 1)
            deliveries = self.result.deliveries.spread
            last.heard, before = deliveries.since(before), deliveries
            self._weigh(acting)
            acting.forget(time.monotonic() - FORGET_SECONDS)
            if self._told is not None:
                self._told(self._ticked(doer, acting, second, last))

    def _ticked(self, doer: Doer, acting: Acting, second: int, last: Second) -> Tick:
        heard, open_ = Messages(), 0
        for line in doer.lines.values():
            ear = line.ear
            heard.received += ear.heard
            heard.lost += ear.lost({})
            heard.doubled += ear.doubled
            heard.reordered += ear.reordered
            open_ += line.ended is None
        heard.expected = heard.received + heard.lost
        begun = len(acting.sent)
        return Tick(second, self._plan.seconds, last, open_, begun, heard, self.result)


def run_engine(plan: Plan, told: Callable[[Tick], None], now_ms: int) -> Result:
    """One run to its end, on the quickest event loop that is installed; Ctrl-C ends it early.

    Raises:
        TargetUnusable: not even the beginning went well.
    """
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(Engine(plan, told).run(now_ms))
