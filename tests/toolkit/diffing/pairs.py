"""Small pairs of documents, and the rules that are found between them."""

import copy
from datetime import date
from typing import Any

from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.findings import Place
from altlas_chat.toolkit.diffing.changes import Change, Policy
from altlas_chat.toolkit.diffing.comparing import compare_documents

TODAY = date(2026, 6, 15)
Json = dict[str, Any]


def document(data: Json, name: str = "api.yaml") -> Document:
    kind = Kind.OPENAPI if "openapi" in data else Kind.ASYNCAPI
    return Document(
        name, kind, data[kind], data, (name,), lambda pointer: Place(name, pointer=pointer)
    )


def api(paths: Json, version: str = "3.1.0", **rest: Any) -> Json:
    info = {"title": "Any", "version": "1.0.0"}
    return {"openapi": version, "info": info, "paths": paths, **rest}


def operation(**parts: Any) -> Json:
    """An API of one operation, ``POST /things/{thing}``."""
    thing = {"name": "thing", "in": "path", "required": True, "schema": {"type": "string"}}
    parameters = [thing, *parts.pop("parameters", [])]
    responses = parts.pop("responses", {"200": {"description": "Done."}})
    rest = parts.pop("rest", {})
    body = {"parameters": parameters, "responses": responses, **parts}
    return api({"/things/{thing}": {"post": body}}, **rest)


def changes(old: Json, new: Json, **policy: Any) -> list[Change]:
    asked = Policy(policy.pop("today", TODAY), **policy)
    found = compare_documents(document(old), document(new), asked)
    return list(found.changes)


def found(old: Json, new: Json, **policy: Any) -> dict[str, str]:
    """The rules found, each with its level."""
    return {one.rule: one.level.value for one in changes(old, new, **policy)}


def placed(scope: str, schema: Any, version: str = "3.1.0") -> Json:
    """An API with a schema at one of the places that rules are named after."""
    if scope.endswith("-property"):
        held: Json = {"type": "object", "properties": {"held": schema}}
        return placed(
            {"request-property": "request-body", "response-property": "response-body"}.get(
                scope, scope.removesuffix("-property")
            ),
            held,
            version,
        )
    content = {"application/json": {"schema": schema}}
    rest = {"version": version}
    if scope == "request-body":
        return operation(requestBody={"content": content}, rest=rest)
    if scope == "response-body":
        return operation(responses={"200": {"description": "Done.", "content": content}}, rest=rest)
    if scope == "request-parameter":
        told = {"name": "told", "in": "query", "schema": schema}
        return operation(parameters=[told], rest=rest)
    headers = {"X-Told": {"schema": schema}}
    return operation(responses={"200": {"description": "Done.", "headers": headers}}, rest=rest)


def rewritten(data: Any) -> Any:
    """The same document in other words: what only describes is said otherwise everywhere."""
    if isinstance(data, list):
        return [rewritten(one) for one in data]
    if not isinstance(data, dict):
        return copy.deepcopy(data)
    again = {key: rewritten(value) for key, value in reversed(data.items())}
    if "schema" in again and isinstance(again["schema"], dict):
        again["schema"]["description"] = "Said otherwise."
    return again
