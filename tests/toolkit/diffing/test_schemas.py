"""Schemas are compared as they are meant: whatever their form, by who sends and who receives."""

import copy

import pytest

from .pairs import api, changes, found, operation, placed

TEXT, NUMBER, WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}
BODY, ANSWER = "request-body", "response-body"


def thing(**properties):
    return {"type": "object", "properties": properties}


def asked(*names, **properties):
    return {**thing(**properties), "required": list(names)}


def with_schemas(place, schema, **schemas):
    return {**placed(place, schema), "components": {"schemas": schemas}}


def ref(name, **beside):
    return {"$ref": f"#/components/schemas/{name}", **beside}


def worst(old, new, **policy):
    found = {one.level.value for one in changes(old, new, **policy)}
    return next((level for level in ("breaking", "dangerous", "safe") if level in found), None)


SAME = {
    "behind a reference": (thing(a=TEXT), ref("A")),
    "behind two references": (ref("A"), ref("Twice")),
    "renamed": (ref("A"), ref("SameAsA")),
    "a base that is taken out": (thing(a=TEXT, b=NUMBER), {"allOf": [ref("A"), thing(b=NUMBER)]}),
    "a base that is taken in": ({"allOf": [ref("A"), thing(b=NUMBER)]}, thing(a=TEXT, b=NUMBER)),
    "an allOf of one": ({"allOf": [ref("A")]}, ref("A")),
    "a branch that says nothing new": (
        {"allOf": [ref("A")]},
        {"allOf": [ref("A"), ref("SameAsA")]},
    ),
    "branches in another order": (
        {"oneOf": [thing(a=TEXT), thing(b=TEXT)]},
        {"oneOf": [thing(b=TEXT), thing(a=TEXT)]},
    ),
    "a branch that is renamed": (
        {"oneOf": [ref("A"), ref("B")]},
        {"oneOf": [ref("SameAsA"), ref("B")]},
    ),
    "a branch behind a reference": (
        {"anyOf": [thing(a=TEXT), NUMBER]},
        {"anyOf": [NUMBER, ref("A")]},
    ),
    "required in a branch": (
        asked("a", a=TEXT),
        {"allOf": [ref("A"), {"required": ["a"]}]},
    ),
    "enum in another order": ({"enum": ["a", "b"]}, {"enum": ["b", "a"]}),
    "types in another order": ({"type": ["string", "null"]}, {"type": ["null", "string"]}),
    "null as a branch": ({"type": ["string", "null"]}, {"oneOf": [TEXT, {"type": "null"}]}),
    "null by its old keyword": ({"type": ["string", "null"]}, {**TEXT, "nullable": True}),
    "a bound of whole numbers": ({**WHOLE, "minimum": 1}, {**WHOLE, "exclusiveMinimum": 0}),
    "a pattern that all fits": (TEXT, {**TEXT, "pattern": ".*"}),
    "further properties said aloud": (
        thing(a=TEXT),
        {**thing(a=TEXT), "additionalProperties": True},
    ),
    "prefix items like the others": (
        {"type": "array", "items": TEXT, "prefixItems": [TEXT]},
        {"type": "array", "items": TEXT, "prefixItems": [TEXT, TEXT]},
    ),
    "one value as a list": ({"const": "a"}, {"const": "a", "enum": ["a", "b"]}),
    "words beside a reference": (ref("A"), ref("A", description="Said.", title="Titled")),
    "a circle": (ref("Node"), ref("Ring")),
}
SCHEMAS = {
    "A": thing(a=TEXT),
    "SameAsA": thing(a={**TEXT, "description": "The same."}),
    "Twice": ref("A"),
    "B": thing(b=TEXT),
    "Node": thing(next={"$ref": "#/components/schemas/Node"}, all={"items": ref("Node")}),
    "Ring": thing(next={"$ref": "#/components/schemas/Node"}, all={"items": ref("Ring")}),
}


@pytest.mark.parametrize("place", [BODY, ANSWER, "request-property", "response-header"])
@pytest.mark.parametrize("name", SAME)
def test_another_form_of_the_same_is_no_change(name, place):
    before, after = SAME[name]
    one, other = (with_schemas(place, x, **copy.deepcopy(SCHEMAS)) for x in (before, after))
    assert changes(one, other) == []
    assert changes(other, one) == []


def test_openapi_3_0_and_3_1_say_the_same():
    old = {**NUMBER, "nullable": True, "minimum": 0, "exclusiveMinimum": True}
    new = {"type": ["number", "null"], "exclusiveMinimum": 0}
    assert changes(placed(BODY, old, "3.0.3"), placed(BODY, new, "3.1.0")) == []
    old = {"allOf": [thing(a=TEXT)], "nullable": True}
    new = {"anyOf": [thing(a=TEXT), {"type": "null"}]}
    assert changes(placed(BODY, old, "3.0.3"), placed(BODY, new, "3.1.0")) == []


