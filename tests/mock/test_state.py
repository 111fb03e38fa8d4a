"""A mock that remembers, for contracts of several styles."""

from copy import deepcopy

import pytest
from jsonschema_rs import Draft202012Validator

from altlas_chat.mock.settings import MockSettings, Validate
from altlas_chat.mock.state.things import MOST_THINGS, Store
from tests.mock.served import mocked, openapi

STATEFUL = MockSettings(stateful=True)


def ok(schema=None, status="200", **more):
    answer = {"description": "So"}
    if schema is not None:
        answer["content"] = {"application/json": {"schema": schema}}
    return {status: answer, **more}


def taking(schema, media_type="application/json"):
    return {"required": True, "content": {media_type: {"schema": schema}}}


def named(name):
    return {"$ref": f"#/components/schemas/{name}"}


def listed(schema):
    return {"type": "array", "items": schema}


def at(name, kind="string"):
    return {"name": name, "in": "path", "required": True, "schema": {"type": kind}}


def asked(name, schema):
    return {"name": name, "in": "query", "schema": schema}


PROBLEM = {
    "description": "None",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {"code": {"type": "integer"}, "message": {"type": "string"}},
            }
        }
    },
}

PET = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "name", "status", "createdAt"],
    "properties": {
        "id": {"type": "integer", "readOnly": True, "minimum": 1},
        "name": {"type": "string", "minLength": 1},
        "tag": {"type": ["string", "null"]},
        "status": {"enum": ["available", "sold"]},
        "weight": {"type": "number", "default": 1.5},
        "secret": {"type": "string", "writeOnly": True},
        "createdAt": {"type": "string", "format": "date-time", "readOnly": True},
        "updatedAt": {"type": "string", "format": "date-time", "readOnly": True},
    },
}

TOY = {
    "type": "object",
    "required": ["id", "petId", "label"],
    "properties": {
        "id": {"type": "string", "format": "uuid", "readOnly": True},
        "petId": {"type": "integer"},
        "label": {"type": "string"},
    },
}

PETS = openapi(
    {
        "/pets": {
            "get": {
                "parameters": [
                    asked("limit", {"type": "integer"}),
                    asked("offset", {"type": "integer"}),
                    asked("status", {"type": "string"}),
                    asked("sort", {"type": "string"}),
                    asked("q", {"type": "string"}),
                ],
                "responses": {
                    "200": {
                        **ok(listed(named("Pet")))["200"],
                        "headers": {"X-Total-Count": {"schema": {"type": "integer"}}},
                    }
                },
            },
            "post": {
                "requestBody": taking(named("Pet")),
                "responses": ok(named("Pet"), "201"),
            },
        },
        "/pets/{petId}": {
            "parameters": [at("petId", "integer")],
            "get": {"responses": ok(named("Pet"), **{"404": PROBLEM})},
            "put": {"requestBody": taking(named("Pet")), "responses": ok(named("Pet"))},
            "patch": {
                "requestBody": {
                    "content": {
                        "application/merge-patch+json": {"schema": {"type": "object"}},
                        "application/json-patch+json": {"schema": {"type": "array"}},
                        "application/json": {"schema": {"type": "object"}},
                    }
                },
                "responses": ok(named("Pet"), **{"422": PROBLEM}),
            },
            "delete": {"responses": ok(status="204")},
        },
        "/pets/{petId}/toys": {
            "parameters": [at("petId", "integer")],
            "get": {"responses": ok(listed(named("Toy")))},
            "post": {
                "requestBody": taking({"type": "object", "required": ["label"]}),
                "responses": ok(named("Toy"), "201"),
            },
        },
        "/pets/{petId}/toys/{toyId}": {
            "parameters": [at("petId", "integer"), at("toyId")],
            "get": {"responses": ok(named("Toy"))},
            "delete": {"responses": ok(status="204")},
        },
        "/toys": {"get": {"responses": ok(listed(named("Toy")))}},
    },
    components={"schemas": {"Pet": PET, "Toy": TOY}},
)


async def test_what_is_made_can_be_listed_read_changed_and_deleted(tmp_path):
    async with mocked(tmp_path, PETS, STATEFUL) as ask:
        made = await ask("POST", "/pets", json={"name": "Pamuk", "status": "sold", "secret": "s"})
        pet = made.json
        assert made.status == 201
        assert made.headers["Location"] == f"/pets/{pet['id']}"
        assert (pet["name"], pet["status"], pet["weight"]) == ("Pamuk", "sold", 1.5)
        assert "secret" not in pet
        assert "tag" not in pet
        assert pet["createdAt"] > "2026"
        path = made.headers["Location"]
        assert (await ask.get(path)).json == pet
        assert pet in (await ask.get("/pets")).json
        changed = await ask("PUT", path, json={"name": "Boncuk", "status": "available"})
        assert (changed.json["id"], changed.json["createdAt"]) == (pet["id"], pet["createdAt"])
        assert (changed.json["name"], changed.json["weight"]) == ("Boncuk", 1.5)
        assert (await ask("DELETE", path)).status == 204
        gone = await ask.get(path)
        assert gone.status == 404
        assert set(gone.json) == {"code", "message"}
        assert (await ask("DELETE", path)).status == 404
        assert pet["id"] not in [one["id"] for one in (await ask.get("/pets")).json]


