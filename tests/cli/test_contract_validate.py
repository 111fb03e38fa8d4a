"""``altlas-chat contract validate`` as a person and a program meet it."""

import json

import pytest

from tests.cli.run import Terminal

GOOD = """openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /things:
    get:
      responses: {200: {description: All}}
"""
BAD = GOOD.replace("description", "words")


@pytest.fixture
def shop(terminal: Terminal) -> Terminal:
    (terminal.folder / "shop.yaml").write_text(GOOD)
    (terminal.folder / "bad.yaml").write_text(BAD)
    terminal.variables = {"XDG_CACHE_HOME": str(terminal.folder / "cache")}
    return terminal


def test_a_valid_document(shop: Terminal) -> None:
    done = shop.run("contract", "validate", "shop.yaml")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "shop.yaml is valid OpenAPI 3.1.0.\n"


def test_findings_have_their_places(shop: Terminal) -> None:
    done = shop.run("contract", "validate", "bad.yaml", "shop.yaml")
    assert done.returncode == 1
    assert done.stdout == (
        "bad.yaml:6:19: error: the response has no description, and must have it."
        " Add description. [missing-field]\n"
        "bad.yaml:6:25: error: the response knows no field words."
        " Take it out, or mend its name; names of your own begin with x-. [unknown-field]\n"
    )
    assert done.stderr == (
        "bad.yaml is not valid OpenAPI 3.1.0: 2 errors.\nshop.yaml is valid OpenAPI 3.1.0.\n"
    )


def test_json(shop: Terminal) -> None:
    done = shop.run("contract", "validate", "bad.yaml", "none.yaml", "--json")
    assert done.returncode == 2
    told = json.loads(done.stdout)
    bad, none = told["documents"]
    assert not told["passed"]
    assert (bad["kind"], bad["version"], bad["valid"]) == ("openapi", "3.1.0", False)
    assert bad["findings"][0] == {
        "rule": "missing-field",
        "severity": "error",
        "what": "the response has no description, and must have it",
        "remedy": "Add description.",
        "file": "bad.yaml",
        "line": 6,
        "column": 19,
        "pointer": "/paths/~1things/get/responses/200",
    }
    assert (none["kind"], none["findings"][0]["rule"]) == (None, "no-such-file")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('swagger: "2.0"\n', "bad.yaml:1:1: error: it is Swagger 2.0"),
        ("a: b: c\n", "bad.yaml:1:5: error: it is no YAML"),
        ("hello\n", "bad.yaml:1:1: error: it is no API document"),
        ("", "bad.yaml: error: it is empty"),
        ("x" * (2 << 20), "bad.yaml: error: it is larger than 1 MiB"),
    ],
)
def test_what_can_not_be_read_exits_2(shop: Terminal, text: str, said: str) -> None:
    (shop.folder / "bad.yaml").write_text(text)
    done = shop.run("contract", "validate", "bad.yaml", "--max-size", "1")
    assert (done.returncode, done.stdout.count("\n")) == (2, 1)
    assert done.stdout.startswith(said)
    assert done.stderr == "bad.yaml can't be read.\n"


def test_forms_for_programs_and_limits(shop: Terminal) -> None:
    (shop.folder / "odd.yaml").write_text(
        GOOD + "components: {schemas: {A: {type: string, nullable: true}}}\n"
    )
    done = shop.run("contract", "validate", "odd.yaml", "--format", "github")
    assert done.returncode == 0
    assert done.stdout.startswith("::warning file=odd.yaml,line=7,col=42,title=nullable::")
    done = shop.run("contract", "validate", "odd.yaml", "--format", "sarif", "--fail-on", "warning")
    assert done.returncode == 1
    (result,) = json.loads(done.stdout)["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("nullable", "warning")
    for words in (("--format", "xml"), ("--fail-on", "all")):
        assert shop.run("contract", "validate", "odd.yaml", *words).returncode == 2
