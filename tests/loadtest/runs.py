"""Results to judge, made by hand."""

from altlas_chat.loadtest.histograms import Histogram
from altlas_chat.loadtest.results import Messages, Result, Second


def result(*, ms: float = 10.0, failed: int = 0, lost: int = 0, seconds: float = 10.0) -> Result:
    """A run of 1,000 requests of that many milliseconds, each heard by one."""
    made = Result("chatting", "asyncio", "http://127.0.0.1:1", 1_790_000_000_000, seconds, 50, 100)
    spread = Histogram.of(ms / 1000 * (1 + share / 1000) for share in range(1000))
    made.of("sendMessage").spread.merge(spread)
    made.of("getSync").spread.merge(Histogram.of([0.002] * 100))
    made.of("sendMessage").failures.update({"503": failed} if failed else {})
    made.of("delivery").spread.merge(spread)
    made.messages = Messages(expected=1000, received=1000 - lost, lost=lost)
    for cpu in (0.25, 0.75):
        made.seconds_of.append(Second(500, failed, spread, spread, {"cpu": cpu}))
    return made
