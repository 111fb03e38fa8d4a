"""What a run must reach (SLO), as a file says it, and whether it did.

A file of YAML or JSON: under ``objectives`` one line a figure, with how it is
compared and a number::

    objectives:
      requests.p95_ms: <= 200
      requests.error_rate: <= 0.0005
      sendMessage.p99_ms: <= 100
      delivery.p99_ms: <= 100
      messages.lost: 0

A figure that no run has is a mistake of the file, and not an objective that
was met.
"""

import difflib
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from altlas_chat.loadtest.results import Measured, Result

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
    "=": operator.eq,
}
_WANTED = re.compile(r"(?P<sign><=|<|>=|>|==?)?\s*(?P<number>-?\d+(?:\.\d+)?(?:[eE]-?\d+)?)\s*")
_PERCENTILE = re.compile(r"p(?P<share>\d{1,2}(?:\.\d+)?|100)_ms")
_COUNTS = ("expected", "received", "lost", "doubled", "reordered")


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


def load_objectives(path: Path) -> list[Objective]:
    """The objectives of a file, in its order.

    Raises:
        ObjectivesUnreadable: it can't be read, or something in it is no objective.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ObjectivesUnreadable([f"{path}: {reason}"]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = path if mark is None else f"{path}:{mark.line + 1}:{mark.column + 1}"
        raise ObjectivesUnreadable([f"{where}: it is no YAML"]) from error
    found = data.get("objectives") if isinstance(data, dict) else None
    if not isinstance(found, dict) or not found:
        raise ObjectivesUnreadable([f"{path}: it has no `objectives` with a figure on each line"])
    mistakes, objectives = [], []
    for figure, wanted in found.items():
        matched = _WANTED.fullmatch(str(wanted))
        if matched is None or isinstance(wanted, bool):
            mistakes.append(f"{path}: {figure}: {wanted!r} is no comparison such as `<= 200`")
        else:
            sign = (matched["sign"] or "=").replace("==", "=")
            objectives.append(Objective(str(figure), sign, float(matched["number"])))
    unknown = sorted(set(data) - {"objectives"})
    mistakes += [f"{path}: `{name}` is unknown; only `objectives` is read" for name in unknown]
    if mistakes:
        raise ObjectivesUnreadable(mistakes)
    return objectives


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
            near = difflib.get_close_matches(one.figure, known, n=1)
            hint = f"; is `{near[0]}` meant?" if near else ""
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
        for share in (50, 90, 95, 99):
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
        matched = _PERCENTILE.fullmatch(figure.removeprefix(f"{name}."))
        if matched is not None and figure.startswith(f"{name}."):
            return one.spread.percentile(float(matched["share"]) / 100) * 1000
    return None
