"""Which answer a mock gives."""

import pytest

from tests.mock.served import answering, json_example, mocked, openapi

PETS = openapi(
    {
        "/pets": {
            "get": {
                "responses": {
                    "404": {"description": "None", "content": json_example({"error": "gone"})},
                    "206": {"description": "Some", "content": json_example("some")},
                    "201": {
                        "description": "Pets",
                        "content": {
                            "application/json": {
                                "examples": {
                                    "cats": {"value": ["cat"]},
                                    "dogs": {"value": ["dog"]},
                                }
                            }
                        },
                    },
                    "default": {"description": "Else", "content": json_example("else")},
                }
            }
        },
        "/pets/mine": {"get": answering(json_example("mine"))},
        "/pets/{id}": {"get": answering(json_example("one"))},
        "/pets/{id}.json": {"get": answering(json_example("as json"))},
    }
)


async def test_the_lowest_success_and_its_first_example(tmp_path):
    async with mocked(tmp_path, PETS) as ask:
        answer = await ask.get("/pets")
    assert (answer.status, answer.json) == (201, ["cat"])
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "prefer", "status", "value"),
    [
        ("/pets", "code=404", 404, {"error": "gone"}),
        ("/pets", "example=dogs", 201, ["dog"]),
        ("/pets", 'code=201, example="dogs"', 201, ["dog"]),
        ("/pets", "code=201; x=1, example=dogs", 201, ["dog"]),
        ("/pets", "code=503", 503, "else"),
        ("/pets?__code=404", "", 404, {"error": "gone"}),
        ("/pets?__example=dogs", "", 201, ["dog"]),
        ("/pets?__code=404", "code=206", 206, "some"),
    ],
)
async def test_wishes(tmp_path, path, prefer, status, value):
    async with mocked(tmp_path, PETS) as ask:
        answer = await ask.get(path, **({"Prefer": prefer} if prefer else {}))
    assert (answer.status, answer.json) == (status, value)
    assert answer.headers["Preference-Applied"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/pets/mine", "mine"),
        ("/pets/7", "one"),
        ("/pets/7.json", "as json"),
        ("/pets/mine/", "mine"),
        ("/pets/a%2Fb", "one"),
        ("/pet%73/mine", "mine"),
    ],
)
async def test_paths(tmp_path, path, value):
    async with mocked(tmp_path, PETS) as ask:
        assert (await ask.get(path)).json == value


async def test_an_empty_value_in_a_path_is_a_missing_one(tmp_path):
    number = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    toys = answering(json_example("toys"), parameters=[number])
    async with mocked(tmp_path, openapi({"/pets/{id}/toys": {"get": toys}})) as ask:
        empty = await ask.get("/pets//toys")
        nowhere = await ask.get("/pets/toys")
    assert (empty.status, empty.places) == (422, [("path", "id", "")])
    assert nowhere.status == 404


async def test_what_there_is_not(tmp_path):
    async with mocked(tmp_path, PETS) as ask:
        nowhere = await ask.get("/cats")
        wrong = await ask("DELETE", "/pets")
        unknown = await ask.get("/pets", Prefer="example=birds")
    assert (nowhere.status, nowhere.headers["Content-Type"]) == (404, "application/problem+json")
    assert (wrong.status, wrong.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert unknown.status == 404
    assert "cats, dogs" in unknown.json["detail"]


CONTRADICTING = openapi(
    {
        "/some": {
            "get": answering(
                {
                    "application/json": {
                        "schema": {"type": "integer", "minimum": 10},
                        "examples": {"low": {"value": 3}, "high": {"value": 30}},
                    }
                }
            )
        },
        "/none": {
            "get": answering(
                {
                    "application/json": {
                        "schema": {"type": "integer", "minimum": 10},
                        "example": "many",
                    }
                }
            )
        },
        "/nothing": {"get": answering(json_example("kept", schema={"not": {}}))},
        "/text": {
            "get": answering(
                {"application/xml": {"schema": {"type": "object"}, "example": "<pets/>"}}
            )
        },
    }
)


async def test_an_example_that_its_schema_refuses_is_given_by_name_alone(tmp_path):
    async with mocked(tmp_path, CONTRADICTING) as ask:
        assert (await ask.get("/some")).json == 30
        assert (await ask.get("/some", Prefer="example=low")).json == 3
        assert (await ask.get("/none")).json >= 10
        assert (await ask.get("/nothing")).json == "kept"
        assert (await ask.get("/text")).text == "<pets/>"
