"""``altlas-chat mock``: how it starts, what it says, how it ends."""

import json
import shlex
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from altlas_chat_cli.main import app

PETS = """\
openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets/{id}:
    get:
      security: [{key: []}]
      parameters:
      - {name: id, in: path, required: true, schema: {type: integer, minimum: 5}}
      - {name: sort, in: query, required: true, schema: {type: string, enum: [up]}}
      responses:
        '200':
          description: It
          content: {application/json: {schema: {type: integer, maximum: 3}, example: EXAMPLE}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
"""


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    path = tmp_path / "pets.yaml"
    path.write_text(PETS.replace("EXAMPLE", "1"))
    return path


def run(*words: object):
    return CliRunner().invoke(app, ["mock", *map(str, words)])


def test_it_says_where_it_is_and_what_to_try_and_ends_at_once(pets: Path) -> None:
    command = [sys.executable, "-m", "altlas_chat_cli.main", "mock", "--port", "0", "--json"]
    with subprocess.Popen(
        [*command, str(pets)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        hello = json.loads(process.stdout.readline())
        said = []
        while not (said and "Ctrl-C" in said[-1]):
            said.append(process.stderr.readline())
        (line,) = [one for one in said if "curl" in one]
        words = shlex.split(line)
        request = urllib.request.Request(words[-1], headers=dict([words[3].split(": ")]))
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.read() == b"1"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert "/pets/" in process.stderr.read()
    assert hello["operations"] == 1
    assert words[-1].startswith(hello["url"])


def test_a_port_in_use(pets: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run(pets, "--port", taken.getsockname()[1])
    assert result.exit_code != 0
    assert getattr(result.exception, "remedy", "").startswith("Choose another with --port")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (None, "no-such-file"),
        ("a: [", None),
        ("swagger: '2.0'\ninfo: {}\npaths: {}\n", None),
        ("just: yaml\n", None),
        (
            PETS.replace("EXAMPLE", "{$ref: '#/nowhere'}").replace(
                "schema: {type: integer, maximum: 3}", "schema: {$ref: '#/nowhere'}"
            ),
            None,
        ),
    ],
)
def test_contracts_that_are_none(tmp_path: Path, text: str | None, rule: str | None) -> None:
    path = tmp_path / "bad.yaml"
    if text is not None:
        path.write_text(text)
    result = run(path)
    assert result.exit_code == 2
    assert str(path) in result.stderr
    assert rule is None or rule in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "words", [("--validate", "perhaps"), ("--language", "de"), ("--port", "x")]
)
def test_a_command_line_that_is_wrong(pets: Path, words: tuple[str, str]) -> None:
    assert run(pets, *words).exit_code == 2


def test_the_self_check(pets: Path) -> None:
    right = run(pets, "--self-check")
    assert (right.exit_code, right.stdout) == (0, "2 answers of 1 operations made, 0 not valid.\n")
    pets.write_text(PETS.replace("EXAMPLE", "4"))
    told = run(pets, "--self-check", "--json")
    assert told.exit_code == 0
    found = json.loads(told.stdout)
    assert (found["operations"], found["answers"], found["wrong"]) == (1, 1, [])
    assert found["invalidExamples"][0]["operation"] == "GET /pets/{id}"
    pets.write_text(PETS.replace("maximum: 3", "minimum: 5, maximum: 4"))
    wrong = run(pets, "--self-check")
    assert wrong.exit_code == 1
    assert "1 not valid" in wrong.stdout


def test_a_folder_of_contracts(pets: Path, tmp_path: Path) -> None:
    (tmp_path / "more.json").write_text(
        json.dumps(
            {
                "openapi": "3.1.0",
                "info": {"title": "a", "version": "1"},
                "paths": {"/a": {"get": {"responses": {"200": {"description": "It"}}}}},
            }
        )
    )
    (tmp_path / "other.yaml").write_text("nothing: of it\n")
    assert json.loads(run(tmp_path, "--self-check", "--json").stdout)["operations"] == 2
    (tmp_path / "empty").mkdir()
    empty = run(tmp_path / "empty")
    assert empty.exit_code == 2
    assert "no-document" in empty.stderr
