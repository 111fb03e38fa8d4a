"""What triggers the rules of bodies, answers and headers, and of their properties."""

from altlas_chat.toolkit.diffing.rules_of_properties import SPECIAL
from altlas_chat.toolkit.diffing.rules_of_schemas import BOUNDS

from .cases_of_paths import ENDS, PLAIN, TEXT, operation
from .pairs import placed


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
