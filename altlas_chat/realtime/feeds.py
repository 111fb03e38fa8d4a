"""One stream as this node tells it on: in order, each event once, without holes.

Events may reach a node out of order (PostgreSQL's commits are seen by several
connections, other nodes' events come through the bus). An event that is early
waits; for a hole that stays the log is asked.
"""

from collections.abc import Iterator

from altlas_chat.domain.events import Announcement
from altlas_chat.realtime.listener import Listener


class Feed:
    """The listeners of a stream, and how far they were told.

    ``position`` is None until the log was read once; everything waits till then.
    """

    __slots__ = ("early", "listeners", "position", "stream")

    def __init__(self, stream: str, position: int | None) -> None:
        self.stream = stream
        self.position = position
        self.listeners: dict[Listener, None] = {}
        self.early: dict[int, Announcement] | None = None

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

    def place(self, position: int) -> None:
        """Say how far the log was read, if that is not known yet."""
        if self.position is None:
            self.position = position
            early = self.early or {}
            self.early = {seq: one for seq, one in early.items() if seq > position} or None

    @property
    def has_hole(self) -> bool:
        return self.position is not None and bool(self.early)
