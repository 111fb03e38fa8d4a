"""A server's own figures name what limits it."""

import pytest

from altlas_chat.loadtest.advising import advise
from altlas_chat.loadtest.figures_of_servers import read_figures
from tests.loadtest.runs import result


@pytest.mark.parametrize(
    ("figures", "limit"),
    [
        ({"cpu": 0.97}, "CPU"),
        ({"cpu": 0.97, "loop_lag_ms": 80, "committing": 0.9}, "CPU"),
        ({"changes_waiting": 90}, "Commits"),
        ({"committing": 0.8, "commit_ms": 20}, "Commits"),
        ({"committing": 0.3, "commit_ms": 80}, "Commits"),
        ({"loop_lag_ms": 80}, "Event loop"),
        ({"database_wait_ms": 30}, "Connections"),
        ({"outbox_kb_max": 900}, "Readers"),
        ({"gc_pause_max_ms": 300}, "Garbage"),
    ],
)
def test_the_resource_that_is_full_is_named(figures: dict[str, float], limit: str) -> None:
    one = result()
    for second in one.seconds_of:
        second.server = dict(figures)
    (advice,) = advise(one)
    assert advice.limit == limit
    assert advice.remedy


def test_refusals_are_named_by_their_code() -> None:
    (advice,) = advise(result(failed=7))
    assert advice.seen == "7 times 503"


def test_memory_that_grows_is_named() -> None:
    one = result()
    for second, memory in zip(one.seconds_of, (100.0, 900.0), strict=True):
        second.server = {"memory_mb": memory}
    (advice,) = advise(one)
    assert "100 to 900 MiB" in advice.seen


def test_where_nothing_is_full_the_slowest_operation_is_named() -> None:
    (advice,) = advise(result(ms=300))
    assert (advice.limit, "sendMessage" in advice.seen) == ("Operation", True)


def test_a_server_at_ease_gets_no_advice() -> None:
    assert advise(result()) == []


def test_figures_are_read_from_a_page() -> None:
    page = (
        '# HELP x y\n# TYPE x gauge\nx 3.5\ny{a="b"} 7\nprocess_cpu_seconds_total 1e2\nbad line\n'
    )
    assert read_figures(page) == {"x": 3.5, "process_cpu_seconds_total": 100.0}
