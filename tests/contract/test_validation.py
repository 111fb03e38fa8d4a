"""What is wrong with a contract is found, with its place; our own has nothing wrong."""

import copy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from altlas_chat.contract import validation
from altlas_chat.contract.bundling import bundle_asyncapi, bundle_openapi
from altlas_chat.contract.findings import Finding
from altlas_chat.contract.live_rules import check_live
from altlas_chat.contract.rest_rules import check_rest
from altlas_chat.contract.validation import validate, validate_bundles
from altlas_chat.data import data_folder

Json = dict[str, Any]
Edit = Callable[[Json], object]

FOLDER = data_folder("contracts")
REST, LIVE = bundle_openapi(FOLDER), bundle_asyncapi(FOLDER)
PLANNED = yaml.safe_load((FOLDER / "planned.yaml").read_text("utf-8"))


def post_message(document: Json) -> Json:
    operation: Json = document["paths"]["/messages"]["post"]
    return operation


def schemas(document: Json) -> Json:
    found: Json = document["components"]["schemas"]
    return found


def json_of(document: Json, code: str) -> Json:
    media: Json = post_message(document)["responses"][code]["content"]["application/json"]
    return media


def message(document: Json, name: str) -> Json:
    found: Json = document["components"]["messages"][name]
    return found


REST_MISTAKES: dict[str, tuple[Edit, str]] = {
    "no permission": (lambda d: post_message(d).pop("x-permission"), "x-permission is None"),
    "a permission that nobody has": (
        lambda d: post_message(d).update({"x-permission": "message:shout"}),
        "x-permission is message:shout",
    ),
    "no 401": (lambda d: post_message(d)["responses"].pop("401"), "the answers 401 are missing"),
    "no example": (lambda d: json_of(d, "201").pop("examples"), "there is no example"),
    "a refusal of another status": (
        lambda d: post_message(d)["responses"].update(
            {"403": {"$ref": "#/components/responses/Unauthenticated"}}
        ),
        "AUTH_UNAUTHORIZED does not have the status 403",
    ),
    "a refusal that is no problem": (
        lambda d: post_message(d)["responses"].update({"409": json_answer()}),
        "the refusal 409 is no application/problem+json",
    ),
    "a problem that says something else": (
        lambda d: d["x-problems"]["LAST_OWNER"].update(remedy="Cry."),
        "remedy is",
    ),
    "a code without example": (
        lambda d: d["x-problems"].update(OUT_OF_TEA={}),
        "the code has no example",
    ),
    "a code that is nowhere told": (
        lambda d: schemas(d)["ProblemCode"]["enum"].append("OUT_OF_TEA"),
        "OUT_OF_TEA stands in ProblemCode or in x-problems, but not in both",
    ),
    "something beside a reference": (
        lambda d: schemas(d)["Message"]["properties"]["id"].update(description="x"),
        "something stands beside $ref",
    ),
    "a word that draft-07 does not know": (
        lambda d: schemas(d)["Message"].update(unevaluatedProperties=False),
        "draft-07 does not know unevaluatedProperties",
    ),
}


def json_answer() -> Json:
    return {"description": "x", "content": {"application/json": {"schema": {}, "example": {}}}}


@pytest.mark.parametrize(("edit", "what"), REST_MISTAKES.values(), ids=REST_MISTAKES)
def test_a_mistake_in_the_rest_contract_is_found(edit: Edit, what: str) -> None:
    document = copy.deepcopy(REST)
    edit(document)
    assert_found(check_rest(document, PLANNED), what, "openapi.json#/")


LIVE_MISTAKES: dict[str, tuple[Edit, str]] = {
    "no title": (lambda d: message(d, "Ready").pop("title"), "the message has no title"),
    "no kind": (lambda d: message(d, "Ready").pop("x-kind"), "x-kind is None"),
    "no stream": (lambda d: message(d, "MessageCreated").pop("x-stream"), "x-stream is None"),
    "a stream that there is not": (
        lambda d: message(d, "MessageCreated").update({"x-stream": "river"}),
        "x-stream is river",
    ),
    "an example of another event": (
        lambda d: message(d, "Pong").update(name="bang"),
        "its event is pong",
    ),
    "a permission that nobody has": (
        lambda d: d["operations"]["sendMessage"].update({"x-permission": "message:shout"}),
        "x-permission is message:shout",
    ),
    "a refusal that there is not": (
        lambda d: d["operations"]["sendMessage"]["x-errors"].append("OUT_OF_TEA"),
        "OUT_OF_TEA is no problem",
    ),
    "no reply": (
        lambda d: d["operations"]["sendMessage"]["reply"]["messages"].pop(0),
        "message.send is not answered with one message of its own or an error",
    ),
    "a close code without advice": (
        lambda d: d["x-close-codes"]["4009"].pop("advice"),
        "it has no advice",
    ),
    "a close code that says to dance": (
        lambda d: d["x-close-codes"]["4009"].update(client="dance"),
        "client is dance",
    ),
    "a close code that is not listed": (
        lambda d: schemas(d)["ClosingData"]["properties"]["code"]["enum"].remove(4009),
        "its codes are not the server's x-close-codes",
    ),
}


