"""What kinds of values a schema is about, to read them from text that has no kinds."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from altlas_chat.specs.documents import Document
from altlas_chat.specs.pointers import joined
from altlas_chat.specs.schemas import Direction, Schemas

SCALARS = frozenset({"string", "integer", "number", "boolean", "null"})
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
DEEPEST = 12
LONGEST_NUMBER = 300


@dataclass(frozen=True, slots=True)
class Shape:
    """The kinds that a schema allows; empty when it says nothing of them.

    ``items``, ``properties`` and ``others`` (``additionalProperties``) are
    pointers of schemas.
    """

    kinds: frozenset[str]
    items: str | None
    properties: Mapping[str, str]
    others: str | None

    @property
    def is_array(self) -> bool:
        return "array" in self.kinds

    @property
    def is_object(self) -> bool:
        return "object" in self.kinds


NO_SHAPE = Shape(frozenset(), None, {}, None)


class Shapes:
    """The shapes of one document's schemas, each found once."""

    def __init__(self, document: Document, schemas: Schemas) -> None:
        self._document = document
        self._schemas = schemas
        self._known: dict[str, Shape] = {}

    def of(self, schema: str | None) -> Shape:
        """The shape of the schema at a pointer."""
        if schema is None:
            return NO_SHAPE
        if schema not in self._known:
            self._known[schema] = _merged(list(self._parts(schema, 0)))
        return self._known[schema]

    def value(self, text: str, schema: str | None) -> Any:
        """What a text means by a schema: the first of its meanings that the schema allows.

        A text that has no meaning by it stays text, which the schema then
        refuses.
        """
        meanings = _meanings(text, self.of(schema).kinds)
        if schema is None or len(meanings) == 1:
            return meanings[0]
        for one in meanings:
            if self._schemas.is_valid(schema, one, Direction.REQUEST):
                return one
        return meanings[0]

    def read_only(self, schema: str | None, value: Any) -> Iterator[str]:
        """Pointers to what is in a value though it is only for answers."""
        return self._marked(schema, value, "readOnly", 0)

    def write_only(self, schema: str | None, value: Any) -> Iterator[str]:
        """Pointers to what is in a value though it is only for requests."""
        return self._marked(schema, value, "writeOnly", 0)

    def _marked(self, schema: str | None, value: Any, mark: str, depth: int) -> Iterator[str]:
        if schema is None or depth > DEEPEST:
            return
        if isinstance(value, list):
            items = self.of(schema).items
            for number, one in enumerate(value) if items else ():
                for found in self._marked(items, one, mark, depth + 1):
                    yield f"/{number}{found}"
        elif isinstance(value, dict):
            for name, pointer in self.of(schema).properties.items():
                if name not in value:
                    continue
                if self._is_marked(pointer, mark):
                    yield joined("", name)
                else:
                    for found in self._marked(pointer, value[name], mark, depth + 1):
                        yield joined("", name) + found

    def _is_marked(self, pointer: str, mark: str) -> bool:
        try:
            nodes = (self._document.at(pointer), self._document.resolved(pointer))
        except LookupError:
            return False
        return any(isinstance(one, dict) and one.get(mark) is True for one in nodes)

    def _parts(self, pointer: str, depth: int) -> Iterator[Shape]:
        try:
            pointer = self._document.target(pointer)
        except LookupError:
            return
        node = self._document.at(pointer)
        if not isinstance(node, dict):
            return
        yield _own(node, pointer)
        if depth < DEEPEST:
            for keyword in ("allOf", "oneOf", "anyOf"):
                for number in range(len(node.get(keyword) or ())):
                    yield from self._parts(joined(pointer, keyword, number), depth + 1)


def _own(node: dict[str, Any], pointer: str) -> Shape:
    properties = node.get("properties")
    return Shape(
        _kinds(node),
        joined(pointer, "items") if isinstance(node.get("items"), dict) else None,
        {name: joined(pointer, "properties", name) for name in properties}
        if isinstance(properties, dict)
        else {},
        joined(pointer, "additionalProperties")
        if isinstance(node.get("additionalProperties"), dict)
        else None,
    )


def _kinds(node: dict[str, Any]) -> frozenset[str]:
    named = node.get("type")
    kinds = {named} if isinstance(named, str) else set(named or ())
    if not kinds:
        values = node["enum"] if isinstance(node.get("enum"), list) else []
        if "const" in node:
            values = [node["const"]]
        kinds = {_kind_of(value) for value in values}
        if "properties" in node or "additionalProperties" in node:
            kinds.add("object")
        if "items" in node or "prefixItems" in node:
            kinds.add("array")
    if node.get("nullable") is True and kinds:
        kinds.add("null")
    return frozenset(kinds)


def _kind_of(value: Any) -> str:
    if value is None:
        return "null"
    for kind, types in (
        ("boolean", bool),
        ("integer", int),
        ("number", float),
        ("string", str),
        ("array", list),
    ):
        if isinstance(value, types):
            return kind
    return "object"


def _merged(parts: list[Shape]) -> Shape:
    properties: dict[str, str] = {}
    for part in parts:
        for name, pointer in part.properties.items():
            properties.setdefault(name, pointer)
    return Shape(
        frozenset().union(*(part.kinds for part in parts)),
        next((part.items for part in parts if part.items), None),
        properties,
        next((part.others for part in parts if part.others), None),
    )


def _number(text: str) -> int | float | None:
    """None where it is none, or more than a number of JSON can be."""
    if len(text) > LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return None
    number = int(text) if _INTEGER.fullmatch(text) else float(text)
    return number if abs(number) < math.inf else None


def _meanings(text: str, kinds: frozenset[str]) -> list[Any]:
    found: list[Any] = []
    if kinds & {"integer", "number"} and (number := _number(text)) is not None:
        found.append(number)
    if "boolean" in kinds and text in ("true", "false"):
        found.append(text == "true")
    if "null" in kinds and text in ("", "null"):
        found.append(None)
    if "string" in kinds or not found:
        found.append(text)
    return found
