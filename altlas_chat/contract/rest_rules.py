"""What we ask of our OpenAPI document alone; what anybody would ask is ``contract lint``'s.

Each rule gives its findings; none stops at the first.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from altlas_chat.contract.compiled import Schemas
from altlas_chat.contract.documents import operations_of
from altlas_chat.domain.permissions import ALL_PERMISSIONS, PUBLIC
from altlas_chat.specs.findings import Finding, Place
from altlas_chat.specs.pointers import joined

Json = dict[str, Any]

FILE = "openapi.json"
PROBLEM = "application/problem+json"
SHOWN = ("application/json", PROBLEM, "text/event-stream")
"""Media types whose every use has an example."""


def check_rest(document: Json, planned: Mapping[str, Any]) -> Iterator[Finding]:
    """All findings in the OpenAPI bundle; ``planned`` is planned.yaml."""
    schemas = Schemas(document, "2020-12")
    for path, method, operation in operations_of(document):
        place = ("paths", path, method)
        yield from _check_operation(place, path, operation)
        for where, media in _media_of(schemas, place, operation):
            if where[-1] in SHOWN and not {"example", "examples"} & set(media):
                remedy = "Add one to contracts/openapi/examples."
                yield found(where, "there is no example", remedy)
        yield from _check_refusals(schemas, place, operation, document["x-problems"])
    yield from _check_schemas(document)
    yield from _check_problems(schemas, document)
    yield from _check_plans(document, planned)


def found(where: tuple[object, ...], what: str, remedy: str) -> Finding:
    return Finding(Place(FILE, pointer=joined("", *where)), "own-rest", what, remedy)


# -- operations ------------------------------------------------------------------------


def _check_operation(where: tuple[object, ...], path: str, operation: Json) -> Iterator[Finding]:
    permission = operation.get("x-permission")
    if permission != PUBLIC and permission not in ALL_PERMISSIONS:
        remedy = f"Use {PUBLIC} or one of altlas_chat/domain/permissions.py."
        yield found(where, f"x-permission is {permission}, which nobody can have", remedy)
    missing = [status for status in _wanted(path, operation) if status not in _statuses(operation)]
    if missing:
        what = f"the answers {', '.join(missing)} are missing"
        yield found((*where, "responses"), what, "Refer to the shared ones of responses.yaml.")


def _statuses(operation: Json) -> set[str]:
    return set(operation["responses"])


def _wanted(path: str, operation: Json) -> Iterator[str]:
    """The refusals that an operation of this kind can't do without."""
    if operation.get("x-permission") != PUBLIC:
        yield from ("401", "403")
    if "{" in path:
        yield "404"
    if "requestBody" in operation:
        yield from ("400", "413", "415", "422")
    elif operation.get("parameters"):
        yield "422"
    yield "500"


# -- examples --------------------------------------------------------------------------


def _media_of(
    schemas: Schemas, where: tuple[object, ...], operation: Json
) -> Iterator[tuple[tuple[object, ...], Json]]:
    """Each media type object of an operation, with its place."""
    contents = [("requestBody", operation.get("requestBody", {}))]
    contents += [(f"responses/{code}", one) for code, one in operation["responses"].items()]
    for name, holder in contents:
        for media_type, media in schemas.resolved(holder).get("content", {}).items():
            yield (*where, *name.split("/"), "content", media_type), media


# -- schemas ---------------------------------------------------------------------------


def _check_schemas(document: Json) -> Iterator[Finding]:
    for name, schema in document["components"]["schemas"].items():
        yield from _check_dialect(("components", "schemas", name), schema)


def _check_dialect(where: tuple[object, ...], node: Any) -> Iterator[Finding]:
    """Schemas must mean the same to AsyncAPI's draft-07."""
    if isinstance(node, list):
        for place, item in enumerate(node):
            yield from _check_dialect((*where, place), item)
    if not isinstance(node, dict):
        return
    if isinstance(node.get("$ref"), str) and len(node) > 1:
        yield found(where, "something stands beside $ref", "Draft-07 ignores it; use allOf.")
    for key, value in node.items():
        if key.startswith(("unevaluated", "dependent")) or key in ("prefixItems", "$dynamicRef"):
            what = f"draft-07 does not know {key}"
            yield found((*where, key), what, "Say it in another way; AsyncAPI uses it too.")
        if key not in ("properties", "enum", "const", "default", "examples"):
            yield from _check_dialect((*where, key), value)
        elif key == "properties":
            for name, schema in value.items():
                yield from _check_dialect((*where, key, name), schema)


