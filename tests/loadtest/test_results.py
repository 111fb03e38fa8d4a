"""Results are merged, written down and read again; what is none is refused with words."""

from typing import Any

import orjson
import pytest

from altlas_chat.loadtest.histograms import Histogram
from altlas_chat.loadtest.results import Generator, Result, ResultUnreadable
from tests.loadtest.runs import result


def test_it_survives_being_written_down() -> None:
    one = result(failed=3, lost=2)
    one.about["version"] = "1.0"
    written = orjson.loads(orjson.dumps(one.as_json()))
    assert Result.from_json(written).as_json() == one.as_json()


def test_processes_of_one_run_add_up() -> None:
    first, second = result(failed=1), result(failed=2, lost=5)
    second.seconds_of.append(second.seconds_of[0])
    first.merge(second)
    assert first.requests.tried == 2203
    assert first.of("sendMessage").failures == {"503": 3}
    assert first.deliveries.spread.count == 2000
    assert (first.messages.lost, first.messages.received) == (5, 1995)
    assert (first.users, first.rate) == (100, 200)
    assert [second.done for second in first.seconds_of] == [1000, 1000, 500]


def test_requests_and_deliveries_are_told_apart() -> None:
    one = result()
    assert one.requests.spread.count == 1100
    assert one.deliveries.spread.count == 1000
    assert [row.name for row in one.rows()] == [
        "getSync",
        "sendMessage",
        "delivery",
        "requests",
    ]


@pytest.mark.parametrize(
    ("generator", "word"),
    [
        (Generator(lag=Histogram.of([0.2] * 10)), "late"),
        (Generator(cpu=0.97), "of a core"),
        (Generator(burstiness=9), "heaps"),
    ],
)
def test_a_sick_generator_makes_a_run_void(generator: Generator, word: str) -> None:
    one = result()
    assert not one.is_void
    one.generator.merge(generator)
    assert one.is_void
    assert word in one.generator.ailments[0]


def _without(name: str) -> dict[str, Any]:
    written = result().as_json()
    del written[name]
    return written


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"openapi": "3.1.0"},
        {**result().as_json(), "format": 99},
        _without("measured"),
        {**result().as_json(), "measured": [{"name": "x"}]},
        {**result().as_json(), "messages": {"unknown": 1}},
    ],
)
def test_what_is_none_is_refused_with_a_remedy(data: Any) -> None:
    with pytest.raises(ResultUnreadable) as refused:
        Result.from_json(data)
    assert refused.value.detail
    assert refused.value.remedy
