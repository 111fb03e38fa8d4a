"""Validators of a document's schemas, made when they are first needed."""

from collections.abc import Mapping
from typing import Any

from altlas_chat.specs.dialects import BRANCHES, Dialects, Direction, Schema
from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.findings import Finding
from altlas_chat.specs.validators import REFERENCE, Validator
from altlas_chat.specs.wording import Violation, violations_of

__all__ = ["Direction", "Schemas", "Violation"]

DEEPEST = 20
MOST_KEPT = 10_000
"""How many definitions all validators may hold together; the oldest ones go first."""


class Schemas:
    """The schemas of one document, of either dialect; each is compiled once and way."""

    def __init__(self, document: Document) -> None:
        self._dialects = Dialects(document)
        self._names: dict[tuple[str, Direction], str] = {}
        self._validators: dict[str, Validator] = {}
        self._types: dict[str, frozenset[str]] = {}

    def violations(self, schema: str, value: Any, direction: Direction) -> list[Violation]:
        """All that the schema at a pointer finds wrong with a value; empty when it is valid.

        Of a value that fits none of several alternatives, what is wrong by the
        one that it is nearest to.

        Raises:
            LookupError: there is no such schema.
        """
        validator = self._validator(schema, direction)
        found = (one for error in validator.errors(value) for one in violations_of(error))
        return list(dict.fromkeys(found))

    def is_valid(self, schema: str, value: Any, direction: Direction) -> bool:
        """Nothing is wrong; quicker than asking for all violations.

        Raises:
            LookupError: there is no such schema.
        """
        return self._validator(schema, direction).is_valid(value)

    def types_of(self, schema: str, direction: Direction = Direction.REQUEST) -> frozenset[str]:
        """The JSON types that a schema allows: all seven where it does not say.

        Through references, ``allOf``, ``oneOf``, ``anyOf``, ``enum`` and ``const``. Where
        numbers are allowed, integers are, too.
        """
        name = self.name_of(schema, direction)
        if name not in self._types:
            self._types[name] = _types_of(self._dialects[name], self._dialects, 0)
        return self._types[name]

    def name_of(self, schema: str, direction: Direction) -> str:
        """The name in ``definitions`` of the schema at a pointer.

        Raises:
            LookupError: there is no such schema.
        """
        key = (schema, direction)
        if key not in self._names:
            self._names[key] = self._dialects.name_of(schema, direction)
        return self._names[key]

    @property
    def definitions(self) -> Mapping[str, Schema]:
        """Schemas in JSON Schema 2020-12 by names of their own.

        Each is there when it is asked for; every ``$ref`` is ``#/$defs/<name>``.
        """
        return self._dialects

    def pointer_of(self, name: str) -> str:
        """Where in the document a definition comes from."""
        return self._dialects.pointer_of(name)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was wrong with the schemas that were compiled up to now."""
        return tuple(self._dialects.findings.values())

    def _validator(self, schema: str, direction: Direction) -> Validator:
        name = self.name_of(schema, direction)
        found = self._validators.pop(name, None)
        if found is None:
            found = Validator({"$ref": f"{REFERENCE}{name}"}, self._dialects)
            self._make_room()
        self._validators[name] = found
        return found

    def _make_room(self) -> None:
        while sum(one.weight for one in self._validators.values()) > MOST_KEPT:
            del self._validators[next(iter(self._validators))]


_ALL = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})


def _types_of(schema: Any, definitions: Mapping[str, Schema], depth: int) -> frozenset[str]:
    if not isinstance(schema, dict) or depth > DEEPEST:
        return _ALL if schema is not False else frozenset()
    found = _own_types(schema)
    if "$ref" in schema:
        target = definitions[schema["$ref"].removeprefix(REFERENCE)]
        found &= _types_of(target, definitions, depth + 1)
    for part in schema.get("allOf", ()):
        found &= _types_of(part, definitions, depth + 1)
    for keyword in ("oneOf", "anyOf"):
        if keyword in schema:
            kinds = [_types_of(part, definitions, depth + 1) for part in schema[keyword]]
            found &= frozenset().union(*kinds)
    if BRANCHES in schema:
        kinds = [_types_of(part, definitions, depth + 1) for part in schema[BRANCHES]]
        return found & frozenset().union(*kinds)
    if schema.get("if") == {"type": "null"} and "else" in schema:
        found &= _types_of(schema["else"], definitions, depth + 1) | {"null"}
    return found


def _own_types(schema: Json) -> frozenset[str]:
    types = schema.get("type")
    found = _ALL if types is None else frozenset([types] if isinstance(types, str) else types)
    found |= {"integer"} if "number" in found else frozenset()
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if values is not None:
        found &= frozenset().union(*map(types_of_value, values))
    return found


def types_of_value(value: Any) -> frozenset[str]:
    """The JSON types that a value is of; 1.0 is an integer, too."""
    if value is None:
        return frozenset({"null"})
    if isinstance(value, bool):
        return frozenset({"boolean"})
    if isinstance(value, int | float):
        whole = isinstance(value, int) or value.is_integer()
        return frozenset({"number", "integer"}) if whole else frozenset({"number"})
    kinds: tuple[tuple[type, str], ...] = ((str, "string"), (list, "array"), (dict, "object"))
    return frozenset(name for kind, name in kinds if isinstance(value, kind))