async def test_what_is_there_at_first_is_valid_and_the_same_each_time(tmp_path):
    async with mocked(tmp_path, PETS, STATEFUL, stateful_items=5) as ask:
        pets = (await ask.get("/pets")).json
        assert [one["id"] for one in pets] == [1, 2, 3, 4, 5]
        assert all(Draft202012Validator(PET).is_valid(one) for one in pets)
        assert (await ask.get("/pets/2")).json == pets[1]
        assert (await ask.get("/pets/77")).status == 404
    async with mocked(tmp_path, PETS, STATEFUL, stateful_items=5) as ask:
        assert (await ask.get("/pets")).json == pets


@pytest.mark.parametrize(
    ("media_type", "body", "status", "fits"),
    [
        ("application/json", {"name": "Efe"}, 200, {"name": "Efe", "tag": "cat"}),
        ("application/json", {"tag": None}, 200, {"name": "Pamuk", "tag": None}),
        ("application/merge-patch+json", {"tag": None}, 200, {"name": "Pamuk"}),
        ("application/merge-patch+json", {"id": 900}, 200, {"name": "Pamuk"}),
        (
            "application/json-patch+json",
            [{"op": "test", "path": "/tag", "value": "cat"},
             {"op": "replace", "path": "/tag", "value": "dog"}],
            200,
            {"tag": "dog"},
        ),
        ("application/merge-patch+json", {"name": None}, 422, {}),
        ("application/merge-patch+json", {"status": "lost"}, 422, {}),
        ("application/json-patch+json", [{"op": "test", "path": "/tag", "value": "x"}], 422, {}),
        ("application/json-patch+json", [{"op": "remove", "path": "/nowhere"}], 422, {}),
    ],
)  # fmt: skip
async def test_changes_in_part(tmp_path, media_type, body, status, fits):
    async with mocked(tmp_path, PETS, STATEFUL) as ask:
        made = await ask("POST", "/pets", json={"name": "Pamuk", "status": "sold", "tag": "cat"})
        path = made.headers["Location"]
        headers = {"Content-Type": media_type}
        answer = await ask("PATCH", path, json=body, headers=headers)
        assert answer.status == status
        pet = (await ask.get(path)).json
        assert fits.items() <= pet.items()
        assert pet["id"] == made.json["id"]
        if media_type == "application/merge-patch+json" and body == {"tag": None}:
            assert "tag" not in pet
        if status == 422:
            assert {**pet, "updatedAt": ""} == {**made.json, "updatedAt": ""}
            assert set(answer.json) == {"code", "message"}


async def test_things_of_things(tmp_path):
    async with mocked(tmp_path, PETS, STATEFUL) as ask:
        assert (await ask.get("/pets/99/toys")).status == 404
        assert (await ask("POST", "/pets/99/toys", json={"label": "Top"})).status == 404
        first = (await ask.get("/pets/1/toys")).json
        assert {one["petId"] for one in first} == {1}
        pet = (await ask("POST", "/pets", json={"name": "Pamuk", "status": "sold"})).json
        toys = f"/pets/{pet['id']}/toys"
        assert (await ask.get(toys)).json == []
        toy = (await ask("POST", toys, json={"label": "Top"})).json
        assert toy["petId"] == pet["id"]
        assert (await ask.get(toys)).json == [toy]
        assert (await ask.get(f"{toys}/{toy['id']}")).json == toy
        assert (await ask.get(f"/pets/1/toys/{toy['id']}")).status == 404
        assert toy in (await ask.get("/toys")).json
        await ask("DELETE", f"{toys}/{toy['id']}")
        assert (await ask.get(toys)).json == []


async def test_lists_are_filtered_sorted_and_cut(tmp_path):
    async with mocked(tmp_path, PETS, STATEFUL, stateful_items=0) as ask:
        for name, status in (("c", "sold"), ("a", "available"), ("b", "sold")):
            await ask("POST", "/pets", json={"name": name, "status": status})

        async def names(query):
            return [one["name"] for one in (await ask.get(f"/pets?{query}")).json]

        assert await names("status=sold") == ["c", "b"]
        assert await names("sort=name") == ["a", "b", "c"]
        assert await names("sort=-name&limit=2") == ["c", "b"]
        assert await names("offset=1&limit=1") == ["a"]
        assert await names("offset=9") == []
        assert await names("q=SOLD") == ["c", "b"]
        answer = await ask.get("/pets?status=sold&limit=1")
        assert answer.headers["X-Total-Count"] == "2"


