"""Collecting garbage without a stall, however much a server holds.

A look at everything takes a tenth of a second with two thousand sockets, and
nothing goes on meanwhile. So only what is new is looked at; what outlives two
looks is left alone. It is gone when nothing refers to it any more, as always;
only what holds itself would stay. Of what lives long nothing does when it is
over (a test holds sockets to that), and for what is overlooked everything is
looked at now and then, while nobody is connected.
"""

import asyncio
import gc
from collections.abc import Callable
from typing import Any

NEW_THINGS = 5_000
LOOKS = 5
"""After so many looks at what is new it is looked at once more, and then no longer."""
EVERYTHING_EVERY_SECONDS = 600.0


def collect_in_passing(is_quiet: Callable[[], bool]) -> None:
    """Begin, once everything is loaded that a server needs; from then on until the process ends.

    ``is_quiet`` says whether a stall would harm nobody at the moment.
    """
    gc.callbacks.append(_leave_alone)
    gc.set_threshold(NEW_THINGS, LOOKS, LOOKS)
    collect_everything()
    _look_later(is_quiet)


def collect_everything() -> None:
    """Look at everything there is; what is left is looked at no more."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _leave_alone(phase: str, facts: dict[str, Any]) -> None:
    if phase == "stop" and facts["generation"] > 0:
        gc.freeze()


def _look_later(is_quiet: Callable[[], bool]) -> None:
    loop = asyncio.get_running_loop()
    loop.call_later(EVERYTHING_EVERY_SECONDS, _look, is_quiet)


def _look(is_quiet: Callable[[], bool]) -> None:
    if is_quiet():
        collect_everything()
    _look_later(is_quiet)
