"""``altlas-chat contract examples`` as a person runs it."""

import json

import yaml

from tests.toolkit.test_examples import SHOP


def shop(terminal, text: str = SHOP) -> str:
    (terminal.folder / "shop.yaml").write_text(text, encoding="utf-8")
    return "shop.yaml"


def test_check_says_what_is_missing_and_exits_1(terminal):
    done = terminal.run("contract", "examples", shop(terminal), "--check", "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert (told["missing"][0]["about"], told["missing"][0]["line"]) == ("id", 7)
    assert told["wrong"][0]["rule"] == "example-valid"
    assert (terminal.folder / "shop.yaml").read_text(encoding="utf-8") == SHOP


def test_in_place_fills_them_once(terminal):
    document = shop(terminal, SHOP.replace("{name: 5}", "{name: Ayşe}"))
    done = terminal.run("contract", "examples", document, "--in-place", "--language", "tr")
    assert (done.returncode, done.stdout) == (0, "")
    assert "4 added, 1 were there." in done.stderr
    assert terminal.run("contract", "examples", document, "--check").returncode == 0
    text = (terminal.folder / document).read_text(encoding="utf-8")
    terminal.run("contract", "examples", document, "--in-place")
    assert (terminal.folder / document).read_text(encoding="utf-8") == text


def test_without_a_place_the_document_is_printed(terminal):
    done = terminal.run("contract", "examples", shop(terminal))
    assert done.returncode == 0
    parameter = yaml.safe_load(done.stdout)["paths"]["/users/{id}"]["parameters"][0]
    assert isinstance(parameter["example"], int)


def test_wrong_use_is_2(terminal):
    document = shop(terminal)
    for words in (
        ("nowhere.yaml",),
        (document, "--where", "walls"),
        (document, "--check", "--in-place"),
    ):
        done = terminal.run("contract", "examples", *words)
        assert done.returncode == 2, words
        assert "Traceback" not in done.stderr
