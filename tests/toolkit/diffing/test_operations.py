"""What is no change, what harms whom, and what is left alone, in operations."""

import pytest

from altlas_chat.specs.findings import DocumentUnusable

from .pairs import api, changes, found, operation, rewritten

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
OK = {"200": {"description": "Done."}}
JSON = "application/json"


def at(path, **told):
    return api({path: {"get": {"responses": OK, **told}}})


def named(name, **told):
    return {"name": name, "in": "path", "required": True, "schema": TEXT, **told}


def query(*parameters, **told):
    made = [{"in": "query", "schema": TEXT, **one} for one in parameters]
    return at("/a", parameters=made, **told)


def test_a_path_parameter_may_have_another_name():
    old = at("/a/{id}/b/{no}", parameters=[named("id"), named("no")])
    new = at("/a/{key}/b/{number}", parameters=[named("number"), named("key")])
    assert changes(old, new) == []
    new = at("/a/{key}/b/{number}", parameters=[named("number", schema=NUMBER), named("key")])
    (change,) = changes(old, new)
    assert (change.rule, change.path) == ("request-parameter-type-changed", "/a/{key}/b/{number}")


def test_paths_that_differ_in_the_names_of_parameters_alone_are_told_apart():
    one, other = {"get": {"responses": OK}}, {"post": {"responses": OK}}
    old = api({"/a/{id}": one, "/a/{name}": other})
    assert changes(old, rewritten(old)) == []
    assert [x.operation for x in changes(old, api({"/a/{name}": other}))] == ["GET /a/{id}"]
    renamed = api({"/a/{key}": one, "/a/{name}": other})
    assert changes(old, renamed) == []


def test_parameters_of_the_path_are_those_of_its_operations():
    own = at("/a", parameters=[{"name": "q", "in": "query", "schema": TEXT}])
    shared = api(
        {
            "/a": {
                "parameters": [{"name": "q", "in": "query", "schema": TEXT}],
                "get": {"responses": OK},
            }
        }
    )
    assert changes(own, shared) == []
    assert changes(shared, own) == []


def test_shared_path_items_parameters_and_answers_are_followed():
    old = at("/a", parameters=[{"name": "q", "in": "query", "schema": TEXT}])
    components = {
        "pathItems": {
            "A": {
                "get": {
                    "parameters": [{"$ref": "#/components/parameters/Q"}],
                    "responses": {"200": {"$ref": "#/components/responses/Done"}},
                }
            }
        },
        "parameters": {"Q": {"name": "q", "in": "query", "schema": TEXT}},
        "responses": {"Done": {"description": "Done."}},
    }
    new = api({"/a": {"$ref": "#/components/pathItems/A"}}, components=components)
    assert changes(old, new) == []


def test_header_names_have_no_case_and_some_are_described_elsewhere():
    old, new = (
        at("/a", parameters=[{"name": n, "in": "header", "schema": TEXT}]) for n in ("X-A", "x-a")
    )
    assert changes(old, new) == []
    new = at(
        "/a", parameters=[{"name": "Accept", "in": "header", "required": True, "schema": TEXT}]
    )
    assert changes(at("/a"), new) == []


def test_a_default_of_style_and_explode_may_be_said():
    old = query({"name": "q", "schema": {"type": "array", "items": TEXT}})
    new = query(
        {"name": "q", "style": "form", "explode": True, "schema": {"type": "array", "items": TEXT}}
    )
    assert changes(old, new) == []
    assert changes(query({"name": "q"}), query({"name": "q", "explode": False})) == []


def test_one_value_is_a_list_of_one_where_lists_are_exploded():
    many = {"type": "array", "items": TEXT}
    old = query({"name": "q"})
    assert found(old, query({"name": "q", "schema": many})) == {
        "request-parameter-type-generalized": "safe"
    }
    joined = query({"name": "q", "schema": many, "explode": False})
    assert found(old, joined)["request-parameter-type-changed"] == "breaking"
    short = query({"name": "q", "schema": {"type": "array", "items": {**TEXT, "maxLength": 2}}})
    assert found(old, short) == {"request-parameter-type-changed": "breaking"}


