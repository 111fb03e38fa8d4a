"""Receipts of one conversation that come in a crowd leave together, of each person the latest."""

import orjson

from altlas_chat.domain.events import PassingEvent
from altlas_chat.realtime.hub import Hub
from tests.realtime.test_hub import ROOM, Ear, receipt
from tests.support.waiting import until

TICK = 0.05


def bodies(ear: Ear) -> list[dict[str, object]]:
    found = []
    for frame in ear.frames:
        start = {126: 4, 127: 10}.get(frame[1], 2)
        found.append(orjson.loads(frame[start:])["data"])
    return found


def town(*names: str) -> tuple[Hub, list[Ear]]:
    hub = Hub(TICK)
    ears = [Ear(name) for name in names]
    for ear in ears:
        hub.add(ear)
        hub.attach(ear, [ROOM])
        hub.release(ear, {ROOM: 0, f"user:{ear.user_id}": 0})
    return hub, ears


async def test_the_first_leaves_at_once_and_the_others_together() -> None:
    hub, (ear,) = town("ayse")
    for seq in range(1, 4):
        for name in ("mehmet", "zeynep"):
            hub.pass_on(ROOM, receipt(name, seq))
    assert [one["deliveredSeq"] for one in bodies(ear)] == [1]
    await until(lambda: len(ear.frames) == 3)
    assert [(one["userId"], one["deliveredSeq"]) for one in bodies(ear)[1:]] == [
        ("mehmet", 3),
        ("zeynep", 3),
    ]
    # Quiet afterwards; the next one leaves at once again.
    await until(lambda: not hub._crowds._waiting)
    hub.pass_on(ROOM, receipt("mehmet", 4))
    assert len(ear.frames) == 4


async def test_who_hides_what_was_read_gets_the_form_without_it() -> None:
    hub, (ayse, zeynep) = town("ayse", "zeynep")
    hub.pass_on(ROOM, receipt("first", 1))
    for seq in (2, 3):
        less = receipt("mehmet", seq)
        whole = PassingEvent(less.kind, less.at, {**less.data, "readSeq": seq})
        hub.pass_on(ROOM, whole, but={"zeynep"})
        hub.pass_on(ROOM, less, only={"zeynep"})
    await until(lambda: len(zeynep.frames) == len(ayse.frames) == 2)
    assert [one["readSeq"] for one in bodies(ayse)[1:]] == [3]
    assert [one["readSeq"] for one in bodies(zeynep)[1:]] == [0]


async def test_who_was_to_hear_an_earlier_one_hears_the_later_in_its_place() -> None:
    hub, (ayse, zeynep, emre) = town("ayse", "zeynep", "emre")
    hub.pass_on(ROOM, receipt("first", 1))
    hub.pass_on(ROOM, receipt("mehmet", 2), only={"ayse"})
    hub.pass_on(ROOM, receipt("mehmet", 3), only={"zeynep"})
    await until(lambda: len(ayse.frames) == len(zeynep.frames) == 2)
    assert [one["deliveredSeq"] for one in (bodies(ayse)[1], bodies(zeynep)[1])] == [3, 3]
    assert len(emre.frames) == 1


async def test_what_waits_of_who_begins_to_hide_it_is_not_told() -> None:
    hub, (ayse, zeynep) = town("ayse", "zeynep")
    hub.pass_on(ROOM, receipt("first", 1))
    hub.pass_on(ROOM, receipt("mehmet", 2))
    hub.pass_on(ROOM, receipt("ali", 2))
    hub.doubt(["mehmet"])
    hub.doubt(["zeynep"])
    await until(lambda: len(ayse.frames) == 2)
    assert [one["userId"] for one in bodies(ayse)] == ["first", "ali"]
    assert len(zeynep.frames) == 1
