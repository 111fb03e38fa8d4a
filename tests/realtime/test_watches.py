"""Who watches whom: one frame to each for a crowd of changes, and nothing of whom is in doubt."""

import asyncio
from collections.abc import Iterable

import orjson

from altlas_chat.realtime.attendance import Attendance
from altlas_chat.realtime.hub import Hub
from altlas_chat.realtime.watches import Shown, Watches
from tests.realtime.test_hub import Ear

MANY = 1000
LIMIT = 500


class LazyEar(Ear):
    """One that may be behind."""

    lazy = False

    @property
    def is_behind(self) -> bool:
        return self.lazy


class Square:
    """A hub with its attendance and watches."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.attendance = Attendance(self.hub, lambda: 1_000)
        self.watches = Watches(self.attendance)

    def comes(self, user_id: str) -> LazyEar:
        ear = LazyEar(user_id)
        self.hub.add(ear)
        self.hub.release(ear, {f"user:{user_id}": 0})
        self.attendance.came(ear)
        return ear

    def goes(self, ear: LazyEar) -> None:
        self.hub.remove(ear)
        self.watches.forget(ear)
        self.attendance.left(ear)

    def watch(self, ear: LazyEar, user_ids: Iterable[str], shown: Shown = Shown.BOTH) -> None:
        self.watches.watch(ear, dict.fromkeys(user_ids, shown))

    async def tick(self) -> None:
        self.watches.stirred.clear()
        known = dict.fromkeys(self.watches.to_tell(), 500)
        await self.watches.tell(known, 2_000)


def told(ear: Ear) -> list[dict[str, object]]:
    """What all frames together say, in their order."""
    found: list[dict[str, object]] = []
    for frame in ear.frames:
        start = {126: 4, 127: 10}.get(frame[1], 2)
        found.extend(orjson.loads(frame[start:])["data"]["presences"])
    return found


def presences(ear: Ear) -> list[tuple[object, object]]:
    return [(one["userId"], one["presence"]) for one in told(ear)]


async def test_a_thousand_who_come_are_a_frame_for_each_who_watches() -> None:
    square = Square()
    names = [f"u{number}" for number in range(MANY)]
    watchers = [square.comes(f"w{number}") for number in range(MANY)]
    for number, ear in enumerate(watchers):
        square.watch(ear, (names[(number + step) % MANY] for step in range(LIMIT)))
    for name in names:
        square.comes(name)
    await square.tick()
    # 500,000 pairs changed.
    assert [len(ear.frames) for ear in watchers] == [1] * MANY
    assert sum(len(presences(ear)) for ear in watchers) == MANY * LIMIT
    assert not square.watches.stirred.is_set()
    await square.tick()
    assert sum(len(ear.frames) for ear in watchers) == MANY


async def test_others_have_their_turn_while_a_crowd_is_told() -> None:
    square = Square()
    watchers = [square.comes(f"w{number}") for number in range(100)]
    for ear in watchers:
        square.watch(ear, (f"u{number}" for number in range(200)))
    for number in range(200):
        square.comes(f"u{number}")
    telling = asyncio.create_task(square.tick())
    turns = 0
    while not telling.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns >= 4
    assert [len(ear.frames) for ear in watchers] == [1] * 100


async def test_only_how_it_is_in_the_end_is_told() -> None:
    square = Square()
    ear = square.comes("ayse")
    square.watch(ear, ["mehmet", "zeynep"])
    mehmet, zeynep = square.comes("mehmet"), square.comes("zeynep")
    square.goes(mehmet)
    square.attendance.set_away(zeynep, is_away=True)
    await square.tick()
    assert presences(ear) == [("zeynep", "away")]
    assert told(ear)[0]["lastSeenAt"] == "1970-01-01T00:00:00.500Z"


async def test_who_asks_in_the_middle_of_a_change_learns_how_it_ends() -> None:
    square = Square()
    first, second = square.comes("ayse"), square.comes("zeynep")
    phone = square.comes("mehmet")
    square.watch(first, ["mehmet"])
    square.attendance.set_away(phone, is_away=True)
    assert square.watches.watch(second, {"mehmet": Shown.BOTH}) == {"mehmet": "away"}
    square.attendance.set_away(phone, is_away=False)
    await square.tick()
    assert presences(second) == [("mehmet", "online")]


async def test_who_is_behind_gets_what_is_true_afterwards() -> None:
    square = Square()
    slow, quick = square.comes("slow"), square.comes("quick")
    for ear in (slow, quick):
        square.watch(ear, ["mehmet", "zeynep"])
    slow.lazy = True
    phone = square.comes("mehmet")
    await square.tick()
    square.attendance.set_away(phone, is_away=True)
    square.comes("zeynep")
    await square.tick()
    assert (len(quick.frames), len(slow.frames)) == (2, 0)
    assert square.watches.stirred.is_set()
    slow.lazy = False
    await square.tick()
    assert presences(slow) == [("mehmet", "away"), ("zeynep", "online")]
    assert len(slow.frames) == 1


async def test_of_whom_is_in_doubt_nothing_is_told_until_it_is_settled() -> None:
    square = Square()
    ear = square.comes("ayse")
    square.watch(ear, ["mehmet", "zeynep"])
    square.comes("mehmet")
    square.comes("zeynep")
    square.watches.doubt(["mehmet"])
    await square.tick()
    assert presences(ear) == [("zeynep", "online")]
    assert square.watches.doubted() == ["mehmet"]
    square.watches.settle("mehmet", {"ayse": Shown.NOTHING})
    await square.tick()
    assert presences(ear)[1:] == [("mehmet", "offline")]
    # Who watches is in doubt: the same for everybody watched.
    square.watches.doubt(["ayse"])
    square.comes("ali")
    square.watches.settle("ayse", {"mehmet": Shown.BOTH, "zeynep": Shown.BOTH})
    await square.tick()
    assert presences(ear)[2:] == [("mehmet", "online")]


async def test_last_seen_goes_to_who_may_know_it() -> None:
    square = Square()
    ears = [square.comes(f"w{number}") for number in range(4)]
    for ear, shown in zip(ears, Shown, strict=True):
        square.watch(ear, ["mehmet"], shown)
    square.comes("mehmet")
    await square.tick()
    seen = [[(one["presence"], one["lastSeenAt"] is not None) for one in told(ear)] for ear in ears]
    assert seen == [[], [], [("online", False)], [("online", True)]]


async def test_a_doubt_is_known_to_who_reads_at_that_moment() -> None:
    square = Square()
    with square.watches.reading() as one, square.watches.reading() as other:
        square.watches.doubt(["mehmet"])
        assert one == other == {"mehmet"}
    square.watches.doubt(["zeynep"])
    assert one == {"mehmet"}
    assert square.watches.doubted() == []
