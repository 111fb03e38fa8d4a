"""What holds a server back, by its own figures, and what can be done about it, in plain words."""

import statistics
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from altlas_chat.loadtest.results import Result, is_request

BUSY_CPU = 0.85
BUSY_DISK = 0.6
LONG_QUEUE = 32
SLOW_COMMIT_MS = 25
LATE_LOOP_MS = 20
LONG_WAIT_MS = 10
LONG_PAUSE_MS = 100
FAR_BEHIND_KB = 512
GROWN_MB = 256


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that limits: its name, what was seen, what to do."""

    limit: str
    seen: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.limit}: {self.seen}. {self.remedy}"


def advise(result: Result) -> list[Advice]:
    """What limited the server in a run, the surest first; empty when nothing shows.

    A full CPU makes everything else late as well, so what waits is named only
    where the CPU is not full.
    """
    figures = _figures(result)
    found = [*_resources(figures), *_refusals(result)]
    return found or list(_slowest(result))


def is_seen(result: Result) -> bool:
    """Whether the server told of itself at all."""
    return bool(_figures(result))


Values = Mapping[str, list[float]]


def _resources(figures: Values) -> Iterator[Advice]:
    cpu = _of(figures, "cpu")
    if cpu >= BUSY_CPU:
        yield Advice(
            "CPU",
            f"the server's process used {cpu:.0%} of a core",
            "A server is one process, which uses one core: take a faster core, or see what asks"
            " for so much.",
        )
    else:
        yield from _waits(figures)
    pause = _of(figures, "gc_pause_max_ms", max)
    if pause >= LONG_PAUSE_MS:
        yield Advice(
            "Garbage",
            f"a collection of garbage stopped the server for {pause:.0f} ms",
            "It grows with what is held, sockets most of all: hold fewer of them.",
        )
    behind = _of(figures, "outbox_kb_max", max)
    if behind >= FAR_BEHIND_KB:
        yield Advice(
            "Readers",
            f"a client had {behind:,.0f} KiB waiting for it",
            "Clients or the network are slow, and harm only themselves: at `outbox_bytes` they are"
            " cut off and resume. Look at their lines before the server.",
        )
    memory = figures.get("memory_mb", [])
    if memory and memory[-1] - memory[0] >= GROWN_MB:
        yield Advice(
            "Memory",
            f"the process grew from {memory[0]:,.0f} to {memory[-1]:,.0f} MiB",
            "Run it for longer: if it does not level off, sockets or answers pile up; fewer of"
            " them, or more memory.",
        )


def _waits(figures: Values) -> Iterator[Advice]:
    busy, took = _of(figures, "committing"), _of(figures, "commit_ms")
    queue = _of(figures, "changes_waiting")
    if busy >= BUSY_DISK or queue >= LONG_QUEUE or took >= SLOW_COMMIT_MS:
        yield Advice(
            "Commits",
            f"commits took {took:.1f} ms each, {busy:.0%} of the time, and {queue:.0f} changes"
            " waited for one at a time",
            "The disk's flush is what they wait for: a disk that flushes faster, or PostgreSQL on"
            " one.",
        )
    waited = _of(figures, "database_wait_ms")
    if waited >= LONG_WAIT_MS:
        yield Advice(
            "Connections",
            f"readings waited {waited:.0f} ms for a connection to the database",
            "Raise `readers` (SQLite) or `postgres_pool`, or find the slow query that holds them.",
        )
    late = _of(figures, "loop_lag_ms")
    if late >= LATE_LOOP_MS:
        yield Advice(
            "Event loop",
            f"what was due was {late:.0f} ms late in the mean, and the CPU was not full",
            "Something holds the loop for long at a time: large answers, or other processes on"
            " its core.",
        )


_REMEDIES: Mapping[str, str] = {
    "429": "A limit of each person or address refuses it: take more people, or raise that limit.",
    "503": "The server was not ready: its log says whether the database was away or it was ending.",
    "500": "The server has a fault: its log has it under the answer's request id.",
    "no answer in time": "Nothing came for long: see what keeps the server, in its log.",
}


def _refusals(result: Result) -> Iterator[Advice]:
    for failure, count in result.requests.failures.most_common(1):
        by_code = "Look the code up in the contract: `x-problems` says what it means."
        remedy = next((it for code, it in _REMEDIES.items() if failure.startswith(code)), by_code)
        yield Advice("Refusals", f"{count:,} times {failure}", remedy)


def _slowest(result: Result) -> Iterator[Advice]:
    """Where nothing is full: the operation that takes longest, if one takes long."""
    named = [one for name, one in result.measured.items() if is_request(name) and one.spread.count]
    slowest = max(named, key=lambda one: one.spread.percentile(0.95), default=None)
    if slowest is None or not is_seen(result):
        return
    late = slowest.spread.percentile(0.95) * 1000
    if late >= 5 * LATE_LOOP_MS:
        yield Advice(
            "Operation",
            f"{slowest.name} took {late:,.0f} ms (p95), and nothing of the server was full",
            "Look at this one: its query, its size, the network between.",
        )


def _of(
    figures: Values, name: str, way: Callable[[list[float]], float] = statistics.fmean
) -> float:
    values = figures.get(name)
    return way(values) if values else 0.0


def _figures(result: Result) -> Values:
    found: dict[str, list[float]] = {}
    for second in result.seconds_of:
        for name, value in second.server.items():
            found.setdefault(name, []).append(value)
    return found