def test_beside_a_reference_counts_what_its_version_lets_count():
    before, after = ref("A"), ref("A", maxProperties=1)
    for version, count in (("3.0.3", 0), ("3.1.0", 1)):
        one, other = ({**placed(BODY, x, version)} for x in (before, after))
        for data in (one, other):
            data["components"] = {"schemas": SCHEMAS}
        assert len(changes(one, other)) == count


@pytest.mark.parametrize(
    ("before", "after", "sent", "received"),
    [
        (WHOLE, NUMBER, "type-generalized", "type-generalized"),
        (NUMBER, WHOLE, "type-changed", "type-specialized"),
        (TEXT, NUMBER, "type-changed", "type-changed"),
        (TEXT, {}, "type-generalized", "type-generalized"),
        ({}, TEXT, "type-changed", "type-specialized"),
        (TEXT, {"type": ["string", "number"]}, "type-generalized", "type-generalized"),
        ({"type": ["string", "number"]}, TEXT, "type-changed", "type-specialized"),
        (
            {**WHOLE, "format": "int32"},
            {**WHOLE, "format": "int64"},
            "type-generalized",
            "type-generalized",
        ),
        (
            {**WHOLE, "format": "int64"},
            {**WHOLE, "format": "int32"},
            "type-changed",
            "type-specialized",
        ),
        (TEXT, {**TEXT, "format": "uuid"}, "type-changed", "type-specialized"),
        ({**TEXT, "format": "uuid"}, TEXT, "type-generalized", "type-generalized"),
        (
            {**TEXT, "format": "date"},
            {**TEXT, "format": "date-time"},
            "type-generalized",
            "type-generalized",
        ),
        ({**TEXT, "format": "uuid"}, {**TEXT, "format": "email"}, "type-changed", "type-changed"),
    ],
)
def test_types_by_direction(before, after, sent, received):
    for place, rule in ((BODY, sent), (ANSWER, received)):
        assert list(found(placed(place, before), placed(place, after))) == [f"{place}-{rule}"]
    breaks = worst(placed(BODY, before), placed(BODY, after)) == "breaking"
    assert breaks is (sent == "type-changed")
    breaks = worst(placed(ANSWER, before), placed(ANSWER, after)) == "breaking"
    assert breaks is (received != "type-specialized")


def test_what_is_written_as_text_may_become_text():
    def xml(schema, **more):
        content = {"application/xml": {"schema": schema}}
        return operation(requestBody={"content": content}, responses={"200": {"content": content}})

    assert found(xml(NUMBER), xml(TEXT)) == {
        "request-body-type-compatible": "safe",
        "response-body-type-changed": "breaking",
    }
    assert found(xml(TEXT), xml(NUMBER)) == {
        "request-body-type-changed": "breaking",
        "response-body-type-compatible": "safe",
    }


def test_a_change_deep_below_is_told_with_its_way():
    deep = {"type": "array", "items": thing(owner={"allOf": [ref("Who"), thing(x=TEXT)]})}
    one = with_schemas(ANSWER, deep, Who=asked("name", name=TEXT, age=NUMBER))
    other = with_schemas(ANSWER, deep, Who=asked("age", name=TEXT, age=NUMBER))
    told = {change.words for change in changes(one, other)}
    way = "items/owner/allOf[Who]"
    assert told == {
        f"the property `{way}/name` of the response (200) became optional",
        f"the property `{way}/age` of the response (200) became required",
    }


def test_a_schema_that_is_met_again_is_told_once():
    node = asked("id", id=TEXT, next=ref("Node"), others={"type": "array", "items": ref("Node")})
    changed = copy.deepcopy(node)
    changed["properties"]["id"]["maxLength"] = 3
    one, other = (with_schemas(BODY, ref("Node"), Node=x) for x in (node, changed))
    assert [change.rule for change in changes(one, other)] == ["request-property-max-length-set"]


def test_a_property_may_go_from_one_branch_to_another():
    one = {"allOf": [asked("a", a=TEXT, b=TEXT), thing(c=TEXT)]}
    other = {"allOf": [thing(b=TEXT), asked("a", a=TEXT, c={**TEXT, "maxLength": 3})]}
    for place in (BODY, ANSWER):
        told = [x.rule for x in changes(placed(place, one), placed(place, other))]
        assert len(told) == 1, told
        assert told[0].endswith("max-length-set")


