"""How far schemas go when every reference is followed each time, and which never end."""

from typing import Any

from altlas_chat.specs.documents import Document
from altlas_chat.specs.grammar import OPENAPI, parts_of
from altlas_chat.specs.pointers import joined

MOST = 200_000

_LISTS = ("allOf", "anyOf", "oneOf")
_ONES = ("items", "not")


def unrolls_far(document: Document) -> bool:
    """Some ``allOf`` goes, by alternatives and items, in a circle or to very many schemas."""
    sizes = _Sizes(document)
    return any(
        sizes.of(part.pointer) > MOST
        for part in parts_of(OPENAPI, document.data)
        if part.kind == "schema" and isinstance(part.node, dict) and "allOf" in part.node
    )


def made_of_itself(document: Document, pointer: str) -> bool:
    """A schema comes back to itself by ``allOf`` and references alone, so that judging never ends.

    JSON Schema Core, 9.4.1: "A schema MUST NOT be run into an infinite loop".
    """
    todo, seen = [pointer], set()
    while todo:
        one = todo.pop()
        node = document.at(one)
        parts = node.get("allOf") if isinstance(node, dict) else None
        for number in range(len(parts) if isinstance(parts, list) else 0):
            try:
                end = document.target(joined(one, "allOf", number))
            except LookupError:
                continue
            if end == pointer:
                return True
            if end not in seen:
                seen.add(end)
                todo.append(end)
    return False


class _Sizes:
    """The number of schemas behind each, by where it is; each is counted once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._known: dict[str, int] = {}

    def of(self, pointer: str) -> int:
        try:
            return self._of(pointer)
        except RecursionError:
            return MOST + 1

    def _of(self, pointer: str) -> int:
        pointer = self._end(pointer)
        if pointer in self._known:
            return self._known[pointer]
        self._known[pointer] = MOST + 1  # as long as it is counted: who comes back is in a circle
        node: Any = self._document.at(pointer)
        below: list[str] = []
        if isinstance(node, dict):
            for name in _LISTS:
                parts = node.get(name)
                count = len(parts) if isinstance(parts, list) else 0
                below += [joined(pointer, name, number) for number in range(count)]
            below += [joined(pointer, name) for name in _ONES if isinstance(node.get(name), dict)]
        size = min(1 + sum(map(self._of, below)), MOST + 1)
        self._known[pointer] = size
        return size

    def _end(self, pointer: str) -> str:
        try:
            return self._document.target(pointer)
        except LookupError:
            return pointer
