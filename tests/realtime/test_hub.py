"""The hub tells each stream in its order, without holes and without doubles."""

import orjson

from altlas_chat.domain.events import Announcement, Event, PassingEvent
from altlas_chat.realtime.frames import event_frame
from altlas_chat.realtime.hub import Hub
from altlas_chat.realtime.listener import Listener

ROOM = "conversation:room"


def announcement(
    number: int, stream: str = ROOM, kind: str = "message.created", **facts: object
) -> Announcement:
    return Announcement(Event(stream, number, kind, 1_000, None, dict(facts)), {})


def told(frame: bytes) -> tuple[str, int]:
    size = frame[1]
    start = {126: 4, 127: 10}.get(size, 2)
    body = orjson.loads(frame[start:])
    return body["stream"], body["seq"]


class Ear(Listener):
    """A listener that keeps what it hears."""

    def __init__(self, user_id: str, session_id: str | None = None) -> None:
        self.frames: list[bytes] = []
        self.ended = self.failed = False
        super().__init__(user_id, session_id, put=self.frames.append)

    def end(self) -> None:
        self.ended = True

    def fail(self) -> None:
        self.failed = True

    def heard(self, stream: str = ROOM) -> list[int]:
        return [seq for name, seq in map(told, self.frames) if name == stream]


