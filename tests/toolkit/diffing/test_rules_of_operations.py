"""Every rule that the grammar does not make: what triggers it, and at which level."""

import copy

import pytest

from altlas_chat.toolkit.diffing.rules import RULES
from altlas_chat.toolkit.diffing.rules_of_operations import OPERATION_RULES
from altlas_chat.toolkit.diffing.rules_of_properties import SPECIAL
from altlas_chat.toolkit.diffing.rules_of_schemas import BOUNDS

from .pairs import api, changes, found, operation, placed, rewritten

OK = {"200": {"description": "Done."}}
TEXT = {"type": "string"}
PLAIN = operation()


def edited(data, *steps, value=None):
    """A copy in which something is set, or taken away where no value is given."""
    again = copy.deepcopy(data)
    node = again
    for step in steps[:-1]:
        node = node[step]
    if value is None:
        del node[steps[-1]]
    else:
        node[steps[-1]] = value
    return again


def endpoint(**told):
    return operation(**told)


def removed(**told):
    """An API of two operations of one path, of which the second goes."""
    both = {"get": {"responses": OK}, "put": {"responses": OK, **told}}
    return api({"/a": both}), api({"/a": {"get": {"responses": OK}}})


def path_removed(**told):
    paths = {"/a": {"get": {"responses": OK}}, "/b": {"get": {"responses": OK, **told}}}
    return api(paths), api({"/a": paths["/a"]})


def webhooks(**hooks):
    return api({}, webhooks={name: {"post": {"responses": OK}} for name in hooks})


def callbacks(**told):
    return operation(callbacks={name: {"/cb": {"post": {"responses": OK}}} for name in told})


PATHS = {
    "endpoint-added": (removed()[1], removed()[0]),
    "api-removed-without-deprecation": removed(),
    "api-removed-with-deprecation": removed(deprecated=True),
    "api-removed-before-sunset": removed(deprecated=True, **{"x-sunset": "2026-12-31"}),
    "api-path-removed-without-deprecation": path_removed(),
    "api-path-removed-with-deprecation": path_removed(
        deprecated=True, **{"x-sunset": "2026-01-01"}
    ),
    "api-path-removed-before-sunset": path_removed(deprecated=True, **{"x-sunset": "2026-12-31"}),
    "api-path-sunset-parse": path_removed(deprecated=True, **{"x-sunset": "soon"}),
    "api-operation-id-removed": (endpoint(operationId="a"), endpoint(operationId="b")),
    "api-operation-id-added": (PLAIN, endpoint(operationId="b")),
    "api-tag-removed": (endpoint(tags=["a", "b"]), endpoint(tags=["b"])),
    "api-tag-added": (endpoint(tags=["a"]), endpoint(tags=["b", "a"])),
    "callback-added": (PLAIN, callbacks(done=1)),
    "callback-removed": (callbacks(done=1, lost=1), callbacks(done=1)),
    "webhook-added": (webhooks(a=1), webhooks(a=1, b=1)),
    "webhook-removed": (webhooks(a=1, b=1), webhooks(a=1)),
    "api-server-added": (PLAIN, {**PLAIN, "servers": [{"url": "https://a.example"}]}),
    "api-server-removed": ({**PLAIN, "servers": [{"url": "https://a.example"}]}, PLAIN),
}

ENDS = {"deprecated": True, "x-sunset": "2026-12-31"}
LIFECYCLE = {
    "endpoint-deprecated": (PLAIN, endpoint(deprecated=True)),
    "endpoint-deprecated-with-sunset": (PLAIN, endpoint(**ENDS)),
    "endpoint-reactivated": (endpoint(deprecated=True), PLAIN),
    "api-deprecated-sunset-missing": (PLAIN, endpoint(deprecated=True), {"stable_days": 30}),
    "api-deprecated-sunset-parse": (PLAIN, endpoint(**{**ENDS, "x-sunset": "soon"})),
    "api-sunset-date-too-small": (
        PLAIN,
        endpoint(**{**ENDS, "x-sunset": "2026-06-20"}),
        {"stable_days": 30},
    ),
    "sunset-deleted": (endpoint(**ENDS), endpoint(deprecated=True)),
    "api-sunset-date-changed-too-small": (
        endpoint(**ENDS),
        endpoint(**{**ENDS, "x-sunset": "2026-06-20"}),
        {"stable_days": 30},
    ),
    "api-invalid-stability-level": (PLAIN, endpoint(**{"x-stability-level": "rocky"})),
    "api-stability-decreased": (PLAIN, endpoint(**{"x-stability-level": "beta"})),
    "api-stability-increased": (
        endpoint(**{"x-stability-level": "beta"}),
        endpoint(**{"x-stability-level": "stable"}),
    ),
}


