"""Pauses grow, are drawn from their whole range, and begin anew after a success."""

import random

from hypothesis import given
from hypothesis import strategies as st

from altlas_chat.client.backoff import Backoff


@given(st.integers(), st.floats(0.001, 5), st.floats(5, 100), st.integers(1, 200))
def test_a_pause_is_within_its_ceiling(seed: int, first: float, longest: float, tries: int) -> None:
    backoff = Backoff(first, longest, random.Random(seed))
    for number in range(tries):
        ceiling = min(longest, first * 2**number)
        assert 0 <= backoff.next_pause() <= ceiling


def test_the_whole_range_is_used() -> None:
    pauses = []
    for seed in range(500):
        backoff = Backoff(1.0, 30.0, random.Random(seed))
        pauses.append([backoff.next_pause() for _ in range(8)][-1])
    assert min(pauses) < 1
    assert max(pauses) > 29
    assert 13 < sum(pauses) / len(pauses) < 17


def test_a_success_begins_anew() -> None:
    backoff = Backoff(1.0, 30.0, random.Random(1))
    for _ in range(20):
        backoff.next_pause()
    backoff.reset()
    assert backoff.next_pause() <= 1.0


def test_two_clients_do_not_come_at_once() -> None:
    first, second = Backoff(), Backoff()
    assert [first.next_pause() for _ in range(5)] != [second.next_pause() for _ in range(5)]


def test_it_goes_on_for_ever() -> None:
    backoff = Backoff()
    assert all(backoff.next_pause() <= 30 for _ in range(3000))
