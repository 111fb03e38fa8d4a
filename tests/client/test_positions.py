"""What a numbered event is to a client: new, double, or after a gap."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlas_chat.client.positions import Heard, Positions

ROOM = "conversation:room"


def frame(seq: int, stream: str = ROOM, event: str = "message.created", /, **data: Any) -> Any:
    return {"event": event, "stream": stream, "seq": seq, "data": data}


def test_the_first_event_of_a_stream_is_new_wherever_it_stands() -> None:
    positions = Positions()
    assert positions.hear(frame(17)) is Heard.NEW
    assert positions.hear(frame(18)) is Heard.NEW
    assert positions.seen == {ROOM: 18}


@pytest.mark.parametrize("seq", [1, 16, 17])
def test_what_was_heard_is_double(seq: int) -> None:
    positions = Positions()
    positions.hear(frame(17))
    assert positions.hear(frame(seq)) is Heard.DOUBLE
    assert positions.seen == {ROOM: 17}


def test_what_comes_too_early_is_after_a_gap_and_changes_nothing() -> None:
    positions = Positions()
    positions.hear(frame(17))
    assert positions.hear(frame(19)) is Heard.AFTER_A_GAP
    assert positions.seen == {ROOM: 17}
    assert positions.hear(frame(18)) is Heard.NEW
    assert positions.hear(frame(19)) is Heard.NEW


@given(st.lists(st.integers(1, 12), max_size=40))
def test_whatever_comes_what_counts_as_new_is_dense(seqs: list[int]) -> None:
    positions = Positions()
    new = [seq for seq in seqs if positions.hear(frame(seq)) is Heard.NEW]
    assert new == list(range(new[0], new[0] + len(new))) if new else not seqs


def test_streams_are_counted_apart() -> None:
    positions = Positions()
    positions.hear(frame(5))
    assert positions.hear(frame(1, "user:me", "user.updated")) is Heard.NEW
    assert positions.hear(frame(6)) is Heard.NEW


def test_joining_brings_the_position_of_what_was_joined() -> None:
    positions = Positions()
    view = {"id": "room", "seq": 30}
    positions.hear(frame(1, "user:me", "conversation.joined", conversation=view))
    assert positions.hear(frame(30)) is Heard.DOUBLE
    assert positions.hear(frame(32)) is Heard.AFTER_A_GAP
    assert positions.hear(frame(31)) is Heard.NEW
    # The same again, replayed with an older view, takes nothing back.
    positions.hear(frame(2, "user:me", "conversation.joined", conversation={**view, "seq": 9}))
    assert positions.hear(frame(31)) is Heard.DOUBLE


def test_joining_what_is_gone_again_is_no_position() -> None:
    positions = Positions()
    gone = frame(1, "user:me", "conversation.joined", conversationId="room", seq=4)
    assert positions.hear(gone) is Heard.NEW
    assert ROOM not in positions.seen


def test_leaving_forgets_the_stream() -> None:
    positions = Positions()
    positions.hear(frame(5))
    positions.hear(frame(1, "user:me", "conversation.left", conversationId="room"))
    assert positions.seen == {"user:me": 1}
    assert positions.hear(frame(90)) is Heard.NEW


def test_a_fresh_start_forgets_everything() -> None:
    positions = Positions()
    assert positions.as_resume() is None
    positions.start_at("first")
    positions.hear(frame(5))
    assert positions.as_resume() == {"cursor": "first", "seen": {ROOM: 5}}
    positions.start_at("second")
    assert positions.as_resume() == {"cursor": "second", "seen": {}}
