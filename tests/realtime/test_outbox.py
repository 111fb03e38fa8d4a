"""An outbox is bounded, keeps its order, and writes a turn's frames in one go."""

import asyncio
import socket

import pytest

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
