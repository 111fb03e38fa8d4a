"""Frames that presence costs: a crowd that comes, each watching as many others as a socket may.

Without collecting, every change would be a frame for everybody who watches;
how many that would be is counted beside it.
"""

import selectors
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import orjson

from loadtests.harness import (
    Figure,
    Plan,
    Process,
    Row,
    Spent,
    Stopwatch,
    say,
    served,
    temporary_folder,
)
from loadtests.wire import Wire, authenticated
from loadtests.world import Person, World, make_world

PEOPLE = 1000
WATCHED = 500
QUIET_SECONDS = 6.0
"""Several ticks: nothing is told any more then, also on a machine with much else to do."""
COMING_AT_MOST = 1.1
AT_ONCE_AT_MOST = 4.0


@dataclass
class Watcher:
    """A socket that wants to know of others, and counts what it is told."""

    wire: Wire
    frames: int = 0
    presences: int = 0
    known: dict[str, str] = field(default_factory=dict)

    def watch(self, user_ids: Sequence[str]) -> None:
        self._ask("presence.watch", {"userIds": user_ids})

    def goes_away(self) -> None:
        self._ask("presence.set", {"presence": "away"})

    def _ask(self, event: str, data: object) -> None:
        self.wire.send(orjson.dumps({"event": event, "id": 1, "data": data}))

    def hear(self) -> bool:
        """Take what came; whether presence was among it."""
        is_told = False
        for text in self.wire.receive():
            frame = orjson.loads(text)
            some = frame["data"].get("presences", ())
            self.known.update((one["userId"], one["presence"]) for one in some)
            if frame["event"] == "presence.updated":
                self.frames += 1
                self.presences += len(some)
                is_told = True
            elif frame["event"] == "error":
                raise AssertionError(frame)
        return is_told


@dataclass(frozen=True)
class Outcome:
    """What a stretch of changes cost."""

    spent: Spent
    until_known: float
    frames: int
    presences: int
    sockets: int


def hear_until_quiet(selector: selectors.BaseSelector, seconds: float) -> float:
    """Take what comes until no presence came for so long; when the last one came."""
    last = time.monotonic()
    while (left := last + seconds - time.monotonic()) > 0:
        for key, _ in selector.select(left):
            if key.data.hear():
                last = time.monotonic()
    return last


def others_of(people: Sequence[Person], number: int) -> list[str]:
    """Whom one of them watches."""
    count = min(WATCHED, len(people) - 1)
    return [people[(number + step) % len(people)].user_id for step in range(1, count + 1)]


class Crowd:
    """People who come one after another, and watch each other."""

    def __init__(self, server: Process, people: Sequence[Person]) -> None:
        self.server = server
        self.people = people
        self.selector = selectors.EpollSelector()
        self.watchers: list[Watcher] = []

    def come(self) -> Outcome:
        """All come; each watches others from its first moment."""
        url = self.server.hello["url"]
        watch, begun = Stopwatch(self.server), time.monotonic()
        for number, person in enumerate(self.people):
            watcher = Watcher(authenticated(url, person.token))
            watcher.watch(others_of(self.people, number))
            self.watchers.append(watcher)
            self.selector.register(watcher.wire, selectors.EVENT_READ, watcher)
            self._hear_what_is_here()
        return self._outcome(watch, begun, self.watchers)

    def go_away(self) -> Outcome:
        """All change at once."""
        for watcher in self.watchers:
            watcher.frames = watcher.presences = 0
        watch, begun = Stopwatch(self.server), time.monotonic()
        for watcher in self.watchers:
            watcher.goes_away()
        outcome = self._outcome(watch, begun, self.watchers)
        states = {state for one in self.watchers for state in one.known.values()}
        assert states == {"away"}, f"some know nothing of it: {states}"
        return outcome

    def _hear_what_is_here(self) -> None:
        for key, _ in self.selector.select(0):
            key.data.hear()

    def _outcome(self, watch: Stopwatch, begun: float, watchers: Iterable[Watcher]) -> Outcome:
        last = hear_until_quiet(self.selector, QUIET_SECONDS)
        frames = sum(one.frames for one in watchers)
        presences = sum(one.presences for one in watchers)
        return Outcome(watch.spent(), last - begun, frames, presences, len(self.watchers))

    def close(self) -> None:
        self.selector.close()
        for watcher in self.watchers:
            watcher.wire.close()


def measure(plan: Plan) -> list[Row]:
    """A row for those who come one by one, and one for those who change at once."""
    came, changed = [], []
    with temporary_folder(plan.folder) as folder:
        world = make_world(folder, people=plan.count(PEOPLE, least=10))
        for run in range(plan.runs):
            first, second = _one_run(plan, world)
            came.append(first)
            changed.append(second)
            say(
                f"presence, run {run + 1}: {first.frames:,} frames as they came,"
                f" {second.frames:,} at once, known after {second.until_known:.2f} s"
            )
    return [
        _row(
            f"{came[0].sockets:,} come one by one, each watches {_watched(came[0])}",
            "frames a socket and second",
            came,
            [one.frames / one.sockets / max(1.0, one.until_known) for one in came],
            COMING_AT_MOST,
        ),
        _row(
            f"{changed[0].sockets:,} change at once",
            "frames a socket",
            changed,
            [one.frames / one.sockets for one in changed],
            AT_ONCE_AT_MOST,
        ),
    ]


def _watched(outcome: Outcome) -> int:
    return min(WATCHED, outcome.sockets - 1)


def _one_run(plan: Plan, world: World) -> tuple[Outcome, Outcome]:
    with served(world.copy(world.file.parent), plan.cores.server) as server:
        crowd = Crowd(server, world.people)
        try:
            return crowd.come(), crowd.go_away()
        finally:
            crowd.close()


def _row(
    case: str, unit: str, outcomes: Sequence[Outcome], frames: Sequence[float], at_most: float
) -> Row:
    told = Figure(tuple(float(one.presences) for one in outcomes)).median
    sent = Figure(tuple(float(one.frames) for one in outcomes)).median
    cpu = Figure(tuple(one.spent.server_cpu for one in outcomes)).median
    known = Figure(tuple(one.until_known for one in outcomes)).median
    note = (
        f"{told:,.0f} changes told in {sent:,.0f} frames, {cpu:.2f} s of the server's CPU,"
        f" all known after {known:.1f} s"
    )
    return Row(
        benchmark="presence",
        case=case,
        unit=unit,
        measured=Figure(tuple(frames)),
        at_most=at_most,
        notes=[note],
    )
