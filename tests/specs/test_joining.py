"""Many files become one document, each thing once, under a good name."""

from pathlib import Path

import orjson
import pytest

from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.specs.loading import load_document

HEAD = 'openapi: 3.1.0\ninfo: {title: Pets, version: "1"}\n'


def written(folder: Path, files: dict[str, str], head: str = HEAD) -> str:
    """Files in a folder, the first of which is the root, without its head."""
    for number, (name, text) in enumerate(files.items()):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text if number else head + text, encoding="utf-8")
    return str(folder / next(iter(files)))


def joined(folder: Path, files: dict[str, str], head: str = HEAD):
    return load_document(written(folder, files, head)).data


def test_a_document_of_one_file_stays_as_it_is(tmp_path):
    text = """
paths: {}
components:
  schemas:
    A: {$ref: '#/components/schemas/B', description: beside}
    B: {properties: {$ref: {type: string}}, enum: [{$ref: x.yaml}], example: {$ref: nowhere.yaml}}
"""
    schemas = joined(tmp_path, {"api.yaml": text})["components"]["schemas"]
    assert schemas["A"] == {"$ref": "#/components/schemas/B", "description": "beside"}
    assert schemas["B"] == {
        "properties": {"$ref": {"type": "string"}},
        "enum": [{"$ref": "x.yaml"}],
        "example": {"$ref": "nowhere.yaml"},
    }


def test_equal_names_get_others(tmp_path):
    files = {
        "api.yaml": """
paths: {}
components:
  schemas:
    Pet: {type: string}
    A: {properties: {a: {$ref: 'a.yaml#/Pet'}, b: {$ref: 'b.yaml#/Pet'}, c: {$ref: pet.yaml}}}
    B: {items: {$ref: 'sub/a.yaml#/Pet'}}
""",
        "a.yaml": "Pet: {const: a}\n",
        "b.yaml": "Pet: {const: b}\n",
        "sub/a.yaml": "Pet: {const: sub}\n",
        "pet.yaml": "const: pet\n",
    }
    schemas = joined(tmp_path, files)["components"]["schemas"]
    assert schemas["Pet"] == {"type": "string"}
    properties = schemas["A"]["properties"]
    named = {
        key: value["$ref"].removeprefix("#/components/schemas/")
        for key, value in properties.items()
    }
    assert {key: schemas[name] for key, name in named.items()} == {
        "a": {"const": "a"},
        "b": {"const": "b"},
        "c": {"const": "pet"},
    }
    assert (named["a"], named["b"]) == ("a_Pet", "b_Pet")
    assert schemas[schemas["B"]["items"]["$ref"].rpartition("/")[2]] == {"const": "sub"}
    assert len(schemas) == 7


def test_circles_across_files_end(tmp_path):
    files = {
        "api.yaml": """
paths: {}
components:
  schemas:
    Tree: {$ref: tree.json}
    Other: {properties: {tree: {$ref: './tree.json'}}}
""",
        "tree.json": '{"properties": {"leaf": {"$ref": "leaf.yaml"}, "me": {"$ref": "#"}}}',
        "leaf.yaml": "properties: {tree: {$ref: 'api.yaml#/components/schemas/Tree'}, up: {$ref: tree.json}}\n",
    }
    schemas = joined(tmp_path, files)["components"]["schemas"]
    tree = {"$ref": "#/components/schemas/Tree"}
    assert schemas == {
        "Tree": {"properties": {"leaf": {"$ref": "#/components/schemas/leaf"}, "me": tree}},
        "Other": {"properties": {"tree": tree}},
        "leaf": {"properties": {"tree": tree, "up": tree}},
    }


def test_path_items_stand_in_their_place(tmp_path):
    files = {
        "api.yaml": """
paths:
  /a: {$ref: 'paths.yaml#/~1a', summary: Mine}
  /b: {$ref: 'paths.yaml#/~1b'}
  /c: {$ref: 'paths.yaml#/~1b'}
""",
        "paths.yaml": """
/a: {get: {responses: {200: {$ref: '#/ok'}}}}
/b:
  post:
    responses: {200: {$ref: '#/ok'}}
    callbacks: {done: {'{$url}': {$ref: '#/~1b'}}}
ok: {description: Fine}
""",
    }
    data = joined(tmp_path, files)
    fine = {"200": {"$ref": "#/components/responses/ok"}}
    assert data["paths"]["/a"] == {"get": {"responses": fine}, "summary": "Mine"}
    again = {"$ref": "#/paths/~1b"}
    post = {"responses": fine, "callbacks": {"done": {"{$url}": again}}}
    assert data["paths"]["/b"] == {"post": post}
    assert data["paths"]["/c"] == again


