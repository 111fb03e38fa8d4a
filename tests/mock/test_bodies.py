"""Bodies of requests: their types, what is in them, what is wrong with them."""

import io

import aiohttp
import orjson
import pytest

from tests.mock.served import answering, json_example, mocked, openapi

PERSON = {
    "type": "object",
    "required": ["name", "age"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string", "minLength": 2},
        "age": {"type": "integer", "minimum": 0},
        "tags": {"type": "array", "items": {"type": "string"}},
        "home": {"type": "object", "properties": {"street": {"type": "string"}}},
        "photo": {"type": "string", "format": "binary"},
    },
    "additionalProperties": False,
}


def document(content, *, required=True, **responses):
    operation = answering(json_example("ok"))
    operation["requestBody"] = {"required": required, "content": content}
    operation["responses"].update(responses)
    return openapi({"/people": {"post": operation}})


JSON_PEOPLE = document({"application/json": {"schema": PERSON}})


async def post(ask, data, content_type="application/json"):
    headers = {"Content-Type": content_type} if content_type else {}
    skip = [] if content_type else ["Content-Type"]
    return await ask("POST", "/people", data=data, headers=headers, skip_auto_headers=skip)


async def test_a_body_that_is_right(tmp_path):
    async with mocked(tmp_path, JSON_PEOPLE) as ask:
        for content_type in (
            "application/json",
            "application/json; charset=UTF-8",
            "APPLICATION/JSON",
        ):
            answer = await post(ask, b'{"name": "Ada", "age": 36}', content_type)
            assert answer.status == 200, answer.text


async def test_every_violation_with_its_place(tmp_path):
    async with mocked(tmp_path, JSON_PEOPLE) as ask:
        answer = await post(ask, b'{"name": "A", "tags": ["a", 1], "home": {"street": 7}, "x": 1}')
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    found = {(one["pointer"], one["keyword"]) for one in answer.json["violations"]}
    assert {
        ("/name", "minLength"),
        ("/tags/1", "type"),
        ("/home/street", "type"),
    } <= found
    assert {keyword for _, keyword in found} >= {"required", "additionalProperties"}


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 422),
        (b"{}", "text/csv", 415),
        (b"{}", "nonsense", 415),
        (b"{}", "", 415),
        (b"\xff\xfe", "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b"[" * 5000, "application/json", 400),
    ],
)
async def test_bodies_that_are_none(tmp_path, data, content_type, status):
    async with mocked(tmp_path, JSON_PEOPLE) as ask:
        answer = await post(ask, data, content_type)
    assert answer.status == status


async def test_a_body_that_is_not_required_may_be_missing(tmp_path):
    open_door = document({"application/json": {"schema": PERSON}}, required=False)
    async with mocked(tmp_path, open_door) as ask:
        assert (await ask("POST", "/people")).status == 200


async def test_what_is_read_only_is_let_be_and_told(tmp_path):
    async with mocked(tmp_path, JSON_PEOPLE) as ask:
        answer = await post(ask, b'{"id": 1, "name": "Ada", "age": 36}')
    assert answer.status == 200
    (told,) = orjson.loads(answer.headers["X-Mock-Violations"])
    assert (told["pointer"], told["keyword"]) == ("/id", "readOnly")


async def test_json_of_a_special_type_is_json_and_told(tmp_path):
    async with mocked(tmp_path, JSON_PEOPLE) as ask:
        right = await post(ask, b'{"name": "Ada", "age": 36}', "application/vnd.people+json")
        wrong = await post(ask, b'{"name": "Ada"}', "application/vnd.people+json")
    assert (right.status, wrong.status) == (200, 422)
    (told,) = orjson.loads(right.headers["X-Mock-Violations"])
    assert told["keyword"] == "contentType"
    special = document({"application/vnd.people+json": {"schema": PERSON}})
    async with mocked(tmp_path, special) as ask:
        plain = await post(ask, b'{"name": "Ada", "age": 36}', "application/json")
    assert plain.status == 415


async def test_media_types_that_are_ranges_or_end_in_json(tmp_path):
    content = {
        "application/*+json": {"schema": {"type": "object"}},
        "image/*": {"schema": {"type": "string", "format": "binary"}},
    }
    async with mocked(tmp_path, document(content)) as ask:
        assert (await post(ask, b"{}", "application/merge-patch+json")).status == 200
        assert (await post(ask, b"[]", "application/merge-patch+json")).status == 422
        assert (await post(ask, b"\x89PNG", "image/png")).status == 200
        assert (await post(ask, b"{}", "application/pdf")).status == 415


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("name=Ada&age=36", None),
        ("name=Ada+L&age=36&tags=a&tags=b", None),
        ("name=Ada&age=36&home[street]=x", None),
        ("name=Ada&age=36&home=%7B%22street%22%3A%22x%22%7D", None),
        ("name=A&age=x", {"/name", "/age"}),
        ("name=Ada&age=36&other=1", {"/other"}),
        ("name=Ada&age=36&home=here", {"/home"}),
    ],
)
async def test_urlencoded_forms(tmp_path, text, places):
    form = document({"application/x-www-form-urlencoded": {"schema": PERSON}})
    async with mocked(tmp_path, form) as ask:
        answer = await post(ask, text.encode(), "application/x-www-form-urlencoded")
    if places is None:
        assert answer.status == 200, answer.text
    else:
        assert answer.status == 422
        assert {pointer for _, _, pointer in answer.places} == places


ROOMS = {
    "type": "object",
    "properties": {
        "rooms": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"floor": {"type": "integer"}},
                "required": ["floor"],
            },
        }
    },
}