def test_a_list_of_texts_takes_what_else_was_written_as_text():
    old = query({"name": "q", "schema": {"type": ["string", "integer"], "maxLength": 2}})

    def listed(**items):
        return query({"name": "q", "schema": {"type": "array", "items": items}})

    taken = listed(type="string", maxLength=2)
    assert found(old, taken) == {"request-parameter-type-generalized": "safe"}
    for items in ({"type": "integer", "maxLength": 2}, {"type": "string", "maxLength": 1}):
        assert found(old, listed(**items))["request-parameter-type-changed"] == "breaking"


def test_parameters_that_became_properties_of_one_that_is_exploded():
    old = query({"name": "a"}, {"name": "b", "schema": NUMBER})
    whole = {"type": "object", "properties": {"a": TEXT, "b": NUMBER, "c": TEXT}}
    assert changes(old, query({"name": "filter", "schema": whole})) == []
    whole = {**whole, "properties": {"a": {**TEXT, "maxLength": 1}}, "required": ["a"]}
    assert found(old, query({"name": "filter", "schema": whole})) == {
        "request-parameter-became-required": "breaking",
        "request-parameter-max-length-set": "breaking",
        "request-parameter-removed": "dangerous",
    }


def test_a_parameter_written_as_json_is_compared_as_json():
    def written(schema):
        content = {JSON: {"schema": schema}}
        return at("/a", parameters=[{"name": "q", "in": "query", "content": content}])

    typed = {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}
    assert "new-required-request-parameter-property" in found(
        written({"type": "object"}), written(typed)
    )


def taking(*names, **media):
    content = {name: {} for name in names} | {
        name.replace("__", "/"): m for name, m in media.items()
    }
    return operation(requestBody={"content": content})


def giving(*names):
    return operation(responses={"200": {"description": "Done.", "content": {n: {} for n in names}}})


def test_a_range_takes_what_it_holds():
    assert found(taking("image/png", "image/gif"), taking("image/*")) == {}
    assert found(taking("image/png"), taking("*/*")) == {}
    assert (
        found(taking("image/*"), taking("image/png"))["request-body-media-type-removed"]
        == "breaking"
    )
    assert found(taking(JSON), taking(f"{JSON}; charset=utf-8")) == {}
    assert found(taking(JSON), taking("application/problem+json")) == {
        "request-body-media-type-added": "safe",
        "request-body-media-type-removed": "breaking",
    }
    assert found(giving("image/*"), giving("image/png")) == {
        "response-media-type-name-specialized": "safe"
    }
    assert found(giving("image/png"), giving("image/*")) == {
        "response-media-type-name-generalized": "breaking"
    }


def test_a_status_may_be_told_by_its_range():
    old, new = (operation(responses={s: {"description": "Done."}}) for s in ("201", "2XX"))
    assert found(old, new) == {"response-success-status-added": "safe"}
    assert found(new, old)["response-success-status-removed"] == "breaking"


def test_a_schema_that_says_nothing_is_as_none():
    old = operation(requestBody={"content": {JSON: {}}})
    for schema in ({}, True, {"description": "Anything."}):
        assert changes(old, operation(requestBody={"content": {JSON: {"schema": schema}}})) == []
    never = operation(requestBody={"content": {JSON: {"schema": False}}})
    assert found(old, never) == {"request-body-schema-became-false": "breaking"}


KEY, BEARER = {"key": []}, {"bearer": []}


def test_security_counts_where_it_is_in_effect():
    base = at("/a", security=[KEY])
    assert changes(base, {**base, "security": [BEARER]})[0].level == "safe"
    told = found({**base, "security": [KEY]}, {**base, "security": [BEARER]})
    assert set(told.values()) == {"safe"}, "no operation is left that the document speaks for"
    shared, own = {**at("/a"), "security": [KEY]}, at("/a", security=[KEY])
    assert found(shared, {**own, "security": [KEY]}) == {}
    assert found(own, at("/a")) == {"api-security-anonymous-access-added": "safe"}
    assert found(at("/a"), own) == {
        "api-security-added": "safe",
        "api-security-anonymous-access-removed": "breaking",
    }
    both, other = at("/a", security=[{**KEY, **BEARER}]), at("/a", security=[{**BEARER, **KEY}])
    assert changes(both, other) == []
    assert found(at("/a", security=[KEY, BEARER]), at("/a", security=[KEY, {}]))[
        "api-security-anonymous-access-added"
    ]


