"""What lives long goes when it is over, and is not left to the collector, which would stall all."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest
from aiohttp import web

from altlas_chat.server import garbage
from altlas_chat.ws.socket import Socket
from loadtests.wire import Wire, authenticated
from tests.support.running import Chat
from tests.support.waiting import until

CLOSE_FRAME = bytes([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8])


@pytest.fixture
def collector() -> Iterator[None]:
    """The collector as it was, afterwards."""
    thresholds, callbacks = gc.get_threshold(), list(gc.callbacks)
    yield
    gc.set_threshold(*thresholds)
    gc.callbacks[:] = callbacks
    gc.unfreeze()
    gc.enable()


def alive() -> int:
    return sum(type(one) in (Socket, web.WebSocketResponse) for one in gc.get_objects())


@pytest.mark.parametrize("says_goodbye", [True, False])
@pytest.mark.usefixtures("collector")
async def test_a_socket_that_is_over_leaves_nothing(chat: Chat, says_goodbye: bool) -> None:
    ayse = await chat.person("ayse")
    gc.collect()
    gc.disable()
    before = alive()
    wires: list[Wire] = [
        await asyncio.to_thread(authenticated, chat.url, ayse.token) for _ in range(5)
    ]
    assert alive() == before + 10
    for wire in wires:
        if says_goodbye:
            wire.send_frame(CLOSE_FRAME)
            await asyncio.to_thread(wire.socket.recv, 100)
        wire.close()
    await until(lambda: not chat.running.parts.sockets.open)
    await until(lambda: alive() == before)


class Thing:
    """It can hold itself."""

    def __init__(self) -> None:
        self.itself: Thing | None = None


@pytest.mark.usefixtures("collector")
async def test_what_lives_long_is_not_looked_at_again_and_found_when_it_is_quiet() -> None:
    garbage.collect_in_passing(lambda: False)
    kept = [Thing() for _ in range(50_000)]
    waste = Thing()
    waste.itself, is_there = waste, weakref.ref(waste)
    frozen = gc.get_freeze_count()
    more = [Thing() for _ in range(2 * garbage.NEW_THINGS * garbage.LOOKS)]
    assert gc.get_freeze_count() > frozen + garbage.NEW_THINGS * garbage.LOOKS / 2
    assert len(kept) + len(more) > 0
    del waste
    gc.collect()
    assert is_there() is not None
    garbage.collect_everything()
    assert is_there() is None


@pytest.mark.usefixtures("collector")
async def test_what_holds_itself_is_found_on_a_busy_server_when_there_is_much_of_it() -> None:
    garbage.collect_in_passing(lambda: False)
    known = garbage.collect_everything()
    waste = Thing()
    waste.itself, is_there = waste, weakref.ref(waste)
    more = [Thing() for _ in range(known)]
    gc.collect(1)  # what is there is left alone from now on
    del waste
    assert garbage.look_about(lambda: False, known) == known
    assert is_there() is not None
    more.extend(Thing() for _ in range(garbage.GROWN_BY_THINGS + known))
    gc.collect(1)
    assert garbage.look_about(lambda: False, known) > known + len(more)
    assert is_there() is None


@pytest.mark.usefixtures("collector")
async def test_what_holds_itself_is_found_while_nobody_is_connected() -> None:
    garbage.collect_in_passing(lambda: True)
    known = garbage.collect_everything()
    waste = Thing()
    waste.itself, is_there = waste, weakref.ref(waste)
    more = [Thing() for _ in range(garbage.WORTH_A_LOOK + 1)]
    gc.collect(1)  # what is there is left alone from now on
    del waste
    assert garbage.look_about(lambda: False, known) == known
    assert is_there() is not None
    assert garbage.look_about(lambda: True, known) > known + len(more)
    assert is_there() is None
