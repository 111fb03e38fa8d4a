"""Who does what at its moment, and what became of it: each script is a task of its own."""

import asyncio
import random
import time

from altlas_chat.loadtest.doing import Doer, Lacking, Silent, Unreachable
from altlas_chat.loadtest.lines import Refused
from altlas_chat.loadtest.results import Measured, Result, Second
from altlas_chat.loadtest.scripts import Action
from altlas_chat.loadtest.steps import OTHER_FORM, UNREADABLE, Checked, Command, Json, Person, Step

DELIVERY = "delivery"


class Acting:
    """Scripts under way, counted in ``result`` from ``began`` (``time.monotonic``).

    ``sent`` are the moments at which scripts were begun; ``away`` how often
    nobody took a connection; ``silent_since`` when that step began after which
    nothing was answered, 0 when the last one was. ``delivery`` names the row of
    what is heard.
    """

    def __init__(self, doer: Doer, result: Result, chance: random.Random) -> None:
        self._doer = doer
        self._result = result
        self._chance = chance
        self._due: dict[str, float] = {}
        self._running: set[asyncio.Task[None]] = set()
        self.began = 0.0
        self.sent: list[float] = []
        self.away = 0
        self.silent_since = 0.0
        self.delivery = DELIVERY

    def begin(self, person: Person, action: Action, due: float) -> None:
        """Begin a script that was due at a moment of ``time.monotonic``."""
        self.sent.append(time.monotonic())
        seed = self._chance.getrandbits(64)
        task = asyncio.create_task(self._act(person, action, due, seed))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def heard(self, client_id: str, at: float, back_at: float) -> None:
        """A message of these scripts was heard by who was to be there since ``back_at``."""
        due = self._due.get(client_id)
        if due is not None:
            self._result.of(self.delivery).spread.add(at - max(due, back_at))

    def forget(self, before: float) -> None:
        """Let go of messages that were due before a moment: their way is timed no more."""
        while self._due:
            oldest = next(iter(self._due))
            if self._due[oldest] >= before:
                return
            del self._due[oldest]

    async def finish(self, seconds: float) -> None:
        """Wait for what is under way; what is not over by then is a failure."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        for task in list(self._running):
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)

    @property
    def second(self) -> Second:
        """The present second of the run."""
        return self._result.second(int(time.monotonic() - self.began))

    async def _act(self, person: Person, action: Action, due: float, seed: int) -> None:
        """Do one script; its first step is counted from when it was due."""
        script = action(person, random.Random(seed))
        answer: Json | None = None
        since, name = due, ""
        while True:
            try:
                step = next(script) if answer is None else script.send(answer)
            except StopIteration:
                return
            except UNREADABLE:
                self._count_failure(self._result.of(name), OTHER_FORM)
                return
            name = step.name
            if isinstance(step, Checked):
                self._result.check(step)
                answer = {}
                continue
            answer = await self._do(person, step, since)
            if answer is None:
                script.close()
                return
            since = time.monotonic()

    async def _do(self, person: Person, step: Step, since: float) -> Json | None:
        """The answer, counted; None for a refusal."""
        draft = step.data if isinstance(step, Command) else getattr(step, "body", None)
        if draft and "clientId" in draft:
            self._due[draft["clientId"]] = since
        measured = self._result.of(step.name)
        self.silent_since = self.silent_since or time.monotonic()
        try:
            answer = await self._doer.do(person, step)
        except Refused as refused:
            self._note(refused)
            self._count_failure(measured, str(refused))
            return None
        except asyncio.CancelledError:
            self._count_failure(measured, "no answer before the end of the run")
            raise
        self.silent_since = 0.0
        self._count_success(measured, time.monotonic() - since)
        return answer

    def _note(self, refused: Refused) -> None:
        """What a refusal says of the server's being there, and of our own means."""
        if isinstance(refused, Lacking):
            self._result.generator.troubles[str(refused)] += 1
        self.away += isinstance(refused, Unreachable)
        if not isinstance(refused, Silent | Unreachable | Lacking):
            self.silent_since = 0.0

    def _count_success(self, measured: Measured, seconds: float) -> None:
        measured.spread.add(seconds)
        second = self.second
        second.spread.add(seconds)
        second.done += 1

    def _count_failure(self, measured: Measured, failure: str) -> None:
        measured.failures[failure] += 1
        self.second.failed += 1
