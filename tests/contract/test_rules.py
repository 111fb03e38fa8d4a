"""What is wrong with a contract is found, with its place; our own has nothing wrong."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from altlas_chat.contract.bundling import bundle_asyncapi, bundle_openapi
from altlas_chat.contract.live_rules import check_live
from altlas_chat.contract.rest_rules import check_rest
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
