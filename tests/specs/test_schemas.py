"""What schemas of any dialect find wrong with values, and in which words."""

import time

import pytest

from altlas_chat.specs.schemas import Direction
from tests.specs.described import SCHEMAS, Described

ANSWER, REQUEST = Direction.ANSWER, Direction.REQUEST


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "string", "nullable": True}, ["a", None], [1]),
        ({"type": "string", "enum": ["a"], "nullable": True}, ["a", None], ["b"]),
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, [1], [0, None]),
        ({"type": "integer", "maximum": 5, "exclusiveMaximum": False}, [5], [6]),
        ({"$ref": "#/components/schemas/Text", "maxLength": 1}, ["long"], [1]),
        ({"allOf": [{"$ref": "#/components/schemas/Text"}], "nullable": True}, ["a", None], [1]),
        ({"type": "object", "nullable": True, "required": ["a"]}, [None, {"a": 1}], [{}]),
        ({"nullable": True}, [None, 1, "a"], []),
        ({"type": "integer", "format": "int32"}, [2**31 - 1], [2**31, -(2**31) - 1]),
        ({"type": "integer", "format": "int64"}, [2**63 - 1, -(2**63)], [2**63]),
        ({"type": "number", "format": "float"}, [3.4e38], [3.5e38]),
        ({"type": "string", "format": "byte"}, ["YQ=="], ["YQ=", "%%"]),
        ({"type": "string", "format": "password"}, ["x"], [5]),
        ({"type": "string", "format": "date"}, ["2024-02-29"], ["2023-02-29", "1.1.2024"]),
        ({"type": "string", "format": "date-time"}, ["2024-02-29T10:00:00Z"], ["2024-02-29"]),
        ({"type": "string", "format": "uuid"}, ["123e4567-e89b-42d3-a456-426614174000"], ["1"]),
        ({"type": "string", "format": "never-heard-of"}, ["x"], [5]),
    ],
)
def test_the_dialect_of_3_0(tmp_path, schema, good, bad):
    api = Described(tmp_path, {"S": schema, "Text": {"type": "string"}}, "3.0.3")
    assert [value for value in good if not api.is_valid("S", value)] == []
    assert [value for value in bad if api.is_valid("S", value)] == []
    assert api.schemas.findings == ()


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": ["string", "null"]}, ["a", None], [1]),
        ({"type": "string", "nullable": True}, ["a"], [None]),
        ({"$ref": "#/components/schemas/Text", "maxLength": 1}, ["a"], ["long", 1]),
        ({"const": {"a": [1]}}, [{"a": [1.0]}], [{"a": [True]}]),
        ({"prefixItems": [{"type": "string"}], "items": False}, [["a"], []], [["a", 1], [1]]),
        ({"contains": {"const": 1}, "maxContains": 1}, [[1, 2]], [[2], [1, 1]]),
        ({"dependentRequired": {"a": ["b"]}}, [{"a": 1, "b": 1}, {}], [{"a": 1}]),
        ({"dependentSchemas": {"a": {"required": ["b"]}}}, [{"a": 1, "b": 1}], [{"a": 1}]),
        (
            {"if": {"properties": {"a": {"const": 1}}}, "then": {"required": ["b"]}},
            [{"a": 2}, {"a": 1, "b": 1}],
            [{"a": 1}, {}],
        ),
        (
            {"allOf": [{"properties": {"a": True}}], "unevaluatedProperties": False},
            [{"a": 1}],
            [{"b": 1}],
        ),
        ({"patternProperties": {"^x-": {"type": "integer"}}}, [{"x-a": 1}], [{"x-a": "1"}]),
        ({"propertyNames": {"maxLength": 2}}, [{"ab": 1}], [{"abc": 1}]),
        ({"$ref": "#named"}, ["a"], [1]),
        ({"$ref": "https://example.com/tree"}, [{"kids": []}], [{"kids": [1]}]),
        ({"type": "integer", "exclusiveMinimum": 0}, [1], [0]),
        (True, [1, None], []),
        (False, [], [1, None]),
        ({"pattern": r"^\p{Lu}(?!x)"}, ["Çy"], ["çy", "Çx"]),
        ({"pattern": "/^[a-z]+$/i"}, ["AB"], ["1"]),
        ({"pattern": r"^[\w-.]+$"}, ["a-b.c"], ["a b"]),
    ],
)
def test_the_dialect_of_3_1(tmp_path, schema, good, bad):
    schemas = {
        "S": schema,
        "Text": {"$anchor": "named", "type": "string"},
        "Tree": {
            "$id": "https://example.com/tree",
            "type": "object",
            "properties": {"kids": {"type": "array", "items": {"$ref": "#"}}},
        },
    }
    api = Described(tmp_path, schemas)
    assert [value for value in good if not api.is_valid("S", value)] == []
    assert [value for value in bad if api.is_valid("S", value)] == []
    assert api.schemas.findings == ()


