"""Scenario files that are edited while the mock runs."""

from collections.abc import Callable

from altlas_chat.mock.live.opening import Live
from altlas_chat.mock.live.scenarios import Scenario, load_scenario
from altlas_chat.mock.reloading import EVERY_SECONDS, Load, Outcome, Reloading
from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.system import Clock


async def watch_scenarios(
    live: Live,
    clock: Clock,
    tell: Callable[[Outcome], None],
    *,
    every_seconds: float = EVERY_SECONDS,
) -> None:
    """Load scenarios anew when their files change, until cancelled.

    An edit that can't be played changes nothing; ``tell`` hears what is wrong.
    """
    sources = [one.source for one in live.scenarios]
    if not sources:
        return

    def load() -> tuple[Scenario, ...]:
        found = tuple(load_scenario(one) for one in sources)
        findings = live.unfit(found)
        if findings:
            raise DocumentUnusable(findings)
        return found

    how = Load(load, lambda _: sources, live.take_scenarios)
    await Reloading(how, live.scenarios, clock, clock.now_ms(), tell).run(every_seconds)
