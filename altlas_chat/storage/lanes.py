"""Changes that wait, each in its lane: what may be made side by side, and what may not."""

from collections import deque
from collections.abc import Sequence

from altlas_chat.storage.waiting import Waiting


class Lanes:
    """Changes that wait. Those of one lane are given out in their order, and to one at a time."""

    def __init__(self) -> None:
        self._lanes: dict[str, deque[Waiting]] = {}
        self._free: deque[str] = deque()
        """Lanes in which something waits and nothing is under way, the longest wait first."""
        self.size = 0

    def put(self, waiting: Waiting) -> None:
        lane = self._lanes.get(waiting.lane)
        if lane is None:
            self._lanes[waiting.lane] = deque((waiting,))
            self._free.append(waiting.lane)
        else:
            lane.append(waiting)
        self.size += 1

    def take(self, most: int) -> list[Waiting]:
        """Changes whose turn it is; their lanes rest until :meth:`let_on`."""
        taken: list[Waiting] = []
        while self._free and len(taken) < most:
            lane = self._lanes[self._free.popleft()]
            taken.extend(lane.popleft() for _ in range(min(len(lane), most - len(taken))))
        self.size -= len(taken)
        return taken

    def let_on(self, taken: Sequence[Waiting]) -> None:
        """What was taken is done: what waits behind it is free."""
        for name in {waiting.lane for waiting in taken}:
            if self._lanes[name]:
                self._free.append(name)
            else:
                del self._lanes[name]

    def take_all(self) -> list[Waiting]:
        """Everything that waits, also behind what is under way."""
        left = [waiting for lane in self._lanes.values() for waiting in lane]
        for name in self._free:
            del self._lanes[name]
        for lane in self._lanes.values():
            lane.clear()
        self._free.clear()
        self.size = 0
        return left

    @property
    def has_free(self) -> bool:
        return bool(self._free)
