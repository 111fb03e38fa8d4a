"""When nothing goes on: how late the event loop is, and how long collecting garbage stopped it."""

import asyncio
import gc
import time
from typing import Any

from altlas_chat.figures import SECONDS, SHORT_SECONDS, Spread

TRIED_EVERY_SECONDS = 0.01
"""A stall is seen all but so much of it."""


class Stalls:
    """Counts them while it is started.

    ``lag`` is how late the event loop did what was due, ``pauses`` how long
    each collection of garbage took, in whatever thread: none goes on meanwhile.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._handle: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._collecting_since = 0.0
        self.lag = Spread(SECONDS)
        self.pauses = Spread(SHORT_SECONDS)
        self._longest_lag = 0.0
        self._longest_pause = 0.0

    def start(self) -> None:
        gc.callbacks.append(self._collecting)
        self._try_later()

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            gc.callbacks.remove(self._collecting)
            self._handle = None

    def take_longest(self) -> tuple[float, float]:
        """The longest lag and the longest pause since this was last asked, in seconds."""
        # What has not run yet is late already.
        late = max(self._longest_lag, time.monotonic() - self._due if self._handle else 0.0)
        found = late, self._longest_pause
        self._longest_lag = self._longest_pause = 0.0
        return found

    def _try_later(self) -> None:
        self._due = time.monotonic() + TRIED_EVERY_SECONDS
        self._handle = self._loop.call_later(TRIED_EVERY_SECONDS, self._try)

    def _try(self) -> None:
        late = max(0.0, time.monotonic() - self._due)
        self.lag.add(late)
        self._longest_lag = max(self._longest_lag, late)
        self._try_later()

    def _collecting(self, phase: str, _: dict[str, Any]) -> None:
        now = time.perf_counter()
        if phase == "start":
            self._collecting_since = now
            return
        pause = now - self._collecting_since
        self.pauses.add(pause)
        self._longest_pause = max(self._longest_pause, pause)
