"""Parameters: how they are written, and what is wrong with them."""

import pytest

from tests.mock.served import answering, json_example, mocked, openapi

INTEGERS = {"type": "array", "items": {"type": "integer"}}
POINT = {
    "type": "object",
    "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}, "tags": INTEGERS},
    "required": ["x"],
}


def document(parameter, path="/things"):
    return openapi({path: {"get": answering(json_example("ok"), parameters=[parameter])}})


def query(schema, **more):
    return {"name": "p", "in": "query", "required": True, "schema": schema, **more}


VALID = [
    (query(INTEGERS), "p=1&p=2"),
    (query(INTEGERS), "p="),
    (query(INTEGERS, explode=False), "p=1,2"),
    (query(INTEGERS, explode=False), "p=1%2C2"),
    (query(INTEGERS, style="spaceDelimited", explode=False), "p=1%202"),
    (query(INTEGERS, style="spaceDelimited", explode=False), "p=1+2"),
    (query(INTEGERS, style="pipeDelimited", explode=False), "p=1|2"),
    (query(INTEGERS, style="pipeDelimited", explode=False), "p=1%7C2"),
    (query(POINT), "x=1&y=2"),
    (query(POINT, explode=False), "p=x,1,y,2"),
    (query(POINT, style="deepObject", explode=True), "p[x]=1&p[y]=2"),
    (query(POINT, style="deepObject", explode=True), "p%5Bx%5D=1"),
    (query(POINT, style="deepObject", explode=True), "p[x]=1&p[tags]=1&p[tags]=2"),
    (query(POINT, style="deepObject", explode=True), "p[x]=1&p[tags][]=1&p[tags][]=2"),
    (query(POINT, style="deepObject", explode=True), "p[x]=1&p[tags][0]=1&p[tags][1]=2"),
    (query({"type": "boolean"}), "p=true"),
    (query({"type": "number"}), "p=1.5e3"),
    (query({"type": "string", "pattern": "^[0-9]+$"}), "p=007"),
    (query({"oneOf": [{"type": "integer"}, {"const": "all"}]}), "p=all"),
    (query({"oneOf": [{"type": "integer"}, {"const": "all"}]}), "p=3"),
    (query({"anyOf": [INTEGERS, {"type": "integer"}]}, explode=False), "p=3"),
    (query({"anyOf": [INTEGERS, {"type": "string"}]}), "p=3&p=4"),
    (query({"type": ["integer", "null"]}), "p="),
    (query({"type": "integer"}, allowEmptyValue=True), "p="),
    ({"name": "ids[]", "in": "query", "required": True, "schema": INTEGERS}, "ids[]=1&ids[]=2"),
    (query({"type": "string", "const": "a b"}), "p=a+b"),
    (query({"type": "string", "const": "ğ"}), "p=%C4%9F"),
    (
        {
            "name": "p",
            "in": "query",
            "required": True,
            "content": {"application/json": {"schema": POINT}},
        },
        "p=%7B%22x%22%3A1%7D",
    ),
]

INVALID = [
    (query({"type": "integer"}), "", "required"),
    (query({"type": "integer"}), "p=a", "type"),
    (query({"type": "integer"}), "p=1.5", "type"),
    (query({"type": "integer"}), "p=", "type"),
    (query({"type": "integer"}), "p=1&p=2", "type"),
    (query({"type": "integer", "maximum": 3}), "p=4", "maximum"),
    (query({"type": "string", "enum": ["a", "b"]}), "p=c", "enum"),
    (query({"type": "string", "format": "uuid"}), "p=c", "format"),
    (query(INTEGERS | {"minItems": 2}), "p=1", "minItems"),
    (query(INTEGERS, explode=False), "p=1,x", "type"),
    (query(POINT), "y=1", "required"),
    (query(POINT, explode=False), "p=x,1,y", "style"),
    (query(POINT, style="deepObject", explode=True), "p=1", "style"),
    (query(POINT, style="deepObject", explode=True), "p[y]=1", "required"),
    (
        {"name": "p", "in": "query", "content": {"application/json": {"schema": POINT}}},
        "p={",
        "style",
    ),
]


@pytest.mark.parametrize(("parameter", "text"), VALID)
async def test_queries_that_are_right(tmp_path, parameter, text):
    async with mocked(tmp_path, document(parameter)) as ask:
        answer = await ask.get(f"/things?{text}")
    assert answer.status == 200, answer.text
    assert "X-Mock-Violations" not in answer.headers


