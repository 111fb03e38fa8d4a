"""Moments as the contract writes them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlas_chat.domain.conversations import LATEST_MS
from altlas_chat.domain.times import rfc3339, rfc3339_or_none


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (999, "1970-01-01T00:00:00.999Z"),
        (1_795_496_400_123, "2026-11-24T05:00:00.123Z"),
        (LATEST_MS, "9999-12-31T23:59:59.000Z"),
    ],
)
def test_a_moment(at: int, text: str) -> None:
    assert rfc3339(at) == text


@given(st.integers(0, LATEST_MS))
def test_a_moment_goes_round(at: int) -> None:
    moment = datetime.fromisoformat(rfc3339(at))
    assert moment.tzinfo is UTC
    assert round(moment.timestamp() * 1000) == at


@given(st.integers(0, LATEST_MS - 1))
def test_later_moments_sort_later(at: int) -> None:
    assert rfc3339(at) < rfc3339(at + 1)


def test_no_moment_is_null() -> None:
    assert rfc3339_or_none(None) is None
    assert rfc3339_or_none(0) == "1970-01-01T00:00:00.000Z"