def enveloped():
    """The same things in envelopes, with cursors, under an id that people choose."""
    article = {
        "type": "object",
        "required": ["slug", "title", "favorited", "favoritesCount", "tagList"],
        "properties": {
            "slug": {"type": "string"},
            "title": {"type": "string"},
            "favorited": {"type": "boolean"},
            "favoritesCount": {"type": "integer"},
            "tagList": {"type": "array", "items": {"type": "string"}},
        },
    }

    def wrapped(name):
        return {"type": "object", "required": ["article"], "properties": {"article": named(name)}}

    several = {
        "type": "object",
        "additionalProperties": False,
        "required": ["articles", "articlesCount", "nextCursor"],
        "properties": {
            "articles": listed(named("Article")),
            "articlesCount": {"type": "integer"},
            "nextCursor": {"type": ["string", "null"]},
            "hasMore": {"type": "boolean"},
        },
    }
    draft = {
        "type": "object",
        "required": ["title"],
        "properties": {"title": {"type": "string"}, "tagList": article["properties"]["tagList"]},
    }
    return openapi(
        {
            "/articles": {
                "get": {
                    "parameters": [
                        asked("cursor", {"type": "string"}),
                        asked("limit", {"type": "integer", "default": 20}),
                        asked("tagList", {"type": "string"}),
                    ],
                    "responses": ok(several),
                },
                "post": {"requestBody": taking(wrapped("Draft")), "responses": ok(wrapped("Article"), "201")},
            },
            "/articles/{slug}": {
                "parameters": [at("slug")],
                "get": {"responses": ok(wrapped("Article"))},
                "put": {"requestBody": taking(wrapped("Draft")), "responses": ok(wrapped("Article"))},
            },
            "/articles/{slug}/favorite": {
                "parameters": [at("slug")],
                "post": {"responses": ok(wrapped("Article"))},
                "delete": {"responses": ok(wrapped("Article"))},
            },
        },
        components={"schemas": {"Article": article, "Draft": draft}},
    )  # fmt: skip


async def test_envelopes_wrappers_and_names_that_people_choose(tmp_path):
    async with mocked(tmp_path, enveloped(), STATEFUL, stateful_items=0) as ask:
        for title in ("Çok güzel bir gün", "İkinci", "Üçüncü"):
            body = {"article": {"title": title, "tagList": [title[0]]}}
            made = await ask("POST", "/articles", json=body)
            assert made.json["article"]["title"] == title
            assert made.json["article"]["favorited"] is False
        first = (await ask.get("/articles?limit=2")).json
        assert (len(first["articles"]), first["articlesCount"], first["hasMore"]) == (2, 3, True)
        rest = (await ask.get(f"/articles?limit=2&cursor={first['nextCursor']}")).json
        assert [one["title"] for one in rest["articles"]] == ["Üçüncü"]
        assert (rest["nextCursor"], rest["hasMore"]) == (None, False)
        by_tag = (await ask.get("/articles?tagList=%C3%9C")).json
        assert [one["title"] for one in by_tag["articles"]] == ["Üçüncü"]
        path = "/articles/cok-guzel-bir-gun"
        assert (await ask.get(path)).json["article"]["title"] == "Çok güzel bir gün"
        assert (await ask("POST", f"{path}/favorite")).json["article"]["favorited"] is True
        assert (await ask.get(path)).json["article"]["favorited"] is True
        assert (await ask("DELETE", f"{path}/favorite")).json["article"]["favorited"] is False
        assert (await ask("POST", "/articles/none/favorite")).status == 404


