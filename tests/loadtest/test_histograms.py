"""A histogram says what sorting all durations would say, within its error."""

import math

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlas_chat.loadtest.histograms import RELATIVE_ERROR, Histogram

durations = st.lists(st.floats(0, 4000), min_size=1, max_size=300)


def exact(values: list[float], share: float) -> float:
    return sorted(values)[max(1, math.ceil(share * len(values) - 1e-9)) - 1]


@given(durations, st.sampled_from([0.0, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0]))
def test_a_percentile_is_right_within_its_error(values: list[float], share: float) -> None:
    found = Histogram.of(values).percentile(share)
    wanted = exact(values, share)
    assert wanted - 1e-6 <= found <= wanted * (1 + RELATIVE_ERROR) + 1e-6


@given(durations, durations)
def test_merged_is_the_same_as_counted_together(first: list[float], second: list[float]) -> None:
    merged, together = Histogram.of(first), Histogram.of([*first, *second])
    merged.merge(Histogram.of(second))
    assert list(merged.steps()) == list(together.steps())
    assert (merged.count, merged.longest, merged.shortest) == (
        together.count,
        together.longest,
        together.shortest,
    )
    assert merged.mean == pytest.approx(together.mean)


@given(durations, durations)
def test_what_came_since_is_what_was_added(first: list[float], second: list[float]) -> None:
    together, alone = Histogram.of(first), Histogram.of(second)
    earlier = Histogram.of(first)
    together.merge(alone)
    since = together.since(earlier)
    assert list(since.steps()) == list(alone.steps())
    assert since.count == alone.count
    for share in (0.0, 0.5, 0.99, 1.0):
        wanted = alone.percentile(share)
        assert wanted - 1e-6 <= since.percentile(share) <= wanted * (1 + RELATIVE_ERROR) + 1e-6


@given(st.lists(st.floats(0, 4000), max_size=50))
def test_it_survives_being_written_down(values: list[float]) -> None:
    one = Histogram.of(values)
    again = Histogram.from_json(orjson.loads(orjson.dumps(one.as_json())))
    assert again.as_json() == one.as_json()


def test_nothing_counted_is_nothing() -> None:
    nothing = Histogram()
    assert (nothing.percentile(0.99), nothing.mean, nothing.count) == (0.0, 0.0, 0)


def test_what_does_not_add_up_is_refused() -> None:
    written = Histogram.of([0.1, 0.2]).as_json()
    with pytest.raises(ValueError, match="add up"):
        Histogram.from_json({**written, "count": 3})