@pytest.mark.parametrize(
    ("rooms", "status"),
    [
        (['{"floor": 1}, {"floor": 2}'], 200),
        (['[{"floor": 1}, {"floor": 2}]'], 200),
        (['{"floor": 1}', '{"floor": 2}'], 200),
        (['{"floor": 1}, {"floor": "x"}'], 422),
        (['{"floor: 1}'], 422),
        (["1"], 422),
    ],
)
async def test_arrays_of_objects_are_json_in_forms(tmp_path, rooms, status):
    form = document(
        {
            kind: {"schema": ROOMS}
            for kind in ("application/x-www-form-urlencoded", "multipart/form-data")
        }
    )
    async with mocked(tmp_path, form) as ask:
        urlencoded = await ask("POST", "/people", data=[("rooms", one) for one in rooms])
        multipart = await ask("POST", "/people", data=parts(rooms=rooms))
    assert (urlencoded.status, multipart.status) == (status, status)


async def test_styles_of_urlencoded_fields(tmp_path):
    media = {"schema": PERSON, "encoding": {"tags": {"style": "pipeDelimited", "explode": False}}}
    strict = PERSON | {
        "properties": PERSON["properties"]
        | {"tags": {"type": "array", "minItems": 2, "items": {"type": "string"}}}
    }
    form = document({"application/x-www-form-urlencoded": media | {"schema": strict}})
    async with mocked(tmp_path, form) as ask:
        right = await post(ask, b"name=Ada&age=3&tags=a|b", "application/x-www-form-urlencoded")
        wrong = await post(ask, b"name=Ada&age=3&tags=a", "application/x-www-form-urlencoded")
    assert (right.status, wrong.status) == (200, 422)


def parts(**fields):
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields.items():
        values = value if isinstance(value, list) else [value]
        for one in values:
            form.add_field(name, **(one if isinstance(one, dict) else {"value": one}))
    return form


async def test_multipart_forms(tmp_path):
    form = document({"multipart/form-data": {"schema": PERSON}})
    photo = {"value": b"\x89PNG\r\n\r\n\xff", "filename": "a.png", "content_type": "image/png"}
    home = {"value": '{"street": "x"}', "content_type": "application/json"}
    async with mocked(tmp_path, form) as ask:
        right = await ask(
            "POST",
            "/people",
            data=parts(name="Ada", age="36", photo=photo, home=home, tags=["a", "b"]),
        )
        wrong = await ask("POST", "/people", data=parts(name="A", age="x", tags="a"))
        broken = await post(ask, b"nothing", "multipart/form-data; boundary=x")
        nameless = await post(ask, b"nothing", "multipart/form-data")
    assert right.status == 200, right.text
    assert wrong.places == [("body", "", "/name"), ("body", "", "/age")]
    assert (broken.status, nameless.status) == (400, 415)
    assert "without a boundary" in nameless.json["detail"]


async def test_the_types_of_parts(tmp_path):
    media = {"schema": PERSON, "encoding": {"photo": {"contentType": "image/png, image/jpeg"}}}
    form = document({"multipart/form-data": media})
    async with mocked(tmp_path, form) as ask:
        for content_type, status in (("image/jpeg", 200), ("image/gif", 422)):
            photo = {"value": b"GIF", "filename": "a", "content_type": content_type}
            answer = await ask("POST", "/people", data=parts(name="Ada", age="36", photo=photo))
            assert answer.status == status, answer.text
    assert answer.places == [("body", "", "/photo")]


async def test_a_body_over_the_bound(tmp_path):
    async with mocked(tmp_path, JSON_PEOPLE, max_body_bytes=1000) as ask:
        answer = await post(ask, b'{"name": "' + b"a" * 2000 + b'", "age": 1}')
    assert answer.status == 413
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_big_body(tmp_path):
    async with mocked(tmp_path, JSON_PEOPLE) as ask:
        answer = await post(ask, io.BytesIO(b'{"name": "' + b"a" * 5_000_000 + b'", "age": 1}'))
    assert answer.status == 200


async def test_a_text_of_no_signs_and_a_form_of_no_fields_are_bodies(tmp_path):
    form = {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}
    content = form | {"text/plain": {"schema": {"type": "string"}}}
    async with mocked(tmp_path, document(content)) as ask:
        assert (await post(ask, b"", "text/plain")).status == 200
        assert (await post(ask, b"", "application/x-www-form-urlencoded")).status == 200
        assert (await post(ask, b"", "application/json")).status == 422
    form["application/x-www-form-urlencoded"]["schema"]["required"] = ["name"]
    async with mocked(tmp_path, document(form)) as ask:
        assert (await post(ask, b"", "application/x-www-form-urlencoded")).status == 422


async def test_text_and_xml(tmp_path):
    content = {
        "text/plain": {"schema": {"type": "string", "maxLength": 3}},
        "application/xml": {"schema": PERSON | {"xml": {"name": "person"}}},
    }
    async with mocked(tmp_path, document(content)) as ask:
        assert (await post(ask, "ağa".encode(), "text/plain; charset=utf-8")).status == 200
        assert (await post(ask, b"longer", "text/plain")).status == 422
        right = await post(ask, b"<person><name>Ada</name><age>3</age></person>", "application/xml")
        wrong = await post(ask, b"<person><name>A</name></person>", "application/xml")
        broken = await post(ask, b"<person>", "application/xml")
        bomb = await post(ask, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "application/xml")
    assert right.status == 200, right.text
    assert (wrong.status, broken.status, bomb.status) == (422, 400, 400)
