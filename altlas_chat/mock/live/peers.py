"""Who is connected, and what is said to them."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from altlas_chat.mock.live.channels import Channel
from altlas_chat.specs.documents import Json

MOST_WAITING = 2_048
MOST_KEPT = 5_000


@dataclass(eq=False)
class Peer:
    """One connection.

    ``parameters`` are those of its address, ``query`` those of its request;
    ``person`` is who it belongs to, as far as that is known. What is put in
    ``outbox`` is sent in its order; None ends it.
    """

    channel: Channel
    number: int
    parameters: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    person: Json | None = None
    ready: bool = True
    outbox: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    closing: tuple[int, str] | None = None
    is_cut: bool = False
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def is_over(self) -> bool:
        return self.closing is not None or self.is_cut

    def put(self, payload: Any) -> None:
        """Send a payload; who does not take what it is sent is cut off."""
        if self.is_over:
            return
        if self.outbox.qsize() >= MOST_WAITING:
            self.cut()
            return
        self.outbox.put_nowait(payload)

    def close(self, code: int, reason: str = "") -> None:
        """Close after what waits was sent."""
        if not self.is_over:
            self.closing = (code, reason)
            self.outbox.put_nowait(None)

    def cut(self) -> None:
        """End without a close frame."""
        self.is_cut = True
        self.outbox.put_nowait(None)


class Room:
    """Everybody who is connected to a mock, and the numbered events that were told."""

    def __init__(self) -> None:
        self.peers: dict[int, Peer] = {}
        self.events: deque[tuple[int, Json]] = deque(maxlen=MOST_KEPT)
        self._numbers: dict[str, int] = {}
        self._count = 0
        self._told = 0
        self._ending: tuple[int, str] | None = None

    @property
    def place(self) -> int:
        """How many events were told so far."""
        return self._told

    def enter(self, make: Callable[[int], Peer]) -> Peer:
        self._count += 1
        peer = make(self._count)
        self.peers[peer.number] = peer
        if self._ending is not None:
            peer.close(*self._ending)
        return peer

    def end(self, code: int, reason: str) -> None:
        """Close everybody's connection, also of those who are about to enter."""
        self._ending = (code, reason)
        for peer in list(self.peers.values()):
            peer.close(code, reason)

    def leave(self, peer: Peer) -> None:
        self.peers.pop(peer.number, None)
        for task in peer.tasks:
            task.cancel()

    def on(self, channel: Channel) -> list[Peer]:
        """Those on a channel who may be told something, in the order in which they came."""
        return [one for one in self.peers.values() if one.channel is channel and one.ready]

    def numbered(self, stream: str) -> int:
        """The next number of a stream, from 1 on."""
        self._numbers[stream] = self._numbers.get(stream, 0) + 1
        return self._numbers[stream]

    def last(self, stream: str) -> int:
        """The last number that a stream gave, 0 before the first."""
        return self._numbers.get(stream, 0)

    def at_least(self, stream: str, number: int) -> None:
        """Go on after a number that was there before."""
        self._numbers[stream] = max(self._numbers.get(stream, 0), number)

    def keep(self, frame: Json) -> None:
        """Remember an event for those who come back."""
        self._told += 1
        self.events.append((self._told, frame))

    def after(self, place: int) -> list[Json] | None:
        """The events after a place; None where they are no longer kept or never were."""
        first = self._told - len(self.events)
        if not first <= place <= self._told:
            return None
        return [frame for number, frame in self.events if number > place]

    def reset(self) -> None:
        """Forget the events; who is connected stays, and streams are numbered on."""
        self.events.clear()
