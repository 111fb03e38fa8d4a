"""A document as everything else works with it: in one piece, every ``$ref`` leads inside it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

from altlas_chat.specs.findings import Finding, Place
from altlas_chat.specs.pointers import found_at

Json = dict[str, Any]

LONGEST_CHAIN = 100


class Kind(StrEnum):
    """Which specification a document follows."""

    OPENAPI = "openapi"
    ASYNCAPI = "asyncapi"


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One document that was read, with all that other files held taken into it.

    ``source`` is its path or address as the user named it, ``version`` what it
    says itself (``3.0.3``), ``files`` every file that was read for it, the
    first its root: who watches for changes watches those. ``findings`` is what is
    wrong with it and could be lived with (duplicate keys); ``contract validate``
    finds more.
    """

    source: str
    kind: Kind
    version: str
    data: Json
    files: tuple[str, ...]
    _placed: Callable[[str], Place]
    findings: tuple[Finding, ...] = ()
    _found: dict[str, Any] = field(default_factory=dict)

    def at(self, pointer: str) -> Any:
        """What lies at a pointer, as it stands there: a reference stays one.

        Raises:
            LookupError: there is no such place.
        """
        if pointer not in self._found:
            self._found[pointer] = found_at(self.data, pointer)
        return self._found[pointer]

    def target(self, pointer: str) -> str:
        """Where the thing at ``pointer`` really is: the end of its chain of references.

        Raises:
            LookupError: there is no such place, or the chain has no end.
        """
        for _ in range(LONGEST_CHAIN):
            node = self.at(pointer)
            reference = node.get("$ref") if isinstance(node, dict) else None
            if not isinstance(reference, str):
                return pointer
            pointer = unquote(reference.removeprefix("#"))
        raise LookupError(f"the references at {pointer} go in a circle")

    def resolved(self, pointer: str) -> Any:
        """The thing itself, at the end of the references.

        Raises:
            LookupError: there is no such place, or the chain has no end.
        """
        return self.at(self.target(pointer))

    def place(self, pointer: str) -> Place:
        """The file, line and column of a part; reads the files again, so for findings only."""
        return self._placed(pointer)

    @property
    def is_3_0(self) -> bool:
        """It is OpenAPI 3.0, whose schemas have a dialect of their own."""
        return self.kind is Kind.OPENAPI and self.version.startswith("3.0")