def test_what_one_branch_asks_for_another_may_ask_for_still():
    whole = {"allOf": [ref("A"), ref("B")]}
    before = {"A": asked("a", a=TEXT), "B": asked("a", b=TEXT)}
    after = {"A": thing(a=TEXT), "B": asked("a", b={**TEXT, "maxLength": 3})}
    for place, kind in ((BODY, "request"), (ANSWER, "response")):
        told = found(*(with_schemas(place, whole, **x) for x in (before, after)))
        assert list(told) == [f"{kind}-property-max-length-set"]


def test_a_schema_is_told_of_everywhere_it_is_used():
    def used(last):
        schemas = {"A": thing(a=last), "B": thing(b=ref("A")), "C": thing(c=ref("B"))}
        bodies = {f"/{n.lower()}": {"post": body(ref(n))} for n in ("A", "C", "B")}
        return api(bodies, components={"schemas": schemas})

    told = changes(used(TEXT), used({**TEXT, "maxLength": 3}))
    assert [change.path for change in told] == ["/a", "/b", "/c"]


def test_flattened_branches_are_told_property_by_property():
    one, other = {"allOf": [thing(a=TEXT)]}, {"allOf": [thing(a=TEXT), asked("b", b=TEXT)]}
    pair = placed(BODY, one), placed(BODY, other)
    assert list(found(*pair)) == ["request-body-all-of-added"]
    assert list(found(*pair, flatten=True)) == ["new-required-request-property"]


def test_a_choice_that_keeps_what_it_was():
    plain, more = thing(a=TEXT), {"anyOf": [thing(a=TEXT), thing(b=TEXT)]}
    assert found(placed(BODY, plain), placed(BODY, more)) == {"request-body-any-of-added": "safe"}
    assert found(placed(BODY, more), placed(BODY, plain)) == {
        "request-body-any-of-removed": "breaking"
    }
    assert found(placed(ANSWER, plain), placed(ANSWER, more)) == {
        "response-body-any-of-added": "breaking"
    }
    assert changes(placed(BODY, plain), placed(BODY, {"oneOf": [plain]})) == []


def test_what_a_closed_object_loses_is_refused():
    closed = {"additionalProperties": False}
    one, other = ({**thing(**x), **closed} for x in ({"a": TEXT, "b": TEXT}, {"a": TEXT}))
    assert found(placed(BODY, one), placed(BODY, other)) == {"request-property-removed": "breaking"}


def test_what_is_not_sent_is_harmless():
    one, other = ({**TEXT, "readOnly": True, "enum": ["a", "b"][:n]} for n in (2, 1))
    pair = placed("request-property", one), placed("request-property", other)
    assert found(*pair) == {"request-read-only-property-enum-value-removed": "safe"}
    held = [thing(below={**TEXT, "pattern": p}) for p in ("^a$", "^b$")]
    one, other = (placed("request-property", {**x, "readOnly": True}) for x in held)
    assert found(one, other) == {"request-property-pattern-changed": "safe"}
    held = [{**TEXT, "writeOnly": True, "maxLength": n} for n in (3, 5)]
    one, other = (placed("response-property", x) for x in held)
    assert found(one, other) == {"response-property-max-length-increased": "safe"}
    optional, needed = thing(a={**TEXT, "readOnly": True}), asked("a", a={**TEXT, "readOnly": True})
    for pair in ((thing(), needed), (optional, needed), (needed, optional)):
        assert changes(*(placed(BODY, x) for x in pair)) == []


@pytest.mark.parametrize("keyword", ["not", "if"])
def test_below_what_turns_the_sense_nothing_is_certain(keyword):
    one, other = ({keyword: thing(a={**TEXT, "maxLength": n}), "then": {}} for n in (5, 3))
    for place in (BODY, ANSWER):
        for pair in ((one, other), (other, one)):
            assert worst(*(placed(place, x) for x in pair)) == "dangerous"


def test_a_list_that_may_not_go_on():
    one = {"type": "array", "prefixItems": [TEXT]}
    other = {**one, "items": False}
    assert found(placed(BODY, one), placed(BODY, other)) == {
        "request-property-schema-became-false": "breaking"
    }
    assert found(placed(ANSWER, other), placed(ANSWER, {**one, "items": NUMBER})) == {
        "response-property-schema-became-not-false": "breaking"
    }


def test_a_bound_that_changes_its_keyword():
    one, other = {**NUMBER, "minimum": 1}, {**NUMBER, "exclusiveMinimum": 1}
    assert worst(placed(BODY, one), placed(BODY, other)) == "breaking"
    assert worst(placed(BODY, other), placed(BODY, one)) == "safe"
    assert worst(placed(ANSWER, one), placed(ANSWER, other)) == "safe"


