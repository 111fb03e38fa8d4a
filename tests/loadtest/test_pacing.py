"""Arrivals are as many as asked for and independent; heaps are seen."""

import random

import pytest

from altlas_chat.loadtest.pacing import arrivals, burstiness


def test_arrivals_are_in_order_as_many_as_asked_for_and_repeat_with_their_seed() -> None:
    moments = list(arrivals(200, 50, random.Random(1)))
    assert moments == sorted(moments)
    assert len(moments) == pytest.approx(10_000, rel=0.05)
    assert moments[-1] < 50
    assert moments == list(arrivals(200, 50, random.Random(1)))


def test_independent_arrivals_are_about_one() -> None:
    assert burstiness(list(arrivals(200, 50, random.Random(2)))) == pytest.approx(1, abs=0.3)


def test_even_arrivals_are_about_nought_and_heaps_are_far_above() -> None:
    assert burstiness([number / 200 for number in range(5000)]) < 0.1
    assert burstiness([number // 100 / 2 for number in range(5000)]) > 20


def test_too_few_tell_nothing() -> None:
    assert burstiness([]) == burstiness([1, 2, 3]) == 0
