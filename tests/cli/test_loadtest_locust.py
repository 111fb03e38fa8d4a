"""``altlas-chat loadtest`` by Locust: in processes of one machine, and with workers of a master."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from altlas_chat.loadtest.results import Result
from tests.cli.run import Terminal

SCENARIO = ("loadtest", "run", "chatting", "--engine", "locust")


def kept(folder: Path) -> Result:
    return Result.from_json(json.loads((folder / "run-1.json").read_text(encoding="utf-8")))


def require_clean(found: Result) -> None:
    assert found.engine == "locust"
    assert found.of("message.send").spread.count > 0
    assert found.of("message.send").failures == {}
    assert found.deliveries.spread.count > 0
    messages = found.messages
    assert (messages.lost, messages.doubled, messages.reordered) == (0, 0, 0)
    assert messages.received >= found.deliveries.spread.count
    assert sum(one.done for one in found.seconds_of) == found.requests.spread.count
    assert sum(one.heard.count for one in found.seconds_of) == found.deliveries.spread.count


@pytest.mark.slow
def test_locust_runs_the_same_scripts(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "out"
    sizes = ("--users", "4", "--rate", "20", "--duration", "5", "--processes", "2")
    done = terminal.run(*SCENARIO, *sizes, "--json", "--out", str(out))
    assert done.returncode in (0, 4), done.stderr  # a shared machine may make it late
    assert done.stderr.count("loadtest:") == 1  # where the reports are, and nothing on the way
    found = kept(out)
    require_clean(found)
    assert found.users == 4
    assert found.rate == pytest.approx(20)
    assert any("cpu" in one.server for one in found.seconds_of)


@pytest.mark.slow
def test_locust_users_are_cut_and_have_everything(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "out"
    scenario = ("loadtest", "run", "storm", "--engine", "locust")
    sizes = ("--users", "6", "--rate", "20", "--duration", "4")
    done = terminal.run(*scenario, *sizes, "--quiet", "--out", str(out))
    assert done.returncode in (0, 4), done.stderr  # a shared machine may make it late
    found = kept(out)
    assert found.of("socket.resume").failures == found.of("socket").failures == {}
    assert found.of("socket.recovery").spread.count == 6
    assert found.messages.received > 6
    messages = found.messages
    assert (messages.lost, messages.doubled, messages.reordered) == (0, 0, 0)


def worker(scenario: str, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "altlas_chat_cli.main", "loadtest", "run", scenario]
    return subprocess.Popen(
        [*command, "--engine", "locust", "--worker", "--master-port", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_workers_share_the_people_of_a_master(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    workers = [worker("chatting", port), worker("chatting", port), worker("reading", port)]
    try:
        manner = ("--master", "--expect-workers", "3", "--master-port", str(port))
        sizes = ("--users", "6", "--rate", "20", "--duration", "5")
        done = terminal.run(*SCENARIO, *manner, *sizes, "--out", str(out))
        told = [one.communicate(timeout=30)[1] for one in workers]
    finally:
        for one in workers:
            one.kill()
            one.communicate()
    # One of them does something else, so a third of the people did nothing.
    assert done.returncode == 4, done.stderr
    assert [one.returncode for one in workers] == [0, 0, 5], told
    assert "the master runs chatting" in told[2]
    found = kept(out)
    require_clean(found)
    assert found.generator.lost == 1
    assert found.users == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--master", "--worker"), "two processes"),
        (("--master", "--processes", "2"), "no users itself"),
        (("--expect-workers", "2"), "--master"),
        (("--worker", "--url", "http://127.0.0.1:1/v1"), "--url is the master's"),
        (("--worker", "--master-host", "192.0.2.1"), "--remote"),
        (("--worker", "--master-host", "192.0.2.1", "--remote"), "by hand"),
        (("--master", "--master-host", "192.0.2.1"), "--remote"),
    ],
)
def test_what_can_not_be_together_is_told(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    done = terminal.run(*SCENARIO, *arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_a_port_that_is_taken_is_told(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        master = terminal.run(*SCENARIO, "--master", "--master-port", port)
        page = terminal.run(*SCENARIO, "--web", "--web-port", port)
    assert (master.returncode, "--master-port" in master.stderr) == (2, True)
    assert (page.returncode, "--web-port" in page.stderr) == (2, True)
