"""What waits in lanes: the order of each is kept, and nobody waits for another lane."""

import asyncio
import random
from collections import defaultdict

from altlas_chat.storage.lanes import Lanes
from altlas_chat.storage.waiting import Waiting


def waiting(lane: str, number: int) -> Waiting:
    return Waiting(lane, None, asyncio.get_running_loop().create_future(), item=number)


def filled(names: str) -> Lanes:
    """Changes in lanes of one letter, numbered from 0."""
    lanes = Lanes()
    for number, name in enumerate(names):
        lanes.put(waiting(name, number))
    return lanes


def numbers(taken: list[Waiting]) -> list[int]:
    return [one.item for one in taken]


async def test_what_waits_is_taken_lane_by_lane_up_to_the_most() -> None:
    lanes = filled("abacab")
    assert lanes.size == 6
    assert numbers(lanes.take(4)) == [0, 2, 4, 1]
    assert lanes.size == 2


async def test_a_lane_rests_while_something_of_it_is_under_way() -> None:
    lanes = filled("aaab")
    taken = lanes.take(2)
    lanes.put(waiting("a", 9))
    assert numbers(lanes.take(10)) == [3]
    assert not lanes.has_free
    lanes.let_on(taken)
    assert numbers(lanes.take(10)) == [2, 9]


async def test_a_lane_that_is_done_begins_anew() -> None:
    lanes = filled("a")
    lanes.let_on(lanes.take(1))
    lanes.put(waiting("a", 1))
    assert numbers(lanes.take(1)) == [1]


async def test_everything_can_be_taken_back_also_behind_what_is_under_way() -> None:
    lanes = filled("aab")
    taken = lanes.take(1)
    assert numbers(lanes.take_all()) == [1, 2]
    assert lanes.size == 0
    lanes.put(waiting("a", 3))
    assert lanes.take(1) == []
    lanes.let_on(taken)
    assert numbers(lanes.take(1)) == [3]


async def test_several_who_take_at_once_keep_the_order_of_each_lane() -> None:
    chance = random.Random(3)
    lanes, under_way = Lanes(), list[list[Waiting]]()
    made: dict[str, list[int]] = defaultdict(list)
    put: dict[str, list[int]] = defaultdict(list)
    for number in range(2000):
        name = chance.choice("abcdefgh")
        lanes.put(waiting(name, number))
        put[name].append(number)
        if len(under_way) < 4 and chance.random() < 0.5:
            under_way.append(lanes.take(chance.randint(1, 7)))
        if under_way and chance.random() < 0.5:
            done = under_way.pop(chance.randrange(len(under_way)))
            for one in done:
                made[one.lane].append(one.item)
            lanes.let_on(done)
    while under_way or lanes.size:
        under_way.append(lanes.take(7))
        done = under_way.pop(0)
        for one in done:
            made[one.lane].append(one.item)
        lanes.let_on(done)
    assert made == put
