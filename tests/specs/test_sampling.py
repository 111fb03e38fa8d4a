"""Values that are made up: valid, likely, and the same for the same key."""

import subprocess
import sys

import pytest

from altlas_chat.specs.sampling import NoSample, Sampler
from altlas_chat.specs.schemas import Direction
from tests.specs.described import SCHEMAS, Described

NODE = {"$ref": "#/components/schemas/Node"}

HARD = {
    "required in a sibling": {
        "allOf": [{"properties": {"a": {"type": "string"}}}, {"required": ["a", "b"]}],
        "type": "object",
    },
    "bounds that narrow each other": {
        "allOf": [{"type": "number", "minimum": 5}, {"type": "integer", "maximum": 60}],
        "minimum": 50,
        "multipleOf": 7,
    },
    "closed against each other": {
        "allOf": [
            {"properties": {"a": {}, "b": {"type": "integer"}}, "additionalProperties": False},
            {"properties": {"b": {"minimum": 5}, "c": {}}},
        ],
        "type": "object",
        "minProperties": 1,
    },
    "exactly one of what overlaps": {
        "oneOf": [{"type": "integer", "multipleOf": 3}, {"type": "integer", "multipleOf": 5}]
    },
    "exactly one of objects alike": {
        "oneOf": [
            {"type": "object", "properties": {"a": {"type": "string"}}},
            {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "object"}}},
        ]
    },
    "one of several required": {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    "not that value": {"type": "string", "enum": ["a", "b", "c"], "not": {"enum": ["a", "b"]}},
    "not both": {
        "type": "object",
        "properties": {"a": {}, "b": {}},
        "not": {"required": ["a", "b"]},
    },
    "a password": {"type": "string", "pattern": r"^(?=.*[A-Z])(?=.*\d)[A-Za-z\d]{8,16}$"},
    "a long match": {"type": "string", "pattern": "^[a-z]+$", "minLength": 50, "maxLength": 60},
    "letters of any script": {"type": "string", "pattern": r"^\p{Lu}\p{L}+$"},
    "two patterns": {"type": "string", "allOf": [{"pattern": "^a"}, {"pattern": "z$"}]},
    "pattern and format": {"type": "string", "format": "email", "pattern": r"@corp\.com$"},
    "a moment by pattern": {
        "type": "string",
        "format": "date-time",
        "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$",
    },
    "a back reference": {"type": "string", "pattern": r"^([ab])-\1$"},
    "a huge number": {"type": "integer", "minimum": 10**18, "maximum": 10**18 + 5},
    "hundredths": {"type": "number", "multipleOf": 0.01, "exclusiveMinimum": 0, "maximum": 1},
    "a narrow gap": {"type": "number", "exclusiveMinimum": 0.1, "exclusiveMaximum": 0.10001},
    "all of a small set": {
        "type": "array",
        "items": {"enum": [1, 2, 3]},
        "uniqueItems": True,
        "minItems": 3,
    },
    "some that fit, few that do": {
        "type": "array",
        "items": {"type": "integer", "minimum": 0, "maximum": 9},
        "contains": {"minimum": 8},
        "minContains": 2,
        "maxContains": 2,
        "minItems": 4,
    },
    "a tuple": {
        "type": "array",
        "prefixItems": [{"type": "string"}, {"type": "integer"}],
        "unevaluatedItems": False,
        "minItems": 2,
    },
    "names by rule": {
        "type": "object",
        "minProperties": 5,
        "propertyNames": {"pattern": "^x-[a-z]+$"},
        "additionalProperties": {"type": "integer"},
    },
    "names by pattern": {
        "type": "object",
        "patternProperties": {r"^\d{3}$": {"type": "string"}},
        "additionalProperties": False,
        "minProperties": 1,
    },
    "no more than so many": {
        "type": "object",
        "properties": {"a": {}, "b": {}, "c": {}},
        "required": ["c"],
        "maxProperties": 2,
    },
    "one wants another": {
        "type": "object",
        "properties": {"card": {"type": "string"}, "address": {"type": "string"}},
        "dependentRequired": {"card": ["address", "postcode"]},
    },
    "if and else": {
        "type": "object",
        "properties": {"country": {"enum": ["US", "TR"]}, "zip": {"type": "string"}},
        "required": ["country", "zip"],
        "if": {"properties": {"country": {"const": "US"}}},
        "then": {"properties": {"zip": {"pattern": r"^\d{5}$"}}},
        "else": {"properties": {"zip": {"pattern": "^[A-Z]{3}$"}}},
    },
    "nothing unevaluated": {
        "type": "object",
        "oneOf": [
            {"properties": {"a": {"const": 1}}, "required": ["a"]},
            {"properties": {"b": {"const": 2}}, "required": ["b"]},
        ],
        "unevaluatedProperties": False,
    },
    "itself": NODE,
    "itself in what is required": {
        "oneOf": [
            {"type": "string"},
            {"type": "array", "items": {"$ref": "#/components/schemas/S"}, "minItems": 1},
        ]
    },
    "itself unless null": {
        "type": "object",
        "required": ["next"],
        "properties": {"next": {"anyOf": [{"$ref": "#/components/schemas/S"}, {"type": "null"}]}},
    },
    "an address of a length": {"type": "string", "format": "uri", "minLength": 90, "maxLength": 95},
    "a short e-mail": {"type": "string", "format": "email", "maxLength": 8},
    "a moment with fractions": {"type": "string", "format": "date-time", "minLength": 24},
    "bytes of a length": {"type": "string", "format": "byte", "minLength": 100, "maxLength": 104},
    "a long text": {"type": "string", "minLength": 1000},
}


