"""``contract lint`` as a person runs it."""

import json

import pytest
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


def test_what_fails_is_for_the_caller_to_say(terminal: Terminal):
    fair = BAD.replace("seven", "7")
    (terminal.folder / "shop.yaml").write_text(fair, encoding="utf-8")
    assert terminal.run("contract", "lint", "shop.yaml").returncode == 0
    done = terminal.run("contract", "lint", "shop.yaml", "--fail-on", "warning", "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["passed"] is False
    assert told["counts"]["error"] == 0


def test_what_can_not_be_read_and_wrong_use_exit_2(terminal: Terminal):
    (terminal.folder / "shop.yaml").write_text(BAD, encoding="utf-8")
    (terminal.folder / "wrong.yaml").write_text("rules:\n  info-contct: off\n", encoding="utf-8")
    missing = terminal.run("contract", "lint", "no-such.yaml", "--json")
    assert missing.returncode == 2
    assert "no-such.yaml" in json.loads(missing.stdout)["error"]["detail"]
    configured = terminal.run("contract", "lint", "shop.yaml", "--config", "wrong.yaml")
    assert configured.returncode == 2
    assert "wrong.yaml:2:3" in configured.stderr
    assert "Did you mean info-contact?" in configured.stderr
    unknown = terminal.run("contract", "lint", "--explain", "typed-enumm")
    assert unknown.returncode == 2
    assert "Did you mean typed-enum?" in unknown.stderr


@pytest.mark.parametrize("words", [("--format", "xml"), ("--fail-on", "bad")])
def test_what_can_not_be_asked_for_exits_2(words: tuple[str, ...]):
    assert CliRunner().invoke(app, ["contract", "lint", *words]).exit_code == 2


def test_rules_are_listed_and_explained(terminal: Terminal):
    listed = terminal.run("contract", "lint", "--rules")
    assert listed.returncode == 0
    assert "operation-4xx-response" in listed.stdout
    explained = terminal.run("contract", "lint", "--explain", "oas3-unused-component")
    assert explained.returncode == 0
    for word in ("no-unused-components", "Remedy:", "Good:", "Bad:", "Spectral calls it"):
        assert word in explained.stdout


def test_other_formats_come_alone_on_stdout(terminal: Terminal):
    (terminal.folder / "shop.yaml").write_text(BAD, encoding="utf-8")
    for form, start in (("github", "::"), ("junit", "<?xml"), ("sarif", "{")):
        done = terminal.run("contract", "lint", "shop.yaml", "--format", form)
        assert done.returncode == 1
        assert done.stdout.startswith(start)
