"""``contract collection`` as a person runs it."""

import json

from typer.testing import CliRunner

from altlas_chat_cli.main import app
from tests.cli.run import Terminal


def test_our_own_contract_goes_to_a_file_with_an_environment(terminal: Terminal):
    done = terminal.run(
        "contract", "collection", "-o", "chat.json", "--environment", "local.json", "--json"
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["files"] == 2
    assert told["variables"] == ["baseUrl", "bearerToken", "username", "password"]
    collection = json.loads((terminal.folder / "chat.json").read_bytes())
    assert "ws" in collection["info"]["description"]
    assert json.loads((terminal.folder / "local.json").read_bytes())["values"]


def test_without_a_file_it_comes_on_stdout_and_bruno_is_a_folder(terminal: Terminal):
    (terminal.folder / "a.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: A, version: '1'}\npaths: {/a: {get: {responses: {}}}}\n",
        encoding="utf-8",
    )
    done = terminal.run("contract", "collection", "a.yaml")
    assert done.returncode == 0
    assert json.loads(done.stdout)["info"]["name"] == "A"
    bruno = terminal.run("contract", "collection", "a.yaml", "--format", "bruno", "-o", "kept")
    assert bruno.returncode == 0
    assert (terminal.folder / "kept" / "GET -a.bru").is_file()


def test_wrong_use_and_what_can_not_be_read_exit_2(terminal: Terminal):
    done = terminal.run("contract", "collection", "no-such.yaml")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for words in (("--format", "xml"), ("--folders", "x"), ("--format", "bruno")):
        assert CliRunner().invoke(app, ["contract", "collection", *words]).exit_code == 2, words


def test_a_place_that_can_not_be_written_exits_1(terminal: Terminal):
    (terminal.folder / "taken").mkdir()
    done = terminal.run("contract", "collection", "-o", "taken")
    assert done.returncode == 1
    assert "taken" in done.stderr
    assert "Traceback" not in done.stderr
