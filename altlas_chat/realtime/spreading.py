"""One word to everybody who hears one of many streams, once each, without holding others up."""

import asyncio
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence

from altlas_chat.realtime.listener import Keyed, Listener

VISITS_IN_A_ROW = 2_000


class Spreading:
    """Words on their way. A later one of the same key takes the place of one that is not done."""

    def __init__(self, listeners: Callable[[str], Sequence[Listener]]) -> None:
        self._listeners = listeners
        self._going: dict[Hashable, Iterator[None]] = {}

    def spread(self, streams: Sequence[str], one: Keyed, but: Collection[str]) -> None:
        """Begin to tell it; where there are few listeners it is told when this returns."""
        is_new = one.key not in self._going
        self._going[one.key] = self._steps(streams, one, but)
        if is_new:
            self._go_on(one.key)

    def _go_on(self, key: Hashable) -> None:
        steps = self._going[key]
        for _ in range(VISITS_IN_A_ROW):
            if next(steps, self) is self:
                del self._going[key]
                return
        asyncio.get_running_loop().call_soon(self._go_on, key)

    def _steps(self, streams: Sequence[str], one: Keyed, but: Collection[str]) -> Iterator[None]:
        told: set[Listener] = set()
        for stream in streams:
            yield
            for listener in list(self._listeners(stream)):
                if listener not in told and listener.user_id not in but:
                    told.add(listener)
                    listener.pass_on(stream, one)
                yield