@pytest.mark.parametrize("schema", HARD.values(), ids=HARD)
def test_whatever_is_made_up_is_valid(tmp_path, schema):
    node = {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string"}, "nodes": {"type": "array", "items": NODE}},
    }
    api = Described(tmp_path, {"S": schema, "Node": node})
    for extent in ("full", "smallest"):
        for key in "abcdefgh":
            value = api.sample("S", key, extent=extent)
            assert api.told("S", value, Direction.ANSWER) == []


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        (False, "nothing"),
        ({"type": "string", "minLength": 5, "maxLength": 2}, "at least 5"),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "exclude each other"),
        ({"type": "object", "required": ["a"], "additionalProperties": False}, '"a" is required'),
        ({"type": "integer", "minimum": 1, "maximum": 2, "multipleOf": 5}, "no number"),
        ({"type": "object", "required": ["a"], "properties": {"a": NODE}}, "no end"),
        ({"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 3}, "3"),
    ],
)
def test_where_nothing_is_allowed_it_is_said_why(tmp_path, schema, why):
    endless = {"type": "object", "required": ["more"], "properties": {"more": NODE}}
    api = Described(tmp_path, {"S": schema, "Node": endless})
    with pytest.raises(NoSample, match=why):
        api.sample("S")


PERSON = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "firstName": {"type": "string"},
        "last_name": {"type": "string"},
        "email": {"type": "string", "format": "email"},
        "createdAt": {"type": "string", "format": "date-time"},
        "updatedAt": {"type": "string", "format": "date-time"},
        "age": {"type": "integer"},
        "city": {"type": "string"},
        "balance": {"type": "number"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}

SCRIPT = """
import sys
from altlas_chat.specs.loading import load_document
from altlas_chat.specs.sampling import Sampler
from altlas_chat.specs.schemas import Direction, Schemas
document = load_document(sys.argv[1])
sampler = Sampler(document, Schemas(document), seed=3)
print(sampler.sample("/components/schemas/Person", key="7", direction=Direction.ANSWER))
assert "faker" not in sys.modules, "it costs a tenth of a second"
"""