@pytest.mark.parametrize(("parameter", "text", "keyword"), INVALID)
async def test_queries_that_are_wrong(tmp_path, parameter, text, keyword):
    async with mocked(tmp_path, document(parameter)) as ask:
        answer = await ask.get(f"/things?{text}")
    assert answer.status == 422
    found = answer.json["violations"]
    assert [(one["in"], one["name"], one["keyword"]) for one in found] == [("query", "p", keyword)]


@pytest.mark.parametrize(
    ("schema", "style", "explode", "text"),
    [
        ({"type": "integer"}, "simple", False, "5"),
        ({"type": "integer"}, "label", False, ".5"),
        ({"type": "integer"}, "matrix", False, ";p=5"),
        (INTEGERS, "simple", False, "3,4"),
        (INTEGERS, "label", False, ".3,4"),
        (INTEGERS, "label", True, ".3.4"),
        (INTEGERS, "matrix", False, ";p=3,4"),
        (INTEGERS, "matrix", True, ";p=3;p=4"),
        (POINT, "simple", False, "x,1,y,2"),
        (POINT, "simple", True, "x=1,y=2"),
        (POINT, "label", True, ".x=1.y=2"),
        (POINT, "matrix", False, ";p=x,1,y,2"),
        (POINT, "matrix", True, ";x=1;y=2"),
    ],
)
async def test_styles_of_paths(tmp_path, schema, style, explode, text):
    parameter = {
        "name": "p",
        "in": "path",
        "required": True,
        "schema": schema,
        "style": style,
        "explode": explode,
    }
    async with mocked(tmp_path, document(parameter, "/things/{p}")) as ask:
        right = await ask.get(f"/things/{text}")
        wrong = await ask.get(f"/things/{text}z")
    assert right.status == 200, right.text
    assert wrong.status == 422


async def test_headers_and_cookies(tmp_path):
    parameters = [
        {"name": "X-Ids", "in": "header", "required": True, "schema": INTEGERS},
        {"name": "X-Point", "in": "header", "schema": POINT, "explode": True},
        {"name": "lang", "in": "cookie", "required": True, "schema": {"enum": ["tr", "en"]}},
        {"name": "Accept", "in": "header", "required": True, "schema": {"const": "never"}},
    ]
    paths = {"/things": {"get": answering(json_example("ok"), parameters=parameters)}}
    async with mocked(tmp_path, openapi(paths)) as ask:
        right = await ask.get("/things", X_Ids="1, 2", X_Point="x=1,y=2", Cookie="a=b; lang=tr")
        wrong = await ask.get("/things", X_Ids="1,b", X_Point="y=2", Cookie="lang=de")
        missing = await ask.get("/things")
    assert right.status == 200, right.text
    assert wrong.places == [
        ("header", "X-Ids", "/1"),
        ("header", "X-Point", ""),
        ("cookie", "lang", ""),
    ]
    assert missing.places == [("header", "X-Ids", ""), ("cookie", "lang", "")]


async def test_parameters_of_the_path_item_and_their_override(tmp_path):
    shared = {"name": "p", "in": "query", "required": True, "schema": {"type": "integer"}}
    mine = shared | {"required": False, "schema": {"type": "string"}}
    paths = {
        "/things": {
            "parameters": [{"$ref": "#/components/parameters/P"}],
            "get": answering(json_example("ok")),
            "post": answering(json_example("ok"), parameters=[mine]),
        }
    }
    more = {"components": {"parameters": {"P": shared}}}
    async with mocked(tmp_path, openapi(paths, **more)) as ask:
        assert (await ask.get("/things")).status == 422
        assert (await ask("POST", "/things?p=a")).status == 200


async def test_names_that_the_contract_does_not_know_are_only_advice(tmp_path):
    async with mocked(tmp_path, document(query({"type": "integer"}))) as ask:
        answer = await ask.get("/things?p=1&other=2")
    assert answer.status == 200
    assert '"other"' in answer.headers["X-Mock-Violations"]


async def test_warnings_and_no_checks_at_all(tmp_path):
    for validate in ("warn", "off"):
        async with mocked(tmp_path, document(query({"type": "integer"})), validate=validate) as ask:
            answer = await ask.get("/things?p=a")
        assert answer.status == 200
        assert ("X-Mock-Violations" in answer.headers) is (validate == "warn")