@pytest.mark.parametrize(("edit", "what"), LIVE_MISTAKES.values(), ids=LIVE_MISTAKES)
def test_a_mistake_in_the_realtime_contract_is_found(edit: Edit, what: str) -> None:
    document = copy.deepcopy(LIVE)
    edit(document)
    assert_found(check_live(document), what, "asyncapi.json#/")


PLAN_MISTAKES = [
    ({"parameters": {"getSync": ["speed"]}}, "speed is planned"),
    ({"parameters": {"makeTea": ["wait"]}}, "wait is planned"),
    ({"properties": {"MessageDraft": ["colour"]}}, "colour is planned"),
    ({"securitySchemes": ["smile"]}, "smile is planned"),
]


@pytest.mark.parametrize(("change", "what"), PLAN_MISTAKES)
def test_a_plan_for_what_is_not_in_the_contract_is_found(change: Json, what: str) -> None:
    assert_found(check_rest(REST, {**PLANNED, **change}), what, "planned.yaml#/")


def assert_found(found: Any, what: str, place: str) -> None:
    findings = [str(one) for one in found]
    assert [one for one in findings if what in one and one.startswith(place)], findings


# -- the official judges ---------------------------------------------------------------


def test_what_is_no_openapi_is_found() -> None:
    document = copy.deepcopy(REST)
    post_message(document)["responses"]["200"].pop("description")
    found = validate_bundles(document, LIVE, PLANNED)
    assert_found(found, "openapi-spec-validator", "openapi.json#/paths")


def test_what_is_no_asyncapi_is_found() -> None:
    document = copy.deepcopy(LIVE)
    document["operations"]["ping"]["action"] = "shout"
    document["components"]["schemas"]["Seq"]["minimum"] = "low"
    found = list(validation._judge_asyncapi(document))
    assert_found(found, "AsyncAPI's schema", "asyncapi.json#/operations/ping/action")
    assert_found(found, "", "asyncapi.json#/components/schemas/Seq")


@pytest.mark.parametrize("document", [REST, LIVE], ids=["openapi", "asyncapi"])
def test_a_reference_to_nowhere_is_found(document: Json) -> None:
    broken = copy.deepcopy(document)
    broken["components"]["schemas"]["Message"]["properties"]["id"] = {"$ref": "#/nowhere"}
    assert_found(validation._judge_references(broken, "x.json"), "leads nowhere", "x.json#/")


# -- sources ---------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the contract's sources."""
    copied = tmp_path / "contracts"
    shutil.copytree(FOLDER, copied)
    return copied


def edited(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def plan(folder: Path, kind: str, name: str) -> None:
    """Put a name into the list of what is planned."""
    file = folder / "planned.yaml"
    planned = yaml.safe_load(file.read_text("utf-8"))
    planned[kind].append(name)
    file.write_text(yaml.safe_dump(planned), "utf-8")


def the_finding(folder: Path) -> Finding:
    (finding,) = validate(folder)
    return finding


def test_broken_yaml_is_found_with_its_line(folder: Path) -> None:
    edited(folder / "openapi" / "openapi.yaml", "openapi: 3.1.0", "openapi: [3.1.0")
    finding = the_finding(folder)
    assert finding.place.startswith(f"{folder}/openapi/openapi.yaml:")
    assert "no YAML" in finding.what


def test_a_key_that_is_there_twice_is_found_with_its_line(folder: Path) -> None:
    file = folder / "openapi" / "schemas" / "common.yaml"
    lines = file.read_text("utf-8").splitlines()
    edited(file, "  type: integer\n", "  type: integer\n  type: string\n")
    line = lines.index("  type: integer") + 2
    assert the_finding(folder) == Finding(
        f"{file}:{line}", "the key type is there twice", "Take one out."
    )


def test_a_missing_file_is_found(folder: Path) -> None:
    (folder / "openapi" / "schemas" / "tasks.yaml").unlink()
    assert "schemas/tasks.yaml: there is no such file" in the_finding(folder).what


@pytest.mark.parametrize(
    ("kind", "name"),
    [("operations", "makeTea"), ("commands", "tea.make"), ("events", "tea.made")],
)
def test_a_plan_for_nothing_is_found(folder: Path, kind: str, name: str) -> None:
    plan(folder, kind, name)
    assert f"planned.yaml names {kind} that there are not: ['{name}']" in the_finding(folder).what


def test_findings_are_printed_one_on_a_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(validation, "data_folder", lambda _: folder)
    plan(folder, "events", "tea.made")
    assert validation.main() == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("Mend the reference or the name.")
