"""Deliveries a second of durable messages to a group's sockets, against a bare aiohttp broadcast.

Both servers talk to the same reader, which takes bytes off the sockets and
only counts and sums them, so that it is never what is measured. Every socket
must get the very same bytes, which one of them opens frame by frame, except
for a ping that may fall in between.
"""

import selectors
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from altlas_chat.loadtest.framing import opened
from loadtests.durable import STALLED_SECONDS, Sender, drafts_of
from loadtests.harness import (
    Figure,
    Plan,
    Process,
    Row,
    Spent,
    Stopwatch,
    floor_program,
    say,
    served,
    temporary_folder,
)
from loadtests.wire import READ_BYTES, Wire, authenticated
from loadtests.world import Talk, World, make_world

DELIVERIES = 800_000
"""To 100 sockets these are 8,000 messages: no more than one socket may send at once."""
WAYS = ("in_turn", "gathered")
PING_FRAME = b"\x89\x00"
"""An empty ping. Text has no NUL in it, and no frame here is 35,072 bytes long."""


@dataclass(frozen=True)
class Case:
    """A group of so many sockets, and a sender with so many messages in flight."""

    listeners: int
    in_flight: int
    at_least: float | None = None


CASES = (Case(100, 64, 1.05), Case(500, 64, 1.15), Case(100, 1))


class Counter:
    """A socket that is only counted."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.bytes = 0
        self.sum = 0
        wire.socket.setblocking(False)

    def hear(self, buffer: memoryview) -> int:
        try:
            size = self.wire.socket.recv_into(buffer)
        except BlockingIOError:
            return 0
        if not size:
            raise ConnectionError("a listener was cut off")
        return self.take(buffer[:size])

    def take(self, data: bytes | memoryview) -> int:
        self.bytes += len(data)
        self.sum = zlib.crc32(data, self.sum)
        return len(data)

    def has_the_same(self, other: "Counter") -> bool:
        """Whether this one got the same bytes; who was pinged has two more, and only they count."""
        if self.bytes == other.bytes + len(PING_FRAME):
            return True
        return (self.bytes, self.sum) == (other.bytes, other.sum)


class Opener(Counter):
    """The listener whose frames are opened: what it got, all must get."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire)
        self.frames = 0
        self.last = b""
        self._left = b""

    def take(self, data: bytes | memoryview) -> int:
        data = bytes(data).replace(PING_FRAME, b"")
        frames, self._left = opened(self._left + data)
        self.frames += len(frames)
        if frames:
            self.last = frames[-1][1]
        return super().take(data)


def count_deliveries(
    server: Process, counters: Sequence[Counter], messages: int, begin: Callable[[], Sender | None]
) -> Spent:
    """The time until every socket has so many frames.

    ``begin`` starts the sending, and gives a sender that wants to hear its replies.

    Raises:
        AssertionError: a socket got other bytes than the first.
    """
    first = counters[0]
    assert isinstance(first, Opener)
    buffer = memoryview(bytearray(READ_BYTES))
    total = 0
    with selectors.EpollSelector() as selector:
        for counter in counters:
            selector.register(counter.wire, selectors.EVENT_READ, counter)
        watch = Stopwatch(server)
        sender = begin()
        if sender is not None:
            selector.register(sender.wire, selectors.EVENT_READ, sender)
        while (
            first.frames < messages
            or total < first.bytes * len(counters)
            or any(counter.bytes < first.bytes for counter in counters)
        ):
            ready = selector.select(STALLED_SECONDS)
            if not ready:
                raise TimeoutError(f"stalled after {first.frames} messages:\n{server.log()}")
            for key, _ in ready:
                if isinstance(key.data, Counter):
                    total += key.data.hear(buffer)
                else:
                    key.data.hear()
        spent = watch.spent()
    assert first.frames == messages, "messages were doubled"
    assert all(one.has_the_same(first) for one in counters), "not every socket got the same"
    return spent


@dataclass(frozen=True)
class Outcome:
    """What one run gave, ours or the floor's."""

    deliveries: int
    spent: Spent
    last: bytes

    @property
    def rate(self) -> float:
        return self.deliveries / self.spent.seconds


