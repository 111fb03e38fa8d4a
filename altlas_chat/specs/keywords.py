"""Keywords of schemas that are taken as they stand, and what some say together with others."""

from collections.abc import Callable, Mapping
from typing import Any

from altlas_chat.specs.documents import Json
from altlas_chat.specs.patterns import without_delimiters

TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})
RANGES: Mapping[str, tuple[float, float]] = {
    "int8": (-(2**7), 2**7 - 1),
    "uint8": (0, 2**8 - 1),
    "int16": (-(2**15), 2**15 - 1),
    "uint16": (0, 2**16 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "uint32": (0, 2**32 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint64": (0, 2**64 - 1),
    "float": (-3.4028234663852886e38, 3.4028234663852886e38),
}
SAYS_MORE = frozenset({"allOf", "anyOf", "oneOf", "$ref", "not", "const", "if"})


def take(found: Json, keyword: str, value: Any) -> bool:
    """Take a keyword of ``KEPT`` into a schema; false when it does not allow the value."""
    if keyword == "type":
        return _take_type(found, value)
    if not KEPT[keyword](value):
        return False
    if keyword == "examples":
        value = _listed(value)
    found[keyword] = without_delimiters(value) if keyword == "pattern" else value
    return True


def _take_type(found: Json, value: Any) -> bool:
    if isinstance(value, str) and value in TYPES:
        found["type"] = value
        return True
    if not isinstance(value, list):
        return False
    named = [one for one in value if isinstance(one, str) and one in TYPES]
    if named:
        found["type"] = list(dict.fromkeys(named))
    return bool(named) and len(named) == len(value)


def _listed(examples: Any) -> list[Any]:
    """Examples by name, as parameters have them, are written in schemas, too."""
    if isinstance(examples, list):
        return examples
    return [
        one["value"] if isinstance(one, dict) and "value" in one else one
        for one in examples.values()
    ]


def _is_anything(_: Any) -> bool:
    return True


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_bound(value: Any) -> bool:
    return isinstance(value, int | float)


def _is_positive(value: Any) -> bool:
    return _is_number(value) and value > 0


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0 and value == int(value)


def _is_values(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


def _is_examples(value: Any) -> bool:
    return isinstance(value, list | dict)


def _is_names(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(one, list) and all(isinstance(name, str) for name in one)
        for one in value.values()
    )


KEPT: Mapping[str, Callable[[Any], bool]] = {
    "type": _is_anything,
    "enum": _is_values,
    "const": _is_anything,
    "minLength": _is_count,
    "maxLength": _is_count,
    "minItems": _is_count,
    "maxItems": _is_count,
    "minContains": _is_count,
    "maxContains": _is_count,
    "minProperties": _is_count,
    "maxProperties": _is_count,
    "minimum": _is_number,
    "maximum": _is_number,
    "exclusiveMinimum": _is_bound,
    "exclusiveMaximum": _is_bound,
    "multipleOf": _is_positive,
    "uniqueItems": _is_bool,
    "dependentRequired": _is_names,
    "pattern": _is_text,
    "format": _is_text,
    "contentEncoding": _is_text,
    "contentMediaType": _is_text,
    "title": _is_text,
    "x-faker": _is_anything,
    "example": _is_anything,
    "examples": _is_examples,
    "default": _is_anything,
}
"""Of each keyword that holds no schema, whether it allows a value."""


def bounded_exclusively(found: Json) -> None:
    """``exclusiveMinimum: true`` beside a minimum, as OpenAPI 3.0 and draft 4 write it."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        counts = found.pop(exclusive, False)
        if isinstance(counts, bool):
            if counts and bound in found:
                found[exclusive] = found.pop(bound)
        else:
            found[exclusive] = counts


def bounded_by_format(found: Json) -> None:
    """``int32`` and its kin as bounds."""
    bounds = RANGES.get(found.get("format", ""))
    if bounds:
        found["minimum"] = max(bounds[0], found.get("minimum", bounds[0]))
        found["maximum"] = min(bounds[1], found.get("maximum", bounds[1]))


def with_null(found: Json) -> Json:
    """A schema that allows null, too: by its type and enum, else beside all that it says.

    The clarification of OpenAPI 3.0.3 wants null in the enum as well; documents seldom have it
    there, and readers take what they mean.
    """
    if {"type", "enum"}.intersection(found) and not SAYS_MORE.intersection(found):
        types = found.get("type")
        if types is not None:
            listed = [types] if isinstance(types, str) else types
            found["type"] = list(dict.fromkeys([*listed, "null"]))
        if "enum" in found and None not in found["enum"]:
            found["enum"] = [*found["enum"], None]
        return found
    outside: Json = {
        key: found.pop(key) for key in ("example", "examples", "default") if key in found
    }
    return {"if": {"type": "null"}, "else": found, **outside}