def test_the_same_key_is_the_same_person_in_every_process(tmp_path):
    api = Described(tmp_path, {"Person": PERSON})
    told = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(tmp_path / "api.json")],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    sampler = Sampler(api.document, api.schemas, seed=3)
    sampler.sample(SCHEMAS + "Person", key="6", direction=Direction.ANSWER)
    here = sampler.sample(SCHEMAS + "Person", key="7", direction=Direction.ANSWER)
    assert told == {f"{here}\n"}
    assert here != api.sampler.sample(SCHEMAS + "Person", key="7", direction=Direction.ANSWER)


def test_the_words_never_change(tmp_path):
    """What a key stands for is kept for good: who changes it breaks what people rely on."""
    api = Described(tmp_path, {"Person": PERSON})
    assert api.sample("Person", "7") == {
        "id": 9273,
        "firstName": "Adam",
        "last_name": "Jackson",
        "email": "adam.jackson@example.com",
        "createdAt": "2024-01-05T12:56:37Z",
        "updatedAt": "2025-12-01T13:20:58Z",
        "age": 35,
        "city": "Sydney",
        "balance": 134.87,
        "tags": ["summer", "kitchen", "summer"],
    }


def test_a_person_is_one_person(tmp_path):
    api = Described(tmp_path, {"Person": PERSON})
    for key in "abcdefghijkl":
        person = api.sample("Person", key)
        name = f"{person['firstName']}.{person['last_name']}".lower()
        assert person["email"] == f"{name}@example.com"
        assert person["createdAt"] <= person["updatedAt"]
        assert 18 <= person["age"] <= 80


def test_in_turkish(tmp_path):
    api = Described(tmp_path, {"Person": PERSON})
    sampler = Sampler(api.document, api.schemas, language="tr")
    people = [
        sampler.sample(SCHEMAS + "Person", key=str(key), direction=Direction.ANSWER)
        for key in range(40)
    ]
    assert any("ş" in person["last_name"] for person in people)
    assert all(person["email"].isascii() for person in people)


def test_what_is_known_is_taken_where_it_is_allowed(tmp_path):
    text = {**PERSON, "properties": {**PERSON["properties"], "id": {"type": "string"}}}
    api = Described(tmp_path, {"Person": PERSON, "Text": text})
    assert api.sample("Person", known={"id": 7, "nothing": 1})["id"] == 7
    assert api.sample("Text", known={"id": 7})["id"] == "7"
    assert isinstance(api.sample("Person", known={"id": "x"})["id"], int)


def test_the_documents_own_examples_are_taken_where_they_fit(tmp_path):
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string", "example": "mine"},
            "b": {"type": "integer", "example": "wrong"},
            "c": {"type": "string", "enum": ["x", "y"], "default": "y"},
            "d": {"type": "array", "items": {"type": "string", "example": "one"}},
        },
    }
    api = Described(tmp_path, {"S": schema, "Whole": {**schema, "example": {"a": "all"}}}, "3.0.3")
    for key in "abcdef":
        value = api.sample("S", key)
        assert (value["a"], value["c"], value["d"][0]) == ("mine", "y", "one")
        assert isinstance(value["b"], int)
        assert "one" not in value["d"][1:]
        assert api.sample("S", key, examples=False)["a"] != "mine"
    assert api.sample("Whole") == {"a": "all"}


def test_an_example_is_better_than_nothing(tmp_path):
    code = {"type": "string", "pattern": "^(?=.*a)(?!.*b)c{3}a(?<=ca)d$", "example": "cccad"}
    schema = {"type": "object", "required": ["code"], "properties": {"code": code}}
    api = Described(tmp_path, {"S": schema})
    assert api.sample("S", examples=False) == {"code": "cccad"}


def test_what_goes_the_other_way_is_not_made_up(tmp_path):
    schema = {
        "type": "object",
        "required": ["id", "password"],
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "password": {"type": "string", "writeOnly": True},
            "name": {"type": "string"},
        },
    }
    api = Described(tmp_path, {"S": schema})
    assert set(api.sample("S", direction=Direction.ANSWER)) == {"id", "name"}
    assert set(api.sample("S", direction=Direction.REQUEST)) == {"password", "name"}


