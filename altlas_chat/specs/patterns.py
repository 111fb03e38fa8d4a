"""Patterns as people write them, made into what the validator understands.

Schemas want ECMA-262; documents hold what PHP, Perl and Python take, too.
"""

import re
from functools import lru_cache
from typing import Final

import jsonschema_rs

_DELIMITED: Final = re.compile(r"/(\^.*\$)/([a-z]*)", re.DOTALL)
_PARTS: Final = re.compile(
    r"\\[AZz]|\\k<\w+>|\\[0eh]|\\u[0-9a-fA-F]{4}|\\."
    r"|\[\^\]|\[\]|\{\d+(?:,\d*)?\}|[{}]|\[|\]|.",
    re.DOTALL,
)
_SAME: Final = {"\\A": "^", "\\Z": "$", "\\z": "$", "[^]": "[\\s\\S]", "[]": "[^\\s\\S]"}
_ESCAPES: Final = {"\\0": "\\x00", "\\e": "\\x1b", "\\h": "[ \\t]", "{": "\\{", "}": "\\}"}
_CLASSES: Final = frozenset("dDwWsSpPb")


def is_understood(pattern: str) -> bool:
    """The validator can match it."""
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except jsonschema_rs.ValidationError:
        return False
    return True


@lru_cache(maxsize=4096)
def repaired(pattern: str) -> str | None:
    """The pattern, where need be in other signs that the validator understands, or None."""
    delimited = _DELIMITED.fullmatch(pattern)
    if delimited:
        pattern = delimited[1]
    for better in (pattern, _rewritten(pattern)):
        if is_understood(better):
            return better
    return None


def without_delimiters(pattern: str) -> str:
    """``/^…$/i`` of languages that write patterns so: as it stands nothing could match it."""
    delimited = _DELIMITED.fullmatch(pattern)
    if delimited is None:
        return pattern
    return f"(?i){delimited[1]}" if "i" in delimited[2] else delimited[1]


def _rewritten(pattern: str) -> str:
    parts = _PARTS.findall(pattern)
    found: list[str] = []
    inside = False
    for number, part in enumerate(parts):
        if part in _SAME and not inside:
            found.append(_SAME[part])
        elif inside:
            inside = part != "]"
            found.append(_in_class(parts, number))
        else:
            inside = part == "["
            found.append(_ESCAPES.get(part, part))
    return "".join(found)


def _in_class(parts: list[str], number: int) -> str:
    """A part of a character class; a hyphen beside another class is one."""
    part = parts[number]
    around = [parts[number - 1], parts[number + 1] if number + 1 < len(parts) else ""]
    if part == "-" and any(one[:1] == "\\" and one[1:2] in _CLASSES for one in around):
        return "\\-"
    if part == "[":
        return "\\["
    return part if part in "{}" else _ESCAPES.get(part, part)