def versions(old, new):
    before, after = removed()
    return (
        edited(before, "info", "version", value=old),
        edited(after, "info", "version", value=new),
        {"versions": True},
    )


VERSIONS = {
    "api-version-not-bumped": versions("1.2.0", "1.2.0"),
    "api-version-decreased": versions("1.2.0", "1.1.0"),
    "api-major-version-not-bumped": versions("1.2.0", "1.3.0"),
}


def having(**told):
    told = {"name": "q", "in": "query", "schema": TEXT, **told}
    return operation(parameters=[told])


def at_path(*parameters):
    item = {"get": {"responses": OK}}
    return api({"/a": {**item, "parameters": list(parameters)}})


LISTED = {"schema": {"type": "array", "items": TEXT}}
Q = {"name": "q", "in": "query", "schema": TEXT}
PARAMETERS = {
    "new-required-request-parameter": (PLAIN, having(required=True)),
    "new-optional-request-parameter": (PLAIN, having()),
    "new-required-request-default-parameter-to-existing-path": (
        at_path(),
        at_path({**Q, "required": True}),
    ),
    "new-optional-request-default-parameter-to-existing-path": (at_path(), at_path(Q)),
    "new-request-path-parameter": (
        api({"/a/{b}": {"get": {"responses": OK}}}),
        api(
            {
                "/a/{b}": {
                    "get": {
                        "parameters": [
                            {"name": "b", "in": "path", "required": True, "schema": TEXT}
                        ],
                        "responses": OK,
                    }
                }
            }
        ),
    ),
    "request-parameter-removed": (having(), PLAIN),
    "request-parameter-removed-with-deprecation": (having(deprecated=True), PLAIN),
    "request-parameter-removed-before-sunset": (having(**ENDS), PLAIN),
    "request-parameter-sunset-parse": (having(**{**ENDS, "x-sunset": "soon"}), PLAIN),
    "request-parameter-became-required": (having(), having(required=True)),
    "request-parameter-became-optional": (having(required=True), having()),
    "request-parameter-deprecated": (having(), having(deprecated=True)),
    "request-parameter-reactivated": (having(deprecated=True), having()),
    "request-parameter-deprecated-sunset-missing": (
        having(),
        having(deprecated=True),
        {"stable_days": 30},
    ),
    "request-parameter-sunset-date-too-small": (
        having(),
        having(**{**ENDS, "x-sunset": "2026-06-20"}),
        {"stable_days": 30},
    ),
    "request-parameter-sunset-deleted": (having(**ENDS), having(deprecated=True)),
    "request-parameter-sunset-date-changed-too-small": (
        having(**ENDS),
        having(**{**ENDS, "x-sunset": "2026-06-20"}),
        {"stable_days": 30},
    ),
    "request-parameter-style-changed": (having(**LISTED), having(style="pipeDelimited", **LISTED)),
    "request-parameter-explode-changed": (having(**LISTED), having(explode=False, **LISTED)),
    "request-parameter-became-allow-reserved": (having(), having(allowReserved=True)),
    "request-parameter-became-not-allow-reserved": (having(allowReserved=True), having()),
    "request-parameter-became-allow-empty": (having(), having(allowEmptyValue=True)),
    "request-parameter-became-not-allow-empty": (having(allowEmptyValue=True), having()),
    "request-parameter-content-changed": (
        having(),
        operation(
            parameters=[
                {"name": "q", "in": "query", "content": {"application/json": {"schema": TEXT}}}
            ]
        ),
    ),
}


