"""What becomes of a thing that is replaced or changed in part."""

from collections.abc import Collection
from typing import Any

from altlas_chat.mock.state.patching import merged
from altlas_chat.mock.state.shapes import Shapes
from altlas_chat.specs.documents import Json


def replaced(shapes: Shapes, schema: str, old: Json, body: Json, sent: Collection[str]) -> Json:
    """The body, and of what was there all that no client says, or nothing may lack.

    ``sent`` are the properties that clients may give; of those that the body
    lacks a default counts.
    """
    required = shapes.required(schema)
    kept = {name: value for name, value in old.items() if name not in sent or name in required}
    kept.update(settable(shapes, schema, body))
    for name, one in shapes.properties(schema).items():
        if name in sent and name not in body and shapes.has(one, "default"):
            kept[name] = shapes.value(one, "default")
    return kept


def changed(shapes: Shapes, schema: str, old: Json, body: Json, *, strict: bool) -> Json:
    """What was there with the body merged in.

    With null a property goes, or is null where it has to be there; unless
    ``strict`` (RFC 7396) also where it may be null.
    """
    body = settable(shapes, schema, body)
    found: Json = merged(old, body)
    properties, required = shapes.properties(schema), shapes.required(schema)
    for name in (one for one, value in body.items() if value is None):
        nullable = name in properties and "null" in shapes.types(properties[name])
        if nullable and (name in required or not strict):
            found[name] = None
    return found


def settable(shapes: Shapes, schema: str, body: Json) -> dict[str, Any]:
    """A body without what only the server says, and without what such things do not have."""
    properties = shapes.properties(schema)
    is_open = shapes.value(schema, "additionalProperties") is not False
    return {
        name: value
        for name, value in body.items()
        if name not in properties or not shapes.says(properties[name], "readOnly")
        if name in properties or is_open
    }
