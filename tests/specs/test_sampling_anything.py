"""Schemas that nobody wrote down: whatever is made up for them is valid."""

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from altlas_chat.specs.sampling import NoSample
from altlas_chat.specs.schemas import Direction
from tests.specs.described import Described

NAMES = st.sampled_from(["id", "name", "email", "createdAt", "tags", "a", "b", "x-1"])
SMALL = st.integers(0, 6)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(["", "a", "zz"]))
FORMATS = st.sampled_from(["date-time", "date", "uuid", "email", "uri", "int32", "byte", "odd"])
PATTERNS = st.sampled_from(
    [r"^[a-z]{2,5}$", r"\d", r"^(foo|bar)+$", r"^[^a]*$", r"^\w+@\w+\.com$", r"^(?=.*\d).{4,}$"]
)


def some(**fields: Any) -> Any:
    return st.fixed_dictionaries({}, optional=fields)


def texts() -> Any:
    return some(
        minLength=SMALL, maxLength=st.integers(6, 40), format=FORMATS, pattern=PATTERNS
    ).map(lambda found: {"type": "string", **found})


def numbers() -> Any:
    return st.tuples(
        st.sampled_from(["integer", "number"]),
        some(
            minimum=st.integers(-50, 50),
            exclusiveMaximum=st.integers(60, 90),
            multipleOf=st.sampled_from([1, 3, 0.5, 0.01]),
        ),
    ).map(lambda found: {"type": found[0], **found[1]})


def objects(inner: Any) -> Any:
    return some(
        properties=st.dictionaries(NAMES, inner, max_size=4),
        required=st.lists(NAMES, max_size=2, unique=True),
        additionalProperties=st.one_of(st.booleans(), inner),
        minProperties=st.integers(0, 3),
        maxProperties=st.integers(3, 6),
        propertyNames=st.sampled_from([{"maxLength": 9}, {"pattern": "^[a-z]"}]),
        dependentRequired=st.dictionaries(NAMES, st.lists(NAMES, max_size=1), max_size=1),
        patternProperties=st.dictionaries(st.sampled_from(["^x-", "a$"]), inner, max_size=1),
    ).map(lambda found: {"type": "object", **found})


def arrays(inner: Any) -> Any:
    return some(
        items=inner,
        prefixItems=st.lists(inner, min_size=1, max_size=2),
        minItems=st.integers(0, 3),
        maxItems=st.integers(3, 5),
        uniqueItems=st.booleans(),
        contains=inner,
    ).map(lambda found: {"type": "array", **found})


def choices(inner: Any) -> Any:
    return st.one_of(
        st.tuples(st.sampled_from(["oneOf", "anyOf", "allOf"]), st.lists(inner, min_size=1, max_size=3))
        .map(lambda found: {found[0]: found[1]}),
        inner.map(lambda one: {"not": {"not": one}}),
        st.tuples(inner, inner, inner).map(
            lambda found: {"if": found[0], "then": found[1], "else": found[2]}
        ),
    )  # fmt: skip


SCHEMAS = st.recursive(
    st.one_of(
        st.just({}),
        st.just({"$ref": "#/components/schemas/Tree"}),
        st.lists(SCALARS, min_size=1, max_size=4).map(lambda found: {"enum": found}),
        SCALARS.map(lambda value: {"const": value}),
        st.just({"type": ["string", "null"]}),
        texts(),
        numbers(),
    ),
    lambda inner: st.one_of(objects(inner), arrays(inner), choices(inner)),
    max_leaves=8,
)

TREE = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "left": {"$ref": "#/components/schemas/Tree"},
        "all": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
    },
    "additionalProperties": False,
}


def judged(schema: Any) -> Any:
    """A validator that knows nothing of ours."""
    whole = {
        "$ref": "#/components/schemas/S",
        "components": {"schemas": {"S": schema, "Tree": TREE}},
    }
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@given(schema=SCHEMAS)
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_for_any_schema_what_is_made_up_is_valid(schema):
    api = Described(None, {"S": schema, "Tree": TREE})
    judge = judged(schema)
    for extent in ("full", "smallest"):
        try:
            value = api.sample("S", extent=extent)
        except NoSample:
            continue
        assert judge.is_valid(value)
        assert api.told("S", value, Direction.ANSWER) == []
        assert json.loads(json.dumps(value)) == value


@given(schema=st.one_of(objects(st.one_of(texts(), numbers())), arrays(numbers()), numbers()))
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_for_a_plain_schema_there_is_always_something(schema):
    schema.pop("contains", None)
    schema.pop("dependentRequired", None)
    schema.pop("propertyNames", None)
    if schema.get("additionalProperties") is False:
        schema.pop("minProperties", None)
        schema.pop("required", None)
    properties = schema.get("properties", {})
    for one in properties.values():
        if one.get("type") == "string":
            one.pop("format", None)
    if "patternProperties" in schema:
        del schema["patternProperties"]
    api = Described(None, {"S": schema})
    assert api.is_valid("S", api.sample("S"), Direction.ANSWER)


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_broken_schemas_are_no_end(tmp_path, version):
    broken = {
        "type": ["object", 5],
        "required": "all",
        "properties": {"a": None, "b": {"type": "float"}, "c": {"enum": []}},
        "items": 7,
        "minimum": "1",
        "maxLength": 2.5,
        "oneOf": {},
        "pattern": "*",
        "discriminator": "kind",
    }
    api = Described(tmp_path, {"S": broken}, version)
    assert api.is_valid("S", api.sample("S"), Direction.ANSWER)
    assert len(api.schemas.findings) >= 8