def taking(content=None, **told):
    content = {"application/json": {"schema": TEXT}} if content is None else content
    return operation(requestBody={"content": content, **told})


def giving(content=None, status="200", headers=None, **more):
    answer = {"description": "Done."}
    if content is not None:
        answer["content"] = content
    if headers is not None:
        answer["headers"] = headers
    return operation(responses={status: answer, **more})


def both(made, kind, came, going):
    """The same keyword of a media type, coming and going."""
    without, having = made({"text/csv": {}}), made({"text/csv": {kind: TEXT}})
    return {came: (without, having), going: (having, without)}


JSON = "application/json"
HEADER = {"X-A": {"schema": TEXT}}
SURE = {"X-A": {"schema": TEXT, "required": True}}
MORE = {"404": {"description": "Not there."}}
BODIES = {
    "request-body-added-required": (PLAIN, taking(required=True)),
    "request-body-added-optional": (PLAIN, taking()),
    "request-body-removed": (taking(), PLAIN),
    "request-body-became-required": (taking(), taking(required=True)),
    "request-body-became-optional": (taking(required=True), taking()),
    "request-body-media-type-added": (taking({"a/b": {}}), taking({"a/b": {}, "a/c": {}})),
    "request-body-media-type-removed": (taking({"a/b": {}, "a/c": {}}), taking({"a/b": {}})),
    **both(
        taking,
        "schema",
        "request-body-media-type-schema-added",
        "request-body-media-type-schema-removed",
    ),
    **both(
        taking,
        "itemSchema",
        "request-body-media-type-item-schema-added",
        "request-body-media-type-item-schema-removed",
    ),
    **both(
        giving,
        "schema",
        "response-body-media-type-schema-added",
        "response-body-media-type-schema-removed",
    ),
    **both(
        giving,
        "itemSchema",
        "response-body-media-type-item-schema-added",
        "response-body-media-type-item-schema-removed-untyped",
    ),
    "response-body-media-type-item-schema-removed": (
        giving({"text/csv": {"itemSchema": TEXT, "schema": TEXT}}),
        giving({"text/csv": {"schema": TEXT}}),
    ),
    "response-success-status-removed": (giving(**{"202": MORE["404"]}), giving()),
    "response-success-status-added": (giving(), giving(**{"202": MORE["404"]})),
    "response-non-success-status-removed": (giving(**MORE), giving()),
    "response-non-success-status-added": (giving(), giving(**MORE)),
    "response-media-type-removed": (giving({"a/b": {}, "a/c": {}}), giving({"a/b": {}})),
    "response-media-type-added": (giving({"a/b": {}}), giving({"a/b": {}, "a/c": {}})),
    "response-media-type-name-changed": (
        giving({"text/html; charset=a; level=1": {}}),
        giving({"text/html; charset=b": {}}),
    ),
    "response-media-type-name-generalized": (
        giving({"application/problem+json": {}}),
        giving({JSON: {}}),
    ),
    "response-media-type-name-specialized": (
        giving({JSON: {}}),
        giving({"application/problem+json": {}}),
    ),
    "response-media-type-parameter-added": (
        giving({"text/html": {}}),
        giving({"text/html; charset=utf-8": {}}),
    ),
    "response-media-type-parameter-removed": (
        giving({"text/html; charset=utf-8": {}}),
        giving({"text/html": {}}),
    ),
    "response-media-type-parameter-changed": (
        giving({"text/html; charset=utf-8": {}}),
        giving({"text/html; charset=ascii": {}}),
    ),
    "response-header-added": (giving(), giving(headers=HEADER)),
    "required-response-header-removed": (giving(headers=SURE), giving()),
    "optional-response-header-removed": (giving(headers=HEADER), giving()),
    "response-header-became-optional": (giving(headers=SURE), giving(headers=HEADER)),
    "response-header-became-required": (giving(headers=HEADER), giving(headers=SURE)),
}

KEY, BEARER, SCOPED = {"key": []}, {"bearer": []}, {"oauth": ["read"]}
WIDER = {"oauth": ["read", "write"]}


