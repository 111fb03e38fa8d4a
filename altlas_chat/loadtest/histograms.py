"""Durations by the million in little room, merged without loss.

Buckets are linear within each power of two (the idea of HdrHistogram), so
that a percentile is off by less than one part in 128, whether it is of
microseconds or of minutes.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Self

_BITS = 7
_LINEAR = 1 << _BITS
_MICROSECONDS = 1_000_000

RELATIVE_ERROR = 1 / _LINEAR
"""By how much a percentile may be too large; it is never too small."""


class Histogram:
    """How durations in seconds are spread; exact are the count, the sum and both ends."""

    __slots__ = ("_buckets", "count", "longest", "shortest", "total")

    def __init__(self) -> None:
        self._buckets: Counter[int] = Counter()
        self.count = 0
        self.total = 0.0
        self.shortest = math.inf
        self.longest = 0.0

    @classmethod
    def of(cls, durations: Iterable[float]) -> Self:
        """A histogram of these."""
        made = cls()
        for seconds in durations:
            made.add(seconds)
        return made

    def add(self, seconds: float) -> None:
        """Count a duration; one below zero counts as none at all."""
        seconds = max(0.0, seconds)
        self._buckets[_bucket(round(seconds * _MICROSECONDS))] += 1
        self.count += 1
        self.total += seconds
        self.shortest = min(self.shortest, seconds)
        self.longest = max(self.longest, seconds)

    def merge(self, other: "Histogram") -> None:
        """Take in what another one counted."""
        self._buckets.update(other._buckets)  # noqa: SLF001 - its own kind
        self.count += other.count
        self.total += other.total
        self.shortest = min(self.shortest, other.shortest)
        self.longest = max(self.longest, other.longest)

    def since(self, earlier: "Histogram") -> "Histogram":
        """What was counted after ``earlier``, a merge of no more than this one had at a moment.

        Its ends are those of its buckets.
        """
        made = Histogram()
        made._buckets = self._buckets - earlier._buckets  # noqa: SLF001 - its own kind
        made.count = self.count - earlier.count
        made.total = self.total - earlier.total
        if made._buckets:
            made.shortest = _largest(min(made._buckets)) / _MICROSECONDS
            made.longest = min(self.longest, _largest(max(made._buckets)) / _MICROSECONDS)
        return made

    @property
    def mean(self) -> float:
        """In seconds; 0 when nothing was counted."""
        return self.total / self.count if self.count else 0.0

    def percentile(self, share: float) -> float:
        """The duration in seconds that ``share`` of all did not exceed; 0 when there are none.

        By the nearest rank: of 100 durations the 99th for 0.99.
        """
        wanted = max(1, math.ceil(share * self.count - 1e-9))
        seen = 0
        for bucket, count in sorted(self._buckets.items()):
            seen += count
            if seen >= wanted:
                return min(_largest(bucket) / _MICROSECONDS, self.longest)
        return 0.0

    def steps(self) -> Iterator[tuple[float, int]]:
        """Duration in seconds and how many took as long, the shortest first; for charts."""
        for bucket, count in sorted(self._buckets.items()):
            yield _largest(bucket) / _MICROSECONDS, count

    def as_json(self) -> dict[str, Any]:
        """All that there is to it, for :meth:`from_json`."""
        return {
            "count": self.count,
            "totalSeconds": self.total,
            "shortestSeconds": self.shortest if self.count else None,
            "longestSeconds": self.longest,
            "buckets": [[bucket, count] for bucket, count in sorted(self._buckets.items())],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The same again.

        Raises:
            LookupError, TypeError, ValueError: it is none.
        """
        made = cls()
        made._buckets.update({int(bucket): int(count) for bucket, count in data["buckets"]})
        made.count = int(data["count"])
        made.total = float(data["totalSeconds"])
        made.shortest = float(data["shortestSeconds"]) if made.count else math.inf
        made.longest = float(data["longestSeconds"])
        if sum(made._buckets.values()) != made.count:
            raise ValueError("the buckets do not add up to the count")
        return made


def _bucket(microseconds: int) -> int:
    """The number of a bucket; the first 128 have one value each."""
    shift = max(0, microseconds.bit_length() - _BITS - 1)
    return (shift << _BITS) + (microseconds >> shift)


def _largest(bucket: int) -> int:
    """The largest value of a bucket, in microseconds."""
    if bucket < 2 * _LINEAR:
        return bucket
    shift = (bucket >> _BITS) - 1
    return (((bucket - (shift << _BITS)) + 1) << shift) - 1
