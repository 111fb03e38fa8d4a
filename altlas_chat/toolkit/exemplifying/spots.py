"""Where in a text an object has room for one more property."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from altlas_chat.specs.pointers import joined

_TOKENS = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s"{}\[\],:]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for one more property.

    ``offset`` is where in the text; in ``flow`` a comma goes before it unless the
    object is ``empty``. ``indent`` stands before each line, None where all is in one line;
    ``first`` says that it goes before the properties that are there.
    """

    offset: int
    indent: str | None
    flow: bool
    empty: bool = False
    first: bool = False


@dataclass(slots=True)
class _Open:
    """An object or array that is being read."""

    pointer: str
    mapping: bool
    flow: bool
    number: int = 0
    key: str | None = None
    start: int = 0
    first: int | None = None
    end: int = 0
    block_end: bool = False
    children: int = field(default=0)


def spots_of_json(text: str, wanted: Iterable[str]) -> dict[str, Spot]:
    """The spots of the objects at some pointers of a JSON text."""
    left, found, stack = set(wanted), dict[str, Spot](), [_Open("", mapping=False, flow=True)]
    root = True
    for match in _TOKENS.finditer(text):
        piece, at = match.group(), stack[-1]
        if piece in ",:":
            continue
        if piece in "}]":
            closed = stack.pop()
            stack[-1].end = match.end()
            if closed.mapping and closed.pointer in left:
                found[closed.pointer] = _flow_spot(text, closed)
            continue
        if at.mapping and at.key is None:
            at.key = yaml_key(piece)
            at.first = match.start() if at.first is None else at.first
            continue
        pointer = "" if root else _next(at)
        root = False
        if piece in "{[":
            stack.append(_Open(pointer, piece == "{", flow=True, start=match.end()))
        at.end = match.end()
    return found


def yaml_key(piece: str) -> str:
    """The key that a JSON text's key stands for."""
    return str(yaml.safe_load(piece)) if "\\" in piece else piece.strip('"')


def spots_of_yaml(text: str, wanted: Iterable[str]) -> dict[str, Spot]:
    """The spots of the objects at some pointers of a YAML text; none of what an alias repeats."""
    left, found = set(wanted), dict[str, Spot]()
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|[\n\r\x85\u2028\u2029]", text))]
    stack = [_Open("", mapping=False, flow=False)]
    root = True
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        start, end = _offsets(event, starts)
        at = stack[-1]
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            closed = stack.pop()
            stack[-1].end = end if closed.flow else closed.end
            stack[-1].block_end = not closed.flow and closed.block_end
            if closed.mapping and closed.pointer in left:
                spot = _flow_spot(text, closed) if closed.flow else _block_spot(text, closed)
                found[closed.pointer] = spot
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        key = (
            isinstance(event, yaml.ScalarEvent | yaml.AliasEvent) and at.mapping and at.key is None
        )
        if key:
            at.key = event.value if isinstance(event, yaml.ScalarEvent) else f"*{event.anchor}"
            at.first = start if at.first is None else at.first
        else:
            pointer = "" if root else _next(at)
            root = False
            if isinstance(event, yaml.CollectionStartEvent):
                mapping = isinstance(event, yaml.MappingStartEvent)
                stack.append(_Open(pointer, mapping, bool(event.flow_style), start=end))
                continue
        at.end = end
        at.block_end = isinstance(event, yaml.ScalarEvent) and event.style in ("|", ">")
    return found


def _offsets(event: Any, starts: list[int]) -> tuple[int, int]:
    # A text that does not end with a line feed ends on a line that has no start.
    last = len(starts) - 1
    start, end = event.start_mark, event.end_mark
    return starts[min(start.line, last)] + start.column, starts[min(end.line, last)] + end.column


def _next(at: _Open) -> str:
    """The pointer of the value that is read now."""
    if at.mapping:
        key, at.key = at.key or "", None
        return joined(at.pointer, key)
    at.number += 1
    return joined(at.pointer, at.number - 1)


def _flow_spot(text: str, closed: _Open) -> Spot:
    if closed.first is None:
        return Spot(closed.start, None, flow=True, empty=True)
    before = text[text.rfind("\n", 0, closed.first) + 1 : closed.first]
    several = "\n" in text[closed.start : closed.first] and not before.strip()
    return Spot(closed.end, before if several else None, flow=True)


def _block_spot(text: str, closed: _Open) -> Spot:
    """After the last line of a block; before the first one where the last is of a text's block."""
    first = closed.first or 0
    indent = " " * (first - text.rfind("\n", 0, first) - 1)
    if closed.block_end:
        return Spot(first, indent, flow=False, first=True)
    line_end = text.find("\n", closed.end)
    end = len(text) if line_end < 0 else line_end
    return Spot(end - 1 if text[end - 1 : end] == "\r" else end, indent, flow=False)
