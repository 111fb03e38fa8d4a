"""How much a server takes: up by doubling until it is too much, then halving the doubt."""

from collections.abc import Generator
from dataclasses import dataclass

PRECISION = 0.1


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a search found, in actions a second.

    ``held`` is the highest rate at which every objective was met, 0 if there
    was none; ``missed`` the lowest at which one was missed, None when the
    search ended before that.
    """

    held: float
    missed: float | None


def search(
    start: float, most: float, precision: float = PRECISION
) -> Generator[float, bool, Capacity]:
    """Rates to try, one after another; each is answered with whether it was held.

    Ends when ``held`` and ``missed`` lie less than ``precision`` of ``missed``
    apart, when ``most`` was held, or when even a hundredth of ``start`` was
    not.
    """
    held, missed = 0.0, None
    rate = min(start, most)
    while missed is None:
        if (yield rate):
            held = rate
            if rate >= most:
                return Capacity(held, None)
            rate = min(rate * 2, most)
        else:
            missed = rate
    while missed - held > precision * missed and missed > start / 100:
        rate = (held + missed) / 2
        if (yield rate):
            held = rate
        else:
            missed = rate
    return Capacity(held, missed)