def asking(*requirements):
    return operation(security=list(requirements))


def asking_all(*requirements):
    return {**PLAIN, "security": list(requirements)}


def scheme(**told):
    return {**PLAIN, "components": {"securitySchemes": {"a": told, "z": {"type": "mutualTLS"}}}}


def flow(**told):
    asked = {
        "authorizationUrl": "https://a.example/in",
        "tokenUrl": "https://a.example/token",
        "scopes": {"read": "Reads."},
        **told,
    }
    return scheme(type="oauth2", flows={"authorizationCode": asked})


def scheme_pairs():
    short = "api-security-component"
    api_key = {"type": "apiKey", "name": "X-Key", "in": "header"}
    other = edited(scheme(**api_key), "components", "securitySchemes", "a")
    yield f"{short}-added", (other, scheme(**api_key))
    yield f"{short}-removed", (scheme(**api_key), other)
    yield f"{short}-type-changed", (scheme(**api_key), scheme(type="http", scheme="basic"))
    yield f"{short}-api-key-name-changed", (scheme(**api_key), scheme(**{**api_key, "name": "K"}))
    yield f"{short}-api-key-in-changed", (scheme(**api_key), scheme(**{**api_key, "in": "query"}))
    basic, bearer = {"type": "http", "scheme": "basic"}, {"type": "http", "scheme": "bearer"}
    yield f"{short}-http-scheme-changed", (scheme(**basic), scheme(**bearer))
    yield (
        f"{short}-bearer-format-changed",
        (scheme(**bearer, bearerFormat="JWT"), scheme(**bearer, bearerFormat="opaque")),
    )
    openid = [
        scheme(type="openIdConnect", openIdConnectUrl=f"https://{x}.example") for x in ("a", "b")
    ]
    yield f"{short}-open-id-connect-url-changed", tuple(openid)
    moved = "https://b.example"
    yield f"{short}-oauth-url-changed", (flow(), flow(authorizationUrl=moved))
    yield f"{short}-oauth-token-url-changed", (flow(), flow(tokenUrl=moved))
    more = {"read": "Reads.", "write": "Writes."}
    yield f"{short}-oauth-scope-added", (flow(), flow(scopes=more))
    yield f"{short}-oauth-scope-removed", (flow(scopes=more), flow())
    yield f"{short}-oauth-scope-changed", (flow(), flow(scopes={"read": "Reads all."}))


SECURITY = {
    "api-security-added": (asking(KEY), asking(KEY, BEARER)),
    "api-security-removed": (asking(KEY, BEARER), asking(KEY)),
    "api-security-scope-added": (asking(SCOPED), asking(WIDER)),
    "api-security-scope-removed": (asking(WIDER), asking(SCOPED)),
    "api-security-anonymous-access-added": (asking(KEY), asking(KEY, {})),
    "api-security-anonymous-access-removed": (asking(KEY, {}), asking(KEY)),
    "api-global-security-added": (asking_all(KEY), asking_all(KEY, BEARER)),
    "api-global-security-removed": (asking_all(KEY, BEARER), asking_all(KEY)),
    "api-global-security-scope-added": (asking_all(SCOPED), asking_all(WIDER)),
    "api-global-security-scope-removed": (asking_all(WIDER), asking_all(SCOPED)),
    "api-global-security-anonymous-access-added": (asking_all(KEY), PLAIN),
    "api-global-security-anonymous-access-removed": (PLAIN, asking_all(KEY)),
    **dict(scheme_pairs()),
}


def described(**schemas):
    return {**PLAIN, "components": {"schemas": dict.fromkeys(schemas, TEXT)}}


COMPONENTS = {"api-schema-removed": (described(A=1, B=1), described(B=1))}


def events(channels=None, operations=None):
    info = {"title": "Any", "version": "1.0.0"}
    return {
        "asyncapi": "3.0.0",
        "info": info,
        "channels": channels or {},
        "operations": operations or {},
    }


def channel(address="a", parameters=(), **messages):
    made = {name: {"payload": TEXT, **told} for name, told in messages.items()}
    asked = {name: {} for name in parameters}
    return {"c": {"address": address, "messages": made, "parameters": asked}}