def test_a_discriminator_has_the_value_of_its_branch(tmp_path):
    kinds = {
        name: {
            "type": "object",
            "required": ["kind", name.lower()],
            "properties": {"kind": {"type": "string"}, name.lower(): {"type": "integer"}},
        }
        for name in ("Cat", "Dog")
    }
    references = [{"$ref": f"#/components/schemas/{name}"} for name in kinds]
    mapping = {"meows": "#/components/schemas/Cat", "barks": "#/components/schemas/Dog"}
    choice = {"propertyName": "kind", "mapping": mapping}
    api = Described(tmp_path, {**kinds, "Pet": {"oneOf": references, "discriminator": choice}})
    pets = [api.sample("Pet", str(key)) for key in range(20)]
    assert {pet["kind"] for pet in pets} == {"meows", "barks"}
    assert all(("cat" in pet) == (pet["kind"] == "meows") for pet in pets)


def test_null_only_where_nothing_else_is_possible(tmp_path):
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string", "nullable": True}, "b": {"nullable": True, **NODE}},
    }
    node = {"type": "object", "required": ["up"], "properties": {"up": {"allOf": [NODE]}}}
    node["properties"]["up"]["nullable"] = True
    api = Described(tmp_path, {"S": schema, "Node": node}, "3.0.3")
    value = api.sample("S")
    assert isinstance(value["a"], str)
    while value is not None:
        value = value.get("up") if "up" in value else value["b"]


def test_smallest_has_nothing_that_can_be_left_out(tmp_path):
    schema = {
        "type": "object",
        "required": ["a", "list"],
        "properties": {"a": {}, "b": {}, "list": {"type": "array", "items": {}}},
    }
    value = Described(tmp_path, {"S": schema}).sample("S", extent="smallest")
    assert set(value) == {"a", "list"}
    assert value["list"] == []


def test_who_inherits_a_discriminator_has_the_value_of_its_own(tmp_path):
    pet = {
        "type": "object",
        "required": ["kind"],
        "discriminator": {"propertyName": "kind", "mapping": {"meows": "Cat"}},
        "properties": {"kind": {"type": "string"}, "name": {"type": "string"}},
    }
    base = {"$ref": "#/components/schemas/Pet"}
    heirs = {
        name: {"allOf": [base, {"required": ["own"], "properties": {"own": {"const": name}}}]}
        for name in ("Cat", "Dog")
    }
    holder = {"type": "object", "properties": {"pets": {"type": "array", "items": base}}}
    api = Described(tmp_path, {"Pet": pet, **heirs, "Holder": holder}, "3.0.3")
    expected = {"Cat": "meows", "Dog": "Dog"}
    for key in "abcdefgh":
        assert api.sample("Cat", key)["kind"] == "meows"
        assert api.sample("Dog", key)["kind"] == "Dog"
        for one in [api.sample("Pet", key), *api.sample("Holder", key)["pets"]]:
            assert one["kind"] == expected[one["own"]]
    assert api.is_valid("Pet", {"kind": "anything"})


def test_rarer_things_come_from_faker(tmp_path):
    schema = {"type": "object", "properties": {"creditCardNumber": {"type": "string"}}}
    api = Described(tmp_path, {"S": schema})
    numbers = {api.sample("S", str(key))["creditCardNumber"] for key in range(20)}
    assert all(number.isdecimal() and 12 <= len(number) <= 19 for number in numbers)
    assert len(numbers) > 10
    assert api.sample("S", "1") == api.sample("S", "1")


def test_x_faker_says_what_a_text_is_about(tmp_path):
    schema = {"type": "string", "x-faker": "internet.email"}
    assert api_value(Described(tmp_path, {"S": schema})).endswith("@example.com")


def api_value(api: Described) -> str:
    value = api.sample("S")
    assert isinstance(value, str)
    return value