def test_whole_mappings_in_files_of_their_own(tmp_path):
    files = {
        "api.yaml": """
paths: {$ref: paths.yaml}
components:
  schemas: {$ref: schemas/index.yaml}
""",
        "paths.yaml": """
/a:
  get:
    responses:
      200: {description: x, content: {application/json: {schema: {$ref: 'schemas/index.yaml#/Pet'}}}}
""",
        "schemas/index.yaml": "Pet: {$ref: Pet.yaml}\nOwner: {properties: {$ref: properties.yaml}}\n",
        "schemas/Pet.yaml": "properties: {owner: {$ref: 'index.yaml#/Owner'}}\n",
        "schemas/properties.yaml": "pets: {items: {$ref: Pet.yaml}}\n",
    }
    data = joined(tmp_path, files)
    pet = {"$ref": "#/components/schemas/Pet"}
    answer = data["paths"]["/a"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"] == pet
    assert data["components"]["schemas"] == {
        "Pet": {"properties": {"owner": {"$ref": "#/components/schemas/Owner"}}},
        "Owner": {"properties": {"pets": {"items": pet}}},
    }


def test_pointers_go_through_references_and_escapes(tmp_path):
    files = {
        "api.yaml": """
paths: {}
components:
  schemas:
    A: {properties: {a: {$ref: 'my%20types.yaml#/defs/a~1b%25/properties/x'}}}
    B: {$ref: '#/components/schemas/A/properties/a'}
    Ç: {type: string}
    C: {$ref: '#/components/schemas/Ç'}
""",
        "my types.yaml": "defs: {$ref: 'more.yaml'}\n",
        "more.yaml": "a/b%: {properties: {x: {type: integer}}}\n",
    }
    schemas = joined(tmp_path, files)["components"]["schemas"]
    assert schemas["A"]["properties"]["a"] == {"$ref": "#/components/schemas/x"}
    assert schemas["x"] == {"type": "integer"}
    assert schemas["B"] == {"$ref": "#/components/schemas/A/properties/a"}
    assert schemas["C"] == {"$ref": "#/components/schemas/%C3%87"}


def test_a_part_of_what_is_there_is_referred_to_where_it_is(tmp_path):
    files = {
        "api.yaml": """
paths: {}
components:
  schemas:
    Pet: {$ref: pet.yaml}
    Name: {allOf: [{$ref: 'pet.yaml#/properties/name'}]}
""",
        "pet.yaml": "properties: {name: {type: string}}\n",
    }
    schemas = joined(tmp_path, files)["components"]["schemas"]
    assert schemas["Name"] == {"allOf": [{"$ref": "#/components/schemas/Pet/properties/name"}]}


def test_mappings_of_discriminators_follow(tmp_path):
    files = {
        "api.yaml": """
paths: {}
components:
  schemas:
    Pet:
      discriminator: {propertyName: kind, mapping: {cat: cat.yaml, dog: Dog, fish: '#/components/schemas/Dog'}}
    Dog: {}
    Other: {$ref: other.yaml#/components/schemas/Other}
""",
        "cat.yaml": "title: Cat\n",
        "other.yaml": """
components:
  schemas:
    Other: {discriminator: {propertyName: kind, mapping: {dog: Dog}}}
    Dog: {title: Another}
""",
    }
    schemas = joined(tmp_path, files)["components"]["schemas"]
    assert schemas["Pet"]["discriminator"]["mapping"] == {
        "cat": "#/components/schemas/cat",
        "dog": "Dog",
        "fish": "#/components/schemas/Dog",
    }
    target = schemas["Other"]["discriminator"]["mapping"]["dog"]
    assert schemas[target.rpartition("/")[2]] == {"title": "Another"}


def test_ids_and_anchors(tmp_path):
    files = {
        "api.yaml": """
paths: {}
components:
  schemas:
    Pet:
      $id: https://example.org/schemas/pet
      $defs: {name: {$anchor: name, type: string}}
      properties:
        name: {$ref: '#name'}
        again: {$ref: '#/$defs/name'}
        owner: {$ref: person}
        node: {$dynamicRef: '#node'}
        away: {$ref: 'more.yaml#here'}
    Person: {$id: 'https://example.org/schemas/person', type: object}
    Node: {$dynamicAnchor: node}
    User: {allOf: [{$ref: 'https://example.org/schemas/pet#name'}]}
""",
        "more.yaml": "a: {$anchor: here, type: integer}\n",
    }
    schemas = joined(tmp_path, files)["components"]["schemas"]
    assert schemas["Pet"]["properties"] == {
        "name": {"$ref": "#/components/schemas/Pet/$defs/name"},
        "again": {"$ref": "#/components/schemas/Pet/$defs/name"},
        "owner": {"$ref": "#/components/schemas/Person"},
        "node": {"$ref": "#/components/schemas/Node", "x-dynamic-anchor": "node"},
        "away": {"$ref": "#/components/schemas/a"},
    }
    assert "$id" not in schemas["Pet"]
    assert schemas["User"] == {"allOf": [{"$ref": "#/components/schemas/Pet/$defs/name"}]}


def test_what_stands_outside_of_the_components_is_seen_to(tmp_path):
    files = {
        "api.yaml": """
paths: {}
definitions:
  A: {properties: {b: {$ref: b.yaml}}}
components:
  schemas:
    X: {$ref: '#/definitions/A'}
""",
        "b.yaml": "type: string\n",
    }
    data = joined(tmp_path, files)
    assert data["definitions"]["A"]["properties"]["b"] == {"$ref": "#/components/schemas/b"}
    assert data["components"]["schemas"]["b"] == {"type": "string"}


ASYNCAPI = 'asyncapi: 3.0.0\ninfo: {title: Pets, version: "1"}\n'


def test_channels_messages_and_operations_of_asyncapi(tmp_path):
    files = {
        "api.yaml": """
channels:
  pets:
    address: pets
    messages: {born: {$ref: messages.yaml#/born}}
operations:
  told:
    action: send
    channel: {$ref: '#/channels/pets'}
    messages: [{$ref: '#/channels/pets/messages/born'}]
""",
        "messages.yaml": "born: {payload: {$ref: 'pet.json'}, correlationId: {$ref: '#/id'}}\nid: {location: '$message.header#/id'}\n",
        "pet.json": '{"type": "object"}',
    }
    data = joined(tmp_path, files, ASYNCAPI)
    assert data["channels"]["pets"]["messages"] == {"born": {"$ref": "#/components/messages/born"}}
    assert data["operations"]["told"]["messages"] == [{"$ref": "#/channels/pets/messages/born"}]
    assert data["components"] == {
        "messages": {
            "born": {
                "payload": {"$ref": "#/components/schemas/pet"},
                "correlationId": {"$ref": "#/components/correlationIds/id"},
            }
        },
        "schemas": {"pet": {"type": "object"}},
        "correlationIds": {"id": {"location": "$message.header#/id"}},
    }


def test_all_that_is_wrong_with_references_is_told_at_once(tmp_path):
    files = {
        "api.yaml": """
paths:
  /a: {$ref: a.yaml}
components:
  schemas:
    A: {$ref: 'https://example.org/a'}
    B: {$ref: none.yaml}
    C: {$ref: bad.yaml}
""",
        "a.yaml": "get: {responses: {200: {$ref: '#/none'}}}\n",
        "bad.yaml": "a:\n\t- b\n",
    }
    root = written(tmp_path, files)
    with pytest.raises(DocumentUnusable) as caught:
        load_document(root)
    found = {(Path(one.place.file).name, one.place.line, one.rule) for one in caught.value.findings}
    assert found == {
        ("api.yaml", 8, "reference-to-url"),
        ("api.yaml", 9, "reference-to-nowhere"),
        ("bad.yaml", 2, "invalid-yaml"),
        ("a.yaml", 1, "reference-to-nowhere"),
    }
    document = load_document(root, lenient=True)
    assert len(document.findings) == 4
    assert document.data["components"]["schemas"] == {"A": {}, "B": {}, "C": {}}
    assert orjson.dumps(document.data)
