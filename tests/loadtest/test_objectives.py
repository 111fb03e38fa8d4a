"""Objectives are read strictly and judged exactly."""

from pathlib import Path

import pytest

from altlas_chat.data import data_folder
from altlas_chat.loadtest.objective_files import load_objectives
from altlas_chat.loadtest.objectives import (
    Objective,
    ObjectivesUnreadable,
    figures_of,
    judge,
)
from tests.loadtest.runs import result


def written(folder: Path, text: str) -> Path:
    file = folder / "slo.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_is_read_in_its_order(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "objectives:\n  requests.p95_ms: <= 200\n  messages.lost: 0\n  requests.per_second: '> 1e2'\n",
    )
    assert load_objectives(file) == [
        Objective("requests.p95_ms", "<=", 200),
        Objective("messages.lost", "=", 0),
        Objective("requests.per_second", ">", 100),
    ]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "objectives"),
        ("a: [", "no YAML"),
        ("- 1", "objectives"),
        ("objectives: {}", "objectives"),
        ("objectives: {requests.p95_ms: fast}", "fast"),
        ("objectives: {requests.p95_ms: true}", "true"),
        ("objectives: {requests.p95_ms: [1]}", "a list"),
        ("objectives: {requests.p95_ms: '<= 200 ms'}", "milliseconds: `<= 200`"),
        ("objectives: {requests.p95_ms: <= 0.2s}", "milliseconds: `<= 200`"),
        ("objectives: {requests.p95_ms: 0.2s}", "milliseconds: `<= 200`"),
        ("objectives: {requests.p95_ms: 200}", "last digit.*`<= 200`"),
        ("objectives: {requests.error_rate: <= 5%}", "share: `<= 0.05`"),
        ("objectives: {requests.error_rate: <= 5}", "5 % are 0.05"),
        ("objectives: {messages.lost: 3 pieces}", "no unit"),
        ("objectives: {requests.p95_ms: <= -5}", "below zero"),
        ("objectives:\n  requests.p95_ms: <= 5\n  requests.p95_ms: <= 6", "slo.yaml:3: .* twice"),
        ("objectives:\n  requests.per_second: >= 5", "slo.yaml:2:.*in quotes"),
        ("objectives:\n  # a note\n  requests.p95: <= 5", "slo.yaml:3: .*`requests.p95_ms`"),
        ("objectives: {requests.p101_ms: <= 5}", "no such figure"),
        ("objectives: {messages.losst: 0}", "`messages.lost`"),
        ("objectives: {sendMesage.p95_ms: <= 5}", "no such figure"),
        ("objectives: {server.cpu: <= 0.5}", ".max"),
        ("objectives: {requests.p95_ms: <= 200}\nlimits: 3", "limits"),
    ],
)
def test_nonsense_is_told(tmp_path: Path, text: str, word: str) -> None:
    with pytest.raises(ObjectivesUnreadable, match=word):
        load_objectives(written(tmp_path, text))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ObjectivesUnreadable, match=r"missing\.yaml"):
        load_objectives(tmp_path / "missing.yaml")


def test_verdicts_follow_the_figures() -> None:
    one = result(ms=10, failed=11, lost=2)
    wanted = [
        Objective("sendMessage.p50_ms", "<=", 16),
        Objective("sendMessage.p50_ms", "<=", 14),
        Objective("sendMessage.error_rate", "<=", 0.011),
        Objective("messages.lost", "=", 0),
        Objective("requests.p99.9_ms", "<", 21),
        Objective("server.cpu.max", "<=", 0.75),
        Objective("server.cpu.mean", "=", 0.5),
        Objective("requests.per_second", ">=", 110),
    ]
    assert [verdict.is_met for verdict in judge(one, wanted)] == [
        True,
        False,
        True,
        False,
        True,
        True,
        True,
        True,
    ]


def test_an_unknown_figure_is_a_mistake_and_the_nearest_is_named() -> None:
    with pytest.raises(ObjectivesUnreadable, match=r"messages\.lost") as refused:
        judge(result(), [Objective("message.lost", "=", 0), Objective("x.p5x_ms", "<", 1)])
    assert len(refused.value.detail.splitlines()) == 2


def test_every_figure_can_be_named_as_an_objective() -> None:
    one = result()
    wanted = [Objective(name, "=", value) for name, value in figures_of(one).items()]
    assert all(verdict.is_met for verdict in judge(one, wanted))


def test_the_files_that_come_along_can_be_read() -> None:
    files = sorted((data_folder("loadtests") / "slo").glob("*.yaml"))
    assert files
    for file in files:
        assert load_objectives(file)
