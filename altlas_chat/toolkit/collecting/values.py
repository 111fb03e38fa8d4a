"""Values for parameters and bodies, the document's own or made up, and how they are written."""

import json
from collections.abc import Mapping
from typing import Any

from altlas_chat.specs.api import MediaType, Operation, Parameter
from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.pointers import joined
from altlas_chat.specs.sampling import Language, NoSample, Sampler
from altlas_chat.specs.schemas import Direction, Schemas

DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|"}
MOST_NESTED = 20


class Values:
    """Gives one value for each parameter and body; the same each time."""

    def __init__(self, document: Document, *, seed: int, language: Language) -> None:
        self._document = document
        schemas = Schemas(document)
        self._sampler = Sampler(document, schemas, seed=seed, language=language)
        self._made: dict[tuple[str, str, Direction], Any] = {}

    def of_parameter(self, operation: Operation, parameter: Parameter) -> Any:
        """Its example, its schema's, or one that is made up; "" where there is nothing."""
        if "example" in parameter.data:
            return parameter.data["example"]
        for name in _mapping(parameter.data.get("examples")):
            example = self._object(joined(parameter.pointer, "examples", name))
            if "value" in example:
                return example["value"]
        if parameter.content is not None:
            text, _ = self.of_body(operation.name, parameter.content, Direction.REQUEST)
            return text
        key = f"{operation.name} {parameter.where} {parameter.name}"
        return self._made_up(parameter.schema, key, Direction.REQUEST, "")

    def of_body(self, about: str, media: MediaType, direction: Direction) -> tuple[Any, bool]:
        """The body's first example or a made-up one, and whether there is any.

        What is made up of one schema ``about`` the same is the same.
        """
        for value in media.examples(self._document).values():
            return value, True
        value = self._made_up(media.schema, about, direction, None)
        return value, value is not None

    def _made_up(self, schema: str | None, key: str, direction: Direction, none: Any) -> Any:
        if schema is None:
            return none
        known = (self._end(schema), key, direction)
        if known not in self._made:
            try:
                made = self._sampler.sample(known[0], key=key, direction=direction)
            except (NoSample, LookupError):
                made = none
            self._made[known] = made
        return self._made[known]

    def property_schemas(self, schema: str | None) -> dict[str, Json]:
        """The schemas of the properties of an object, those of what it is built on included."""
        found: dict[str, Json] = {}
        waiting = [] if schema is None else [schema]
        for _ in range(MOST_NESTED):
            if not waiting:
                break
            pointer = self._end(waiting.pop())
            node = self._object(pointer)
            for name in _mapping(node.get("properties")):
                found.setdefault(name, self._object(joined(pointer, "properties", name)))
            parts = node.get("allOf")
            if isinstance(parts, list):
                waiting += [joined(pointer, "allOf", number) for number in range(len(parts))]
        return found

    def _end(self, pointer: str) -> str:
        try:
            return self._document.target(pointer)
        except LookupError:
            return pointer

    def _object(self, pointer: str) -> Json:
        try:
            return _mapping(self._document.resolved(pointer))
        except LookupError:
            return {}


def _mapping(node: Any) -> Json:
    return node if isinstance(node, dict) else {}


def as_text(value: Any) -> str:
    """A value as it stands in an address, a header or a form."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False)


def pretty(value: Any) -> str:
    """A value as JSON that people read."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def spread(name: str, value: Any, style: str, *, explode: bool) -> list[tuple[str, str]]:
    """A query parameter as it is written (OpenAPI, "Style Values"): names with their texts."""
    if isinstance(value, Mapping):
        if style == "deepObject":
            return [(f"{name}[{key}]", as_text(one)) for key, one in value.items()]
        if explode:
            return [(str(key), as_text(one)) for key, one in value.items()]
        return [(name, ",".join(f"{key},{as_text(one)}" for key, one in value.items()))]
    if isinstance(value, list):
        if explode:
            return [(name, as_text(one)) for one in value]
        return [(name, DELIMITERS.get(style, ",").join(map(as_text, value)))]
    return [(name, as_text(value))]


def simple(value: Any, *, explode: bool) -> str:
    """A parameter of a path, or a header (style ``simple``)."""
    if isinstance(value, Mapping):
        sign = "=" if explode else ","
        return ",".join(f"{key}{sign}{as_text(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ",".join(map(as_text, value))
    return as_text(value)


def in_path(parameter: Parameter, value: Any) -> str:
    """A parameter of a path in its style: simple, label or matrix."""
    text = simple(value, explode=parameter.explode)
    if parameter.style == "label":
        if parameter.explode or not isinstance(value, list):
            text = text.replace(",", ".")
        return f".{text}"
    if parameter.style == "matrix":
        pairs = spread(parameter.name, value, "form", explode=parameter.explode)
        return "".join(f";{key}={one}" for key, one in pairs)
    return text
