"""An outbox is bounded, keeps its order, and writes a turn's frames in one go."""

import asyncio
import socket

import pytest

from altlas_chat.realtime.listener import Keyed
from altlas_chat.realtime.outbox import Flusher, Outbox


class Reader(asyncio.Protocol):
    """The other end of a real connection; reads only when told to."""

    def __init__(self) -> None:
        self.received = bytearray()

    def data_received(self, data: bytes) -> None:
        self.received += data


@pytest.fixture
async def ends() -> tuple[asyncio.WriteTransport, asyncio.ReadTransport, Reader]:
    ours, theirs = socket.socketpair()
    loop = asyncio.get_running_loop()
    near, _ = await loop.connect_accepted_socket(asyncio.Protocol, ours)
    far, reader = await loop.connect_accepted_socket(Reader, theirs)
    yield near, far, reader
    near.abort()
    far.abort()


def outbox_of(
    transport: asyncio.WriteTransport, *, bytes_: int = 1000, frames: int = 10
) -> tuple[Outbox, list[str]]:
    overflows: list[str] = []
    outbox = Outbox(
        transport,
        Flusher(),
        lambda: overflows.append("over"),
        limit_bytes=bytes_,
        limit_frames=frames,
    )
    return outbox, overflows


async def until(condition) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0)


async def test_frames_arrive_in_order(ends) -> None:
    near, _, reader = ends
    outbox, overflows = outbox_of(near)
    for number in range(5):
        outbox.put(b"%d" % number)
    await until(lambda: len(reader.received) == 5)
    assert bytes(reader.received) == b"01234"
    assert overflows == []


async def test_a_reader_that_stops_is_over_the_bound_once(ends) -> None:
    near, far, _ = ends
    far.pause_reading()
    outbox, overflows = outbox_of(near)
    for _ in range(200):
        outbox.put(b"x" * 20_000)
        await asyncio.sleep(0)
    assert overflows == ["over"]


async def test_a_closed_outbox_takes_nothing_but_sends_what_it_had(ends) -> None:
    near, _, reader = ends
    outbox, _ = outbox_of(near)
    outbox.put(b"before")
    outbox.close()
    outbox.put(b"after")
    await until(lambda: len(reader.received) >= 6)
    await asyncio.sleep(0)
    assert bytes(reader.received) == b"before"


def keyed(number: int, key: object) -> Keyed:
    return Keyed(key, b"<%d:%s>" % (number, str(key).encode()))


async def filled(near: asyncio.WriteTransport, far: asyncio.ReadTransport) -> Outbox:
    """An outbox whose socket takes nothing any more."""
    far.pause_reading()
    outbox, _ = outbox_of(near, bytes_=10_000_000, frames=50)
    while not outbox.is_behind:
        outbox.put(b"x" * 20_000)
        await asyncio.sleep(0)
    return outbox


async def test_while_a_socket_is_behind_only_the_latest_of_each_key_waits(ends) -> None:
    near, far, reader = ends
    outbox = await filled(near, far)
    for number in range(1000):
        outbox.put_passing(keyed(number, "a"))
        outbox.put_passing(keyed(number, "b"))
        outbox.put_together([keyed(number, "c"), keyed(number, "a")], b"never")
    outbox.put(b"numbered")
    outbox.put_passing(keyed(7, None))
    far.resume_reading()
    await until(lambda: b"<999:a>" in reader.received)
    told = bytes(reader.received).replace(b"x", b"")
    # What is numbered and what stands for itself did not wait for the others.
    assert told == b"numbered<7:None><999:b><999:c><999:a>"
    assert not outbox.is_behind


async def test_a_socket_that_is_not_behind_gets_passing_events_at_once(ends) -> None:
    near, _, reader = ends
    outbox, _ = outbox_of(near)
    outbox.put_passing(keyed(1, "a"))
    outbox.put_passing(keyed(2, "a"))
    outbox.put_together([keyed(3, "a"), keyed(4, "b")], b"both")
    await until(lambda: b"both" in reader.received)
    assert bytes(reader.received) == b"<1:a><2:a>both"


async def test_an_older_one_never_comes_after_a_later_one(ends) -> None:
    near, far, reader = ends
    outbox = await filled(near, far)
    outbox.put_passing(keyed(1, "a"))
    far.resume_reading()
    await until(lambda: near.get_write_buffer_size() == 0)
    # The socket has taken everything, and the first one waits still.
    outbox.put_passing(keyed(2, "a"))
    await until(lambda: b"<2:a>" in reader.received)
    assert b"<1:a>" not in reader.received


async def test_what_waits_is_bounded(ends) -> None:
    near, far, _ = ends
    far.pause_reading()
    outbox, overflows = outbox_of(near, bytes_=10_000_000, frames=50)
    while not outbox.is_behind:
        outbox.put(b"x" * 20_000)
        await asyncio.sleep(0)
    for number in range(60):
        outbox.put_passing(keyed(number, number))
    assert overflows == ["over"]


async def put_one_by_one(outbox: Outbox, count: int, size: int) -> None:
    for _ in range(count):
        outbox.put(b"x" * size)
        await asyncio.sleep(0)


async def test_what_a_reader_asked_for_is_not_held_against_it(ends) -> None:
    near, far, reader = ends
    far.pause_reading()
    outbox, overflows = outbox_of(near, bytes_=1000, frames=10)
    for _ in range(200):
        outbox.put(b"r" * 20_000)
    outbox.excuse()
    await put_one_by_one(outbox, 9, 100)
    assert overflows == []
    await put_one_by_one(outbox, 3, 1000)
    assert overflows == ["over"]
    far.resume_reading()
    await until(lambda: len(reader.received) >= 200 * 20_000 + 9 * 100)


async def test_an_excuse_ends_when_everything_was_taken(ends) -> None:
    near, far, reader = ends
    outbox, overflows = outbox_of(near, bytes_=1000, frames=1000)
    for _ in range(200):
        outbox.put(b"r" * 20_000)
    outbox.excuse()
    await until(lambda: len(reader.received) == 200 * 20_000)
    far.pause_reading()
    await put_one_by_one(outbox, 60, 20_000)
    assert overflows == ["over"]