def test_a_number_that_is_excluded_is_told_once():
    one, other = {**NUMBER, "maximum": 1}, {**NUMBER, "maximum": 1, "exclusiveMaximum": True}
    one, other = (placed(BODY, x, "3.0.3") for x in (one, other))
    assert found(one, other) == {"request-body-exclusive-max-set": "breaking"}
    assert found(other, one) == {"request-body-exclusive-max-unset": "safe"}
    lower = placed(BODY, {**NUMBER, "exclusiveMaximum": 0})
    assert set(found(one, lower)) == {"request-body-max-unset", "request-body-exclusive-max-set"}


def test_what_becomes_a_list_is_told_as_another_type_only():
    many = {"type": "array", "items": TEXT}
    for place in (BODY, ANSWER):
        for pair in ((TEXT, many), (many, TEXT)):
            told = found(*(placed(place, x) for x in pair))
            assert told == {f"{place}-type-changed": "breaking"}


def test_a_first_branch_that_only_describes():
    one, other = thing(a=TEXT), {**thing(a=TEXT), "allOf": [{"title": "Thing"}]}
    for kind, (old, new) in {"added": (one, other), "removed": (other, one)}.items():
        told = found(placed(BODY, old), placed(BODY, new))
        assert told == {f"request-body-all-of-{kind}-annotation-only": "safe"}


def test_what_only_describes_is_told_below_branches_too():
    plain, branch = {"allOf": [thing(a=TEXT)]}, thing(a={**TEXT, "default": "x"})
    pair = placed(BODY, plain), placed(BODY, {"allOf": [branch]})
    assert found(*pair) == {"request-property-default-value-added": "safe"}
    branch = thing(a={**TEXT, "deprecated": True})
    for other in ({"allOf": [branch]}, branch):
        pair = placed(BODY, plain), placed(BODY, other)
        assert found(*pair) == {"request-property-deprecated": "safe"}


def test_the_enum_of_an_answer_has_rules_of_another_name():
    one, other = ({**TEXT, "enum": ["a", "b"][:n]} for n in (1, 2))
    for old, new, rule, level in (
        (one, other, "enum-value-added", "breaking"),
        (other, one, "enum-value-removed", "safe"),
        (TEXT, one, "became-enum", "safe"),
        (one, TEXT, "became-not-enum", "breaking"),
    ):
        told = found(placed(ANSWER, old), placed(ANSWER, new))
        assert told == {f"response-mediatype-{rule}": level}


def test_fewer_dependents_ask_for_less():
    one, other = ({"dependentRequired": {"a": ["b", "c"][:n]}} for n in (2, 1))
    assert found(placed(BODY, one), placed(BODY, other)) == {
        "request-body-dependent-required-changed": "safe"
    }
    assert found(placed(ANSWER, one), placed(ANSWER, other)) == {
        "response-body-dependent-required-changed": "breaking"
    }


def test_a_reference_to_nowhere_is_compared_as_written():
    assert changes(placed(BODY, ref("Lost")), placed(BODY, ref("Lost"))) == []


def test_hundreds_of_levels_are_no_harm():
    def chain(last):
        return {f"N{n}": thing(next=ref(f"N{n + 1}")) for n in range(3000)} | {"N3000": last}

    one = with_schemas(BODY, {"oneOf": [ref("N0"), NUMBER]}, **chain(TEXT))
    other = with_schemas(BODY, {"oneOf": [ref("N0"), NUMBER]}, **chain({**TEXT, "maxLength": 1}))
    assert len(changes(one, other)) == 1
    deep = [TEXT, {**TEXT, "maxLength": 1}]
    for _ in range(300):
        deep = [{"type": "array", "items": one} for one in deep]
    assert len(changes(*(api({"/a": {"post": body(x)}}) for x in deep))) == 1


def body(schema):
    content = {"application/json": {"schema": schema}}
    return {"requestBody": {"content": content}, "responses": {"200": {"description": "Done."}}}


@pytest.mark.parametrize("flatten", [False, True])
def test_circles_of_all_of_come_to_an_end(flatten):
    def schemas(last):
        return {
            "D": thing(d={"allOf": [ref("D"), ref("E")]}),
            "E": thing(d={"allOf": [ref("E"), ref("D"), thing(d={"allOf": [ref("D"), ref("F")]})]}),
            "F": {"allOf": [ref("D"), ref("E"), thing(q=last)]},
            "Self": {"allOf": [ref("Self"), thing(a=TEXT)]},
        }

    whole = {"anyOf": [ref("F"), ref("Self"), {"allOf": [ref("E"), ref("Self")]}]}
    pair = (with_schemas(BODY, whole, **schemas(x)) for x in (TEXT, {**TEXT, "maxLength": 1}))
    told = changes(*pair, flatten=flatten)
    assert {change.rule for change in told} == {"request-property-max-length-set"}
    same = {**TEXT, "description": "Said."}
    pair = (with_schemas(BODY, whole, **schemas(x)) for x in (TEXT, same))
    assert changes(*pair, flatten=flatten) == []
