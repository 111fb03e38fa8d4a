"""Which operation of the old document is which of the new one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from altlas_chat.specs.api import METHODS, Operation
from altlas_chat.specs.documents import Document
from altlas_chat.specs.pointers import joined

_PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Pair:
    """An operation that both documents have; ``renamed`` maps old names of path parameters."""

    old: Operation
    new: Operation
    renamed: dict[str, str]


@dataclass(frozen=True, slots=True)
class Paths:
    """The operations of two documents; of those that went, whether their whole path did."""

    pairs: list[Pair]
    removed: list[tuple[Operation, bool]]
    added: list[Operation]


def matched(
    old: Document, new: Document, old_holder: str = "/paths", new_holder: str = ""
) -> Paths:
    """The operations below the holders; what path parameters are called does not matter."""
    before, after = _items(old, old_holder), _items(new, new_holder or old_holder)
    found = Paths([], [], [])
    for shape, (path, item) in before.items():
        there = after.get(shape)
        if there is None:
            gone = (Operation(old, path, method, item) for method in _methods(old, item))
            found.removed.extend((one, True) for one in gone)
            continue
        names = dict(zip(_PARAMETER.findall(path), _PARAMETER.findall(there[0]), strict=True))
        ones, others = _methods(old, item), _methods(new, there[1])
        for method in ones:
            operation = Operation(old, path, method, item)
            if method in others:
                match = Operation(new, there[0], method, there[1])
                found.pairs.append(Pair(operation, match, names))
            else:
                found.removed.append((operation, False))
        found.added.extend(
            Operation(new, there[0], method, there[1]) for method in others if method not in ones
        )
    for shape, (path, item) in after.items():
        if shape not in before:
            found.added.extend(Operation(new, path, method, item) for method in _methods(new, item))
    return found


def _items(document: Document, holder: str) -> dict[str, tuple[str, str]]:
    """Path items by the shape of their path: the path as it is written, and where the item is."""
    try:
        held = document.resolved(holder)
    except LookupError:
        return {}
    return dict(_shapes(document, holder, held if isinstance(held, dict) else {}))


def _shapes(
    document: Document, holder: str, held: dict[str, object]
) -> Iterator[tuple[str, tuple[str, str]]]:
    for path in held:
        try:
            item = document.target(joined(holder, path))
        except LookupError:
            continue
        if not path.startswith("x-") and isinstance(document.at(item), dict):
            yield _PARAMETER.sub("{}", path), (path, item)


def _methods(document: Document, item: str) -> list[str]:
    data = document.at(item)
    return [method for method in data if method in METHODS and isinstance(data[method], dict)]
