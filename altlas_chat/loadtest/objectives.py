"""What a run must reach (SLO), and whether it did.

A figure that a run has not is a mistake, and not an objective that was met.
"""

import difflib
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from altlas_chat.loadtest.results import Measured, Result

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
    "=": operator.eq,
}
PERCENTILE = re.compile(r"p(?P<share>\d{1,2}(?:\.\d+)?|100)_ms")
_COUNTS = ("expected", "received", "lost", "doubled", "reordered")
_SHARES = (50, 90, 95, 99)
MEASURES = (
    "count", "error_rate", "per_second", "mean_ms", "max_ms", *(f"p{share}_ms" for share in _SHARES)
)  # fmt: skip
"""Of each thing measured; percentiles of any share besides."""

PLAIN_FIGURES = (*(f"messages.{name}" for name in _COUNTS), "generator.cpu", "generator.lag_p99_ms")
"""What every run has."""


class ObjectivesUnreadable(Exception):
    """The file is wrong; ``detail`` has every mistake in it, a line each."""

    remedy = "Mend the file; docs/performance.md has every figure that can be named."

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.detail = "\n".join(mistakes)


@dataclass(frozen=True, slots=True)
class Objective:
    """One figure that must be so: ``requests.p95_ms`` ``<=`` 200."""

    figure: str
    sign: str
    number: float

    def __str__(self) -> str:
        return f"{self.figure} {self.sign} {self.number:g}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An objective, and what the run had."""

    objective: Objective
    found: float

    @property
    def is_met(self) -> bool:
        return _COMPARISONS[self.objective.sign](self.found, self.objective.number)


def judge(result: Result, objectives: Sequence[Objective]) -> list[Verdict]:
    """A verdict on each objective, in their order.

    Raises:
        ObjectivesUnreadable: an objective names a figure that the run has not.
    """
    known = figures_of(result)
    mistakes, verdicts = [], []
    for one in objectives:
        found = known.get(one.figure)
        if found is None:
            found = _percentile(result, one.figure)
        if found is None:
            near = difflib.get_close_matches(one.figure, known, n=3)
            hint = f"; is {' or '.join(f'`{name}`' for name in near)} meant?" if near else ""
            mistakes.append(f"{one.figure}: the run has no such figure{hint}")
        else:
            verdicts.append(Verdict(one, found))
    if mistakes:
        raise ObjectivesUnreadable(mistakes)
    return verdicts


def figures_of(result: Result) -> dict[str, float]:
    """Every figure of a run that can be named, by name; percentiles of any share can, besides."""
    found: dict[str, float] = {}
    for name, one in _named(result).items():
        found[f"{name}.count"] = one.tried
        found[f"{name}.error_rate"] = one.error_rate
        found[f"{name}.per_second"] = one.spread.count / result.seconds if result.seconds else 0.0
        found[f"{name}.mean_ms"] = one.spread.mean * 1000
        found[f"{name}.max_ms"] = one.spread.longest * 1000
        for share in _SHARES:
            found[f"{name}.p{share}_ms"] = one.spread.percentile(share / 100) * 1000
    counts: dict[str, Any] = result.messages.as_json()
    found.update({f"messages.{name}": float(counts[name]) for name in _COUNTS})
    found["generator.cpu"] = result.generator.cpu
    found["generator.lag_p99_ms"] = result.generator.lag.percentile(0.99) * 1000
    for name in sorted({name for second in result.seconds_of for name in second.server}):
        values = [second.server[name] for second in result.seconds_of if name in second.server]
        found[f"server.{name}.max"] = max(values)
        found[f"server.{name}.mean"] = sum(values) / len(values)
    return found


def _named(result: Result) -> dict[str, Measured]:
    named = dict(result.measured)
    named["requests"] = result.requests
    if result.deliveries.tried:
        named["delivery"] = result.deliveries
    return named


def _percentile(result: Result, figure: str) -> float | None:
    """A percentile of another share: ``requests.p99.9_ms``."""
    for name, one in _named(result).items():
        matched = PERCENTILE.fullmatch(figure.removeprefix(f"{name}."))
        if matched is not None and figure.startswith(f"{name}."):
            return one.spread.percentile(float(matched["share"]) / 100) * 1000
    return None
