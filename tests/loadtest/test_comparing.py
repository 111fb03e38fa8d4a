"""A slower build is told from bad luck, and bad luck from a slower build."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlas_chat.loadtest.comparing import Change, chances_of, compare, fewest_runs
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
    (chance,) = chances_of([before], [now])
    assert 0 < chance <= 1
    assert chance == pytest.approx(chances_of([now], [before])[0])


def test_chance_is_exact() -> None:
    assert chances_of([[1, 2, 3, 4]], [[5, 6, 7, 8]]) == [pytest.approx(2 / 70)]
    assert chances_of([[1, 1, 1]], [[1, 1, 1]]) == [1]
    assert chances_of([], []) == []


def test_other_figures_make_chance_likelier_and_a_real_difference_is_seen_among_them() -> None:
    real = [10.0, 10.1, 9.9, 10.2], [14.0, 14.1, 13.9, 14.2]
    weak = [10.0, 12.0, 14.0, 16.0], [15.0, 16.0, 17.0, 18.0]
    alone = chances_of([weak[0]], [weak[1]])[0]
    noise = random.Random(7)
    others = [([noise.gauss(10, 2) for _ in range(4)],) * 2 for _ in range(20)]
    befores = [real[0], weak[0], *(one[0] for one in others)]
    nows = [real[1], weak[1], *([noise.gauss(10, 2) for _ in range(4)] for _ in others)]
    among = chances_of(befores, nows)
    assert among[0] == pytest.approx(2 / 70)
    assert among[1] > alone


def test_builds_that_do_not_differ_are_seldom_told_apart_by_any_of_many_figures() -> None:
    noise = random.Random(3)

    def runs_of(number: int) -> list[list[float]]:
        return [[noise.gauss(100, 30) for _ in range(4)] for _ in range(number)]

    alarms = sum(min(chances_of(runs_of(20), runs_of(20))) <= 0.05 for _ in range(100))
    assert alarms / 100 < 0.1  # 0.05 is the promise; each figure by itself would give 0.45
