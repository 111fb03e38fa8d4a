"""When things are due: by chance, a rate a second in the mean, and decided before the run.

Arrivals are independent of one another and of the answers (an open model), as
those of many people are: a server that stalls is not asked less often for it.
"""

import random
import statistics
from collections.abc import Iterator, Sequence

TENTH = 0.1


def arrivals(rate: float, seconds: float, chance: random.Random) -> Iterator[float]:
    """Moments in seconds from the begin, in order; ``rate`` a second in the mean."""
    at = chance.expovariate(rate)
    while at < seconds:
        yield at
        at += chance.expovariate(rate)


def burstiness(moments: Sequence[float]) -> float:
    """Of the counts in each tenth of a second, the variance divided by the mean.

    About 1 for arrivals that are independent, below it for even ones, far
    above for such as come in heaps; 0 for too few to tell.
    """
    if len(moments) < 10:
        return 0.0
    first = min(moments)
    counts = [0] * (int((max(moments) - first) / TENTH) + 1)
    for at in moments:
        counts[int((at - first) / TENTH)] += 1
    return statistics.pvariance(counts) / statistics.fmean(counts)
