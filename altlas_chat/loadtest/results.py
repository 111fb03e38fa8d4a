"""What a load test found: the same form from every engine, merged from every process.

Written down as JSON and read again; a report, an objective and a comparison
are made of this and of nothing else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from altlas_chat.loadtest.histograms import Histogram
from altlas_chat.loadtest.steps import Checked

Json = dict[str, Any]

FORMAT = 1
"""Of the file; another one is refused."""


class ResultUnreadable(Exception):
    """A file is no result of a load test, or one of another version."""

    remedy = "Name a run-N.json that `altlas-chat loadtest run --out` wrote with this version."

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass
class Measured:
    """One thing that was done again and again: a request, a command, a delivery.

    ``spread`` has those that succeeded, counted from the moment at which each
    was due, so that a server that stalls does not hide it by being asked less
    often; ``failures`` has how often each kind of failure was met.
    """

    name: str
    spread: Histogram = field(default_factory=Histogram)
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        return self.failures.total()

    @property
    def tried(self) -> int:
        return self.spread.count + self.failed

    @property
    def error_rate(self) -> float:
        """Between 0 and 1; 0 when nothing was tried."""
        return self.failed / self.tried if self.tried else 0.0

    def merge(self, other: "Measured") -> None:
        """Take in what another process counted of the same thing."""
        self.spread.merge(other.spread)
        self.failures.update(other.failures)

    def as_json(self) -> Json:
        return {
            "name": self.name,
            "spread": self.spread.as_json(),
            "failures": dict(sorted(self.failures.items())),
        }

    @classmethod
    def from_json(cls, data: Json) -> Self:
        spread = Histogram.from_json(data["spread"])
        return cls(str(data["name"]), spread, Counter(data["failures"]))


@dataclass
class Messages:
    """What clients made of the messages that they were to hear; all but ``expected`` are wanted 0.

    ``expected`` are deliveries: numbered events, times those who were to hear
    each; and the messages and events of pages, where scripts look at these.
    """

    expected: int = 0
    received: int = 0
    lost: int = 0
    doubled: int = 0
    reordered: int = 0

    def merge(self, other: "Messages") -> None:
        """Add up."""
        for name in ("expected", "received", "lost", "doubled", "reordered"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def as_json(self) -> Json:
        return {
            "expected": self.expected,
            "received": self.received,
            "lost": self.lost,
            "doubled": self.doubled,
            "reordered": self.reordered,
        }


SICK_LAG_SECONDS = 0.05
SICK_CPU = 0.9
SICK_BURSTINESS = 4.0


@dataclass
class Generator:
    """Whether who made the load could keep up; if not, the run says nothing of the server.

    ``lag`` is how late planned moments were served, ``cpu`` the busiest
    process's share of a core, ``burstiness`` the variance of sends in a tenth
    of a second divided by their mean: about 1 when they come independently of
    one another, 0 when they are evenly spaced, large when they come in heaps,
    ``lost`` how many of its processes never said what they found, ``troubles``
    what it had not (ports or files), and how often.
    """

    lag: Histogram = field(default_factory=Histogram)
    cpu: float = 0.0
    burstiness: float = 0.0
    lost: int = 0
    troubles: Counter[str] = field(default_factory=Counter)

    @property
    def ailments(self) -> list[str]:
        """Why the run is void, in words; empty when the generator was healthy."""
        found = []
        late = self.lag.percentile(0.99)
        if late > SICK_LAG_SECONDS:
            found.append(f"1 of 100 sends was over {late * 1000:.0f} ms late")
        if self.cpu > SICK_CPU:
            found.append(f"a generating process used {self.cpu:.0%} of a core")
        if self.burstiness > SICK_BURSTINESS:
            found.append(f"sends came in heaps (burstiness {self.burstiness:.1f})")
        if self.lost:
            found.append(f"{self.lost} of its processes went away")
        for words, count in sorted(self.troubles.items()):
            found.append(words if count == 1 else f"{words} ({count:,} times)")
        return found

    def merge(self, other: "Generator") -> None:
        """Take in another process: the worse of the two."""
        self.lag.merge(other.lag)
        self.cpu = max(self.cpu, other.cpu)
        self.burstiness = max(self.burstiness, other.burstiness)
        self.lost += other.lost
        self.troubles.update(other.troubles)

    def as_json(self) -> Json:
        return {
            "lag": self.lag.as_json(),
            "cpu": self.cpu,
            "burstiness": self.burstiness,
            "lost": self.lost,
            "troubles": dict(sorted(self.troubles.items())),
            "ailments": self.ailments,
        }

    @classmethod
    def from_json(cls, data: Json) -> Self:
        lag = Histogram.from_json(data["lag"])
        cpu, burstiness = float(data["cpu"]), float(data["burstiness"])
        troubles: Counter[str] = Counter(data["troubles"])
        return cls(lag, cpu, burstiness, int(data["lost"]), troubles)


@dataclass
class Second:
    """One second of a run, for charts: what was asked (``spread``) and what was heard."""

    done: int = 0
    failed: int = 0
    spread: Histogram = field(default_factory=Histogram)
    heard: Histogram = field(default_factory=Histogram)
    server: dict[str, float] = field(default_factory=dict)

    def merge(self, other: "Second") -> None:
        """Take in the same second of another process."""
        self.done += other.done
        self.failed += other.failed
        self.spread.merge(other.spread)
        self.heard.merge(other.heard)
        self.server.update(other.server)

    def as_json(self) -> Json:
        return {
            "done": self.done,
            "failed": self.failed,
            "spread": self.spread.as_json(),
            "heard": self.heard.as_json(),
            "server": self.server,
        }

    @classmethod
    def from_json(cls, data: Json) -> Self:
        server = {str(name): float(value) for name, value in data["server"].items()}
        spread, heard = (Histogram.from_json(data[name]) for name in ("spread", "heard"))
        return cls(int(data["done"]), int(data["failed"]), spread, heard, server)


@dataclass
class Result:
    """One run of a scenario.

    ``began_at`` is in UTC milliseconds, ``seconds`` how long the measured part
    took, ``rate`` what was planned a second (0 where users set the pace),
    ``is_partial`` that somebody broke it off; ``broken_off`` why it ended by
    itself before its time, in words, "" when it did not. ``about`` says on what it ran:
    versions, machine, settings.
    """

    scenario: str
    engine: str
    target: str
    began_at: int
    seconds: float
    users: int
    rate: float = 0.0
    seed: int = 0
    is_partial: bool = False
    broken_off: str = ""
    measured: dict[str, Measured] = field(default_factory=dict)
    messages: Messages = field(default_factory=Messages)
    generator: Generator = field(default_factory=Generator)
    seconds_of: list[Second] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)

    def of(self, name: str) -> Measured:
        """What was measured under a name; begins to be when it is new."""
        return self.measured.setdefault(name, Measured(name))

    def check(self, found: Checked) -> None:
        """Count what a script made of its answers."""
        if found.wrong:
            self.of(found.name).failures[found.wrong] += 1
        expected = found.received + found.lost
        self.messages.merge(
            Messages(expected, found.received, found.lost, found.doubled, found.reordered)
        )

    @property
    def requests(self) -> Measured:
        """Everything that was asked of the server, as one."""
        together = Measured("requests")
        for name, one in self.measured.items():
            if is_request(name):
                together.merge(one)
        return together

    @property
    def deliveries(self) -> Measured:
        """Everything that was heard, as one."""
        together = Measured("delivery")
        for name, one in self.measured.items():
            if is_delivery(name):
                together.merge(one)
        return together

    @property
    def is_void(self) -> bool:
        """The generator was sick, so it says nothing of the server."""
        return bool(self.generator.ailments)

    def merge(self, other: "Result") -> None:
        """Take in what another process of the same run found."""
        for name, one in other.measured.items():
            self.of(name).merge(one)
        self.messages.merge(other.messages)
        self.generator.merge(other.generator)
        self.users += other.users
        self.rate += other.rate
        self.is_partial |= other.is_partial
        self.broken_off = self.broken_off or other.broken_off
        self.seconds = max(self.seconds, other.seconds)
        for place, second in enumerate(other.seconds_of):
            self.second(place).merge(second)

    def second(self, place: int) -> Second:
        """One second of it, from 0; begins to be when it is new."""
        while len(self.seconds_of) <= place:
            self.seconds_of.append(Second())
        return self.seconds_of[place]

    def as_json(self) -> Json:
        """All that there is to it, for :meth:`from_json`, with a summary for people's programs."""
        return {
            "format": FORMAT,
            "scenario": self.scenario,
            "engine": self.engine,
            "target": self.target,
            "beganAt": self.began_at,
            "seconds": self.seconds,
            "users": self.users,
            "rate": self.rate,
            "seed": self.seed,
            "isPartial": self.is_partial,
            "brokenOff": self.broken_off,
            "isVoid": self.is_void,
            "summary": [summary(one, self.seconds) for one in self.rows()],
            "measured": [one.as_json() for one in self.measured.values()],
            "messages": self.messages.as_json(),
            "generator": self.generator.as_json(),
            "secondsOf": [second.as_json() for second in self.seconds_of],
            "about": self.about,
        }

    def rows(self) -> Iterable[Measured]:
        """What a table shows: each thing by name, then requests and deliveries as one."""
        yield from sorted(self.measured.values(), key=lambda one: (is_delivery(one.name), one.name))
        for one in (self.requests, self.deliveries):
            if one.tried and one.name not in self.measured:
                yield one

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """The same again.

        Raises:
            ResultUnreadable: it is none.
        """
        if not isinstance(data, Mapping) or "format" not in data:
            raise ResultUnreadable("it is no result of a load test")
        if data["format"] != FORMAT:
            raise ResultUnreadable(
                f"it has format {data['format']}, and this version reads {FORMAT}"
            )
        try:
            measured = [Measured.from_json(one) for one in data["measured"]]
            return cls(
                scenario=str(data["scenario"]),
                engine=str(data["engine"]),
                target=str(data["target"]),
                began_at=int(data["beganAt"]),
                seconds=float(data["seconds"]),
                users=int(data["users"]),
                rate=float(data["rate"]),
                seed=int(data["seed"]),
                is_partial=bool(data["isPartial"]),
                broken_off=str(data["brokenOff"]),
                measured={one.name: one for one in measured},
                messages=Messages(**data["messages"]),
                generator=Generator.from_json(data["generator"]),
                seconds_of=[Second.from_json(one) for one in data["secondsOf"]],
                about={str(name): str(value) for name, value in data["about"].items()},
            )
        except (LookupError, TypeError, ValueError) as error:
            raise ResultUnreadable(f"it is damaged: {error}") from error


RESUME = "socket.resume"
"""Until the server knew who came back; refusals and unreachable servers are its failures."""

RECOVERY = "socket.recovery"
"""Until everything that was missed had been heard. Both from when the line was due back."""


def closed_by(code: int) -> str:
    """Where it is counted that a server ended a slow reader's socket, and after how long."""
    return f"socket.closed_{code}"


def is_request(name: str) -> bool:
    """Whether what is measured is something asked: nothing heard, and no fate of a socket."""
    return not (is_delivery(name) or name.startswith("socket."))


def is_delivery(name: str) -> bool:
    """Whether what is measured is something heard, and nothing asked."""
    return name.startswith("delivery")


def summary(one: Measured, seconds: float) -> Json:
    """A line of the table, in milliseconds and a second."""
    spread = one.spread
    return {
        "name": one.name,
        "count": one.tried,
        "failed": one.failed,
        "errorRate": one.error_rate,
        "perSecond": spread.count / seconds if seconds else 0.0,
        "meanMs": spread.mean * 1000,
        **{
            f"p{share * 100:g}Ms": spread.percentile(share) * 1000
            for share in (0.5, 0.9, 0.95, 0.99, 0.999)
        },
        "maxMs": spread.longest * 1000,
    }