def test_who_has_what_was_asked_for_may_be_asked_for_less():
    both = at("/a", security=[{**KEY, **BEARER}])
    assert found(both, at("/a", security=[KEY])) == {
        "api-security-added": "safe",
        "api-security-removed": "safe",
    }
    assert found(at("/a", security=[KEY]), both)["api-security-removed"] == "breaking"
    read, write, all_ = ({"oauth": x} for x in (["read"], ["write"], ["read", "write"]))
    assert found(at("/a", security=[read]), at("/a", security=[all_, read])) == {
        "api-security-added": "safe"
    }
    told = found(at("/a", security=[read, write]), at("/a", security=[read]))
    assert told == {"api-security-removed": "breaking"}


def hook(schema, where):
    content = {JSON: {"schema": schema}}
    called = {"post": {"requestBody": {"content": content}, "responses": OK}}
    if where == "webhook":
        return api({}, webhooks={"told": called})
    return operation(callbacks={"told": {"{$request.body#/url}": called}})


@pytest.mark.parametrize("where", ["webhook", "callback"])
def test_where_the_server_calls_the_client_receives(where):
    short, long = (
        {"type": "object", "properties": {"a": {**TEXT, "maxLength": n}}} for n in (3, 5)
    )
    assert found(hook(short, where), hook(long, where)) == {
        "request-property-max-length-increased": "breaking"
    }
    assert found(hook(long, where), hook(short, where)) == {
        "request-property-max-length-decreased": "safe"
    }
    none, sure = {"type": "object"}, {**short, "required": ["a"]}
    assert found(hook(none, where), hook(sure, where)) == {"new-required-request-property": "safe"}
    assert found(hook(sure, where), hook(none, where)) == {"request-property-removed": "breaking"}
    assert found(hook(short, where), hook(none, where)) == {"request-property-removed": "safe"}


@pytest.mark.parametrize("level", ["draft", "alpha"])
def test_what_is_unstable_may_change_as_it_likes(level):
    told = {"x-stability-level": level}
    old, new = query({"name": "q"}, **told), query(**told)
    assert changes(old, new) == []
    assert changes(old, api({})) == []
    assert found(old, new, stability="draft") == {"request-parameter-removed": "dangerous"}


def test_an_end_that_has_come_may_be_carried_out():
    ended = at("/a", deprecated=True, **{"x-sunset": "2026-06-15"})
    assert found(ended, api({})) == {"api-path-removed-with-deprecation": "safe"}
    tomorrow = at("/a", deprecated=True, **{"x-sunset": "2026-06-16T00:00:00Z"})
    assert found(tomorrow, api({})) == {"api-path-removed-before-sunset": "breaking"}
    later = at("/a", deprecated=True, **{"x-sunset": "2027-06-16"})
    assert changes(tomorrow, later, stable_days=30) == []


def test_openapi_is_not_compared_with_asyncapi():
    with pytest.raises(DocumentUnusable) as refusal:
        changes(api({}), {"asyncapi": "3.0.0", "info": {}})
    assert refusal.value.findings[0].rule == "other-kind"


def events_2(payload, name="told"):
    message = {"name": name, "payload": payload}
    channels = {"a/{p}": {"parameters": {"p": {}}, "subscribe": {"message": message}}}
    return {"asyncapi": "2.6.0", "info": {"title": "Any", "version": "1"}, "channels": channels}


def test_messages_of_asyncapi_2_go_the_way_they_are_named():
    short, long = ({**TEXT, "maxLength": n} for n in (3, 5))
    old, new = events_2(short), events_2(long)
    (change,) = changes(old, new)
    assert (change.rule, change.operation) == (
        "response-body-max-length-increased",
        "subscribe a/{p}",
    )
    assert "of the message told" in change.words
    for data in (old, new):
        data["channels"]["a/{p}"]["publish"] = data["channels"]["a/{p}"].pop("subscribe")
    assert found(old, new) == {"request-body-max-length-increased": "safe"}
    assert changes(old, rewritten(old)) == []
