"""One reader of events: a socket's place in the fan-out."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

MOST_KEPT = 2048
"""Passing events that are kept for a listener on hold; of more the oldest are dropped."""


class Keyed(NamedTuple):
    """A passing event as a frame, and what it is about; see :attr:`PassingEvent.key`."""

    key: Hashable
    frame: bytes


class Held(NamedTuple):
    """An event that came while its listener was on hold."""

    stream: str
    seq: int
    frame: bytes


class Listener(ABC):
    """Hears the streams it is attached to, in their order.

    While it is on hold, events are kept back until the log was read; then
    :meth:`release` sends those that the log did not have. ``is_new`` until it
    is released for the first time.
    """

    __slots__ = ("held", "is_new", "kept", "put", "session_id", "streams", "user_id")

    def __init__(
        self, user_id: str, session_id: str | None, *, put: Callable[[bytes], None]
    ) -> None:
        self.user_id = user_id
        self.session_id = session_id
        self.put = put
        self.streams: list[str] = []
        self.held: list[Held] | None = None
        self.kept: dict[Hashable, tuple[str, Keyed]] | None = None
        self.is_new = True

    @abstractmethod
    def end(self) -> None:
        """Cut the reader off, because its session is over."""

    @abstractmethod
    def fail(self) -> None:
        """Cut the reader off, because it can't be served now: it shall come again."""

    @property
    def is_behind(self) -> bool:
        """Whether the reader does not take at this moment what it was given."""
        return False

    def put_passing(self, one: Keyed) -> None:
        """Send a passing event; one that waits for a reader that is behind is replaced by a later
        one of its key.
        """
        self.put(one.frame)

    def put_together(self, some: Sequence[Keyed], joined: bytes) -> None:
        """Send passing events, of which ``joined`` has all frames in their order."""
        del joined
        for one in some:
            self.put_passing(one)

    def pass_on(self, stream: str, one: Keyed) -> None:
        """Hear a passing event of a stream, or of "" if it is for everybody.

        While on hold it is kept, of each key the latest.
        """
        if self.held is None:
            self.put_passing(one)
            return
        if self.kept is None:
            self.kept = {}
        key = one.key if one.key is not None else object()
        self.kept.pop(key, None)
        self.kept[key] = (stream, one)
        if len(self.kept) > MOST_KEPT:
            del self.kept[next(iter(self.kept))]

    def hear(self, stream: str, seq: int, frame: bytes) -> None:
        if self.held is None:
            self.put(frame)
        else:
            self.held.append(Held(stream, seq, frame))

    def hold(self) -> None:
        """Keep events back from now on."""
        if self.held is None:
            self.held = []

    def keep(self, stream: str, seq: int, frame: bytes) -> None:
        """Add an event from the log to what is kept back."""
        if self.held is not None:
            self.held.append(Held(stream, seq, frame))

    def reached(self, sent: dict[str, int]) -> dict[str, int]:
        """For each stream of ``sent`` how far it goes on from there in what is kept back."""
        kept: dict[str, set[int]] = {}
        for one in self.held or ():
            kept.setdefault(one.stream, set()).add(one.seq)
        found = dict(sent)
        for stream in kept.keys() & found.keys():
            while found[stream] + 1 in kept[stream]:
                found[stream] += 1
        return found

    def gaps(self, sent: dict[str, int]) -> dict[str, int]:
        """Streams in which something is missing before an event that is kept back: after which."""
        reached = self.reached(sent)
        return {
            one.stream: reached[one.stream]
            for one in self.held or ()
            if one.seq > reached.get(one.stream, one.seq) and one.stream in self.streams
        }

    def release(self, sent: dict[str, int]) -> None:
        """Send what was kept back and is not in ``sent`` yet, then hear directly.

        ``sent`` gives, for each stream, the last event that the client was
        given from the log. The person's own stream goes first, since it tells
        which conversations there are; each stream goes in its order.
        """
        held, self.held = self.held, None
        self.is_new = False
        last = dict(sent)
        for stream, seq, frame in sorted(held or (), key=_own_stream_first):
            if seq > last.get(stream, 0) and stream in self.streams:
                self.put(frame)
                last[stream] = seq
        kept, self.kept = self.kept, None
        for stream, one in (kept or {}).values():
            if not stream or stream in self.streams:
                self.put_passing(one)


def _own_stream_first(held: Held) -> tuple[bool, str, int]:
    return (not held.stream.startswith("user:"), held.stream, held.seq)