# -- refusals --------------------------------------------------------------------------


def _check_refusals(
    schemas: Schemas, where: tuple[object, ...], operation: Json, problems: Json
) -> Iterator[Finding]:
    """A refusal names its codes, which have its status, and shows each of them."""
    for status, response in operation["responses"].items():
        media = schemas.resolved(response).get("content", {}).get(PROBLEM)
        if media is None:
            if status >= "400":
                what = f"the refusal {status} is no {PROBLEM}"
                yield found((*where, "responses", status), what, "Refer to a shared refusal.")
            continue
        codes = set(_codes_of(media["schema"]))
        here = (*where, "responses", status)
        if not codes:
            yield found(here, "the refusal does not say its codes", "Give `code` an enum.")
        for code in sorted(codes):
            if str(problems.get(code, {}).get("status")) != status:
                remedy = "Move it to the answer of its status, or mend x-problems."
                yield found(here, f"{code} does not have the status {status}", remedy)
        for name in sorted(codes ^ set(media.get("examples", {}))):
            what = f"{name} has an example or stands in the enum, but not both"
            yield found(here, what, "Add what is missing.")


def _codes_of(schema: Json) -> list[str]:
    for part in schema.get("allOf", ()):
        code = part.get("properties", {}).get("code")
        if code is not None:
            return list(code.get("enum", ()))
    return []


def _check_problems(schemas: Schemas, document: Json) -> Iterator[Finding]:
    """Every code has one problem example, which says what the table of problems says."""
    problems, examples = document["x-problems"], document["components"]["examples"]
    codes = document["components"]["schemas"]["ProblemCode"]["enum"]
    for code in sorted(set(codes) ^ set(problems)):
        what = f"{code} stands in ProblemCode or in x-problems, but not in both"
        yield found(("x-problems", code), what, "Add it to the other.")
    for code, problem in problems.items():
        where = ("components", "examples", code)
        if code not in examples:
            yield found(where, "the code has no example", "Add it to examples/problems.")
            continue
        value = schemas.resolved(examples[code])["value"]
        expected = {
            "type": f"urn:altlas-chat:problem:{code.lower().replace('_', '-')}",
            "code": code,
            **problem,
        }
        for name, wanted in expected.items():
            if value.get(name) != wanted:
                what = f"{name} is {value.get(name)!r}, and {wanted!r} in x-problems"
                yield found((*where, "value", name), what, "Make them the same.")


# -- plans -----------------------------------------------------------------------------


def _check_plans(document: Json, planned: Mapping[str, Any]) -> Iterator[Finding]:
    """planned.yaml names only what there is; its operations are checked by the bundler."""
    known = {one["operationId"]: one for _, _, one in operations_of(document)}
    schemas = Schemas(document, "2020-12")
    for operation_id, names in planned["parameters"].items():
        operation = known.get(operation_id, {})
        there = {schemas.resolved(one)["name"] for one in operation.get("parameters", ())}
        for name in names:
            if name not in there:
                yield _unknown_plan(f"parameters/{operation_id}", name)
    for schema, names in planned["properties"].items():
        there = set(document["components"]["schemas"].get(schema, {}).get("properties", ()))
        for name in names:
            if name.partition("/")[0] not in there:
                yield _unknown_plan(f"properties/{schema}", name)
    for name in planned["securitySchemes"]:
        if name not in document["components"]["securitySchemes"]:
            yield _unknown_plan("securitySchemes", name)


def _unknown_plan(where: str, name: str) -> Finding:
    what = f"{name} is planned, but the contract does not have it"
    place = Place("planned.yaml", pointer=f"/{where}")
    return Finding(place, "own-plan", what, "Take it out or add it.")
