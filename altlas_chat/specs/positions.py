"""Where the parts of a text are: line and column of each JSON pointer, and keys that are twice.

Found by reading the text once more, so for findings only.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

import yaml

from altlas_chat.specs.pointers import joined

Spot = tuple[int, int]
"""Line and column, from 1."""

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],]|[^\s"{}\[\],:]+', re.DOTALL)
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))')
_ESCAPED = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Repeated:
    """A key that is in one object more than once: the object, and where two of them stand."""

    pointer: str
    key: str
    first: Spot
    again: Spot


@dataclass(slots=True)
class Positions:
    """The places of one text: of a key where it has one, else of the value."""

    repeated: list[Repeated] = field(default_factory=list)
    _spots: dict[str, Spot] = field(default_factory=dict)

    def of(self, pointer: str) -> Spot:
        """Where a part is; of one that is not there, the nearest part around it that is.

        Of a text that could not be read, (0, 0).
        """
        while pointer not in self._spots and pointer:
            pointer = pointer.rpartition("/")[0]
        return self._spots.get(pointer, (1, 1) if self._spots else (0, 0))

    def deeper_than(self, levels: int) -> Spot:
        """The first place that is more levels deep than this; the beginning when there is none."""
        deep = (spot for pointer, spot in self._spots.items() if pointer.count("/") > levels)
        return min(deep, default=(1, 1))

    def take(self, holder: str, key: str, spot: Spot) -> str:
        """Note where a key of an object is; the pointer to its value."""
        pointer = joined(holder, key)
        if pointer in self._spots:
            self.repeated.append(Repeated(holder, key, self._spots[pointer], spot))
        self._spots[pointer] = spot
        return pointer

    def place(self, pointer: str, spot: Spot) -> None:
        self._spots.setdefault(pointer, spot)


def positions_of_json(text: str) -> Positions:
    """The places of a JSON text, as far as it is one."""
    found = Positions()
    breaks = [match.start() for match in re.finditer(r"\n", text)]
    below = _Below(found)
    for match in _TOKEN.finditer(text):
        piece = match.group()
        if piece == ",":
            continue
        if piece in "}]":
            below.leave()
            continue
        offset = match.start()
        line = bisect_right(breaks, offset - 1)
        spot = (line + 1, offset - (breaks[line - 1] if line else -1))
        if piece in "{[":
            below.enter(spot, mapping=piece == "{")
        elif piece[0] == '"':
            below.text(_unescaped(piece[1:-1]), spot)
        else:
            below.value(spot)
    return found


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else _ESCAPED[m[2]], text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def positions_of_yaml(text: str) -> Positions:
    """The places of a YAML text, as far as it is one."""
    found = Positions()
    below = _Below(found)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            mark: Any = event.start_mark
            spot = (mark.line + 1, mark.column + 1)
            if isinstance(event, yaml.ScalarEvent):
                # Merges are no keys: several may stand side by side.
                below.text(event.value, spot, again=event.value == "<<" and not event.style)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                below.enter(spot, mapping=isinstance(event, yaml.MappingStartEvent))
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                below.leave()
            elif isinstance(event, yaml.AliasEvent):
                below.text(f"*{event.anchor}", spot)
    except yaml.YAMLError:
        pass
    found.place("", (1, 1))
    return found


class _Below:
    """Where a reader of a text is at the moment."""

    def __init__(self, found: Positions) -> None:
        self._found = found
        self._holder = ""
        self._number: int | None = None
        self._key: str | None = None
        self._mapping = False
        self._stack: list[tuple[str, int | None, bool]] = []

    def text(self, text: str, spot: Spot, *, again: bool = False) -> None:
        """A scalar: a key where one is awaited."""
        if self._mapping and self._key is None:
            self._key = joined(self._holder, text) if again else ""
            self._key = self._key or self._found.take(self._holder, text, spot)
        else:
            self.value(spot)

    def value(self, spot: Spot) -> None:
        self._found.place(self._next(), spot)

    def enter(self, spot: Spot, *, mapping: bool) -> None:
        pointer = self._next()
        self._found.place(pointer, spot)
        self._stack.append((self._holder, self._number, self._mapping))
        self._holder, self._number, self._mapping = pointer, None if mapping else 0, mapping
        self._key = None

    def leave(self) -> None:
        if self._stack:
            self._holder, self._number, self._mapping = self._stack.pop()
            self._key = None

    def _next(self) -> str:
        """The pointer of the value that is read now."""
        if self._mapping:
            key, self._key = self._key, None
            return self._holder if key is None else key
        if self._number is None:
            return self._holder
        self._number += 1
        return f"{self._holder}/{self._number - 1}"
