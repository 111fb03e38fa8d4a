"""``altlas-chat contract bundle`` and ``docs``, as a person runs them."""

import json

import pytest
import yaml

from tests.cli.run import Terminal

API = """
openapi: 3.1.0
info: {title: Tea, version: 1.4.0}
paths: {/tea: {$ref: "paths.yaml#/tea"}}
"""
PATHS = "tea: {get: {responses: {200: {description: Tea}}}}\n"


@pytest.fixture
def tea(terminal: Terminal) -> Terminal:
    (terminal.folder / "api.yaml").write_text(API)
    (terminal.folder / "paths.yaml").write_text(PATHS)
    return terminal


def test_a_bundle_is_printed_or_written_and_checked(tea: Terminal) -> None:
    printed = tea.run("contract", "bundle", "api.yaml")
    assert printed.returncode == 0
    assert yaml.safe_load(printed.stdout)["paths"]["/tea"]["get"]["responses"]
    assert tea.run("contract", "bundle", "api.yaml", "-o", "b.json").returncode == 0
    assert json.loads((tea.folder / "b.json").read_text()) == yaml.safe_load(printed.stdout)
    check = ("contract", "bundle", "api.yaml", "-o", "b.json", "--check")
    assert tea.run(*check).returncode == 0
    (tea.folder / "paths.yaml").write_text(PATHS.replace("Tea", "Coffee"))
    stale = tea.run(*check)
    assert (stale.returncode, "b.json is stale" in stale.stderr) == (1, True)


def test_releases(tea: Terminal) -> None:
    words = ("contract", "bundle", "api.yaml", "-o", "released", "--release", "--json")
    assert json.loads(tea.run(*words).stdout) == {"files": ["released/v1.4/api_v1.4.yaml"]}
    assert tea.run(*words).returncode == 0
    (tea.folder / "paths.yaml").write_text(PATHS.replace("Tea", "Coffee"))
    refused = tea.run(*words)
    assert refused.returncode == 1
    assert "Raise info.version" in json.loads(refused.stdout)["error"]["remedy"]


def test_our_own_contract(terminal: Terminal) -> None:
    assert terminal.run("contract", "bundle", "-o", "out").returncode == 0
    assert len(list((terminal.folder / "out").glob("*_v1.*.yaml"))) == 2


@pytest.mark.parametrize(
    "words", [("bundle",), ("bundle", "none.yaml"), ("docs", "none.yaml", "-o", "x")]
)
def test_wrong_use(terminal: Terminal, words: tuple[str, ...]) -> None:
    done = terminal.run("contract", *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "none.yaml" in done.stderr or "-o FOLDER" in done.stderr


def test_documentation_is_written(tea: Terminal) -> None:
    done = tea.run("contract", "docs", "api.yaml", "-o", "site", "--json")
    told = json.loads(done.stdout)
    assert "default-src 'none'" in told["contentSecurityPolicy"]
    assert all((tea.folder / name).is_file() for name in told["files"])
    assert "site/index.html" in told["files"]
