"""Which operation of the old document is which of the new one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from altlas_chat.specs.api import METHODS, Operation
from altlas_chat.specs.documents import Document
from altlas_chat.toolkit.diffing.reading import placed

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
    for (path, item), there in _together(before, after):
        ones = _methods(old, item)
        if there is None:
            gone = (Operation(old, path, method, item) for method in ones)
            found.removed.extend((one, True) for one in gone)
            continue
        names = dict(zip(_PARAMETER.findall(path), _PARAMETER.findall(there[0]), strict=True))
        others = _methods(new, there[1])
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
    for path, item in after.items():
        found.added.extend(Operation(new, path, method, item) for method in _methods(new, item))
    return found


def _together(
    before: dict[str, str], after: dict[str, str]
) -> Iterator[tuple[tuple[str, str], tuple[str, str] | None]]:
    """Old paths, each with the new one that it is; those of ``after`` that are left are new.

    A path is the one that is written the same, else the one of the same shape.
    """
    left = {path: item for path, item in before.items() if path not in after}
    for path, item in before.items():
        if path not in left:
            yield (path, item), (path, after.pop(path))
    shapes = {_shape(path): path for path in reversed(after)}
    for path, item in left.items():
        same = shapes.pop(_shape(path), None)
        yield (path, item), None if same is None else (same, after.pop(same))


def _shape(path: str) -> str:
    return _PARAMETER.sub("{}", path)


def _items(document: Document, holder: str) -> dict[str, str]:
    """Where the items of the paths are, by path."""
    return {
        path: item
        for path, (item, _) in placed(document, holder).items()
        if not path.startswith("x-")
    }


def _methods(document: Document, item: str) -> list[str]:
    data = document.at(item)
    return [method for method in data if method in METHODS and isinstance(data[method], dict)]
