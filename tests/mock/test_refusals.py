"""What a refused request gets: in the contract's own shape where it has one."""

import jsonschema
import pytest

from tests.mock.served import answering, json_example, mocked, openapi

WISHED = {
    "name": "limit",
    "in": "query",
    "required": True,
    "schema": {"type": "integer", "maximum": 10},
}
OTHER = {"name": "sort", "in": "query", "required": True, "schema": {"enum": ["up", "down"]}}


def document(**responses):
    operation = answering(json_example("ok"), parameters=[WISHED, OTHER])
    operation["responses"].update(responses)
    return openapi({"/things": {"get": operation}})


def answer(schema=None, media_type="application/json", **more):
    content = {media_type: ({"schema": schema} if schema else {}) | more}
    return {"description": "Wrong", "content": content}


ITEM = {
    "type": "object",
    "required": ["field", "message"],
    "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
}
LIST = {
    "type": "object",
    "required": ["code", "message", "errors"],
    "additionalProperties": False,
    "properties": {
        "code": {"type": "integer"},
        "message": {"type": "string"},
        "errors": {"type": "array", "items": ITEM},
    },
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "in": {"enum": ["path", "query", "header", "cookie", "body"]},
                    "name": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
NESTED = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message"],
            "properties": {
                "message": {"type": "string"},
                "details": {"type": "array", "items": {"type": "string"}},
            },
        }
    },
}


@pytest.mark.parametrize(
    ("declared", "status"),
    [
        ({}, 422),
        ({"400": answer(LIST)}, 400),
        ({"422": answer(LIST)}, 422),
        ({"400": answer(LIST), "422": answer(LIST)}, 422),
        ({"4XX": answer(LIST)}, 422),
        ({"default": answer(LIST)}, 422),
        ({"404": answer(LIST)}, 422),
        ({"400": {"description": "Wrong"}}, 400),
    ],
)
async def test_which_status(tmp_path, declared, status):
    async with mocked(tmp_path, document(**declared)) as ask:
        assert (await ask.get("/things?limit=99&sort=no")).status == status


async def test_a_list_of_errors_in_its_shape(tmp_path):
    async with mocked(tmp_path, document(**{"400": answer(LIST)})) as ask:
        refused = await ask.get("/things?limit=99&sort=no")
    jsonschema.validate(refused.json, LIST)
    assert refused.headers["Content-Type"] == "application/json"
    assert refused.json["code"] == 400
    assert [one["field"] for one in refused.json["errors"]] == ["limit", "sort"]
    assert "limit" in refused.json["message"]


async def test_a_problem_in_its_shape(tmp_path):
    declared = {"422": answer(PROBLEM, "application/problem+json")}
    async with mocked(tmp_path, document(**declared)) as ask:
        refused = await ask.get("/things?limit=99&sort=no")
    jsonschema.validate(refused.json, PROBLEM)
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json["status"] == 422
    told = [(one["in"], one["name"]) for one in refused.json["errors"]]
    assert told == [("query", "limit"), ("query", "sort")]


async def test_words_that_lie_deeper(tmp_path):
    async with mocked(tmp_path, document(**{"400": answer(NESTED)})) as ask:
        refused = await ask.get("/things?limit=99")
    jsonschema.validate(refused.json, NESTED)
    assert "limit" in refused.json["error"]["message"]


async def test_an_example_is_given_as_it_stands(tmp_path):
    declared = {"400": answer(example={"message": "You did it wrong"})}
    async with mocked(tmp_path, document(**declared)) as ask:
        refused = await ask.get("/things?limit=99&sort=no")
    assert refused.json == {"message": "You did it wrong"}
    assert refused.headers["X-Mock-Violations"].count('"keyword"') == 2


async def test_the_example_that_is_wished_for_a_refusal(tmp_path):
    examples = {"one": {"value": "1"}, "two": {"value": "2"}}
    declared = {"400": answer(examples=examples)}
    async with mocked(tmp_path, document(**declared)) as ask:
        for wish in ("code=400, example=two", "example=two", "code=200, example=two"):
            refused = await ask.get("/things", Prefer=wish)
            assert (refused.status, refused.json) == (400, "2")
        assert (await ask.get("/things", Prefer="example=three")).json == "1"


async def test_nothing_of_its_own(tmp_path):
    async with mocked(tmp_path, document()) as ask:
        refused = await ask.get("/things?limit=99&sort=no")
    problem = refused.json
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "instance", "violations"} <= problem.keys()
    assert refused.places == [("query", "limit", ""), ("query", "sort", "")]
