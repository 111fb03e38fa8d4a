"""Whether two schemas, each in its document, allow the same; words about them don't count."""

from collections.abc import Iterator
from typing import Any

from altlas_chat.toolkit.diffing.flattening import Flattening
from altlas_chat.toolkit.diffing.views import ANNOTATIONS, LISTED, NAMED, SINGLE, View, written

_HELD = frozenset((*SINGLE, *NAMED, *LISTED))
_TYPED = frozenset({"type", "nullable", "required", "enum", "$ref", "discriminator"})

Pair = tuple[View, View]


class Sameness:
    """Compares schemas of two documents, and remembers which are the same."""

    def __init__(self, old: Flattening, new: Flattening) -> None:
        self._flat_old = old
        self._flat_new = new
        self._old = old.views
        self._new = new.views
        self._same: set[tuple[int, int]] = set()
        self._other: set[tuple[int, int]] = set()

    def of(self, old: View, new: View) -> bool:
        """They allow the same, references followed, however deep and circular."""
        old, new = self._flat_old.of(old), self._flat_new.of(new)
        start = (id(old), id(new))
        if start in self._same:
            return True
        if start in self._other:
            return False
        assumed = {start}
        waiting: list[Pair] = [(old, new)]
        while waiting:
            one, other = waiting.pop()
            below = self._below(one, other)
            if below is None:
                self._other.add(start)
                return False
            for one, other in below:
                pair = self._flat_old.of(one), self._flat_new.of(other)
                key = (id(pair[0]), id(pair[1]))
                if key not in assumed and key not in self._same:
                    assumed.add(key)
                    waiting.append(pair)
        self._same |= assumed
        return True

    def _below(self, old: View, new: View) -> list[Pair] | None:
        """The pairs that must be the same for these to be; None when they can't be."""
        if _itself(old) != _itself(new):
            return None
        pairs = [
            (self._old.child(old, keyword), self._new.child(new, keyword))
            for keyword in SINGLE
            if keyword in old.data
        ]
        for keyword in NAMED:
            pairs.extend(
                (self._old.child(old, keyword, name), self._new.child(new, keyword, name))
                for name in old.schemas(keyword)
            )
        for keyword in LISTED:
            pairs.extend(self._in_order(old, new, keyword))
        return pairs

    def _in_order(self, old: View, new: View, keyword: str) -> Iterator[Pair]:
        def ordered(view: View) -> list[int]:
            branches = view.branches(keyword)
            numbers = range(len(branches))
            if keyword == "prefixItems":
                return list(numbers)
            return sorted(numbers, key=lambda number: written(branches[number]))

        for one, other in zip(ordered(old), ordered(new), strict=True):
            yield self._old.child(old, keyword, one), self._new.child(new, keyword, other)


def _itself(view: View) -> tuple[Any, ...]:
    """All that a schema says but for the schemas in it."""
    return (
        view.never,
        view.types,
        view.null,
        view.required,
        _values(view),
        view.data.get("$ref"),
        _rest(view),
        [keyword in view.data for keyword in SINGLE],
        [view.schemas(keyword).keys() for keyword in NAMED],
        [len(view.branches(keyword)) for keyword in LISTED],
    )


def _values(view: View) -> Any:
    found = view.data.get("enum")
    return sorted(map(written, found)) if isinstance(found, list) else None


def _rest(view: View) -> dict[str, Any]:
    return {
        key: value
        for key, value in view.data.items()
        if key not in _HELD
        and key not in _TYPED
        and key not in ANNOTATIONS
        and not key.startswith("x-")
        and value is not False
    }