def acting(action="receive", on="c", **more):
    return {"act": {"action": action, "channel": {"$ref": f"#/channels/{on}"}, **more}}


def said(action, **messages):
    return events(channel(**messages), acting(action))


REPLY = {"reply": {"channel": {"$ref": "#/channels/c"}}}
TWO = {**channel(), "d": channel()["c"]}
ASYNC = {
    "channel-added": (events(channel()), events(TWO)),
    "channel-removed": (events(TWO), events(channel())),
    "channel-address-changed": (events(channel("a")), events(channel("b"))),
    "channel-parameter-added": (events(channel()), events(channel(parameters=["p"]))),
    "channel-parameter-removed": (events(channel(parameters=["p"])), events(channel())),
    "async-operation-added": (events(channel()), events(channel(), acting())),
    "async-operation-removed": (events(channel(), acting()), events(channel())),
    "async-operation-action-changed": (said("receive"), said("send")),
    "async-operation-channel-changed": (events(TWO, acting()), events(TWO, acting(on="d"))),
    "received-message-added": (said("send", a={}), said("send", a={}, b={})),
    "received-message-removed": (said("send", a={}, b={}), said("send", a={})),
    "sent-message-added": (said("receive", a={}), said("receive", a={}, b={})),
    "sent-message-removed": (said("receive", a={}, b={}), said("receive", a={})),
    "reply-added": (events(channel(), acting()), events(channel(), acting(**REPLY))),
    "reply-removed": (events(channel(), acting(**REPLY)), events(channel(), acting())),
    "message-content-type-changed": (
        said("send", a={"contentType": JSON}),
        said("send", a={"contentType": "text/plain"}),
    ),
    "message-name-changed": (said("send", a={"name": "x"}), said("send", a={"name": "y"})),
}


def holding(place, required=False, **prop):
    """A schema of one property, or of none, at a place."""
    schema = {"type": "object", "properties": {"p": {**TEXT, **prop}}}
    if required:
        schema["required"] = ["p"]
    return placed(place, schema)


def empty(place):
    return placed(place, {"type": "object"})


def header(schema):
    return operation(parameters=[{"name": "X-A", "in": "header", "schema": schema}])


def header_holding(required=False, **prop):
    schema = {"type": "object", "properties": {"p": {**TEXT, **prop}}}
    return header({**schema, "required": ["p"]} if required else schema)


def existence():
    sent, read = "request-body", "response-body"
    yield "request-property-removed", (holding(sent), empty(sent))
    yield "new-required-request-property", (empty(sent), holding(sent, True))
    yield (
        "new-required-request-property-with-default",
        (empty(sent), holding(sent, True, default="a")),
    )
    yield "new-optional-request-property", (empty(sent), holding(sent))
    yield "request-property-became-required", (holding(sent), holding(sent, True))
    yield (
        "request-property-became-required-with-default",
        (holding(sent, default="a"), holding(sent, True, default="a")),
    )
    yield "request-property-became-optional", (holding(sent, True), holding(sent))
    yield (
        "request-property-undefined-became-required",
        (empty(sent), placed(sent, {"type": "object", "required": ["ghost"]})),
    )
    for need, required in (("required", True), ("optional", False)):
        name = f"response-{need}"
        yield f"{name}-property-removed", (holding(read, required), empty(read))
        yield f"{name}-property-added", (empty(read), holding(read, required))
        secret = holding(read, required, writeOnly=True)
        yield f"{name}-write-only-property-removed", (secret, empty(read))
        yield f"{name}-write-only-property-added", (empty(read), secret)
    yield "response-property-became-optional", (holding(read, True), holding(read))
    yield "response-property-became-required", (holding(read), holding(read, True))
    secret, sure = holding(read, writeOnly=True), holding(read, True, writeOnly=True)
    yield "response-write-only-property-became-optional", (sure, secret)
    yield "response-write-only-property-became-required", (secret, sure)


