"""Collecting garbage without a stall, however much a server holds.

A look at everything takes a tenth of a second with two thousand sockets, and
nothing goes on meanwhile. So only what is new is looked at; what outlives two
looks is left alone. It is gone when nothing refers to it any more, as always;
only what holds itself would stay. Of what lives long nothing does when it is
over (a test holds sockets to that). For what is overlooked everything is looked
at now and then: while nobody is connected, and in any case when what was left
alone has doubled. So what leaks is bounded, and a server that holds as much as
before is never stopped.
"""

import asyncio
import gc
from collections.abc import Callable
from typing import Any

NEW_THINGS = 5_000
LOOKS = 5
"""After so many looks at what is new it is looked at once more, and then no longer."""
LOOK_ABOUT_SECONDS = 60.0
WORTH_A_LOOK = 10_000
"""So many things more than were known are looked at when nobody is connected."""
GROWN_BY_THINGS = 200_000
"""What was left alone has doubled when it is twice what it was, and so many more."""


def collect_in_passing(is_quiet: Callable[[], bool]) -> None:
    """Begin, once everything is loaded that a server needs; from then on until the process ends.

    ``is_quiet`` says whether a stall would harm nobody at the moment.
    """
    gc.callbacks.append(_leave_alone)
    gc.set_threshold(NEW_THINGS, LOOKS, LOOKS)
    _look_later(is_quiet, collect_everything())


def collect_everything() -> int:
    """Look at everything there is; what is left, so many things, is looked at no more."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    return gc.get_freeze_count()


def look_about(is_quiet: Callable[[], bool], known: int) -> int:
    """Look at everything if that harms nobody, or if there is far more than was known."""
    left_alone = gc.get_freeze_count()
    has_doubled = left_alone > 2 * known + GROWN_BY_THINGS
    if has_doubled or (left_alone > known + WORTH_A_LOOK and is_quiet()):
        return collect_everything()
    return known


def _leave_alone(phase: str, facts: dict[str, Any]) -> None:
    if phase == "stop" and facts["generation"] > 0:
        gc.freeze()


def _look_later(is_quiet: Callable[[], bool], known: int) -> None:
    loop = asyncio.get_running_loop()
    loop.call_later(LOOK_ABOUT_SECONDS, _look, is_quiet, known)


def _look(is_quiet: Callable[[], bool], known: int) -> None:
    _look_later(is_quiet, look_about(is_quiet, known))
