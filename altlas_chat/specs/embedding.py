"""Events in a document of REST: an AsyncAPI document as OpenAPI's ``x-asyncapi``.

OpenAPI has no place for what a WebSocket says. Beside it, as ``x-asyncapi``,
stands the AsyncAPI document without its schemas; these are in the common
``components``, so that both refer to the same. :func:`events_of` makes the
AsyncAPI document again.
"""

from collections.abc import Callable, Iterator
from typing import Any

from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.findings import Place
from altlas_chat.specs.pointers import steps_of

Json = dict[str, Any]

KEY = "x-asyncapi"
_SCHEMAS = "#/components/schemas/"
_HERE = f"#/{KEY}/"


def with_events(openapi: Json, asyncapi: Json) -> Json:
    """One document of both; a schema of both is OpenAPI's.

    Both are in one piece and schemas of one name are the same but for the
    ``discriminator``, which only OpenAPI has at its place.

    Raises:
        ValueError: schemas of one name differ.
    """
    components = openapi.get("components") or {}
    schemas = dict(components.get("schemas") or {})
    for name, schema in ((asyncapi.get("components") or {}).get("schemas") or {}).items():
        if _without_discriminator(schemas.setdefault(name, schema)) != schema:
            raise ValueError(f"the schema {name} is another one in the AsyncAPI document")
    events = _with_references(_without_schemas(asyncapi), _into)
    ordered = dict(sorted(schemas.items()))
    return {**openapi, "components": {**components, "schemas": ordered}, KEY: events}


def events_of(openapi: Json) -> Json | None:
    """The AsyncAPI document that is in this one; None where there is none."""
    events = openapi.get(KEY)
    if not isinstance(events, dict):
        return None
    alone: Json = _with_references(events, _out_of)
    schemas = (openapi.get("components") or {}).get("schemas") or {}
    used = {
        name: _without_discriminator(schemas[name])
        for name in sorted(_closure(alone, schemas))
        if name in schemas
    }
    return {**alone, "components": {**(alone.get("components") or {}), "schemas": used}}


def events_document(document: Document) -> Document | None:
    """The same as a document, whose places are those of the file that it is in."""
    data = events_of(document.data)
    if data is None:
        return None

    def placed(pointer: str) -> Place:
        shared = pointer.startswith(_SCHEMAS[1:])
        return document.place(pointer if shared else f"/{KEY}{pointer}")

    version = str(data.get("asyncapi", ""))
    return Document(document.source, Kind.ASYNCAPI, version, data, document.files, placed)


def without_events(openapi: Json) -> Json:
    """The document of REST alone."""
    return {key: one for key, one in openapi.items() if key != KEY}


def references_in(node: Any) -> Iterator[str]:
    """Every ``$ref`` and every target of a ``discriminator`` in a part, as it is written."""
    if isinstance(node, list):
        for one in node:
            yield from references_in(one)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for key, one in node.items():
            if key == "mapping" and isinstance(one, dict):
                yield from (to for to in one.values() if isinstance(to, str) and to[:1] == "#")
            yield from references_in(one)


def _closure(node: Any, schemas: Json) -> set[str]:
    found: set[str] = set()
    waiting = [node]
    while waiting:
        for reference in references_in(waiting.pop()):
            if reference.startswith(_SCHEMAS):
                name = steps_of(reference[1:])[2]
                if name not in found:
                    found.add(name)
                    waiting.append(schemas.get(name))
    return found


def _without_schemas(asyncapi: Json) -> Json:
    components = asyncapi.get("components") or {}
    return {
        **asyncapi,
        "components": {key: one for key, one in components.items() if key != "schemas"},
    }


def _without_discriminator(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    return {key: one for key, one in schema.items() if key != "discriminator"}


def _into(reference: str) -> str:
    if reference.startswith(_SCHEMAS) or not reference.startswith("#/"):
        return reference
    return _HERE + reference[2:]


def _out_of(reference: str) -> str:
    return f"#/{reference.removeprefix(_HERE)}" if reference.startswith(_HERE) else reference


def _with_references(node: Any, change: Callable[[str], str]) -> Any:
    if isinstance(node, list):
        return [_with_references(one, change) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: change(one)
        if key == "$ref" and isinstance(one, str)
        else _with_references(one, change)
        for key, one in node.items()
    }