class World:
    """A hub that notes when it asks for the log."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.holes: list[tuple[str, int]] = []
        self.catch_ups: list[tuple[Listener, str, int]] = []
        self.hub.use_log(
            fill_hole=lambda stream, position: self.holes.append((stream, position)),
            catch_up=lambda listener, stream, after: self.catch_ups.append(
                (listener, stream, after)
            ),
        )

    def listens(self, user_id: str, *, position: int = 0, session_id: str | None = None) -> Ear:
        """Somebody who has heard the room up to ``position``."""
        ear = Ear(user_id, session_id)
        self.hub.add(ear)
        self.hub.attach(ear, [ROOM])
        self.hub.place({ROOM: position, f"user:{user_id}": 0})
        self.hub.release(ear, {ROOM: position, f"user:{user_id}": 0})
        return ear


def test_events_reach_every_listener_in_order() -> None:
    world = World()
    ayse, mehmet = world.listens("ayse"), world.listens("mehmet")
    world.hub.publish([announcement(1), announcement(2)])
    assert ayse.heard() == mehmet.heard() == [1, 2]


def test_an_event_told_twice_is_heard_once() -> None:
    world = World()
    ayse = world.listens("ayse")
    world.hub.publish([announcement(1), announcement(1)])
    world.hub.publish([announcement(1)])
    assert ayse.heard() == [1]


def test_an_early_event_waits_for_the_one_before_it() -> None:
    world = World()
    ayse = world.listens("ayse")
    world.hub.publish([announcement(2)])
    assert ayse.heard() == []
    assert world.holes == [(ROOM, 0)]
    world.hub.publish([announcement(1)])
    assert ayse.heard() == [1, 2]


def test_a_listener_on_hold_hears_what_the_log_did_not_have() -> None:
    world = World()
    ear = Ear("ayse")
    world.hub.add(ear)
    world.hub.attach(ear, [ROOM])
    world.hub.publish([announcement(5), announcement(6), announcement(7)])
    world.hub.place({ROOM: 6, "user:ayse": 0})
    assert ear.frames == []
    ear.release({ROOM: 6})
    assert ear.heard() == [7]
    world.hub.publish([announcement(8)])
    assert ear.heard() == [7, 8]


def test_nobody_hears_a_hold_of_somebody_else() -> None:
    world = World()
    mehmet = world.listens("mehmet")
    late = Ear("ayse")
    world.hub.add(late)
    world.hub.attach(late, [ROOM])
    world.hub.publish([announcement(1)])
    assert mehmet.heard() == [1]
    assert late.frames == []


def test_who_is_added_hears_from_there_and_who_is_removed_hears_no_more() -> None:
    world = World()
    ear = Ear("ayse")
    world.hub.add(ear)
    world.hub.place({"user:ayse": 0})
    ear.release({})
    mehmet = world.listens("mehmet", position=3)
    world.hub.publish(
        [
            announcement(4, kind="member.added", userId="ayse"),
            announcement(1, "user:ayse", "conversation.joined", conversationId="room", seq=4),
            announcement(5),
            announcement(6, kind="member.removed", userId="ayse"),
            announcement(7),
        ]
    )
    assert ear.heard() == [5, 6]
    assert mehmet.heard() == [4, 5, 6, 7]


def test_who_hears_late_of_being_added_is_put_on_hold_and_caught_up() -> None:
    world = World()
    world.listens("mehmet", position=3)
    ear = Ear("ayse")
    world.hub.add(ear)
    world.hub.place({"user:ayse": 0})
    ear.release({})
    world.hub.publish([announcement(4, kind="member.added", userId="ayse"), announcement(5)])
    world.hub.publish(
        [announcement(1, "user:ayse", "conversation.joined", conversationId="room", seq=4)]
    )
    assert world.catch_ups == [(ear, ROOM, 4)]
    world.hub.publish([announcement(6)])
    assert ear.heard() == []
    ear.keep(ROOM, 5, event_frame(announcement(5)))
    ear.release({})
    assert ear.heard() == [5, 6]


def on_hold(world: World, user_id: str, *streams: str) -> Ear:
    """Somebody whose resume is under way."""
    ear = Ear(user_id)
    world.hub.add(ear)
    world.hub.attach(ear, streams or [ROOM])
    return ear


def test_two_who_read_the_log_at_different_moments_both_hear_all() -> None:
    world = World()
    early, late = on_hold(world, "ayse"), on_hold(world, "mehmet")
    world.hub.publish([announcement(5), announcement(6)])
    # The later reading is done first.
    world.hub.place({ROOM: 6})
    world.hub.release(late, {ROOM: 6})
    world.hub.place({ROOM: 4})
    world.hub.release(early, {ROOM: 4})
    assert (early.heard(), late.heard()) == ([5, 6], [])
    world.hub.publish([announcement(7)])
    assert (early.heard(), late.heard()) == ([5, 6, 7], [7])


def test_what_was_read_before_it_is_told_is_heard_once_by_each() -> None:
    world = World()
    first, second = on_hold(world, "ayse"), on_hold(world, "mehmet")
    world.hub.place({ROOM: 6})
    world.hub.release(first, {ROOM: 6})
    world.hub.publish([announcement(5)])
    world.hub.release(second, {ROOM: 4})
    world.hub.publish([announcement(6), announcement(7)])
    assert (first.heard(), second.heard()) == ([7], [5, 6, 7])


def test_the_feed_goes_back_for_who_read_the_log_earlier() -> None:
    world = World()
    first, second = on_hold(world, "ayse"), on_hold(world, "mehmet")
    world.hub.release(first, {ROOM: 6})
    world.hub.release(second, {ROOM: 4})
    third = on_hold(world, "zeynep")
    world.hub.publish([announcement(5)])
    world.hub.release(third, {ROOM: 6})
    world.hub.publish([announcement(6), announcement(7)])
    assert (first.heard(), second.heard(), third.heard()) == ([7], [5, 6, 7], [7])
    assert world.holes == []


def test_who_read_further_than_was_told_does_not_hear_it_again() -> None:
    world = World()
    mehmet = world.listens("mehmet", position=3)
    late = on_hold(world, "ayse")
    world.hub.release(late, {ROOM: 5})
    world.hub.publish([announcement(4), announcement(5), announcement(6)])
    assert (mehmet.heard(), late.heard()) == ([4, 5, 6], [6])
    world.hub.publish([announcement(7)])
    assert late.heard() == [6, 7]
    world.hub.remove(late)
    world.hub.remove(mehmet)
    assert world.hub.listener_count == 0


def test_being_put_out_meanwhile_counts_for_who_did_not_know_it() -> None:
    world = World()
    own = "user:ayse"
    left = announcement(3, own, "conversation.left", conversationId="room", reason="removed")
    knows, knows_not = on_hold(world, "ayse", own), on_hold(world, "ayse", own, ROOM)
    world.hub.publish([left])
    world.hub.place({own: 3})
    world.hub.release(knows, {own: 3})
    world.hub.release(knows_not, {own: 2, ROOM: 7})
    world.hub.publish([announcement(8)])
    assert (knows.heard(own), knows_not.heard(own)) == ([], [3])
    assert knows_not.heard() == []


def test_what_is_missing_before_a_kept_event_is_known() -> None:
    world = World()
    ear = on_hold(world, "ayse")
    world.hub.place({ROOM: 5})
    world.hub.publish([announcement(6), announcement(7)])
    assert ear.gaps({ROOM: 5}) == {}
    assert ear.gaps({ROOM: 4}) == {ROOM: 4}
    ear.keep(ROOM, 5, event_frame(announcement(5)))
    assert ear.gaps({ROOM: 4}) == {}
    world.hub.release(ear, {ROOM: 4})
    assert ear.heard() == [5, 6, 7]


def receipt(user_id: str, seq: int) -> PassingEvent:
    data = {"conversationId": "room", "userId": user_id, "deliveredSeq": seq, "readSeq": 0}
    return PassingEvent("receipt.updated", 1_000, data)


def test_who_is_on_hold_hears_the_latest_passing_events_afterwards() -> None:
    world = World()
    mehmet = world.listens("mehmet")
    late = Ear("ayse")
    world.hub.add(late)
    world.hub.attach(late, [ROOM])
    for seq in (1, 2, 3):
        world.hub.pass_on(ROOM, receipt("mehmet", seq))
    world.hub.tell_everybody(PassingEvent("system.announcement", 1_000, {"text": "a"}))
    world.hub.tell_everybody(PassingEvent("system.announcement", 1_000, {"text": "b"}))
    assert len(mehmet.frames) == 5
    assert late.frames == []
    late.release({})
    assert late.frames == mehmet.frames[2:]


def test_who_left_while_on_hold_hears_nothing_of_it_afterwards() -> None:
    world = World()
    world.listens("mehmet")
    late = Ear("ayse")
    world.hub.add(late)
    world.hub.attach(late, [ROOM])
    world.hub.pass_on(ROOM, receipt("mehmet", 1))
    world.hub.detach(late, [ROOM])
    late.release({})
    assert late.frames == []


def test_a_session_that_is_over_is_cut_off() -> None:
    world = World()
    phone = world.listens("ayse", session_id="phone")
    laptop = world.listens("ayse", session_id="laptop")
    world.hub.end_session("phone")
    assert (phone.ended, laptop.ended) == (True, False)


def test_a_removed_listener_is_forgotten() -> None:
    world = World()
    ayse = world.listens("ayse")
    world.hub.remove(ayse)
    world.hub.publish([announcement(1)])
    assert ayse.frames == []
    assert world.hub.listener_count == 0
