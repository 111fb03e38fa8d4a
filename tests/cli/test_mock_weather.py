"""``altlas-chat mock`` with weather, a record and a real server, as processes."""

import contextlib
import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from altlas_chat_cli.main import app

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "paths": {
        "/pets": {
            "get": {
                "operationId": "listPets",
                "responses": {
                    "200": {
                        "description": "All",
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"type": "integer"}},
                                "example": [1, 2],
                            }
                        },
                    }
                },
            }
        }
    },
}
WAIT_SECONDS = 30


class Process:
    """A mock that runs; what it said is in ``told`` when it has ended."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self.log = (folder / "told").open("w+")
        command = [sys.executable, "-m", "altlas_chat_cli.main", "mock", "--port", "0", "--json"]
        self.process = subprocess.Popen(
            [*command, *words], cwd=folder, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["url"]

    def get(self, path: str) -> int:
        """The status of an answer; 0 where there is none."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=WAIT_SECONDS) as answer:
                answer.read()
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    @property
    def told(self) -> str:
        return (self.folder / "told").read_text()

    def until(self, words: str) -> None:
        """Wait until it has said something."""
        end = time.monotonic() + WAIT_SECONDS
        while words not in self.told:
            assert time.monotonic() < end, self.told
            time.sleep(0.01)

    def end(self) -> int:
        """Ctrl-C; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=WAIT_SECONDS)
        self.log.close()
        return self.process.returncode


@contextlib.contextmanager
def mock(folder: Path, *words: str) -> Iterator[Process]:
    folder.mkdir(exist_ok=True)
    (folder / "pets.json").write_text(json.dumps(DOCUMENT))
    process = Process(folder, "pets.json", *words)
    try:
        yield process
    finally:
        process.end()


def test_weather_a_record_and_a_reload_from_the_command_line(tmp_path: Path) -> None:
    words = ("--error-rate", "50%", "--errors", "500", "--rule", "listPets: calls=1, reset")
    with mock(tmp_path, *words, "--record", "run.har") as running:
        found = [running.get("/pets?token=s3cret") for _ in range(8)]
        assert found[0] == 0
        assert set(found[1:]) == {200, 500}
        (tmp_path / "pets.json").write_text("{")
        running.until("The last good one goes on answering.")
        assert "pets.json:" in running.told
        assert running.end() == 0
    assert "s3cret" not in running.told
    assert running.told.count("/pets?token=***") == 8
    har = json.loads((tmp_path / "run.har").read_text())
    assert [one["response"]["status"] for one in har["log"]["entries"]] == found


def test_a_real_server_that_breaks_the_contract_fails_at_the_end(tmp_path: Path) -> None:
    with mock(tmp_path / "real") as server:
        wrong = json.dumps(DOCUMENT).replace("[1, 2]", '["a"]').replace('"integer"', '"string"')
        (tmp_path / "real" / "pets.json").write_text(wrong)
        server.until("Loaded anew")
        words = ("--proxy", server.url, "--fail-on-violations")
        with mock(tmp_path / "front", *words) as front:
            assert front.get("/pets") == 200
            assert front.get("/pets") == 200
            assert front.end() == 1
        assert "2 of 2 exchanges broke" in front.told
        assert "2 x listPets: answer body/*" in front.told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--latency", "soon"), "'soon' is no time"),
        (("--error-rate", "2"), "no share"),
        (("--errors", "500"), "--error-rate"),
        (("--rule", "GET /x"), "no rule"),
        (("--weather", "sunny.yaml"), "sunny.yaml"),
        (("--weather", "bad.yaml"), "bad.yaml:2:1"),
        (("--admin", "mock"), "--admin"),
        (("--admin-token-file", "none"), "--admin-token-file"),
        (("--proxy", "nowhere"), "no address of a real server"),
        (("--proxy", "http://x.example", "--stateful"), "--stateful"),
        (("--proxy-errors",), "--proxy URL"),
        (("--record", "run.txt"), "run.txt"),
    ],
)
def test_what_is_wrong_with_the_command_line_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pets.json").write_text(json.dumps(DOCUMENT))
    (tmp_path / "bad.yaml").write_text("latency: 1s\ndrop: 7\n")
    done = CliRunner().invoke(app, ["mock", "pets.json", "--port", "0", *words])
    assert done.exit_code == 2, done.stderr
    assert said in done.stderr
