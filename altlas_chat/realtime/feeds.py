"""One stream as this node tells it on: in order, each event once, without holes.

Events may reach a node out of order (PostgreSQL's commits are seen by several
connections, other nodes' events come through the bus). An event that is early
waits; for a hole that stays the log is asked.
"""

from collections.abc import Iterable, Iterator

from altlas_chat.domain.events import Announcement
from altlas_chat.realtime.listener import Listener


class Feed:
    """The listeners of a stream, and how far they were told.

    ``position`` is None until the log was read once; everything waits till then.
    ``ahead`` are listeners that have more, from the log, than was told here:
    up to which event.
    """

    __slots__ = ("ahead", "early", "listeners", "position", "stream")

    def __init__(self, stream: str, position: int | None) -> None:
        self.stream = stream
        self.position = position
        # A list holds little; most streams have one or two listeners.
        self.listeners: list[Listener] = []
        self.early: dict[int, Announcement] | None = None
        self.ahead: dict[Listener, int] | None = None

    def take(self, announcement: Announcement) -> Iterator[Announcement]:
        """Those events that are in their turn now, ``announcement`` or later ones among them."""
        seq = announcement.event.seq
        if self.position is not None and seq <= self.position:
            return
        if self.early is None:
            self.early = {}
        self.early[seq] = announcement
        yield from self.in_turn()

    def in_turn(self) -> Iterator[Announcement]:
        """Events that waited and follow without a hole; the position goes with them."""
        while self.position is not None and self.early and (self.position + 1) in self.early:
            self.position += 1
            yield self.early.pop(self.position)

    def place(self, position: int) -> list[Announcement]:
        """Say how far the log was read, if that is not known yet.

        Gives what waited and is not after that: others may have read the log
        before it was there.
        """
        if self.position is not None:
            return []
        self.position = position
        early = self.early or {}
        self.early = {seq: one for seq, one in early.items() if seq > position} or None
        return [early[seq] for seq in sorted(early) if seq <= position]

    def let_in(self, listener: Listener, reached: int) -> None:
        """Let a new listener hear directly, which has everything up to ``reached``.

        It may be ahead of the feed, since commits are in the log before they
        are told. It may be behind it, where others read the log later and
        nothing was told since: then the feed goes back, and they are ahead.
        """
        position = reached if self.position is None else self.position
        ahead = self.ahead or {}
        if reached > position:
            ahead[listener] = reached
        elif reached < position:
            for other in self.listeners:
                if other is not listener and not other.is_new:
                    ahead.setdefault(other, position)
        self.position = min(position, reached)
        self.ahead = ahead or None

    def hearing(self, seq: int) -> Iterable[Listener]:
        """Who has not heard an event yet that is in its turn now."""
        if self.ahead is None:
            return self.listeners
        ahead = self.ahead
        self.ahead = {one: reached for one, reached in ahead.items() if reached > seq} or None
        return [one for one in self.listeners if ahead.get(one, 0) < seq]

    def forget(self, listener: Listener) -> None:
        self.listeners.remove(listener)
        if self.ahead is not None:
            self.ahead.pop(listener, None)

    @property
    def has_hole(self) -> bool:
        return self.position is not None and bool(self.early)
