"""``altlas-chat loadtest``: runs, judges, compares; and what is wrong gets its exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from altlas_chat.loadtest.results import Result
from tests.cli.run import Terminal
from tests.loadtest.runs import result


def written(folder: Path, name: str, found: Result) -> str:
    file = folder / name
    file.write_text(json.dumps(found.as_json()), encoding="utf-8")
    return str(file)


def objectives(folder: Path, text: str) -> str:
    file = folder / "slo.yaml"
    file.write_text(f"objectives: {{{text}}}", encoding="utf-8")
    return str(file)


@pytest.mark.slow
def test_a_scenario_is_run_on_a_server_of_its_own(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "out"
    slo = objectives(tmp_path, "messages.lost: 0, requests.error_rate: 0, delivery.count: '> 10'")
    arguments = ("--users", "6", "--rate", "20", "--duration", "2", "--json", "--slo", slo)
    done = terminal.run("loadtest", "run", "posting", *arguments, "--out", str(out))
    told: dict[str, Any] = json.loads(done.stdout)
    # A shared machine may make the generator late; then it says so.
    assert done.returncode == (4 if told["results"][0]["isVoid"] else 0), done.stderr
    assert [one["isMet"] for one in told["objectives"]] == [True, True, True]
    assert {one.name for one in out.iterdir()} == {
        "run-1.json",
        "report.html",
        "report.md",
        "report.csv",
        "junit.xml",
    }
    kept = json.loads((out / "run-1.json").read_text(encoding="utf-8"))
    assert Result.from_json(kept).scenario == "posting"


@pytest.mark.slow
def test_what_a_server_holds_is_found(terminal: Terminal, tmp_path: Path) -> None:
    slo = objectives(tmp_path, "requests.error_rate: 0")
    sizes = ("--users", "4", "--start", "5", "--most", "10", "--duration", "2")
    done = terminal.run("loadtest", "capacity", "reading", *sizes, "--slo", slo, "--json")
    found = json.loads(done.stdout)
    if done.returncode == 4:  # a shared machine may make the generator late; then it says so
        assert "void" in done.stderr
    else:
        assert (done.returncode, found["held"], found["missed"]) == (0, 10, None)
        assert [one["rate"] for one in found["steps"]] == [5, 10]


def test_scenarios_are_listed(terminal: Terminal) -> None:
    listed = json.loads(terminal.run("loadtest", "scenarios", "--json").stdout)
    assert {"reading", "posting", "chatting", "mixed"} <= {one["name"] for one in listed}


def test_builds_are_compared(terminal: Terminal, tmp_path: Path) -> None:
    before = [written(tmp_path, f"old-{n}.json", result(ms=10 + n / 10)) for n in range(4)]
    now = [written(tmp_path, f"new-{n}.json", result(ms=14 + n / 10)) for n in range(4)]
    named = [part for one in before for part in ("--baseline", one)]
    worse = terminal.run("loadtest", "compare", *now, *named)
    assert worse.returncode == 3
    assert "worse      sendMessage.p95_ms" in worse.stdout
    same = terminal.run("loadtest", "compare", *before, *named)
    assert (same.returncode, same.stdout.strip()) == (0, "same       every figure")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("run", "chating"), 2, "Is `chatting` meant?"),
        (("run", "chatting", "--slo", "missing.yaml"), 2, "missing.yaml"),
        (("run", "chatting", "--baseline", "missing.json"), 2, "missing.json"),
        (("run", "chatting", "--people", "people.txt"), 2, "--url"),
        (("run", "chatting", "--web"), 2, "--engine locust"),
        (("run", "chatting", "--url", "ftp://127.0.0.1"), 2, "no address"),
        (("run", "chatting", "--url", "http://example.org/v1"), 2, "--remote"),
        (("run", "chatting", "--url", "http://example.org/v1", "--remote"), 2, "by hand"),
        (("run", "chatting", "--url", "http://127.0.0.1:1/v1"), 5, "Nobody listens"),
        (("compare", "missing.json", "--baseline", "missing.json"), 2, "missing.json"),
    ],
)
def test_what_is_wrong_is_told(
    terminal: Terminal, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = terminal.run("loadtest", *arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_of_people_must_be_one(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "people.txt"
    file.write_text("ayse merhaba-dunya\nmehmet\n", encoding="utf-8")
    url = "http://127.0.0.1:1/v1"
    done = terminal.run("loadtest", "run", "reading", "--url", url, "--people", str(file))
    assert (done.returncode, "no name with its password" in done.stderr) == (2, True)
