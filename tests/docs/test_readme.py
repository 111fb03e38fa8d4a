"""The README's commands, run word by word: what it says happens, happens."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, page
from tests.support.postgres import fresh_database

README = page("README.md")
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "reports", "*.egg-info", "build", "dist")
LAST_LINE = "Stop the server with Ctrl-C."
ENOUGH_SECONDS = 60

slow = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("packaging")]


def commands() -> list[str]:
    return [line for block in README.blocks("console") for line in block.text.splitlines()]


def surroundings() -> dict[str, str]:
    """What a person's shell has, and nothing that leads to the checkout; any free port."""
    kept = {
        name: value
        for name, value in os.environ.items()  # noqa: TID251
        if not name.startswith(("ALTLAS_CHAT_", "PYTHON", "VIRTUAL_ENV", "COV_", "TOX_"))
    }
    return {**kept, "ALTLAS_CHAT_PORT": "0"}


def test_every_command_is_known_to_these_tests() -> None:
    start, test, migrate, serve = commands()
    assert start.endswith(".venv/bin/altlas-chat serve --demo")
    assert test.endswith("pip install -q tox && .venv/bin/tox"), "what .ci/run does"
    assert migrate.startswith("altlas-chat migrate up --database postgresql://")
    assert serve == migrate.replace("migrate up", "serve")


def test_ci_runs_the_test_command() -> None:
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "pip install -q tox" in script
    assert '/tox" run' in script


@dataclass
class Started:
    """What the start command left behind: a server, and what it said."""

    folder: Path
    said: list[str]
    process: subprocess.Popen[str]

    def line(self, beginning: str) -> str:
        """What follows a word in the lines about what to try."""
        (found,) = [one for one in self.said if one.startswith(f"  {beginning} ")]
        return found.removeprefix(f"  {beginning} ").strip()

    def shell(self, command: str) -> str:
        """What a command says that is typed in another terminal, in the same folder."""
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env=surroundings(),
            capture_output=True,
            text=True,
            timeout=ENOUGH_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    folder = tmp_path_factory.mktemp("checkout") / "altlas-chat"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    python = str(Path(sys.executable).resolve())
    process = subprocess.Popen(
        commands()[0].replace("python3", python, 1),
        shell=True,
        cwd=folder,
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield Started(folder, _said(process), process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _said(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line.rstrip("\n"))
        if said[-1] == LAST_LINE:
            return said
    pytest.fail("it did not start:\n" + "\n".join(said))


class TestStart:
    pytestmark = slow

    def test_it_says_who_can_log_in(self, started: Started) -> None:
        (people,) = [line for line in started.said if line.startswith("A demo world is ready.")]
        assert re.search(r"People: (\w+, )+\w+\. Password of all: \S+", people)

    def test_the_address_to_open_answers(self, started: Started) -> None:
        url = started.line("open").split()[0]
        with urllib.request.urlopen(url, timeout=ENOUGH_SECONDS) as answer:
            assert json.load(answer)["openapi"].startswith("3.1")

    def test_the_curl_line_logs_in(self, started: Started) -> None:
        answer = json.loads(started.shell(started.line("curl").replace("curl -s", "curl -sS")))
        assert answer["tokenType"] == "Bearer"
        assert answer["user"]["username"] in started.line("talk")

    def test_the_two_terminals_talk_to_each_other(self, started: Started) -> None:
        place = started.said.index(f"  talk   {started.line('talk')}")
        lines = [started.line("talk"), started.said[place + 1].partition("(")[0].strip()]
        one, other = (_terminal(line, started.folder) for line in lines)
        try:
            _type(one, "Çay içelim mi?")
            _read_until(other, "Çay içelim mi?")
            _type(other, "İçelim.")
            _read_until(one, "İçelim.")
        finally:
            for process in (one, other):
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()

    def test_the_checkout_is_as_it_was_but_for_the_environment(self, started: Started) -> None:
        made = {path.name for path in started.folder.iterdir()} - {
            path.name for path in ROOT.iterdir()
        }
        assert made <= {".venv", "build"}

    def test_ctrl_c_ends_it(self, started: Started) -> None:
        """The last one: afterwards the server is gone."""
        os.killpg(started.process.pid, signal.SIGINT)
        rest, _ = started.process.communicate(timeout=ENOUGH_SECONDS)
        assert "Traceback" not in rest
        assert started.process.returncode in (0, 130, -signal.SIGINT)


def _terminal(command: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        shell=True,
        cwd=folder,
        env=surroundings(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _type(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def _read_until(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if text in line:
            return
    pytest.fail(f"{text} was not heard:\n" + "".join(said))


def test_the_commands_for_postgresql(tmp_path: Path) -> None:
    _, _, migrate, serve = commands()
    with fresh_database(empty=True) as url:
        done = _ours(migrate, url, tmp_path)
        _, said = done.communicate(timeout=ENOUGH_SECONDS)
        assert done.returncode == 0, said
        server = _ours(serve, url, tmp_path)
        assert server.stderr is not None
        try:
            assert "listens on http://" in server.stderr.readline()
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=ENOUGH_SECONDS)
        assert server.returncode == 0


def _ours(command: str, url: str, folder: Path) -> subprocess.Popen[str]:
    """A command of the page on a database of the test, by the program that is tested."""
    words = command.replace("postgresql://chat@localhost/chat", url).split()
    return subprocess.Popen(
        [sys.executable, "-m", "altlas_chat_cli.main", *words[1:]],
        cwd=folder,
        env={**os.environ, "ALTLAS_CHAT_PORT": "0"},  # noqa: TID251
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_every_command_that_is_named_exists() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"):
        for word in page(name).words():
            command = re.fullmatch(r"altlas-chat ([a-z]+).*", word)
            if command:
                assert f"## `altlas-chat {command[1]}" in page("docs/cli.md").text, word


def test_it_stays_short() -> None:
    assert len(README.text.splitlines()) <= 90
    assert len(page("ARCHITECTURE.md").text.splitlines()) <= 65, "one page"
