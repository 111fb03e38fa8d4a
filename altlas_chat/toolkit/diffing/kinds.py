"""What a change of ``type`` and ``format`` is called, by who sends the value and in what form."""

from collections.abc import Mapping
from types import MappingProxyType

Typed = tuple[tuple[str, ...], str]
"""The types that are allowed, none for all, and the format."""

_HOLDS: Mapping[str, frozenset[tuple[str, str]]] = MappingProxyType(
    {
        "number": frozenset({("float", "double")}),
        "integer": frozenset({("int32", "int64"), ("int32", "bigint"), ("int64", "bigint")}),
        "string": frozenset({("date", "date-time"), ("time", "date-time")}),
    }
)
"""Formats of which the second holds all that the first does."""


def types_said(types: tuple[str, ...], form: str) -> str:
    """A type as people say it: ``integer/int64``."""
    said = " or ".join(types) or "any"
    return f"{said}/{form}" if form else said


def type_rule(
    old: Typed, new: Typed, *, sends: bool, strong: bool, parameter: bool, below: bool
) -> str:
    """The end of the rule's name: ``type-changed``, ``type-generalized`` …

    Where ``strong`` is false all is written as text, and any value is one.
    """
    if parameter and below:
        return _in_parameter(old, new)
    if sends:
        if not _holds(old, new, strong=strong and not parameter):
            return "type-changed"
        if parameter or _holds(old, new, strong=True):
            return "type-generalized"
        return "type-compatible"
    if _holds(new, old, strong=strong):
        return "type-specialized" if _holds(new, old, strong=True) else "type-compatible"
    return "type-generalized" if _holds(old, new, strong=True) else "type-changed"


def _in_parameter(old: Typed, new: Typed) -> str:
    """In an object that is a parameter, of which it is not known how it is written."""
    if _holds(old, new, strong=True):
        return "type-generalized"
    if _holds(old, new, strong=False):
        return "type-changed"
    return "type-specialized"


def _holds(inner: Typed, outer: Typed, *, strong: bool) -> bool:
    """All that the inner type allows, the outer one does."""
    return holds_types(inner[0], outer[0], strong=strong) and _holds_format(inner, outer)


def holds_types(inner: tuple[str, ...], outer: tuple[str, ...], *, strong: bool) -> bool:
    """What is one of the inner types is one of the outer ones; of all that is written as text, too.

    Where ``strong`` is false any value is text.
    """
    if not outer:
        return True
    if not strong and outer == ("string",):
        return True
    if not inner:
        return False
    return all(one in outer or (one == "integer" and "number" in outer) for one in inner)


def _holds_format(inner: Typed, outer: Typed) -> bool:
    if not outer[1] or inner[1] == outer[1]:
        return True
    kind = outer[0][0] if len(outer[0]) == 1 else ""
    return (inner[1], outer[1]) in _HOLDS.get(kind, frozenset())
