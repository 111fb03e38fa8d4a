"""Contracts that are written for benchmarks: always the same for the same numbers."""

import json
from pathlib import Path
from typing import Any

import yaml

LARGE_SCHEMAS = 1000
LARGE_BYTES = 3_400_000
WORDS = ("account", "invoice", "parcel", "meeting", "ticket", "member", "report", "device")


def small_contract() -> dict[str, Any]:
    """One thing by its id: as an example, and made up."""
    return _document({"/pets/{id}": _by_id("Pet", example={"id": 1, "name": "Ada"})}, _schemas(2))


def large_contract(schemas: int = LARGE_SCHEMAS) -> dict[str, Any]:
    """As many schemas that refer to each other, some in circles, and two operations for each.

    The small contract's path is one of them.
    """
    paths: dict[str, Any] = {}
    for number in range(schemas - 2):
        name = _name(number)
        paths[f"/{name.lower()}s"] = {"get": _listing(name), "post": _making(name)}
        paths[f"/{name.lower()}s/{{id}}"] = _by_id(name)
    paths |= small_contract()["paths"]
    return _document(paths, _schemas(schemas))


def write_contract(document: dict[str, Any], file: Path) -> Path:
    """Write it, as its suffix says; JSON is indented as people do, which makes it large."""
    if file.suffix == ".json":
        file.write_text(json.dumps(document, indent=2))
    else:
        file.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False))
    return file


def _document(paths: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Written for a benchmark", "version": "1"},
        "servers": [{"url": "https://api.example.org/v1"}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _name(number: int) -> str:
    return f"{WORDS[number % len(WORDS)].capitalize()}{number}"


def _schemas(count: int) -> dict[str, Any]:
    """The pet and its keeper are the same whatever else there is."""
    found = {"Pet": _schema(0), "Keeper": _schema(1, "Pet")}
    for number in range(count - 2):
        found[_name(number)] = _schema(number, _name((number * 7 + 1) % (count - 2)))
    return found


def _schema(number: int, related: str | None = None) -> dict[str, Any]:
    schema = _alone(number)
    if related is not None:
        another = {"$ref": f"#/components/schemas/{related}"}
        schema["properties"]["related"] = {"anyOf": [another, {"type": "null"}]}
    return schema


def _alone(number: int) -> dict[str, Any]:
    return {
        "type": "object",
        "description": f"What is known of number {number}, as the interface tells it.",
        "required": ["id", "name", "createdAt"],
        "properties": {
            "id": {"type": "integer", "minimum": 1},
            "name": {"type": "string", "minLength": 1, "maxLength": 80},
            "email": {"type": "string", "format": "email"},
            "createdAt": {"type": "string", "format": "date-time"},
            "state": {"type": "string", "enum": ["open", "waiting", "closed"]},
            "amount": {"type": "number", "minimum": 0, "exclusiveMaximum": 10000},
            "labels": {"type": "array", "maxItems": 5, "items": {"type": "string"}},
            "address": {
                "type": "object",
                "properties": {
                    "street": {"type": "string"},
                    "city": {"type": "string"},
                    "postcode": {"type": "string", "pattern": "^[0-9]{5}$"},
                },
            },
        },
    }


def _content(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema, **more}}


def _of(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _by_id(name: str, **more: Any) -> dict[str, Any]:
    answers = {
        "200": {"description": "It", "content": _content(_of(name), **more)},
        "404": {"description": "There is none"},
    }
    where = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {"parameters": [where], "get": {"operationId": f"get{name}", "responses": answers}}


def _listing(name: str) -> dict[str, Any]:
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}
    found = _content({"type": "array", "items": _of(name)})
    return {
        "operationId": f"list{name}",
        "parameters": [limit],
        "responses": {"200": {"description": "All of them", "content": found}},
    }


def _making(name: str) -> dict[str, Any]:
    return {
        "operationId": f"make{name}",
        "requestBody": {"required": True, "content": _content(_of(name))},
        "responses": {"201": {"description": "It was made", "content": _content(_of(name))}},
    }
