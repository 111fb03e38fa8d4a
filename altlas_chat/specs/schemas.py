"""Validators of a document's schemas, made when they are first needed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import jsonschema_rs

from altlas_chat.specs.documents import Document


class Direction(StrEnum):
    """Which way a value goes: ``readOnly`` is not for requests, ``writeOnly`` not for answers."""

    REQUEST = "request"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Violation:
    """What a schema finds wrong: ``pointer`` into the value, the keyword, and words."""

    pointer: str
    keyword: str
    what: str


class Schemas:
    """The schemas of one document, of either dialect; each is compiled once and way."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._compiled: dict[tuple[str, Direction], Any] = {}

    def violations(self, schema: str, value: Any, direction: Direction) -> list[Violation]:
        """All that the schema at a pointer finds wrong with a value; empty when it is valid."""
        found = []
        for error in self._validator(schema, direction).iter_errors(value):
            pointer = "".join(f"/{step}" for step in error.instance_path)
            found.append(Violation(pointer, str(error.schema_path[-1]), error.message))
        return found

    def is_valid(self, schema: str, value: Any, direction: Direction) -> bool:
        """Nothing is wrong; quicker than asking for all violations."""
        return bool(self._validator(schema, direction).is_valid(value))

    def _validator(self, schema: str, direction: Direction) -> Any:
        key = (schema, direction)
        if key not in self._compiled:
            whole = {**self._document.data, "$ref": f"#{schema}"}
            self._compiled[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return self._compiled[key]