def test_a_dynamic_reference_leads_to_who_was_entered_first(tmp_path):
    page = {
        "$id": "page",
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"$dynamicRef": "#item"}}},
        "$defs": {"item": {"$dynamicAnchor": "item"}},
    }
    schemas = {
        "Page": page,
        "Numbers": {
            "$id": "numbers",
            "$ref": "page",
            "$defs": {"item": {"$dynamicAnchor": "item", "type": "integer"}},
        },
        "Texts": {
            "$id": "texts",
            "$ref": "page",
            "$defs": {"item": {"$dynamicAnchor": "item", "type": "string"}},
        },
    }
    api = Described(tmp_path, schemas)
    assert api.is_valid("Numbers", {"items": [1]})
    assert not api.is_valid("Numbers", {"items": ["a"]})
    assert api.is_valid("Texts", {"items": ["a"]})
    assert not api.is_valid("Texts", {"items": [1]})
    assert api.is_valid("Page", {"items": [1, "a"]})


def test_an_old_dialect_lets_nothing_stand_beside_a_reference(tmp_path):
    schemas = {"S": {"$ref": "#/components/schemas/T", "maxLength": 1}, "T": {"type": "string"}}
    draft = "http://json-schema.org/draft-07/schema#"
    assert Described(tmp_path, schemas, jsonSchemaDialect=draft).is_valid("S", "long")
    assert not Described(tmp_path, schemas).is_valid("S", "long")


ACCOUNT = {
    "type": "object",
    "required": ["id", "name", "password"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string"},
        "password": {"$ref": "#/components/schemas/Secret"},
    },
    "additionalProperties": False,
}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_what_goes_one_way_only_is_not_required_the_other_way(tmp_path, version):
    schemas = {"Account": ACCOUNT, "Secret": {"type": "string", "writeOnly": True}}
    schemas["Kept"] = {"allOf": [{"$ref": "#/components/schemas/Account"}, {"required": ["id"]}]}
    api = Described(tmp_path, schemas, version)
    assert api.told("Account", {}, REQUEST) == [
        ' must have the property "name"',
        ' must have the property "password"',
    ]
    assert api.told("Account", {}, ANSWER) == [
        ' must have the property "id"',
        ' must have the property "name"',
    ]
    # It SHOULD NOT be sent; that it is there is no violation.
    assert api.is_valid("Account", {"id": 1, "name": "a", "password": "b"}, REQUEST)
    assert api.is_valid("Kept", {"name": "a", "password": "b"}, REQUEST)
    assert not api.is_valid("Kept", {"name": "a"}, ANSWER)


def test_all_violations_are_told_each_with_its_place_in_plain_words(tmp_path):
    schema = {
        "type": "object",
        "required": ["a", "b"],
        "properties": {
            "name": {"type": "string", "minLength": 3},
            "tags": {"type": "array", "items": {"enum": ["x", "y"]}, "maxItems": 1},
            "age": {"type": "integer", "maximum": 130},
            "a/b": {"type": "boolean"},
        },
        "additionalProperties": False,
    }
    api = Described(tmp_path, {"S": schema})
    value = {"name": "ab", "tags": ["x", "z"], "age": 200, "a/b": 1, "more": 1}
    assert sorted(api.told("S", value)) == [
        ' must have the property "a"',
        ' must have the property "b"',
        "/age must be at most 130",
        "/a~1b must be true or false",
        "/more is not allowed here",
        "/name must have at least 3 characters",
        "/tags must have at most 1 item",
        '/tags/1 must be one of "x", "y"',
    ]


