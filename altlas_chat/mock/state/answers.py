"""Where in an answer a thing lies, or the list of them: what is around is an envelope."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from altlas_chat.mock.state.naming import ID_NAMES, plain, same_name, singular
from altlas_chat.mock.state.shapes import Shapes
from altlas_chat.specs.api import Answer, MediaType, Operation

LIST_NAMES = (
    "items", "data", "results", "list", "records", "entries", "rows", "content", "values",
    "elements", "result", "objects", "value", "hits", "resources", "docs", "nodes", "edges",
)  # fmt: skip
THING_NAMES = ("data", "item", "result", "resource", "payload", "entity", "object", "attributes")
OUTER_NAMES = ("data", "result", "response", "_embedded", "embedded", "payload", "body", "page")
PREFERRED = ("201", "200", "202", "203", "2XX", "204", "default")


@dataclass(frozen=True, slots=True)
class Spot:
    """A part of a body: the properties that lead to it, and the pointer of its schema."""

    path: tuple[str, ...]
    schema: str


@dataclass(frozen=True, slots=True)
class Success:
    """The answer of an operation that went well; ``media`` is its JSON, if it has a body."""

    status: int
    answer: Answer
    media: MediaType | None

    @property
    def schema(self) -> str | None:
        return self.media.schema if self.media else None


def success_of(operation: Operation, *, made: bool = False) -> Success | None:
    """How the operation answers when all is well; with ``made`` what tells of a new thing.

    An operation that declares ``default`` alone answers well with 200 by it.
    """
    order = PREFERRED if made else ("200", *PREFERRED)
    named = {status.upper(): status for status in operation.answers}
    declared = [one for one in named if one.startswith("2")]
    wanted = [one.upper() for one in order if one.upper() in named]
    for status in dict.fromkeys((*wanted[:1], *declared, *wanted)):
        answer = operation.answers[named[status]]
        code = int(status) if status.isdecimal() else (201 if made and status == "2XX" else 200)
        return Success(code, answer, json_of(answer))
    return None


def json_of(answer: Answer) -> MediaType | None:
    """The first media type of an answer that is JSON and has a schema."""
    for name, media in answer.content.items():
        if media.schema is not None and is_json(name):
            return media
    return None


def is_json(media_type: str) -> bool:
    name = media_type.partition(";")[0].strip().lower()
    return name in ("application/json", "*/*", "application/*") or name.endswith("+json")


def list_in(shapes: Shapes, schema: str, collection: str, *, depth: int = 0) -> Spot | None:
    """The array of things in an answer: the whole, or what its envelope holds.

    ``collection`` is the name of the path's last part (``users``).
    """
    items = shapes.items(schema)
    if items is not None:
        return Spot((), items)
    properties = shapes.properties(schema)
    arrays = {name: one for name, one in properties.items() if shapes.items(one)}
    chosen = _likely(arrays, (*LIST_NAMES, collection, singular(collection)))
    if chosen is None and len(arrays) == 1 and not same_name("id", properties):
        chosen = next(iter(arrays))
    if chosen is not None:
        inner = shapes.items(arrays[chosen])
        return Spot((chosen,), inner) if inner else None
    if depth < 2:
        return _deeper_list(shapes, schema, collection, depth)
    return None


def _deeper_list(shapes: Shapes, schema: str, collection: str, depth: int) -> Spot | None:
    properties = shapes.properties(schema)
    for name in OUTER_NAMES:
        if name in properties:
            found = list_in(shapes, properties[name], collection, depth=depth + 1)
            if found is not None:
                return Spot((name, *found.path), found.schema)
    return None


def thing_in(shapes: Shapes, schema: str, subject: str, kind: str | None = None) -> Spot | None:
    """The thing in an answer or a request: the whole, or what is wrapped as ``{"user": {…}}``.

    ``kind`` is the schema of such things where it is known. None for what is
    no object.
    """
    types = shapes.types(schema)
    if types and "object" not in types:
        return None
    if kind is not None and shapes.kind(schema) == kind:
        return Spot((), schema)
    wrapped = list(_wrapped(shapes, schema))
    if kind is not None:
        for spot in wrapped:
            if shapes.kind(spot.schema) == kind:
                return spot
    if any(same_name(name, shapes.properties(schema)) for name in ID_NAMES[:5]):
        return Spot((), schema)
    likely = _likely({one.path[-1]: one.schema for one in wrapped}, (subject, *THING_NAMES))
    for spot in wrapped:
        if spot.path[-1] == likely and shapes.properties(spot.schema):
            return spot
    return Spot((), schema)


def _wrapped(shapes: Shapes, schema: str) -> Iterator[Spot]:
    for name, one in shapes.properties(schema).items():
        if "object" in shapes.types(one):
            yield Spot((name,), one)


def _likely(names: dict[str, str], wanted: tuple[str, ...]) -> str | None:
    by_plain = {plain(name): name for name in names}
    return next((by_plain[plain(one)] for one in wanted if plain(one) in by_plain), None)


def within(value: Any, path: tuple[str, ...]) -> Any:
    """What lies at a spot of a value, None where nothing does."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
