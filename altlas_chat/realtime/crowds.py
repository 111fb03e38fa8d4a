"""Passing events of one stream that come in a crowd, as the receipts of a large group do.

The first leaves at once; those that come within a tick of it leave together
at its end, of each key the latest.
"""

import asyncio
from collections.abc import Callable, Collection, Hashable
from typing import NamedTuple

from altlas_chat.domain.events import PassingEvent


class Waiting(NamedTuple):
    """An event, and for whom it is: not for ``but``, and of others only for ``only``."""

    key: Hashable
    event: PassingEvent
    but: Collection[str]
    only: Collection[str] | None

    def is_for(self, user_id: str) -> bool:
        return user_id not in self.but and (self.only is None or user_id in self.only)

    def also_for(self, before: "Waiting") -> "Waiting":
        """The same, for those too who were to hear what it replaces."""
        if self.only is None or before.only is None:
            return self._replace(only=None)
        return self._replace(only={*self.only, *before.only})


class Crowds:
    """What waits for the end of its stream's tick; ``tell`` is called with it then."""

    def __init__(self, seconds: float, tell: Callable[[str, list[Waiting]], None]) -> None:
        self._seconds = seconds
        self._tell = tell
        self._waiting: dict[str, dict[Hashable, Waiting]] = {}

    def holds(self, stream: str, one: Waiting) -> bool:
        """Whether the event waits now; else it is told at once, by the caller."""
        if not self._seconds:
            return False
        waiting = self._waiting.get(stream)
        if waiting is None:
            self._waiting[stream] = {}
            self._come_back(stream)
            return False
        # Some get another form of the same, and are those who do not get the first.
        key = (one.key, bool(one.but))
        before = waiting.pop(key, None)
        waiting[key] = one if before is None else one.also_for(before)
        return True

    def _come_back(self, stream: str) -> None:
        asyncio.get_running_loop().call_later(self._seconds, self._over, stream)

    def _over(self, stream: str) -> None:
        waiting = self._waiting.pop(stream)
        if waiting:
            self._waiting[stream] = {}
            self._come_back(stream)
            self._tell(stream, list(waiting.values()))

    def doubt(self, user_ids: Collection[str]) -> None:
        """What these people let others know has changed: what waits of them, or for them, is
        dropped. It can be read as state.
        """
        for waiting in self._waiting.values():
            for key, one in list(waiting.items()):
                if one.event.data["userId"] in user_ids:
                    del waiting[key]
                else:
                    waiting[key] = one._replace(but={*one.but, *user_ids})