def drive(server: Process, talk: Talk, messages: int, in_flight: int) -> Outcome:
    """One member sends, everybody else hears."""
    url = server.hello["url"]
    first = Opener(authenticated(url, talk.listeners[0].token))
    others = [Counter(authenticated(url, one.token)) for one in talk.listeners[1:]]
    sender = Sender(url, talk, drafts_of(talk, messages))

    def begin() -> Sender:
        sender.begin(in_flight)
        return sender

    spent = count_deliveries(server, [first, *others], messages, begin)
    for wire in (first.wire, *(one.wire for one in others), sender.wire):
        wire.close()
    return Outcome(messages * len(talk.listeners), spent, first.last)


def broadcast(server: Process, listeners: int, messages: int, how: str, text: bytes) -> Outcome:
    """The same on bare aiohttp, with the bytes of an event of ours."""
    url = server.hello["url"]
    first = Opener(Wire(url, "/ws"))
    others = [Counter(Wire(url, "/ws")) for _ in range(listeners - 1)]
    sender = Wire(url, "/sender")
    order = {"how": how, "count": messages, "text": text.decode()}
    spent = count_deliveries(
        server, [first, *others], messages, lambda: sender.send(orjson.dumps(order))
    )
    for wire in (first.wire, *(one.wire for one in others), sender):
        wire.close()
    return Outcome(messages * listeners, spent, first.last)


def measure(plan: Plan) -> list[Row]:
    """A row for each case."""
    with temporary_folder(plan.folder) as folder:
        return [_measure_case(plan, folder, case) for case in CASES]


def _measure_case(plan: Plan, folder: Path, case: Case) -> Row:
    listeners = plan.count(case.listeners, least=3)
    world = make_world(folder, people=listeners + 1, group=listeners)
    messages = plan.count(DELIVERIES // listeners)
    ours: list[Outcome] = []
    floors: dict[str, list[Outcome]] = {how: [] for how in WAYS}
    for run in range(plan.runs):
        ours.append(_one_run(plan, folder, world, messages, case.in_flight))
        for how in WAYS:
            with floor_program("aiohttp", folder, plan.cores.server) as server:
                floors[how].append(broadcast(server, listeners, messages, how, ours[-1].last))
        rates = ", ".join(f"{how} {floors[how][-1].rate:,.0f}/s" for how in WAYS)
        which = f"{listeners} sockets, {case.in_flight} in flight, run {run + 1}"
        say(f"fanout, {which}: {ours[-1].rate:,.0f}/s, floor {rates}")
    best = max(WAYS, key=lambda how: _rates(floors[how]).median)
    return Row(
        benchmark="fanout",
        case=f"to {listeners} sockets, {case.in_flight} in flight",
        unit="deliveries/s",
        measured=_rates(ours),
        floor=_rates(floors[best]),
        at_least=case.at_least,
        notes=[_note(messages, ours, best, floors[best])],
    )


def _one_run(plan: Plan, folder: Path, world: World, messages: int, in_flight: int) -> Outcome:
    file = world.copy(folder)
    with served(file, plan.cores.server) as server:
        return drive(server, world.talks[0], messages, in_flight)


def _rates(outcomes: Sequence[Outcome]) -> Figure:
    return Figure(tuple(one.rate for one in outcomes))


def _note(messages: int, ours: Sequence[Outcome], how: str, floors: Sequence[Outcome]) -> str:
    def costs(outcomes: Sequence[Outcome]) -> str:
        spent = [one.spent for one in outcomes]
        each = Figure(tuple(one.spent.server_cpu / one.deliveries * 1e6 for one in outcomes))
        server = Figure(tuple(one.server_cpu / one.seconds for one in spent))
        reader = Figure(tuple(one.generator_share for one in spent))
        return (
            f"{each.median:.1f} µs of CPU a delivery, server busy {server.median:.0%},"
            f" reader {reader.median:.0%}"
        )

    return (
        f"{messages:,} messages of {len(ours[0].last)} bytes: {costs(ours)};"
        f" floor ({how}): {costs(floors)}; all sockets got the same"
    )
