"""Whether a build is slower than a saved one, or whether chance looks like that.

The runs are compared, not the requests: requests of one run share their
server, their minute and their luck, and a million of them are no million
witnesses. An exact permutation test says how often runs that differ by chance
alone would lie as far apart; only with a difference of some size as well is it
called one.

Many figures are looked at, and chance has as many tries. So all figures of a
comparison are one family: ``chance`` is that of any of them lying as far
apart by chance alone (the step-down max-T test of Westfall and Young, 1993),
and that it is under 5 % holds for the whole comparison. Unlike Holm's
correction it knows that figures of one run go together, and so decides with
as few runs as a single test.
"""

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from altlas_chat.loadtest.objectives import figures_of
from altlas_chat.loadtest.results import Result

LIKELY_CHANCE = 0.05
LEAST_EFFECT = 0.05
MOST_ARRANGEMENTS = 2_000
"""All of six runs against six, and more; beyond that every n-th is looked at."""

LARGER_IS_BETTER = (".per_second",)
SMALLER_IS_BETTER = (
    "_ms",
    ".error_rate",
    "messages.lost",
    "messages.doubled",
    "messages.reordered",
)


class Change(StrEnum):
    """What became of a figure."""

    WORSE = "worse"
    BETTER = "better"
    SAME = "same"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure before and now.

    ``effect`` is the change of the median as a share of the median before,
    positive where it is more now; ``chance`` how often chance alone would do
    as much to this or any other figure of the comparison, 1 where there is
    nothing to tell apart.
    """

    figure: str
    before: tuple[float, ...]
    now: tuple[float, ...]
    effect: float
    chance: float
    change: Change


def compare(
    before: Sequence[Result],
    now: Sequence[Result],
    *,
    least_effect: float = LEAST_EFFECT,
    likely_chance: float = LIKELY_CHANCE,
) -> list[Comparison]:
    """Each figure that both have and that has a better direction, by name.

    ``undecided`` is a figure whose medians lie ``least_effect`` apart, but
    which so few or so scattered runs can't tell from chance.
    """
    old, new = [figures_of(one) for one in before], [figures_of(one) for one in now]
    if not old or not new:
        raise ValueError("there is nothing to compare")
    names = [
        name
        for name in sorted(set.intersection(*map(set, [*old, *new])))
        if name.endswith(LARGER_IS_BETTER + SMALLER_IS_BETTER)
        and not name.startswith(("generator.", "server."))
    ]
    befores = [tuple(one[name] for one in old) for name in names]
    nows = [tuple(one[name] for one in new) for name in names]
    chances = chances_of(befores, nows)
    found = []
    for name, before_, now_, chance in zip(names, befores, nows, chances, strict=True):
        effect = _effect(before_, now_)
        change = Change.SAME
        if abs(effect) >= least_effect:
            change = Change.UNDECIDED
            if chance <= likely_chance:
                is_worse = (effect > 0) == name.endswith(SMALLER_IS_BETTER)
                change = Change.WORSE if is_worse else Change.BETTER
        found.append(Comparison(name, before_, now_, effect, chance, change))
    return found


def _effect(before: Sequence[float], now: Sequence[float]) -> float:
    first, second = statistics.median(before), statistics.median(now)
    if first == second:
        return 0.0
    return (second - first) / first if first else math.copysign(math.inf, second)


def chances_of(before: Sequence[Sequence[float]], now: Sequence[Sequence[float]]) -> list[float]:
    """For each figure, how often chance alone would set it or any other so far apart.

    Figures with their runs, in the same order everywhere. Runs are shuffled
    between the two sides, all figures of a run together, and each figure's
    distance is that of the means in units of the scatter within the sides.
    Between 0 and 1; two-sided and exact up to :data:`MOST_ARRANGEMENTS`
    arrangements. Three runs a side can't come below 0.1, four can (0.029).
    """
    if not before:
        return []
    rows = [[*first, *second] for first, second in zip(before, now, strict=True)]
    size, runs = len(before[0]), len(rows[0])
    seen = [_apart(row, range(size)) for row in rows]
    order = sorted(range(len(rows)), key=lambda place: -seen[place])
    step = max(1, math.comb(runs, size) // MOST_ARRANGEMENTS)
    as_far, tried = [0] * len(rows), 0
    for chosen in itertools.islice(itertools.combinations(range(runs), size), 0, None, step):
        tried += 1
        most = -1.0
        # From the least far to the farthest: each is held against those that are no farther.
        for place in reversed(order):
            most = max(most, _apart(rows[place], chosen))
            as_far[place] += most >= seen[place] * (1 - 1e-9)
    chances = [count / tried for count in as_far]
    least = 0.0
    for place in order:
        least = chances[place] = max(least, chances[place])
    return chances


def _apart(row: Sequence[float], chosen: Sequence[int]) -> float:
    """How far the mean of the chosen lies from that of the others, by their scatter."""
    inside = set(chosen)
    first = [row[place] for place in chosen]
    second = [value for place, value in enumerate(row) if place not in inside]
    middles = sum(first) / len(first), sum(second) / len(second)
    apart = abs(middles[0] - middles[1])
    if apart <= 1e-12 * max(1.0, abs(middles[0])):
        return 0.0
    scatter = sum((value - middles[0]) ** 2 for value in first)
    scatter += sum((value - middles[1]) ** 2 for value in second)
    return apart / math.sqrt(scatter) if scatter else math.inf


def fewest_runs(likely_chance: float = LIKELY_CHANCE) -> int:
    """How many runs a side can be told from chance at all."""
    runs = 1
    while 2 / math.comb(2 * runs, runs) > likely_chance:
        runs += 1
    return runs
