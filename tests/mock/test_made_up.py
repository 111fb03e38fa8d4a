"""Values that are made up: the same for the same thing, valid, in any notation."""

import xml.etree.ElementTree as ET

import jsonschema
import orjson
import pytest

from altlas_chat.mock.compiled import compile_documents
from altlas_chat.mock.contracts import load_contracts
from altlas_chat.mock.self_check import check_all
from tests.mock.served import answering, json_example, mocked, openapi

USER = {
    "type": "object",
    "required": ["id", "name", "email", "manager"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string", "minLength": 1},
        "email": {"type": "string", "format": "email"},
        "password": {"type": "string", "writeOnly": True},
        "manager": {"anyOf": [{"$ref": "#/components/schemas/User"}, {"type": "null"}]},
    },
}
BY_ID = {
    "parameters": [
        {"name": "userId", "in": "path", "required": True, "schema": {"type": "integer"}},
        {"name": "page", "in": "query", "schema": {"type": "integer"}},
    ],
    "get": answering({"application/json": {"schema": {"$ref": "#/components/schemas/User"}}}),
}
USERS = openapi({"/users/{userId}": BY_ID}, components={"schemas": {"User": USER}})


async def test_the_same_thing_is_the_same_each_time(tmp_path):
    async with mocked(tmp_path, USERS) as ask:
        seven = [await ask.get("/users/7") for _ in range(2)]
        eight, other_page = await ask.get("/users/8"), await ask.get("/users/7?page=2")
        unknown = await ask.get("/users/7?cache=1")
    async with mocked(tmp_path, USERS) as ask:
        later = await ask.get("/users/7")
    async with mocked(tmp_path, USERS, seed=1) as ask:
        elsewhere = await ask.get("/users/7")
    assert seven[0].body == seven[1].body == later.body == unknown.body
    assert len({one.body for one in (seven[0], eight, other_page, elsewhere)}) == 4


async def test_a_thing_has_the_identity_that_its_path_names(tmp_path):
    async with mocked(tmp_path, USERS) as ask:
        for number in (7, 123456):
            assert (await ask.get(f"/users/{number}")).json["id"] == number


async def test_what_is_made_up_is_valid_and_only_for_answers(tmp_path):
    whole = USER | {"components": {"schemas": {"User": USER}}}
    async with mocked(tmp_path, USERS) as ask:
        for number in range(30):
            user = (await ask.get(f"/users/{number}")).json
            jsonschema.validate(user, whole)
            assert "password" not in user


async def test_examples_go_first_unless_values_are_to_be_made_up(tmp_path):
    content = {"application/json": {"schema": USER | {"required": ["id"]}, "example": {"id": 1}}}
    paths = openapi({"/user": {"get": answering(content)}}, components={"schemas": {"User": USER}})
    async with mocked(tmp_path, paths) as ask:
        assert (await ask.get("/user")).json == {"id": 1}
        assert (await ask.get("/user", Prefer="dynamic=true")).json != {"id": 1}
        assert (await ask.get("/user?__dynamic=true")).json != {"id": 1}
    async with mocked(tmp_path, paths, dynamic=True) as ask:
        assert (await ask.get("/user")).json != {"id": 1}
        assert (await ask.get("/user", Prefer="dynamic=false")).json == {"id": 1}


HEADERS = {
    "X-Rate": {"required": True, "schema": {"type": "integer", "minimum": 5, "maximum": 9}},
    "X-Tags": {"schema": {"type": "array", "items": {"enum": ["a"]}, "minItems": 2, "maxItems": 2}},
    "X-Named": {"schema": {"type": "string"}, "example": "mine\r\nSet-Cookie: no"},
    "Content-Type": {"schema": {"type": "string"}, "example": "text/none"},
    "Content-Encoding": {"schema": {"type": "string"}, "example": "gzip"},
}


async def test_headers_that_an_answer_declares(tmp_path):
    answer = {"description": "It", "headers": HEADERS, "content": json_example("x")}
    async with mocked(tmp_path, openapi({"/a": {"get": {"responses": {"200": answer}}}})) as ask:
        found = await ask.get("/a")
    assert 5 <= int(found.headers["X-Rate"]) <= 9
    assert found.headers["X-Tags"] == "a,a"
    assert found.headers["X-Named"] == "mineSet-Cookie: no"
    assert "Set-Cookie" not in found.headers
    assert found.headers["Content-Type"] == "application/json"
    assert "Content-Encoding" not in found.headers


