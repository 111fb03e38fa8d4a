"""Whether a build is slower than a saved one, or whether chance looks like that.

The runs are compared, not the requests: requests of one run share their
server, their minute and their luck, and a million of them are no million
witnesses. An exact permutation test says how often runs that differ by chance
alone would lie as far apart; only with a difference of some size as well is it
called one.
"""

import itertools
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from altlas_chat.loadtest.objectives import figures_of
from altlas_chat.loadtest.results import Result

LIKELY_CHANCE = 0.05
LEAST_EFFECT = 0.05
MOST_ARRANGEMENTS = 200_000
"""More than enough for ten runs against ten; beyond that every n-th is looked at."""

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
    as much, 1 where there is nothing to tell apart.
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
    names = sorted(set.intersection(*map(set, [*old, *new])))
    return [
        _compared(name, old, new, least_effect, likely_chance)
        for name in names
        if name.endswith(LARGER_IS_BETTER + SMALLER_IS_BETTER)
        and not name.startswith(("generator.", "server."))
    ]


def _compared(
    name: str,
    old: Sequence[Mapping[str, float]],
    new: Sequence[Mapping[str, float]],
    least_effect: float,
    likely_chance: float,
) -> Comparison:
    before, now = tuple(one[name] for one in old), tuple(one[name] for one in new)
    effect, chance = _effect(before, now), chance_of(before, now)
    change = Change.SAME
    if abs(effect) >= least_effect:
        change = Change.UNDECIDED
        if chance <= likely_chance:
            is_worse = (effect > 0) == name.endswith(SMALLER_IS_BETTER)
            change = Change.WORSE if is_worse else Change.BETTER
    return Comparison(name, before, now, effect, chance, change)


def _effect(before: Sequence[float], now: Sequence[float]) -> float:
    first, second = statistics.median(before), statistics.median(now)
    if first == second:
        return 0.0
    return (second - first) / first if first else math.copysign(math.inf, second)


def chance_of(before: Sequence[float], now: Sequence[float]) -> float:
    """How often runs shuffled between the two sides lie as far apart, in the mean, as these do.

    Between 0 and 1; two-sided and exact up to :data:`MOST_ARRANGEMENTS`
    arrangements. Three runs a side can't come below 0.1, four can (0.029).
    """
    values = [*before, *now]
    size, total = len(before), sum(values)
    seen = abs(sum(before) / size - sum(now) / len(now))
    arrangements = math.comb(len(values), size)
    step = max(1, arrangements // MOST_ARRANGEMENTS)
    tried = as_far = 0
    for chosen in itertools.islice(itertools.combinations(values, size), 0, None, step):
        first = sum(chosen)
        apart = abs(first / size - (total - first) / (len(values) - size))
        tried += 1
        as_far += apart >= seen - 1e-12 * max(1.0, abs(total))
    return as_far / tried


def fewest_runs(likely_chance: float = LIKELY_CHANCE) -> int:
    """How many runs a side can be told from chance at all."""
    runs = 1
    while 2 / math.comb(2 * runs, runs) > likely_chance:
        runs += 1
    return runs
