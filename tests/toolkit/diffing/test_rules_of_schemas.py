"""Every rule of the grammar: what triggers it at each place, at which level, and what does not."""

import pytest

from altlas_chat.toolkit.diffing.rules import RULES, SCOPES
from altlas_chat.toolkit.diffing.rules_of_schemas import ASPECTS, BOUNDS

from .pairs import changes, found, placed, rewritten

NUMBER, TEXT, LIST, OBJECT = (
    {"type": "number"},
    {"type": "string"},
    {"type": "array"},
    {"type": "object"},
)
A = {"type": "object", "title": "A", "required": ["a"], "properties": {"a": TEXT}}
B = {"type": "object", "title": "B", "required": ["b"], "properties": {"b": TEXT}}
C = {"type": "object", "title": "C", "required": ["c"], "properties": {"c": TEXT}}
MAPPED = {"propertyName": "kind", "mapping": {"a": "#/a"}}


def _bounds():
    for short, keyword in BOUNDS.items():
        kind = TEXT if "Length" in keyword else LIST if "ontains" in keyword else NUMBER
        kind = LIST if "Items" in keyword else OBJECT if "Properties" in keyword else kind
        low, high = {**kind, keyword: 3}, {**kind, keyword: 5}
        yield f"{short}-increased", (low, high)
        yield f"{short}-decreased", (high, low)
        yield f"{short}-set", (kind, low)
        yield f"{short}-unset", (low, kind)


def _coming(short, without, having):
    yield f"{short}-added", (without, having)
    yield f"{short}-removed", (having, without)


def _held():
    inner = {"type": "string", "maxLength": 3}
    yield from _coming("items", LIST, {**LIST, "items": inner})
    yield from _coming("contains", LIST, {**LIST, "contains": inner})
    yield from _coming("unevaluated-items", LIST, {**LIST, "unevaluatedItems": False})
    yield from _coming("if", OBJECT, {**OBJECT, "if": A})
    yield from _coming("then", {**OBJECT, "if": A}, {**OBJECT, "if": A, "then": B})
    yield from _coming("else", {**OBJECT, "if": A}, {**OBJECT, "if": A, "else": B})
    yield from _coming("not", OBJECT, {**OBJECT, "not": A})
    yield from _coming("property-names", OBJECT, {**OBJECT, "propertyNames": inner})
    yield from _coming("unevaluated-properties", OBJECT, {**OBJECT, "unevaluatedProperties": False})
    yield from _coming("content-schema", TEXT, {**TEXT, "contentSchema": A})
    yield from _coming("dependent-schema", OBJECT, {**OBJECT, "dependentSchemas": {"a": B}})
    yield from _coming("pattern-property", OBJECT, {**OBJECT, "patternProperties": {"^a": inner}})
    yield from _coming("dependent-required", OBJECT, {**OBJECT, "dependentRequired": {"a": ["b"]}})
    yield (
        "dependent-required-changed",
        (
            {**OBJECT, "dependentRequired": {"a": ["b"]}},
            {**OBJECT, "dependentRequired": {"a": ["c"]}},
        ),
    )
    yield from _coming(
        "prefix-items", {**LIST, "prefixItems": [TEXT]}, {**LIST, "prefixItems": [TEXT, NUMBER]}
    )


def _values():
    yield from _coming("pattern", TEXT, {**TEXT, "pattern": "^a$"})
    yield "pattern-changed", ({**TEXT, "pattern": "^a$"}, {**TEXT, "pattern": "^b$"})
    yield "pattern-generalized", ({**TEXT, "pattern": "^a$"}, {**TEXT, "pattern": ".*"})
    yield "became-enum", (TEXT, {**TEXT, "enum": ["a"]})
    yield "became-not-enum", ({**TEXT, "enum": ["a"]}, TEXT)
    few, many = {**TEXT, "enum": ["a"]}, {**TEXT, "enum": ["b", "a"]}
    yield from _coming("enum-value", few, many)
    yield (
        "x-extensible-enum-value-removed",
        ({**TEXT, "x-extensible-enum": ["a", "b"]}, {**TEXT, "x-extensible-enum": ["a"]}),
    )
    yield from _coming("const", TEXT, {**TEXT, "const": "a"})
    yield "const-changed", ({**TEXT, "const": "a"}, {**TEXT, "const": "b"})
    yield from _coming("default-value", TEXT, {**TEXT, "default": "a"})
    yield "default-value-changed", ({**TEXT, "default": "a"}, {**TEXT, "default": "b"})
    yield "unique-items-set", (LIST, {**LIST, "uniqueItems": True})
    yield "unique-items-unset", ({**LIST, "uniqueItems": True}, LIST)
    yield "multiple-of-set", (NUMBER, {**NUMBER, "multipleOf": 2})
    yield "multiple-of-unset", ({**NUMBER, "multipleOf": 2}, NUMBER)
    yield "multiple-of-changed", ({**NUMBER, "multipleOf": 2}, {**NUMBER, "multipleOf": 3})
    yield "multiple-of-generalized", ({**NUMBER, "multipleOf": 4}, {**NUMBER, "multipleOf": 2})
    yield "multiple-of-specialized", ({**NUMBER, "multipleOf": 2}, {**NUMBER, "multipleOf": 4})
    media = {**TEXT, "contentMediaType": "image/png"}
    yield "content-media-type-changed", (media, {**TEXT, "contentMediaType": "image/gif"})
    yield "content-encoding-changed", (TEXT, {**TEXT, "contentEncoding": "base64"})


