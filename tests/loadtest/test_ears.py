"""An ear finds whatever a network or a server may do to a stream."""

import random

from hypothesis import given
from hypothesis import strategies as st

from altlas_chat.loadtest.ears import Ear

SEQS = st.lists(st.integers(1, 40), max_size=120)


def test_a_stream_that_comes_as_it_should() -> None:
    ear = Ear({"a": 5})
    assert all(ear.hear("a", seq) for seq in range(6, 20))
    assert ear.judge({"a": 19}).as_json() == {
        "expected": 14,
        "received": 14,
        "lost": 0,
        "doubled": 0,
        "reordered": 0,
    }


def test_a_hole_a_double_a_latecomer_and_a_missing_end() -> None:
    ear = Ear({"a": 0, "b": 7})
    for seq in (1, 2, 2, 5, 3):
        ear.hear("a", seq)
    found = ear.judge({"a": 6, "b": 9, "unknown": 4})
    assert (found.received, found.doubled, found.reordered) == (4, 1, 1)
    assert found.lost == 1 + 1 + 2  # the 4th, the 6th, and both of b


def test_a_stream_that_is_not_known_begins_where_it_is_heard_first() -> None:
    ear = Ear()
    ear.hear("new", 100)
    ear.hear("new", 102)
    assert ear.lost({"new": 102}) == 1


@given(SEQS)
def test_sums_are_those_of_a_set(seqs: list[int]) -> None:
    ear = Ear({"a": 0})
    new = [ear.hear("a", seq) for seq in seqs]
    found = ear.judge({"a": 40})
    assert found.received == len(set(seqs)) == sum(new)
    assert found.doubled == len(seqs) - len(set(seqs))
    assert found.lost == 40 - len(set(seqs))


@given(st.integers(0, 30), st.randoms(use_true_random=False))
def test_nothing_is_reordered_that_is_in_order(count: int, chance: random.Random) -> None:
    seqs = list(range(1, count + 1))
    dropped = [seq for seq in seqs if chance.random() < 0.7]
    ear = Ear({"a": 0})
    for seq in dropped:
        ear.hear("a", seq)
    assert (ear.reordered, ear.doubled) == (0, 0)
