"""What one of several processes of a load test is to do, and what it found until now."""

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from altlas_chat.loadtest.ears import Ear
from altlas_chat.loadtest.results import Messages, Result, Second
from altlas_chat.loadtest.scenarios import SCENARIOS
from altlas_chat.loadtest.steps import Json, Person
from altlas_chat.system import SystemClock


class Hearing(Protocol):
    """A person's socket."""

    ear: Ear
    is_over: bool


Socket = TypeVar("Socket", bound=Hearing)


class Share(Generic[Socket]):
    """A process's part of a run.

    ``told`` has the ``scenario``'s name, the ``people``, the ``seed``, the
    ``target``, the ``seconds``, and the ``pace``: scripts a second of each
    user. ``slow`` are those who read too slowly, ``delivery`` is the row of
    what is heard, ``unrest`` what happens to sockets meanwhile.
    """

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.scenario = SCENARIOS[told["scenario"]]
        self.pace = float(told["pace"])
        self.seed = int(told["seed"])
        self.seconds = float(told["seconds"])
        people = [
            Person(one["userId"], one["token"], tuple(one["conversations"]))
            for one in told["people"]
        ]
        talkers = people[: round(len(people) * self.scenario.connects)]
        self.talkers = {one.user_id for one in talkers}
        self.slow = {one.user_id for one in talkers[: self.scenario.slow_of(len(talkers))]}
        self.turn: Iterator[Person] = itertools.cycle(talkers or people)
        self.result = Result(
            scenario=self.scenario.name,
            engine="locust",
            target=str(told["target"]),
            began_at=SystemClock().now_ms(),
            seconds=0.0,
            users=0,
            seed=self.seed,
        )
        self.due: dict[str, float] = {}
        self.sent: list[float] = []
        self.lines: list[tuple[Person, Socket]] = []
        self.unrest: list[Any] = []
        self.delivery = "delivery"
        self.begin()

    def begin(self) -> None:
        """Count seconds from now."""
        self.began, self._cpu = time.monotonic(), time.process_time()

    @property
    def until(self) -> float:
        """When the run is to be over, of ``time.monotonic``."""
        return self.began + self.seconds

    @property
    def pace_of_active(self) -> float:
        """Scripts a second of each who does any, so that all together keep the pace."""
        people, slow = len(self.talkers), len(self.slow)
        return self.pace * people / max(1, people - slow) if slow else self.pace

    def count(self, name: str, took: float, failure: str) -> None:
        """Note what became of a step; ``failure`` is "" when it went well."""
        measured, second = self.result.of(name), self._second()
        if failure:
            measured.failures[failure] += 1
            second.failed += 1
        else:
            measured.spread.add(took)
            second.spread.add(took)
            second.done += 1

    def hear(self, client_id: str, back_at: float) -> None:
        """Note that a message arrived at who was to be there since ``back_at``."""
        due = self.due.get(client_id)
        if due is not None:
            late = time.monotonic() - max(due, back_at)
            self.result.of(self.delivery).spread.add(late)
            self._second().heard.add(late)

    def _second(self) -> Second:
        return self.result.second(int(time.monotonic() - self.began))

    def weigh(self) -> None:
        """Bring up to date how long it took, and what of a core."""
        self.result.seconds = max(1e-9, time.monotonic() - self.began)
        self.result.generator.cpu = (time.process_time() - self._cpu) / self.result.seconds

    def so_far(self) -> Json:
        """For whoever watches: all sums, and of the seconds the last whole one."""
        self.weigh()
        heard = Messages()
        for _, line in self.lines:
            heard.merge(line.ear.judge({}))
        place = int(self.result.seconds) - 1
        last = self.result.second(place) if place >= 0 else Second()
        return {
            "result": {**self.result.as_json(), "secondsOf": [last.as_json()]},
            "begun": len(self.sent),
            "sockets": sum(not line.is_over for _, line in self.lines),
            "heard": heard.as_json(),
        }


def shared(people: Sequence[Any], processes: int) -> list[list[Any]]:
    """The people of each process: as many as of the next one, or one more."""
    return [list(people[place::processes]) for place in range(processes)]