def _types():
    yield "type-changed", ({"type": "boolean"}, LIST)
    yield "type-generalized", ({"type": "integer"}, NUMBER)
    yield "type-specialized", (NUMBER, {"type": "integer"})
    yield "list-of-types-widened", (TEXT, {"oneOf": [TEXT, {"type": "integer"}]})
    yield "list-of-types-narrowed", ({"anyOf": [TEXT, {"type": "integer"}]}, TEXT)
    yield "became-nullable", (TEXT, {"type": ["string", "null"]})
    yield "became-not-nullable", ({"type": ["string", "null"]}, TEXT)
    yield "schema-became-false", (TEXT, False)
    yield "schema-became-not-false", (False, TEXT)


def _branches():
    yield from _coming("all-of", {"allOf": [A]}, {"allOf": [A, B]})
    words = {"description": "Only words."}
    yield from _coming("all-of", {"allOf": [A, B]}, {"allOf": [A, B, C]})
    yield "all-of-added-annotation-only", ({"allOf": [A]}, {"allOf": [A, words]})
    yield "all-of-removed-annotation-only", ({"allOf": [A, words]}, {"allOf": [A]})
    for keyword, short in (("anyOf", "any-of"), ("oneOf", "one-of")):
        yield from _coming(short, {keyword: [A, B]}, {keyword: [A, B, C]})
    yield "wrapped-in-one-of", (A, {"oneOf": [B, C]})
    yield "wrapped-in-one-of-original-preserved", (A, {"oneOf": [A, B]})
    plain = {"oneOf": [A, B]}
    chosen = {**plain, "discriminator": MAPPED}
    yield from _coming("discriminator", plain, chosen)
    other = {**plain, "discriminator": {**MAPPED, "propertyName": "sort"}}
    yield "discriminator-property-name-changed", (chosen, other)
    more = {"propertyName": "kind", "mapping": {"a": "#/a", "b": "#/b"}}
    yield "discriminator-mapping-added", (chosen, {**plain, "discriminator": more})
    yield "discriminator-mapping-deleted", ({**plain, "discriminator": more}, chosen)
    moved = {"propertyName": "kind", "mapping": {"a": "#/b"}}
    yield "discriminator-mapping-changed", (chosen, {**plain, "discriminator": moved})


def _objects():
    closed, typed = (
        {**OBJECT, "additionalProperties": False},
        {
            **OBJECT,
            "additionalProperties": TEXT,
        },
    )
    yield "additional-properties-forbidden", (OBJECT, closed)
    yield "additional-properties-allowed", (closed, OBJECT)
    yield "additional-properties-restricted", (OBJECT, typed)
    yield "additional-properties-unrestricted", (typed, OBJECT)


CASES = dict([*_bounds(), *_held(), *_values(), *_types(), *_branches(), *_objects()])
"""What changes in a schema, by the aspect that it triggers."""

WRITTEN_AS_TEXT = {"type-compatible"}
"""Told only where all is written as text; see the tests of types."""

BY_PLACE = {
    # Told of parameters as a whole, of which it is not known how they are written.
    "request-parameter-property-type-changed": (NUMBER, TEXT),
    "request-parameter-property-type-specialized": (TEXT, NUMBER),
    "response-header-type-specialized": (NUMBER, {"type": "integer"}),
}


def test_every_aspect_has_a_case():
    assert {one.name for one in ASPECTS} - WRITTEN_AS_TEXT == CASES.keys()


@pytest.mark.parametrize(
    "aspect", [one for one in ASPECTS if one.name in CASES], ids=lambda a: a.name
)
def test_a_rule_of_the_grammar(aspect):
    for scope in SCOPES:
        if not aspect.is_for(scope):
            continue
        rule = aspect.rule(scope)
        before, after = BY_PLACE.get(rule, CASES[aspect.name])
        old, new = placed(scope, before), placed(scope, after)
        assert found(old, new).get(rule) == RULES[rule].level, rule
        assert changes(old, rewritten(old)) == [], scope
        assert rule not in found(new, new), rule


@pytest.mark.parametrize(
    "aspect", [one for one in ASPECTS if one.name in CASES], ids=lambda a: a.name
)
def test_the_other_way_round_is_the_opposite(aspect):
    """What narrows one way widens the other: exactly one of both breaks who sends."""
    effect = aspect.effect.value
    if effect not in ("narrows", "widens") or "annotation" in aspect.name:
        return
    before, after = CASES[aspect.name]
    for scope in ("request-body", "response-body", "request-property", "response-property"):
        if not aspect.is_for(scope):
            continue
        old, new = placed(scope, before), placed(scope, after)
        forth, back = found(old, new), found(new, old)
        breaks = "breaking" in forth.values()
        harmful = (effect == "narrows") == scope.startswith("request")
        if not aspect.name.startswith("schema-became"):
            assert breaks is harmful or "dangerous" in forth.values(), (scope, forth)
        assert forth.keys() != back.keys() or forth != back, scope
