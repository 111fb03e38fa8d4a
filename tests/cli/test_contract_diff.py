"""``contract diff`` as a person and as CI runs it."""

import json

import pytest
from typer.testing import CliRunner

from altlas_chat_cli.commands.contract import app
from tests.cli.run import Terminal

OLD = """openapi: 3.1.0
info: {title: Shop, version: 1.0.0}
paths:
  /orders:
    get:
      parameters:
        - {name: size, in: query, schema: {type: integer, maximum: 100}}
      responses:
        "200": {description: The orders.}
"""


@pytest.fixture
def shop(terminal: Terminal) -> Terminal:
    (terminal.folder / "old.yaml").write_text(OLD, encoding="utf-8")
    new = OLD.replace("maximum: 100", "maximum: 50")
    (terminal.folder / "new.yaml").write_text(new, encoding="utf-8")
    return terminal


def test_a_change_has_its_level_words_rule_and_both_places(shop: Terminal):
    done = shop.run("contract", "diff", "old.yaml", "new.yaml")
    assert done.returncode == 1
    assert done.stdout == (
        "GET /orders\n"
        "  breaking  the maximum of the request parameter `size` in query was lowered from `100` "
        "to `50` [request-parameter-max-decreased]\n"
        "            old.yaml:7:59 → new.yaml:7:59\n"
        "\n"
        "1 change: 1 breaking, 0 dangerous, 0 safe\n"
    )
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ((), 1),
        (("--fail-on", "none"), 0),
        (("--fail-on", "any"), 1),
        (("--rule", "request-parameter-max-decreased=safe"), 0),
        (("--rule", "request-parameter-max-decreased=safe", "--fail-on", "any"), 1),
        (("--rule", "request-parameter-max-decreased=none", "--fail-on", "any"), 0),
        (("--ignore", "agreed.txt"), 0),
        (("--ignore", "nowhere.txt"), 2),
        (("--rule", "no-such-rule=safe"), 2),
        (("--fail-on", "awful"), 2),
        (("--format", "smoke"), 2),
    ],
)
def test_exit_codes(shop: Terminal, monkeypatch, asked: tuple[str, ...], code: int):
    monkeypatch.chdir(shop.folder)
    (shop.folder / "agreed.txt").write_text("request-parameter-max-* GET /orders", "utf-8")
    done = CliRunner().invoke(app, ["diff", "old.yaml", "new.yaml", *asked])
    assert done.exit_code == code, done.output


def test_programs_are_told_in_one_line(shop: Terminal):
    done = shop.run("contract", "diff", "old.yaml", "new.yaml", "--json", "--only-breaking")
    told = json.loads(done.stdout)
    assert told["summary"] == {"breaking": 1, "dangerous": 0, "safe": 0}
    assert told["changes"][0]["new"]["line"] == 7
    done = shop.run("contract", "diff", "new.yaml", "old.yaml", "--json", "--only-breaking")
    assert done.returncode == 0
    assert json.loads(done.stdout)["changes"] == []


def test_what_can_not_be_read_is_said_without_a_traceback(shop: Terminal):
    (shop.folder / "bad.yaml").write_text("openapi: [", encoding="utf-8")
    done = shop.run("contract", "diff", "old.yaml", "bad.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "bad.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_one_document_is_not_enough():
    done = CliRunner().invoke(app, ["diff", "old.yaml"])
    assert done.exit_code == 2
    assert "name two documents" in done.output


def test_every_rule_is_listed():
    done = CliRunner().invoke(app, ["diff", "--rules", "--json"])
    rules = {one["id"]: one for one in json.loads(done.stdout)}
    assert rules["request-parameter-removed"]["level"] == "dangerous"
    assert len(rules) > 1000
