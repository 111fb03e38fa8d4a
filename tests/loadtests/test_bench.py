"""Every benchmark runs, on tiny numbers, and says what it found. How fast it was is not tested."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from altlas_chat.data import data_folder
from loadtests.harness import Figure, Row, table
from loadtests.reads import asked_for

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")

CASES = {
    "deflate": 9,
    "delivery": 2,
    "durable": 6,
    "durable_pg": 3,
    "engine": 2,
    "fanout": 3,
    "files": 3,
    "heartbeats": 1,
    "history": 2,
    "memory": 1,
    "mock": 11,
    "presence": 2,
    "reads": len(asked_for()),
    "rest": 7,
    "slow": 1,
    "startup": 2,
    "storm": 1,
}
ALSO = {"reads": {"search"}}
"""Benchmarks that another one measures on its database."""


TOO_SMALL_TO_MEASURE = {"deflate", "engine", "files", "heartbeats", "history", "memory", "rest"}
"""On tiny numbers a page costs less than a tick of the CPU clock, a socket or a file less than noise."""


def bench(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = data_folder("loadtests") / "bench.py"
    work = folder / "work"
    work.mkdir()
    return subprocess.run(
        [sys.executable, str(script), *arguments, "--folder", str(work)],
        cwd=folder,
        text=True,
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("name", CASES)
def test_a_benchmark_gives_figures_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    done = bench(tmp_path, name, "--runs", "1", "--scale", "0.002", "--json", str(file))
    assert done.returncode == 0, done.stderr
    found = json.loads(file.read_text())
    assert found["machine"]["cores"] >= 1
    rows = found["rows"]
    assert len([row for row in rows if row["benchmark"] == name]) == CASES[name]
    assert {row["benchmark"] for row in rows} == {name} | ALSO.get(name, set())
    for row in rows:
        assert row["measured"]["median"] > 0 or name in TOO_SMALL_TO_MEASURE
        assert len(row["measured"]["runs"]) == 1
        assert (row["ratio"] is None) == (row["floor"] is None)
        assert row["isMet"] in (True, False, None)
        assert f"| {row['case']} " in done.stdout
    assert f"{name}, " in done.stderr
    assert list((tmp_path / "work").iterdir()) == []


def test_an_unknown_benchmark_is_refused(tmp_path: Path) -> None:
    done = bench(tmp_path, "nothing")
    assert done.returncode == 2
    assert "there is no benchmark nothing" in done.stderr


def row(*measured: float, floor: tuple[float, ...] = (), **target: float) -> Row:
    return Row("b", "c", "u", Figure(measured), Figure(floor) if floor else None, **target)


def test_each_run_is_held_against_its_own_floor() -> None:
    found = row(30, 10, 80, floor=(100, 20, 100), at_least=0.5).ratio
    assert found is not None
    assert found.runs == (0.3, 0.5, 0.8)
    assert found.median == 0.5


def test_a_target_is_for_the_ratio_and_without_a_floor_for_the_figure() -> None:
    assert row(50, floor=(100,), at_least=0.5).is_met is True
    assert row(49, floor=(100,), at_least=0.5).is_met is False
    assert row(131, floor=(100,), at_most=1.3).is_met is False
    assert row(0.2, at_most=0.3).is_met is True
    assert row(0.4, at_most=0.3).is_met is False
    assert row(50, floor=(100,)).is_met is None


def test_the_table_says_what_was_missed() -> None:
    text = table([row(1234.5, 10, 2, floor=(2, 2, 2), at_most=1.3), row(1, at_most=2)])
    assert "| 10.00 (2.00–1,234) | 2.00 (2.00–2.00) | 5.00 (1.00–617) | ≤ 1.3  | NO  |" in text
    assert "| ≤ 2    | yes |" in text
