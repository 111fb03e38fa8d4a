"""What holds a server back, by its own figures, and what can be done about it, in plain words."""

import statistics
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from altlas_chat.loadtest.results import Result


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that limits: its name, what was seen, what to do."""

    limit: str
    seen: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.limit}: {self.seen}. {self.remedy}"


@dataclass(frozen=True, slots=True)
class _Sign:
    """A figure over whose bound its resource limits; ``of`` makes one number of a run's."""

    figure: str
    bound: float
    of: Callable[[list[float]], float]
    limit: str
    seen: str
    remedy: str


def _mean(values: list[float]) -> float:
    return statistics.fmean(values)


_SIGNS = (
    _Sign(
        "cpu",
        0.85,
        _mean,
        "CPU",
        "the server's process used {value:.0%} of a core",
        "One process uses one core: a faster core, or more processes on PostgreSQL and Redis.",
    ),
    _Sign(
        "changes_waiting",
        32,
        _mean,
        "Commits",
        "{value:.0f} changes waited for a commit at a time",
        "The disk's flush is what they wait for: a disk that flushes faster, or PostgreSQL.",
    ),
    _Sign(
        "loop_lag_ms",
        20,
        _mean,
        "Event loop",
        "what was due was {value:.0f} ms late in the mean",
        "Something holds the loop for long: large answers, or more work than one core does.",
    ),
    _Sign(
        "outbox_kb_max",
        512,
        max,
        "Readers",
        "a client had {value:,.0f} KiB waiting for it",
        "Clients or the network are slow; they are cut off at `outbox_bytes` and resume.",
    ),
)


def advise(result: Result) -> list[Advice]:
    """What limited the server in a run, the surest first; empty when nothing shows."""
    return list(_advice(result))


def _advice(result: Result) -> Iterator[Advice]:
    figures = _figures(result)
    for sign in _SIGNS:
        values = figures.get(sign.figure)
        if values and (value := sign.of(values)) >= sign.bound:
            yield Advice(sign.limit, sign.seen.format(value=value), sign.remedy)
    for code, count in result.requests.failures.most_common(1):
        yield Advice(
            "Refusals",
            f"{count:,} times {code}",
            "Look the code up in the contract: `x-problems` says what it means and what to do.",
        )


def _figures(result: Result) -> Mapping[str, list[float]]:
    found: dict[str, list[float]] = {}
    for second in result.seconds_of:
        for name, value in second.server.items():
            found.setdefault(name, []).append(value)
    return found
