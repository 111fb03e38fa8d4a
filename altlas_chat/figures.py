"""Counting what a server does, for next to nothing: whole numbers, no locks, no labels to look up.

Each figure is written from one thread only. Who reads while it is written gets
a value that was true a moment before.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple


class Spread:
    """How values are spread: how many were at most each bound, and their sum."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SHORT_SECONDS = (0.0001, 0.00025, 0.0005, *SECONDS)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Requests:
    """REST requests: how many by operation and status, and how long each operation took."""

    __slots__ = ("durations", "statuses")

    def __init__(self) -> None:
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.durations: dict[str, Spread] = {}

    def add(self, operation: str, status: int, seconds: float) -> None:
        self.statuses[operation, status] += 1
        spread = self.durations.get(operation)
        if spread is None:
            spread = self.durations[operation] = Spread(SECONDS)
        spread.add(seconds)


class Workload(NamedTuple):
    """What a database has to do at a moment.

    ``batches`` are how many changes a commit took together, ``commits`` how
    long each commit itself took (on a disk, its flush), ``waits`` how long
    each reading waited for a connection. ``waiting`` are changes that no
    transaction has taken yet, ``connections`` those to the database that are
    open for reading (on PostgreSQL for all).
    """

    batches: Spread
    commits: Spread
    waits: Spread
    waiting: int
    connections: int
    idle: int
