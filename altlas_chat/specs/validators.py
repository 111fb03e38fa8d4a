"""Validators that know no more of a document than a value can reach.

What lies ``n`` levels deep in a value is described by definitions that are at most ``n``
steps down away. In a document whose thousand schemas all hang together, a value of three
levels needs a handful of them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from altlas_chat.specs.documents import Json
from altlas_chat.specs.formats import FORMATS

Schema = Json | bool

REACHES = (3, 6, 12)
EVERYTHING = 1_000_000
IN_PLACE = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else"})
BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas"})
SCHEMA_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
ONE_SCHEMA = frozenset(
    {
        "not",
        "if",
        "then",
        "else",
        "contains",
        "items",
        "additionalProperties",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
REFERENCE = "#/$defs/"


class Validator:
    """Tells whether a schema allows a value; compiled as far down as values go."""

    def __init__(self, schema: Schema, definitions: Mapping[str, Schema]) -> None:
        self._schema = schema
        self._definitions = definitions
        self._compiled: dict[int, Any] = {}
        self._complete: Any = None
        self.weight = 1
        """How many definitions it holds."""

    def is_valid(self, value: Any) -> bool:
        return bool((self._complete or self._reaching(value)).is_valid(value))

    def errors(self, value: Any) -> Iterator[Any]:
        """The errors of jsonschema-rs."""
        yield from (self._complete or self._reaching(value)).iter_errors(value)

    def _reaching(self, value: Any) -> Any:
        depth = depth_of(value, REACHES[-1] + 1)
        reach = next((one for one in REACHES if depth <= one), EVERYTHING)
        if reach not in self._compiled:
            found, beyond = reached(self._schema, self._definitions, reach)
            self.weight += len(found)
            whole = {"allOf": [self._schema], "$defs": {**dict.fromkeys(beyond, True), **found}}
            self._compiled[reach] = compiled(whole)
            if not beyond:
                self._complete = self._compiled[reach]
        return self._compiled[reach]


def compiled(schema: Json) -> Any:
    """A validator of a schema in 2020-12, formats included.

    Raises:
        jsonschema_rs.ValidationError: it is no such schema.
    """
    return jsonschema_rs.Draft202012Validator(
        schema, validate_formats=True, formats=dict(FORMATS), offline=True
    )


def depth_of(value: Any, most: int) -> int:
    """How many levels are below a value: 0 for one that holds nothing; at most ``most``."""
    if not isinstance(value, dict | list) or not value or most <= 0:
        return 0
    below = value.values() if isinstance(value, dict) else value
    return 1 + max(
        (depth_of(one, most - 1) for one in below if isinstance(one, dict | list)), default=0
    )


def reached(
    schema: Schema, definitions: Mapping[str, Schema], reach: int
) -> tuple[dict[str, Schema], set[str]]:
    """The definitions that a schema needs for values of so many levels, and who are beyond."""
    distance: dict[str, int] = {}
    near: list[Schema] = [schema]
    for level in range(reach + 1):
        far: list[str] = []
        while near:
            for name, down in references(near.pop()):
                if down:
                    far.append(name)
                elif name not in distance:
                    distance[name] = level
                    near.append(definitions[name])
        names = dict.fromkeys(name for name in far if name not in distance)
        if not names or level == reach:
            break
        distance.update(dict.fromkeys(names, level + 1))
        near = [definitions[name] for name in names]
    found = {name: definitions[name] for name in distance}
    beyond = {name for one in found.values() for name, _ in references(one)}
    beyond.update(name for name, _ in references(schema))
    return found, beyond.difference(found)


def references(schema: Schema, down: bool = False) -> Iterator[tuple[str, bool]]:
    """The names that a schema refers to, and whether that is for what lies below a value."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield schema["$ref"].removeprefix(REFERENCE), down
    for keyword, value in schema.items():
        if keyword in ONE_SCHEMA:
            yield from references(value, down or keyword not in IN_PLACE)
        elif keyword in SCHEMA_LISTS:
            for one in value:
                yield from references(one, down or keyword not in IN_PLACE)
        elif keyword in BY_NAME:
            for one in value.values():
                yield from references(one, down or keyword != "dependentSchemas")
