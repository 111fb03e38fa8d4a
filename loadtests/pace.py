"""Messages at set moments, whatever comes back, and how long each took to each listener.

The moment from which a delivery is counted is the one at which the message
was due, not the one at which it went out: a generator that falls behind, or
waits for a slow server, makes its figures worse and not better.
"""

import random
import selectors
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from loadtests.durable import STALLED_SECONDS
from loadtests.harness import Process, Spent, Stopwatch
from loadtests.wire import Wire
from loadtests.world import Talk

CREATED = b'{"event":"message.created"'
MARK = b'"clientId":"paced-'
DIGITS = 7
HEALTHY_LAG_MS = 10.0
HEALTHY_SHARE = 0.8


class Ear:
    """A socket that hears a conversation."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def heard(self) -> list[int]:
        """The numbers of the paced messages that came."""
        return [number_of(text) for text in self.wire.receive() if text.startswith(CREATED)]


def number_of(text: bytes) -> int:
    """The number of a paced message, from its event."""
    at = text.index(MARK) + len(MARK)
    return int(text[at : at + DIGITS])


@dataclass
class Deliveries:
    """What came of it, in milliseconds."""

    latencies: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    """How long after it was due each message went out."""
    spent: Spent | None = None

    def percentile(self, share: float) -> float:
        return _percentile(self.latencies, share)

    @property
    def lag(self) -> float:
        """The generator's own, 99 of 100."""
        return _percentile(self.lags, 0.99)

    @property
    def is_healthy(self) -> bool:
        """Whether the generator kept up: what it measured is the server's."""
        share = 1.0 if self.spent is None else self.spent.generator_share
        return self.lag < HEALTHY_LAG_MS and share < HEALTHY_SHARE


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


class Schedule:
    """Who sends what when: ``rate`` messages a second, at jittered moments, in turn."""

    def __init__(self, senders: Sequence[tuple[Wire, Talk]], rate: float, seconds: float) -> None:
        chance = random.Random()  # a message of another stretch is another message
        self.frames: list[tuple[float, Wire, bytes]] = []
        for number in range(int(rate * seconds)):
            wire, talk = senders[number % len(senders)]
            draft = {
                "conversationId": talk.conversation_id,
                "clientId": f"paced-{number:0{DIGITS}d}-{chance.getrandbits(64):016x}",
                "text": TEXT,
            }
            command = {"event": "message.send", "id": number, "data": draft}
            due = (number + chance.random()) / rate
            self.frames.append((due, wire, wire.frame(orjson.dumps(command))))


TEXT = "Toplantıyı 15:00'e alabilir miyiz? Sunucuya bakmam gerek. " * 3


def drive(server: Process, schedule: Schedule, ears: Sequence[Ear], expected: int) -> Deliveries:
    """Send what is due, hear what comes; until ``expected`` deliveries were counted.

    Raises:
        TimeoutError: nothing came for a long time, though not everything was heard.
    """
    found = Deliveries()
    dues: dict[int, float] = {}
    frames = schedule.frames
    senders = {id(wire): wire for _, wire, _ in frames}
    with selectors.EpollSelector() as selector:
        for ear in ears:
            selector.register(ear.wire, selectors.EVENT_READ, ear)
        for wire in senders.values():
            selector.register(wire, selectors.EVENT_READ, wire)
        watch = Stopwatch(server)
        begun = time.perf_counter()
        sent = 0
        while len(found.latencies) < expected:
            now = time.perf_counter() - begun
            while sent < len(frames) and frames[sent][0] <= now:
                due, wire, frame = frames[sent]
                dues[sent] = due
                wire.send_frame(frame)
                now = time.perf_counter() - begun
                found.lags.append((now - due) * 1000)
                sent += 1
            wait = frames[sent][0] - now if sent < len(frames) else STALLED_SECONDS
            ready = selector.select(max(0.0, wait))
            if not ready and sent == len(frames):
                raise TimeoutError(f"{len(found.latencies)} of {expected} came:\n{server.log()}")
            for key, _ in ready:
                _hear(key.data, dues, begun, found)
        found.spent = watch.spent()
    return found


def _hear(one: Ear | Wire, dues: dict[int, float], begun: float, found: Deliveries) -> None:
    if isinstance(one, Ear):
        numbers = one.heard()
        now = time.perf_counter() - begun
        found.latencies.extend((now - dues[number]) * 1000 for number in numbers)
        return
    for text in one.receive():
        if text.startswith(b'{"event":"error"'):
            raise ConnectionError(text.decode())
