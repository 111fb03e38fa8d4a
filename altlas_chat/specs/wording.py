"""What a schema finds wrong, in plain words, each with its place."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from altlas_chat.specs.pointers import joined

LONGEST_MESSAGE = 300
LONGEST_VALUE = 60

KINDS: Mapping[str, str] = {
    "string": "a string",
    "number": "a number",
    "integer": "an integer",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """What a schema finds wrong: ``pointer`` into the value, the keyword, and words."""

    pointer: str
    keyword: str
    what: str


def violations_of(error: Any) -> Iterator[Violation]:
    """An error of jsonschema-rs in words; of a value that fits no branch, the nearest one's."""
    branches = getattr(error.kind, "context", None)
    if branches and error.kind.name in ("oneOf", "anyOf") and not _fits(error):
        alike = _alike(error, branches)
        if alike is not None:
            yield alike
            return
        for one in nearest(branches):
            yield from violations_of(one)
        return
    pointer = joined("", *error.instance_path)
    if error.kind.name in ("additionalProperties", "unevaluatedProperties"):
        for name in error.kind.unexpected:
            yield Violation(joined(pointer, name), error.kind.name, "is not allowed here")
        return
    yield Violation(pointer, _keyword(error), shortened(_words(error)))


def _fits(error: Any) -> bool:
    """It fits, but more than one branch."""
    return any(not findings for findings in error.kind.context)


def innermost(error: Any) -> list[Any]:
    """An error of jsonschema-rs with those behind it.

    Of a value that fits no branch, what is wrong by the branch that it fits best.
    """
    branches = getattr(error.kind, "context", None)
    if not branches:
        return [error]
    return [error, *(one for finding in nearest(branches) for one in innermost(finding))]


def nearest(branches: list[list[Any]]) -> list[Any]:
    """The findings of the branch that a value fits best."""
    return min(
        branches, key=lambda findings: (_estranged(findings), len(findings), -_depth(findings))
    )


def _estranged(findings: list[Any]) -> bool:
    """The value is of another kind altogether: of another type, or named by another constant."""
    shallow = min((len(finding.instance_path) for finding in findings), default=0)
    return any(
        (finding.kind.name == "type" and len(finding.instance_path) == shallow)
        or (finding.kind.name in ("const", "enum") and len(_allowed(finding.kind)) == 1)
        for finding in findings
    )


def _depth(findings: list[Any]) -> int:
    return max((len(finding.instance_path) for finding in findings), default=0)


def _alike(error: Any, branches: list[list[Any]]) -> Violation | None:
    """One sentence where every branch wants another type or another constant."""
    firsts = [findings[0] for findings in branches if len(findings) == 1]
    if len(firsts) < len(branches) or any(
        one.instance_path != error.instance_path for one in firsts
    ):
        return None
    pointer = joined("", *error.instance_path)
    if all(one.kind.name == "type" for one in firsts):
        types = [name for one in firsts for name in one.kind.types]
        return Violation(pointer, error.kind.name, _types(types))
    if all(one.kind.name in ("const", "enum") for one in firsts):
        allowed = [value for one in firsts for value in _allowed(one.kind)]
        return Violation(pointer, error.kind.name, shortened(_one_of(allowed)))
    return None


def _allowed(kind: Any) -> list[Any]:
    return [kind.expected_value] if kind.name == "const" else list(kind.options)


def _keyword(error: Any) -> str:
    names = [step for step in error.schema_path if isinstance(step, str)]
    last = str(error.schema_path[-1]) if error.schema_path else error.kind.name
    return (
        last
        if error.kind.name in ("propertyNames", "contains", "falseSchema") and names
        else str(error.kind.name)
    )


def _words(error: Any) -> str:
    name = error.kind.name
    if name in _WORDS:
        return _WORDS[name](error.kind, error.instance)
    return str(error.message)


def _items(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _types(names: list[str]) -> str:
    return f"must be {_or([KINDS.get(name, name) for name in dict.fromkeys(names)])}"


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _one_of(values: list[Any]) -> str:
    shown = list(dict.fromkeys(map(shown_value, values)))
    return f"must be {shown[0]}" if len(shown) == 1 else f"must be one of {', '.join(shown)}"


def shown_value(value: Any) -> str:
    """A value as JSON, cut when it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _contains(kind: Any, instance: Any) -> str:
    del kind, instance
    return "does not hold as many fitting items as it must"


_Words = Callable[[Any, Any], str]

_WORDS: Mapping[str, _Words] = {
    "type": lambda kind, _: _types(kind.types),
    "required": lambda kind, _: f'must have the property "{kind.property}"',
    "minLength": lambda kind, _: (
        f"must have at least {_items(kind.limit, 'character', 'characters')}"
    ),
    "maxLength": lambda kind, _: (
        f"must have at most {_items(kind.limit, 'character', 'characters')}"
    ),
    "minItems": lambda kind, _: f"must have at least {_items(kind.limit, 'item', 'items')}",
    "maxItems": lambda kind, _: f"must have at most {_items(kind.limit, 'item', 'items')}",
    "minProperties": lambda kind, _: (
        f"must have at least {_items(kind.limit, 'property', 'properties')}"
    ),
    "maxProperties": lambda kind, _: (
        f"must have at most {_items(kind.limit, 'property', 'properties')}"
    ),
    "minimum": lambda kind, _: f"must be at least {kind.limit}",
    "maximum": lambda kind, _: f"must be at most {kind.limit}",
    "exclusiveMinimum": lambda kind, _: f"must be greater than {kind.limit}",
    "exclusiveMaximum": lambda kind, _: f"must be less than {kind.limit}",
    "multipleOf": lambda kind, _: f"must be a multiple of {kind.multiple_of}",
    "pattern": lambda kind, _: f"must match the pattern {kind.pattern}",
    "format": lambda kind, _: f"must be a valid {kind.format}",
    "enum": lambda kind, _: _one_of(kind.options),
    "const": lambda kind, _: _one_of([kind.expected_value]),
    "uniqueItems": lambda _kind, _: "must not have the same item twice",
    "falseSchema": lambda _kind, _: "is not allowed here",
    "not": lambda kind, _: f"must not fit {shown_value(kind.schema)}",
    "oneOf": lambda _kind, _: (
        "fits more than one of the alternatives, where it must fit exactly one"
    ),
    "contains": _contains,
    "unevaluatedItems": lambda kind, _: (
        f"has items that are not allowed, at {', '.join(map(str, kind.unexpected))}"
    ),
    "additionalItems": lambda kind, _: f"must have at most {_items(kind.limit, 'item', 'items')}",
    "propertyNames": lambda kind, _: f"has a property whose name is wrong: {kind.error.message}",
}


def shortened(message: str) -> str:
    """A message of bounded length, its middle left out."""
    if len(message) <= LONGEST_MESSAGE:
        return message
    half = LONGEST_MESSAGE // 2
    return f"{message[:half]} … {message[-half:]}"
