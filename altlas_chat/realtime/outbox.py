"""What waits to be written to one socket: bounded, so that a slow reader harms nobody.

Frames put during one turn of the event loop leave together, in one write at
the end of the turn. Nobody waits for a socket: one that takes its frames too
slowly is over its bound and is cut.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Hashable, Sequence

from altlas_chat.realtime.listener import Keyed

LOOK_AGAIN_SECONDS = 0.1
"""Between two looks at sockets for which passing events wait."""


def drop(transport: asyncio.WriteTransport) -> None:
    """End a connection at once, unless it is over: asyncio's loop fails to abort one that is."""
    if not transport.is_closing() or transport.get_write_buffer_size():
        transport.abort()


class Flusher:
    """Writes the outboxes that were filled during this turn of the event loop."""

    __slots__ = ("_behind", "_filled", "_loop", "_scheduled", "closings")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._filled: list[Outbox] = []
        self._behind: set[Outbox] = set()
        self._scheduled = False
        self.closings: Counter[int] = Counter()
        """How many sockets were closed by us, by code."""

    def add(self, outbox: "Outbox") -> None:
        self._filled.append(outbox)
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._flush)

    def look_after(self, outbox: "Outbox") -> None:
        """Let passing events that wait in an outbox go as soon as its socket takes something."""
        if not self._behind:
            self._loop.call_later(LOOK_AGAIN_SECONDS, self._look)
        self._behind.add(outbox)

    def _look(self) -> None:
        self._behind = {outbox for outbox in self._behind if not outbox.caught_up()}
        if self._behind:
            self._loop.call_later(LOOK_AGAIN_SECONDS, self._look)

    def _flush(self) -> None:
        self._scheduled = False
        filled, self._filled = self._filled, []
        for outbox in filled:
            outbox.flush()


class Outbox:
    """Frames on their way to one socket, in the order in which they were put.

    ``overflowed`` is called once, when more than ``limit_bytes`` or
    ``limit_frames`` wait, not counting what was excused; from then on the
    outbox takes nothing.
    """

    __slots__ = (
        "_excused",
        "_flusher",
        "_frames",
        "_overflowed",
        "_transport",
        "_unsent_frames",
        "_waiting",
        "limit_bytes",
        "limit_frames",
    )

    def __init__(
        self,
        transport: asyncio.WriteTransport,
        flusher: Flusher,
        overflowed: Callable[[], None],
        *,
        limit_bytes: int,
        limit_frames: int,
    ) -> None:
        self._transport: asyncio.WriteTransport | None = transport
        self._flusher = flusher
        self._overflowed: Callable[[], None] | None = overflowed
        self._frames: list[bytes] = []
        self._unsent_frames = 0
        self._excused = (0, 0)
        self._waiting: dict[Hashable, bytes] | None = None
        self.limit_bytes = limit_bytes
        self.limit_frames = limit_frames

    def put(self, frame: bytes) -> None:
        """Send a frame after those that were put before; a closed outbox drops it."""
        frames = self._frames
        frames.append(frame)
        if len(frames) == 1:
            self._flusher.add(self)

    def flush(self) -> None:
        """Hand what waits to the transport."""
        frames = self._frames
        transport = self._transport
        if transport is None or transport.is_closing():
            frames.clear()
            return
        count = len(frames)
        if count == 0:
            return
        behind = transport.get_write_buffer_size()
        transport.write(frames[0] if count == 1 else b"".join(frames))
        frames.clear()
        if not behind:
            self._unsent_frames = count
            self._excused = (0, 0)
            return
        self._unsent_frames += count
        excused_bytes, excused_frames = self._excused
        most_frames = self.limit_frames + excused_frames
        if behind > self.limit_bytes + excused_bytes or self._unsent_frames > most_frames:
            self._overflow()

    def excuse(self) -> None:
        """Leave out what was put until now when bounds are looked at: its reader asked for it.

        A replay or a snapshot comes at once and takes as long as the line
        does. It is left out until the socket has taken everything.
        """
        self.flush()
        if self._transport is not None:
            self._excused = (self._transport.get_write_buffer_size(), self._unsent_frames)

    def _overflow(self) -> None:
        overflowed = self._overflowed
        self.close()
        if overflowed is not None:
            overflowed()

    @property
    def is_behind(self) -> bool:
        """Whether the socket does not take at this moment what it was given."""
        transport = self._transport
        return transport is not None and (
            self._waiting is not None or transport.get_write_buffer_size() > 0
        )

    def put_passing(self, one: Keyed) -> None:
        """Send a passing event; while the socket is behind, only the latest of each key waits.

        One without a key is put like any other frame.
        """
        transport = self._transport
        if transport is None:
            return
        is_behind = self._waiting is not None or transport.get_write_buffer_size()
        if not is_behind or one.key is None:
            self.put(one.frame)
            return
        if self._waiting is None:
            self._waiting = {}
            self._flusher.look_after(self)
        self._waiting.pop(one.key, None)
        self._waiting[one.key] = one.frame
        if len(self._waiting) > self.limit_frames:
            self._overflow()

    def put_together(self, some: Sequence[Keyed], joined: bytes) -> None:
        """Send passing events, in one piece if the socket is not behind."""
        if self.is_behind:
            for one in some:
                self.put_passing(one)
        else:
            self.put(joined)

    def caught_up(self) -> bool:
        """Put the passing events that wait, if the socket has taken everything before them.

        False while they must wait on.
        """
        transport = self._transport
        if transport is not None and transport.get_write_buffer_size():
            return False
        waiting, self._waiting = self._waiting, None
        if waiting and transport is not None:
            self.put(b"".join(waiting.values()))
        return True

    @property
    def depth(self) -> tuple[int, int]:
        """What waits at this moment: frames not yet written, bytes not yet sent."""
        unsent = 0 if self._transport is None else self._transport.get_write_buffer_size()
        return len(self._frames), unsent

    def count_closing(self, code: int) -> None:
        """Its socket is closed by us, with a code."""
        self._flusher.closings[code] += 1

    def close(self) -> None:
        """Take nothing any more. What was put before is written first."""
        if self._frames:
            self.flush()
        self._transport = None
        self._overflowed = None  # its owner's, who holds this: parted, so that neither stays
