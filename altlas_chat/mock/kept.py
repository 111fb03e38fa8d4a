"""Things that were made once and may be needed again, as many as fit."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")

MOST_THINGS = 4096
MOST_BYTES = 8 * 1024 * 1024


class Kept(Generic[Thing]):
    """Keeps what was made last; over its bounds the oldest goes."""

    def __init__(self, most_things: int = MOST_THINGS, most_bytes: int = MOST_BYTES) -> None:
        self._most_things = most_things
        self._most_bytes = most_bytes
        self._bytes = 0
        self._things: dict[Hashable, tuple[Thing, int]] = {}

    def get(self, key: Hashable) -> Thing | None:
        found = self._things.get(key)
        return None if found is None else found[0]

    def keep(self, key: Hashable, thing: Thing, size_bytes: int) -> None:
        """Keep a thing, unless it alone is over the bound."""
        if size_bytes > self._most_bytes or key in self._things:
            return
        self._things[key] = (thing, size_bytes)
        self._bytes += size_bytes
        while len(self._things) > self._most_things or self._bytes > self._most_bytes:
            first = next(iter(self._things))
            self._bytes -= self._things.pop(first)[1]
