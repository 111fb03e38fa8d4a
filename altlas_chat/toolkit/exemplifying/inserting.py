"""Puts properties into the text of a document, and changes nothing else of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from altlas_chat.specs.pointers import found_at
from altlas_chat.specs.writing import as_yaml
from altlas_chat.specs.yaml_reading import Unreadable, read_yaml
from altlas_chat.toolkit.exemplifying.spots import Spot, spots_of_json, spots_of_yaml


@dataclass(frozen=True, slots=True)
class Insertion:
    """A property that the object at a pointer is to have."""

    pointer: str
    key: str
    value: Any


class NotInsertable(Exception):
    """A text can't be changed in such a way that nothing else of it changes."""


def with_insertions(text: str, insertions: Sequence[Insertion]) -> str:
    """The text with more properties in it; comments, order and signs stay as they are.

    Raises:
        NotInsertable: an object is written in a way that does not let it be
            (with an anchor that others use, or as the merge of others).
    """
    if not insertions:
        return text
    is_json = text.lstrip("\ufeff \t\r\n")[:1] == "{"
    spots_of = spots_of_json if is_json else spots_of_yaml
    spots = spots_of(text, [one.pointer for one in insertions])
    missing = [one.pointer for one in insertions if one.pointer not in spots]
    if missing:
        raise NotInsertable(f"{missing[0]} is not written out where it stands")
    step = _step(spots)
    pieces: list[tuple[int, int, str]] = []
    for one in insertions:
        spot = spots[one.pointer]
        key = f'"{one.key}"' if is_json else one.key
        words = _in_flow(spot, key, one.value, step) if spot.flow else _in_block(spot, one)
        words = words.replace("\n", "\r\n") if "\r\n" in text else words
        pieces.append((spot.offset, -len(spot.indent or ""), words))
    changed, last = [], 0
    for offset, _, words in sorted(pieces, key=lambda piece: piece[:2]):
        changed += [text[last:offset], words]
        last = offset
    result = "".join([*changed, text[last:]])
    _prove(text, result, insertions)
    return result


def _step(spots: Mapping[str, Spot]) -> str:
    """By how much a file is indented more for each level."""
    known = next((spot.indent for spot in spots.values() if spot.indent), "  ")
    return "\t" if known.startswith("\t") else "  "


def _in_flow(spot: Spot, key: str, value: Any, step: str) -> str:
    before = "" if spot.empty else ","
    if spot.indent is None:
        blank = "" if spot.empty else " "
        return f"{before}{blank}{key}: {json.dumps(value, ensure_ascii=False)}"
    lines = json.dumps(value, ensure_ascii=False, indent=step).split("\n")
    return f"{before}\n{spot.indent}{key}: " + f"\n{spot.indent}".join(lines)


def _in_block(spot: Spot, one: Insertion) -> str:
    indent = spot.indent or ""
    lines = as_yaml({one.key: one.value}).rstrip("\n").split("\n")
    words = "\n".join([lines[0], *(indent + line if line else line for line in lines[1:])])
    return f"{words}\n{indent}" if spot.first else f"\n{indent}{words}"


def _prove(before: str, after: str, insertions: Sequence[Insertion]) -> None:
    """What the new text holds is what the old one held and what was put in, and nothing else."""
    expected, found = _read(before), _read(after)
    for one in insertions:
        found_at(expected, one.pointer)[one.key] = one.value
    options = orjson.OPT_SORT_KEYS
    if orjson.dumps(expected, option=options) != orjson.dumps(found, option=options):
        raise NotInsertable("something else of it would change, too")


def _read(text: str) -> Any:
    text = text.removeprefix("\ufeff")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        # Parts that an alias repeats become parts of their own.
        return orjson.loads(orjson.dumps(read_yaml(text).data))
    except Unreadable as error:
        raise NotInsertable(error.trouble.what) from error
