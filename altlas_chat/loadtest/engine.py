"""The engine of our own: an open model, and thousands of sockets in one process.

What is due is done at its moment, whatever became of what was due before, and
is counted from that moment: a server that stalls for a second has made
everything late that was due within it, and the figures say so.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from altlas_chat.loadtest.doing import Doer
from altlas_chat.loadtest.figures_of_servers import ServerFigures, Source
from altlas_chat.loadtest.histograms import Histogram
from altlas_chat.loadtest.lines import Line, Refused
from altlas_chat.loadtest.pacing import arrivals, burstiness
from altlas_chat.loadtest.results import Measured, Messages, Result, Second
from altlas_chat.loadtest.scenarios import Scenario
from altlas_chat.loadtest.scripts import Action
from altlas_chat.loadtest.steps import Call, Command, Json, Person, positions_of
from altlas_chat.loadtest.targets import TargetUnusable
from altlas_chat.loadtest.wires import NotLetIn

CONNECTING_AT_ONCE = 100
SETTLE_SECONDS = 10.0
DELIVERY = "delivery"


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
        self._began = self._cpu = 0.0
        self._due: dict[str, float] = {}
        self._sent: list[float] = []
        self._running: set[asyncio.Task[None]] = set()
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
            try:
                await self._connect(doer)
                source = self._plan.figures
                await self._play(doer, None if source is None else ServerFigures(session, source))
            except asyncio.CancelledError:
                self.result.is_partial = True
            await self._settle(doer)
            for line in doer.lines.values():
                line.wire.close()
        return self.result

    # -- before --------------------------------------------------------------------

    async def _connect(self, doer: Doer) -> None:
        """Let the share of people who hold a socket have theirs, a hundred at a time."""
        plan = self._plan
        people = plan.people[: round(len(plan.people) * plan.scenario.connects)]
        room = asyncio.Semaphore(CONNECTING_AT_ONCE)

        async def connect(person: Person) -> None:
            async with room:
                doer.lines[person.user_id] = await self._line(doer, person)

        try:
            async with asyncio.TaskGroup() as group:
                for person in people:
                    group.create_task(connect(person))
        except* (Refused, NotLetIn, OSError) as errors:
            first = errors.exceptions[0]
            raise TargetUnusable(f"a socket could not be opened: {first}") from first

    async def _line(self, doer: Doer, person: Person) -> Line:
        snapshot = await doer.do(person, Call("getSync", "GET", "/sync"))
        address = urlsplit(self._plan.base)
        auth: dict[str, object] = {"token": person.token, "resume": {"cursor": snapshot["cursor"]}}
        line = Line(address, auth, positions_of(snapshot, person), self._heard)
        is_secure = address.scheme == "https"
        await asyncio.get_running_loop().create_connection(
            lambda: line.wire,
            address.hostname or "",
            address.port or (443 if is_secure else 80),
            ssl=is_secure or None,
        )
        await line.wire.ready()
        return line

    # -- the run -------------------------------------------------------------------

    async def _play(self, doer: Doer, figures: ServerFigures | None) -> None:
        plan, actions = self._plan, self._plan.scenario.actions
        names, weights = list(actions), list(actions.values())
        talkers = self._talkers(doer)
        self._began, self._cpu = time.monotonic(), time.process_time()
        ticking = asyncio.create_task(self._tick(doer, figures))
        try:
            for due in arrivals(plan.rate, plan.seconds, self._chance):
                late = time.monotonic() - self._began - due
                if late < 0:
                    await asyncio.sleep(-late)
                self.result.generator.lag.add(time.monotonic() - self._began - due)
                (action,) = self._chance.choices(names, weights)
                self._begin(doer, self._chance.choice(talkers), action, self._began + due)
            await asyncio.sleep(max(0.0, self._began + plan.seconds - time.monotonic()))
        finally:
            ticking.cancel()
            self.result.seconds = time.monotonic() - self._began
            self._weigh()
            self.result.generator.burstiness = burstiness(self._sent)

    def _weigh(self) -> None:
        """What the generator itself used of its core until now."""
        used, seconds = time.process_time() - self._cpu, time.monotonic() - self._began
        self.result.generator.cpu = used / seconds

    def _talkers(self, doer: Doer) -> Sequence[Person]:
        """Who acts: those with a socket, if the scenario wants sockets."""
        people = [one for one in self._plan.people if one.conversations]
        if self._plan.scenario.connects:
            people = [one for one in people if one.user_id in doer.lines]
        if not people:
            raise TargetUnusable("none of the people has a conversation to write in")
        return people

    def _begin(self, doer: Doer, person: Person, action: Action, due: float) -> None:
        self._sent.append(time.monotonic())
        seed = self._chance.getrandbits(64)
        task = asyncio.create_task(self._act(doer, person, action, due, seed))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _act(self, doer: Doer, person: Person, action: Action, due: float, seed: int) -> None:
        """Do one script; its first step is counted from when it was due."""
        script = action(person, random.Random(seed))
        answer: Json | None = None
        since = due
        while True:
            try:
                step = next(script) if answer is None else script.send(answer)
            except StopIteration:
                return
            name = step.event if isinstance(step, Command) else step.name
            draft = step.data if isinstance(step, Command) else getattr(step, "body", None)
            if draft and "clientId" in draft:
                self._due[draft["clientId"]] = since
            try:
                answer = await doer.do(person, step)
            except Refused as refused:
                self._count(self.result.of(name), None, str(refused))
                script.close()
                return
            self._count(self.result.of(name), time.monotonic() - since, "")
            since = time.monotonic()

    def _count(self, measured: Measured, seconds: float | None, failure: str) -> None:
        second = self._second()
        if seconds is None:
            measured.failures[failure] += 1
            second.failed += 1
        else:
            measured.spread.add(seconds)
            second.spread.add(seconds)
            second.done += 1

    def _second(self) -> Second:
        return self.result.second(int(time.monotonic() - self._began))

    def _heard(self, client_id: str, at: float) -> None:
        due = self._due.get(client_id)
        if due is not None:
            self.result.of(DELIVERY).spread.add(at - due)

    async def _tick(self, doer: Doer, figures: ServerFigures | None) -> None:
        """Once a second: ask the server how it does, and tell whoever watches."""
        second, before = 0, Histogram()
        while True:
            if figures is not None and (found := await figures.ask(time.monotonic())):
                self._second().server = found
            second += 1
            await asyncio.sleep(max(0.0, self._began + second - time.monotonic()))
            last = self.result.second(second - 1)
            deliveries = self.result.deliveries.spread
            last.heard, before = deliveries.since(before), deliveries
            self._weigh()
            if self._told is not None:
                self._told(self._ticked(doer, second, last))

    def _ticked(self, doer: Doer, second: int, last: Second) -> Tick:
        heard, open_ = Messages(), 0
        for line in doer.lines.values():
            ear = line.ear
            heard.received += ear.heard
            heard.lost += ear.lost({})
            heard.doubled += ear.doubled
            heard.reordered += ear.reordered
            open_ += line.ended is None
        heard.expected = heard.received + heard.lost
        begun = self.result.generator.lag.count
        return Tick(second, self._plan.seconds, last, open_, begun, heard, self.result)

    # -- after ---------------------------------------------------------------------

    async def _settle(self, doer: Doer) -> None:
        """Wait until what is under way is done and heard, then ask where the streams stand."""
        if self._running:
            await asyncio.wait(self._running, timeout=SETTLE_SECONDS)
        for task in list(self._running):
            task.cancel()
        people = {one.user_id: one for one in self._plan.people}
        ends: dict[str, int] = {}
        for user_id in doer.lines:
            with_end = people[user_id]
            try:
                snapshot = await doer.do(with_end, Call("getSync", "GET", "/sync"))
            except Refused:
                continue  # the server is gone; what was heard is judged by its holes
            ends.update(positions_of(snapshot, with_end))
        await self._until_heard(doer, ends)
        for line in doer.lines.values():
            if line.ended is None:
                self.result.messages.merge(line.ear.judge(ends))
            else:  # what came after its end is no loss of messages
                self.result.messages.merge(line.ear.judge({}))
                self.result.of("socket").failures[f"ended with {line.ended}"] += 1

    async def _until_heard(self, doer: Doer, ends: dict[str, int]) -> None:
        until = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < until:
            if not any(line.ear.lost(ends) for line in doer.lines.values() if line.ended is None):
                return
            await asyncio.sleep(0.05)