TAGS = {
    "type": "array",
    "minItems": 2,
    "maxItems": 2,
    "items": {"enum": ["a"], "xml": {"name": "tag"}},
}
PET = {
    "type": "object",
    "required": ["id", "tags", "names"],
    "xml": {"name": "pet"},
    "properties": {
        "id": {"type": "integer", "xml": {"attribute": True}},
        "tags": TAGS | {"xml": {"wrapped": True, "name": "all"}},
        "names": {"type": "array", "minItems": 1, "maxItems": 1, "items": {"enum": ["<&>"]}},
    },
}


async def test_xml_as_the_schemas_say(tmp_path):
    paths = openapi({"/pet": {"get": answering({"application/xml": {"schema": PET}})}})
    async with mocked(tmp_path, paths) as ask:
        answer = await ask.get("/pet")
    pet = ET.fromstring(answer.text)
    assert answer.headers["Content-Type"] == "application/xml"
    assert pet.tag == "pet"
    assert int(pet.attrib["id"]) is not None
    assert [one.text for one in pet.findall("all/tag")] == ["a", "a"]
    assert [one.text for one in pet.findall("names")] == ["<&>"]


@pytest.mark.parametrize(
    ("media_type", "schema", "content_type", "body"),
    [
        ("text/plain", {"const": "ğ"}, "text/plain; charset=utf-8", "ğ"),
        ("text/plain", {"const": 10}, "text/plain; charset=utf-8", "10"),
        ("*/*", {"const": "a"}, "text/plain; charset=utf-8", "a"),
        ("*/*", {"const": [1]}, "application/json", "[1]"),
        ("text/event-stream", {"const": {"a": 1}}, "text/event-stream", 'data: {"a":1}\n\n'),
        (
            "application/x-www-form-urlencoded",
            {"const": {"a": "x y", "b": 1}},
            "application/x-www-form-urlencoded",
            "a=x+y&b=1",
        ),
        ("application/vnd.a+json; v=1", {"const": 1}, "application/vnd.a+json; v=1", "1"),
    ],
)
async def test_other_notations(tmp_path, media_type, schema, content_type, body):
    paths = openapi({"/a": {"get": answering({media_type: {"schema": schema}})}})
    async with mocked(tmp_path, paths) as ask:
        answer = await ask.get("/a")
    assert (answer.status, answer.headers["Content-Type"], answer.text) == (200, content_type, body)


async def test_a_picture_is_one(tmp_path):
    binary = {"type": "string", "format": "binary"}
    paths = openapi({"/a": {"get": answering({"image/png": {"schema": binary}})}})
    async with mocked(tmp_path, paths) as ask:
        answer = await ask.get("/a")
    assert answer.body.startswith(b"\x89PNG\r\n\x1a\n")


async def test_answers_without_a_body(tmp_path):
    paths = openapi(
        {
            "/gone": {"delete": answering(None, "204")},
            "/same": {"get": answering(json_example(1), "304")},
            "/bare": {"get": answering(None)},
            "/none": {"get": {"responses": {}}},
        }
    )
    async with mocked(tmp_path, paths) as ask:
        found = [
            await ask("DELETE", "/gone"),
            await ask.get("/same"),
            await ask.get("/bare"),
            await ask.get("/none"),
        ]
    assert [one.status for one in found] == [204, 304, 200, 200]
    assert all(one.body == b"" for one in found)


def test_every_answer_of_our_own_contract_is_valid():
    report = check_all(compile_documents(load_contracts([])))
    assert report.operations > 50
    assert report.answers > report.operations
    assert [str(one) for one in report.wrong] == []


def test_examples_that_are_not_valid_are_told_and_are_no_answers(tmp_path):
    wrong = {
        "schema": {"type": "integer"},
        "examples": {"bad": {"value": "x"}, "good": {"value": 1}},
    }
    report = checked(tmp_path, wrong)
    assert (report.answers, report.wrong) == (2, ())
    (found,) = report.examples
    assert str(found).startswith("GET /a 200 application/json example bad:")


def test_a_schema_that_nothing_satisfies_is_found(tmp_path):
    report = checked(tmp_path, {"schema": {"type": "string", "minLength": 3, "maxLength": 2}})
    (found,) = report.wrong
    assert str(found).startswith("GET /a 200 application/json:")


def checked(folder, media):
    path = folder / "openapi.json"
    path.write_bytes(orjson.dumps(openapi({"/a": {"get": answering({"application/json": media})}})))
    return check_all(compile_documents(load_contracts([str(path)])))