def store():
    """A shop in the manner of old examples: bodies name the id, lists lie beside the collection."""
    pet = {
        "type": "object",
        "required": ["name", "photoUrls"],
        "properties": {
            "id": {"type": "integer"},
            "name": {"type": "string"},
            "photoUrls": listed({"type": "string"}),
            "tags": listed({"type": "object", "properties": {"name": {"type": "string"}}}),
            "status": {"type": "string", "enum": ["available", "pending", "sold"]},
        },
    }
    taken = taking(named("Pet"))
    return openapi(
        {
            "/pet": {
                "post": {"requestBody": taken, "responses": ok(named("Pet"))},
                "put": {"requestBody": taken, "responses": ok(named("Pet"), **{"404": PROBLEM})},
            },
            "/pet/findByStatus": {
                "get": {
                    "parameters": [asked("status", {"type": "string"})],
                    "responses": ok(listed(named("Pet"))),
                }
            },
            "/pet/findByTags": {
                "get": {
                    "parameters": [asked("tags", listed({"type": "string"}))],
                    "responses": ok(listed(named("Pet"))),
                }
            },
            "/pet/{petId}": {
                "parameters": [at("petId", "integer")],
                "get": {"responses": ok(named("Pet"))},
                "delete": {"responses": ok()},
            },
            "/settings": {
                "get": {"responses": ok(named("Settings"))},
                "put": {"requestBody": taking(named("Settings")), "responses": ok(named("Settings"))},
                "patch": {"requestBody": taking({"type": "object"}), "responses": ok(named("Settings"))},
            },
            "/search": {"post": {"requestBody": taking({"type": "object"}), "responses": ok(listed({"type": "string"}))}},
        },
        components={"schemas": {"Pet": pet, "Settings": {
            "type": "object", "required": ["theme"],
            "properties": {"theme": {"type": "string"}, "size": {"type": "integer"}}}}},
    )  # fmt: skip


async def test_ids_in_bodies_and_lists_beside_the_collection(tmp_path):
    async with mocked(tmp_path, store(), STATEFUL, stateful_items=0) as ask:
        pet = {
            "id": 10,
            "name": "doggie",
            "photoUrls": [],
            "status": "sold",
            "tags": [{"name": "x"}],
        }
        assert (await ask("POST", "/pet", json=pet)).json == pet
        assert (await ask.get("/pet/10")).json == pet
        assert (await ask.get("/pet/findByStatus?status=sold")).json == [pet]
        assert (await ask.get("/pet/findByStatus?status=pending")).json == []
        assert (await ask.get("/pet/findByTags?tags=x&tags=y")).json == [pet]
        assert (await ask("PUT", "/pet", json={**pet, "name": "cat"})).json["name"] == "cat"
        assert (await ask("PUT", "/pet", json={**pet, "id": 11})).status == 404
        assert (await ask("DELETE", "/pet/10")).status == 200
        assert (await ask.get("/pet/10")).status == 404


async def test_single_things_and_what_fits_no_pattern(tmp_path):
    async with mocked(tmp_path, store(), STATEFUL) as ask:
        before = (await ask.get("/settings")).json
        assert (await ask.get("/settings")).json == before
        assert (await ask("PUT", "/settings", json={"theme": "dark"})).json == {"theme": "dark"}
        await ask("PATCH", "/settings", json={"size": 3})
        assert (await ask.get("/settings")).json == {"theme": "dark", "size": 3}
        assert (await ask("POST", "/search", json={})).status == 200


async def test_examples_are_what_is_there_at_first(tmp_path):
    document = deepcopy(PETS)
    pet = {"id": 7, "name": "Minnoş", "status": "sold", "createdAt": "2026-01-01T00:00:00Z"}
    content = document["paths"]["/pets"]["get"]["responses"]["200"]["content"]
    content["application/json"]["example"] = [pet]
    async with mocked(tmp_path, document, STATEFUL, stateful_items=2) as ask:
        pets = (await ask.get("/pets")).json
        assert (pets[0], len(pets)) == (pet, 2)
        assert (await ask.get("/pets/7")).json == pet


async def test_wishes_go_first_and_head_is_like_get(tmp_path):
    async with mocked(tmp_path, PETS, STATEFUL) as ask:
        assert (await ask.get("/pets/1", Prefer="code=404")).status == 404
        head = await ask("HEAD", "/pets/1")
        assert (head.status, head.body) == (200, b"")
        assert (await ask("HEAD", "/pets/99")).status == 404


@pytest.mark.parametrize("body", [b"[1]", b"null", b'{"id": "x", "name": 5}', b"{", b""])
async def test_what_is_let_through_unchecked_does_no_harm(tmp_path, body):
    async with mocked(tmp_path, PETS, STATEFUL, validate=Validate.OFF) as ask:
        headers = {"Content-Type": "application/json"}
        for method, path in (("POST", "/pets"), ("PUT", "/pets/1"), ("PATCH", "/pets/1")):
            answer = await ask(method, path, data=body, headers=headers)
            assert answer.status in (200, 201, 422), (method, answer.text)
        pets = (await ask.get("/pets?limit=none&offset=-3&sort=,")).json
        assert all(Draft202012Validator(PET).is_valid(one) for one in pets)


def test_the_oldest_are_forgotten():
    store = Store()
    for number in range(MOST_THINGS + 5):
        store.add(str(number), {}, {}, made=True)
    assert len(store.things) == len(store.by_name) == MOST_THINGS
    assert not store.named("4")
    assert store.named("5")