def test_of_several_alternatives_only_the_nearest_is_told(tmp_path):
    cat = {"type": "object", "required": ["lives"], "properties": {"kind": {"const": "cat"}}}
    dog = {
        "type": "object",
        "required": ["size"],
        "properties": {"kind": {"const": "dog"}, "size": {"type": "integer"}},
    }
    api = Described(
        tmp_path,
        {
            "S": {"oneOf": [cat, dog]},
            "Plain": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            "Both": {"oneOf": [{"type": "integer"}, {"minimum": 0}]},
        },
    )
    assert api.told("S", {"kind": "dog", "size": "big"}) == ["/size must be an integer"]
    assert api.told("Plain", []) == [" must be a string or an integer"]
    assert api.told("Both", 5) == [
        " fits more than one of the alternatives, where it must fit exactly one"
    ]


def test_a_discriminator_says_which_alternative_counts(tmp_path):
    kinds = {
        name: {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
        for name in ("Cat", "Dog")
    }
    kinds["Cat"]["properties"]["lives"] = {"type": "integer", "maximum": 9}
    references = [{"$ref": f"#/components/schemas/{name}"} for name in kinds]
    choice = {"propertyName": "kind", "mapping": {"c": "#/components/schemas/Cat", "d": "Dog"}}
    api = Described(
        tmp_path,
        {
            **kinds,
            "Pet": {"oneOf": references, "discriminator": choice},
            "Named": {"oneOf": references, "discriminator": {"propertyName": "kind"}},
        },
        "3.0.3",
    )
    assert api.is_valid("Pet", {"kind": "d", "lives": 99})
    assert api.told("Pet", {"kind": "c", "lives": 99}) == ["/lives must be at most 9"]
    assert api.told("Pet", {"kind": "bird"}) == ['/kind must be one of "c", "d"']
    assert api.told("Pet", {"lives": 1}) == [' must have the property "kind"']
    assert api.is_valid("Named", {"kind": "Cat"})
    assert not api.is_valid("Named", {"kind": "c"})


@pytest.mark.parametrize(
    ("schema", "what"),
    [
        ({"type": "any"}, "type does not allow 'any'"),
        ({"type": "string", "required": True}, "required does not allow True"),
        ({"pattern": "(["}, "the pattern '(['"),
        ({"minLength": -1}, "minLength does not allow -1"),
        ({"enum": "a"}, "enum does not allow 'a'"),
        ({"properties": []}, "properties does not allow []"),
        ({"items": "x"}, "a schema is an object"),
    ],
)
def test_a_broken_keyword_is_a_finding_and_no_end(tmp_path, schema, what):
    api = Described(tmp_path, {"S": schema})
    assert api.is_valid("S", "text")
    (finding,) = api.schemas.findings
    assert what in finding.what
    assert finding.place.line == 1


def test_a_reference_to_itself_allows_all(tmp_path):
    api = Described(tmp_path, {"S": {"$ref": "#/components/schemas/S"}})
    assert api.is_valid("S", 5)


@pytest.mark.parametrize(
    ("schema", "types"),
    [
        ({"$ref": "#/components/schemas/N"}, {"number", "integer"}),
        ({"allOf": [{"type": ["string", "integer"]}, {"type": "integer"}]}, {"integer"}),
        ({"oneOf": [{"type": "string"}, {"type": "array"}]}, {"string", "array"}),
        ({"type": "boolean", "nullable": True}, {"boolean", "null"}),
        ({"enum": [1, "a"]}, {"integer", "number", "string"}),
        ({"allOf": [{"$ref": "#/components/schemas/N"}], "nullable": True},
         {"number", "integer", "null"}),
    ],
)  # fmt: skip
def test_the_types_that_a_schema_allows(tmp_path, schema, types):
    api = Described(tmp_path, {"S": schema, "N": {"type": "number"}}, "3.0.3")
    assert api.schemas.types_of(SCHEMAS + "S") == types


def test_a_schema_costs_what_it_needs_not_what_its_document_holds(tmp_path):
    """Each of 3,000 schemas refers to the next: a value of two levels needs a few of them."""
    count = 3000
    schemas = {
        f"S{number}": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "next": {"$ref": f"#/components/schemas/S{(number + 1) % count}"},
            },
        }
        for number in range(count)
    }
    api = Described(tmp_path, schemas)
    start = time.process_time()
    assert api.is_valid("S0", {"name": "a", "next": {"name": "b"}})
    assert not api.is_valid("S0", {"name": "a", "next": {"name": 5}})
    assert time.process_time() - start < 0.5
    for levels in (2, 5, 10, 200):
        for last, allowed in (({"name": "last"}, True), ({"name": 5}, False)):
            deep: dict = last
            for _ in range(levels):
                deep = {"name": "a", "next": deep}
            assert api.is_valid("S0", deep) is allowed
