"""``contract lint`` as a person runs it."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from altlas_chat_cli.main import app
from tests.cli.run import Terminal

BAD = """openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /orders:
    get:
      responses:
        "200":
          description: The orders.
          content:
            application/json:
              schema: {type: integer}
              example: seven
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, with a document that has an error."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "shop.yaml"
    file.write_text(BAD, encoding="utf-8")
    return file


def lint(*words: str) -> Result:
    return CliRunner().invoke(app, ["contract", "lint", *words])


def test_our_own_contract_is_good(terminal: Terminal):
    done = terminal.run("contract", "lint", "--fail-on", "info")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == ""
    assert "0 errors, 0 warnings, 0 hints in 2 documents" in done.stderr


def test_findings_have_file_line_rule_and_remedy(terminal: Terminal):
    (terminal.folder / "shop.yaml").write_text(BAD, encoding="utf-8")
    done = terminal.run("contract", "lint", "shop.yaml")
    assert done.returncode == 1
    wrong = next(line for line in done.stdout.splitlines() if "media-example-valid" in line)
    assert wrong.startswith("shop.yaml:12:15: error: the example does not fit")
    assert "Mend the example or the schema." in wrong
    assert done.stderr.startswith("1 error, ")


def test_what_fails_is_for_the_caller_to_say(shop: Path):
    shop.write_text(BAD.replace("seven", "7"), encoding="utf-8")
    assert lint("shop.yaml").exit_code == 0
    done = lint("shop.yaml", "--fail-on", "warning", "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["passed"] is False
    assert told["counts"]["error"] == 0


def test_what_can_not_be_read_exits_2(terminal: Terminal):
    missing = terminal.run("contract", "lint", "no-such.yaml", "--json")
    assert missing.returncode == 2
    assert "no-such.yaml" in json.loads(missing.stdout)["error"]["detail"]
    assert "Traceback" not in missing.stderr


def test_a_wrong_configuration_exits_2_and_is_told_with_its_line(shop: Path):
    wrong = shop.parent / "wrong.yaml"
    wrong.write_text("rules:\n  info-contct: off\n", encoding="utf-8")
    done = lint("shop.yaml", "--config", "wrong.yaml")
    assert done.exit_code == 2
    assert "wrong.yaml:2:3" in done.stderr
    assert "Did you mean info-contact?" in done.stderr


def test_an_unknown_rule_is_told_with_the_nearest():
    unknown = lint("--explain", "typed-enumm")
    assert unknown.exit_code == 2
    assert "Did you mean typed-enum?" in unknown.stderr


@pytest.mark.parametrize("words", [("--format", "xml"), ("--fail-on", "bad")])
def test_what_can_not_be_asked_for_exits_2(words: tuple[str, ...]):
    assert lint(*words).exit_code == 2


def test_rules_are_listed_and_explained():
    listed = lint("--rules")
    assert listed.exit_code == 0
    assert "operation-4xx-response" in listed.stdout
    explained = lint("--explain", "oas3-unused-component")
    assert explained.exit_code == 0
    for word in ("no-unused-components", "Remedy:", "Good:", "Bad:", "Spectral calls it"):
        assert word in explained.stdout
    assert all("bad" in rule for rule in json.loads(lint("--rules", "--json").stdout))


@pytest.mark.parametrize(("form", "start"), [("github", "::"), ("junit", "<?xml"), ("sarif", "{")])
def test_other_formats_come_alone_on_stdout(shop: Path, form: str, start: str):
    done = lint("shop.yaml", "--format", form)
    assert done.exit_code == 1
    assert done.stdout.startswith(start)