def existence_in_parameters():
    for kind, made, none in (
        ("request-header", header_holding, header({"type": "object"})),
        (
            "request-parameter",
            lambda *told: holding("request-parameter", *told),
            empty("request-parameter"),
        ),
        (
            "response-header",
            lambda *told: holding("response-header", *told),
            empty("response-header"),
        ),
    ):
        yield f"new-required-{kind}-property", (none, made(True))
        yield f"new-optional-{kind}-property", (none, made())
        yield f"{kind}-property-became-required", (made(), made(True))
        yield f"{kind}-property-became-optional", (made(True), made())
        yield f"{kind}-property-removed", (made(), none)
    yield "request-header-property-became-enum", (header_holding(), header_holding(enum=["a"]))


def flags():
    for kind in ("request", "response"):
        place = f"{kind}-body"
        for need, required in (("required", True), ("optional", False)):
            for keyword, flag in (("readOnly", "read-only"), ("writeOnly", "write-only")):
                name = f"{kind}-{need}-property-became"
                plain, flagged = (
                    holding(place, required),
                    holding(place, required, **{keyword: True}),
                )
                yield f"{name}-{flag}", (plain, flagged)
                yield f"{name}-not-{flag}", (flagged, plain)
    for rule, *_ in SPECIAL:
        short = rule.removeprefix("request-read-only-property-")
        keyword = BOUNDS.get(short.rsplit("-", 1)[0])
        if short != rule and keyword is not None:
            kind = "string" if "Length" in keyword else "array" if "Items" in keyword else "number"
            kind = "object" if "Properties" in keyword else kind
            low, high = (
                holding("request-body", type=kind, readOnly=True, **{keyword: n}) for n in (3, 5)
            )
            yield rule, (low, high) if short.endswith("increased") else (high, low)
    few, many = ({"enum": ["a", "b"][:n]} for n in (1, 2))
    yield (
        "request-read-only-property-enum-value-removed",
        (
            holding("request-body", readOnly=True, **many),
            holding("request-body", readOnly=True, **few),
        ),
    )
    yield (
        "response-write-only-property-enum-value-added",
        (
            holding("response-body", writeOnly=True, **few),
            holding("response-body", writeOnly=True, **many),
        ),
    )


def ends_of_properties():
    for kind in ("request", "response"):
        place, name = f"{kind}-body", f"{kind}-property"
        plain, gone = holding(place), holding(place, deprecated=True)
        yield f"{name}-deprecated", (plain, gone)
        yield f"{name}-reactivated", (gone, plain)
        yield f"{name}-deprecated-with-sunset", (plain, holding(place, **ENDS))
        yield f"{name}-deprecated-sunset-missing", (plain, gone, {"stable_days": 30})
        unread = holding(place, **{**ENDS, "x-sunset": "soon"})
        yield f"{name}-deprecated-sunset-invalid", (plain, unread)
        near = holding(place, **{**ENDS, "x-sunset": "2026-06-20"})
        yield f"{name}-sunset-date-too-small", (plain, near, {"stable_days": 30})
        beta = holding(place, **{"x-stability-level": "beta"})
        yield f"{name}-stability-decreased", (plain, beta)
        yield f"{name}-stability-increased", (beta, plain)


CASES = {
    **PATHS,
    **LIFECYCLE,
    **VERSIONS,
    **PARAMETERS,
    **BODIES,
    **SECURITY,
    **COMPONENTS,
    **ASYNC,
    **dict(existence()),
    **dict(existence_in_parameters()),
    **dict(flags()),
    **dict(ends_of_properties()),
}
"""Pairs of documents, and what is asked beyond them, by the rule that they trigger."""


def test_every_rule_has_a_case():
    names = {name for name, *_ in OPERATION_RULES} | {name for name, *_ in SPECIAL}
    assert names == CASES.keys()


@pytest.mark.parametrize("rule", CASES)
def test_a_rule(rule):
    old, new, *policy = CASES[rule]
    asked = policy[0] if policy else {}
    assert found(old, new, **asked).get(rule) == RULES[rule].level
    assert changes(old, rewritten(old), **asked) == []
    assert changes(new, rewritten(new), **asked) == []
