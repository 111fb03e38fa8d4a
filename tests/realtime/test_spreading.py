"""One word to many streams: once for each listener, a part at a time, the latest in the end."""

import asyncio
from collections.abc import Sequence

from altlas_chat.realtime.listener import Keyed, Listener
from altlas_chat.realtime.spreading import VISITS_IN_A_ROW, Spreading
from tests.realtime.test_hub import Ear
from tests.support.waiting import until


class Town:
    def __init__(self, people: int, streams: int) -> None:
        self.ears = [Ear(f"u{number}") for number in range(people)]
        self.streams = [f"conversation:{number}" for number in range(streams)]
        self.visits = 0
        self.spreading = Spreading(self.listeners)

    def listeners(self, stream: str) -> Sequence[Listener]:
        del stream
        self.visits += len(self.ears)
        return self.ears


async def test_each_hears_it_once_and_others_have_their_turn() -> None:
    town = Town(people=100, streams=200)
    town.spreading.spread(town.streams, Keyed("x", b"a"), {"u0"})
    # Not all at once: this returned long before everybody was visited.
    assert town.visits <= VISITS_IN_A_ROW + 100
    turns = 0
    while town.visits < 20_000:
        await asyncio.sleep(0)
        turns += 1
    assert turns >= 20_000 // VISITS_IN_A_ROW - 1
    await until(lambda: not town.spreading._going)
    assert [ear.frames for ear in town.ears] == [[], *[[b"a"]] * 99]


async def test_a_later_word_takes_the_place_of_one_that_is_not_done() -> None:
    town = Town(people=100, streams=200)
    for word in (b"a", b"b", b"c", b"d"):
        town.spreading.spread(town.streams, Keyed("x", word), ())
    await until(lambda: not town.spreading._going)
    # The first may have reached some; all have the last, which comes last.
    assert {ear.frames[-1] for ear in town.ears} == {b"d"}
    assert all(len(ear.frames) <= 2 for ear in town.ears)
    assert town.visits < 2.5 * 20_000
