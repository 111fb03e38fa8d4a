"""The search finds what a server takes, without asking more than it must."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlas_chat.loadtest.capacity import Capacity, search


def found(takes: float, start: float = 10, most: float = 10_000) -> tuple[Capacity, list[float]]:
    """What a search says of a server that takes so much, and what it tried."""
    tried: list[float] = []
    searching = search(start, most)
    rate = next(searching)
    while True:
        tried.append(rate)
        try:
            rate = searching.send(rate <= takes)
        except StopIteration as end:
            return end.value, tried


@given(st.floats(1, 9_000))
def test_what_it_takes_lies_between_what_was_held_and_missed(takes: float) -> None:
    capacity, tried = found(takes)
    assert capacity.missed is not None
    assert capacity.held <= takes < capacity.missed
    assert capacity.missed - capacity.held <= 0.1 * capacity.missed + 1e-9
    assert len(tried) <= 16


def test_it_ends_at_the_most_that_is_asked_for() -> None:
    capacity, tried = found(1e9, start=100, most=1000)
    assert capacity == Capacity(1000, None)
    assert tried == [100, 200, 400, 800, 1000]


def test_a_server_that_takes_nothing_is_given_up() -> None:
    capacity, tried = found(0)
    assert capacity.held == 0
    assert len(tried) < 12


def test_nothing_is_tried_twice() -> None:
    _, tried = found(137)
    assert len(tried) == len(set(tried))
    assert tried[:4] == [10, 20, 40, 80]
    assert tried[4] == pytest.approx(160)
