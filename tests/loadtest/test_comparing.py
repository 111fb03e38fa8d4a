"""A slower build is told from bad luck, and bad luck from a slower build."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlas_chat.loadtest.comparing import Change, chance_of, compare, fewest_runs
from altlas_chat.loadtest.results import Result
from tests.loadtest.runs import result

runs = st.lists(st.floats(0.1, 1000), min_size=1, max_size=5)


def of(found: list[Result], now: list[Result], figure: str) -> Change:
    (one,) = [each for each in compare(found, now) if each.figure == figure]
    return one.change


def test_a_third_slower_in_every_run_is_worse() -> None:
    before = [result(ms=10 + shift / 10) for shift in range(4)]
    now = [result(ms=13 + shift / 10) for shift in range(4)]
    assert of(before, now, "sendMessage.p95_ms") is Change.WORSE
    assert of(now, before, "sendMessage.p95_ms") is Change.BETTER
    assert of(before, now, "getSync.p95_ms") is Change.SAME


def test_more_a_second_is_better() -> None:
    before = [result(seconds=10 + shift / 10) for shift in range(4)]
    now = [result(seconds=5 + shift / 10) for shift in range(4)]
    assert of(before, now, "requests.per_second") is Change.BETTER


def test_too_few_runs_decide_nothing() -> None:
    assert fewest_runs() == 4
    assert of([result(ms=10)] * 3, [result(ms=20)] * 3, "requests.p95_ms") is Change.UNDECIDED


def test_scattered_runs_decide_nothing() -> None:
    before = [result(ms=ms) for ms in (8, 10, 14, 20)]
    now = [result(ms=ms) for ms in (9, 12, 15, 22)]
    assert of(before, now, "sendMessage.p95_ms") is Change.UNDECIDED


def test_a_small_difference_is_none_however_sure() -> None:
    before = [result(ms=10.0) for _ in range(5)]
    now = [result(ms=10.3) for _ in range(5)]
    assert of(before, now, "sendMessage.p95_ms") is Change.SAME


def test_the_first_lost_message_is_worse_if_it_is_in_every_run() -> None:
    assert of([result()] * 4, [result(lost=1)] * 4, "messages.lost") is Change.WORSE
    assert of([result()] * 4, [result()] * 3 + [result(lost=1)], "messages.lost") is Change.SAME


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        compare([], [result()])


@given(runs, runs)
def test_chance_is_a_share_and_has_no_side(before: list[float], now: list[float]) -> None:
    chance = chance_of(before, now)
    assert 0 < chance <= 1
    assert chance == pytest.approx(chance_of(now, before))


def test_chance_is_exact() -> None:
    assert chance_of([1, 2, 3, 4], [5, 6, 7, 8]) == pytest.approx(2 / 70)
    assert chance_of([1, 1, 1], [1, 1, 1]) == 1
