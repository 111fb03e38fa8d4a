"""Validators of a document's schemas, made when they are first needed."""

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from altlas_chat.specs.dialects import BRANCHES, Dialects, Direction, Schema
from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.findings import Finding
from altlas_chat.specs.formats import FORMATS
from altlas_chat.specs.patterns import repaired
from altlas_chat.specs.pointers import found_at, joined
from altlas_chat.specs.wording import Violation, violations_of

__all__ = ["Direction", "Schemas", "Violation"]

MOST_REPAIRS = 100
DEEPEST = 20


class Schemas:
    """The schemas of one document, of either dialect; each is compiled once and way."""

    def __init__(self, document: Document) -> None:
        self._dialects = Dialects(document)
        self._compiled: dict[tuple[str, Direction], Any] = {}
        self._closures: dict[tuple[str, Direction], tuple[str, dict[str, Schema]]] = {}
        self._types: dict[tuple[str, Direction], frozenset[str]] = {}

    def violations(self, schema: str, value: Any, direction: Direction) -> list[Violation]:
        """All that the schema at a pointer finds wrong with a value; empty when it is valid.

        Of a value that fits none of several alternatives, what is wrong by the
        one that it is nearest to.

        Raises:
            LookupError: there is no such schema.
        """
        validator = self._validator(schema, direction)
        found = (one for error in validator.iter_errors(value) for one in violations_of(error))
        return list(dict.fromkeys(found))

    def is_valid(self, schema: str, value: Any, direction: Direction) -> bool:
        """Nothing is wrong; quicker than asking for all violations.

        Raises:
            LookupError: there is no such schema.
        """
        return bool(self._validator(schema, direction).is_valid(value))

    def types_of(self, schema: str, direction: Direction = Direction.REQUEST) -> frozenset[str]:
        """The JSON types that a schema allows: all seven where it does not say.

        Through references, ``allOf``, ``oneOf``, ``anyOf``, ``enum`` and ``const``. Where
        numbers are allowed, integers are, too.
        """
        key = (schema, direction)
        if key not in self._types:
            root, definitions = self.closure(schema, direction)
            self._types[key] = _types_of(definitions[root], definitions, 0)
        return self._types[key]

    def closure(self, schema: str, direction: Direction) -> tuple[str, dict[str, Schema]]:
        """The schema in JSON Schema 2020-12 with all that it refers to, by names of their own.

        Its own name comes first; every ``$ref`` is ``#/$defs/<name>``.
        """
        key = (schema, direction)
        if key not in self._closures:
            self._validator(schema, direction)
        return self._closures[key]

    def pointer_of(self, name: str) -> str:
        """Where in the document a definition of a closure comes from."""
        return self._dialects.pointer_of(name)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was wrong with the schemas that were compiled up to now."""
        return tuple(self._dialects.findings.values())

    def _validator(self, schema: str, direction: Direction) -> Any:
        key = (schema, direction)
        if key not in self._compiled:
            root, definitions = self._dialects.closure(schema, direction)
            self._closures[key] = (root, definitions)
            self._compiled[key] = self._compile(root, definitions)
        return self._compiled[key]

    def _compile(self, root: str, definitions: dict[str, Schema]) -> Any:
        whole = {"$ref": f"#/$defs/{root}", "$defs": definitions}
        for _ in range(MOST_REPAIRS):
            try:
                return compiled(whole)
            except jsonschema_rs.ValidationError as error:
                self._repair(whole, [str(step) for step in error.instance_path])
        return compiled({})

    def _repair(self, whole: Json, steps: list[str]) -> None:
        """Take out, or write otherwise, what the validator does not understand."""
        if len(steps) < 3:
            whole.clear()
            return
        parent = found_at(whole, joined("", *steps[:-1]))
        keyword, name = steps[-1], steps[1]
        pointer = joined(self.pointer_of(name), *steps[2:])
        if keyword == "pattern":
            better = repaired(str(parent[keyword]))
            if better is not None:
                parent[keyword] = better
                return
            what = f"the pattern {parent[keyword]} is no regular expression, any text is taken"
        else:
            what = f"{keyword} is not understood, it is taken as not written"
        parent.pop(keyword if isinstance(parent, dict) else int(keyword))
        self._dialects.tell(pointer, "schema-keyword", what)


def compiled(schema: Mapping[str, Any]) -> Any:
    """A validator of a schema in 2020-12, formats included.

    Raises:
        jsonschema_rs.ValidationError: it is no such schema.
    """
    return jsonschema_rs.Draft202012Validator(
        dict(schema), validate_formats=True, formats=dict(FORMATS), offline=True
    )


_ALL = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})


def _types_of(schema: Any, definitions: Mapping[str, Schema], depth: int) -> frozenset[str]:
    if not isinstance(schema, dict) or depth > DEEPEST:
        return _ALL if schema is not False else frozenset()
    found = _own_types(schema)
    if "$ref" in schema:
        target = definitions[schema["$ref"].removeprefix("#/$defs/")]
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
