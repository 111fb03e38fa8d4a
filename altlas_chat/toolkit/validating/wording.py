"""Errors of JSON Schema validators about documents, in the words of who writes documents."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from altlas_chat.specs.documents import Document
from altlas_chat.specs.findings import Finding
from altlas_chat.specs.grammar import WHOLE, grammar_of, kind_at
from altlas_chat.specs.pointers import joined, steps_of
from altlas_chat.specs.wording import nearest, shown_value, violations_of

MISSING, UNKNOWN, TYPE, VALUE = "missing-field", "unknown-field", "wrong-type", "wrong-value"
FORM = "wrong-form"

_RULES: Mapping[str, str] = {
    "required": MISSING,
    "dependentRequired": MISSING,
    **dict.fromkeys(("additionalProperties", "unevaluatedProperties", "falseSchema"), UNKNOWN),
    "type": TYPE,
    **dict.fromkeys(("enum", "const", "pattern", "format"), VALUE),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "multipleOf"), VALUE),
    "propertyNames": "wrong-name",
}

_REMEDIES: Mapping[str, str] = {
    UNKNOWN: "Take it out, or mend its name; names of your own begin with x-.",
    TYPE: "Write what it must be.",
    VALUE: "Write a value that is allowed.",
    FORM: "Write it in one of the forms that the specification allows.",
    "wrong-name": "Give it a name of letters, digits, dots, hyphens and underscores.",
}

_REMEDIES_3_0: Mapping[str, str] = {
    "type": "OpenAPI 3.0 has one of these types; to allow null, write nullable: true.",
    "exclusiveMinimum": "OpenAPI 3.0 writes exclusiveMinimum: true beside a minimum.",
    "exclusiveMaximum": "OpenAPI 3.0 writes exclusiveMaximum: true beside a maximum.",
    "const": "OpenAPI 3.0 has no const: write enum with this one value.",
    "examples": "OpenAPI 3.0 knows one example in a schema: write example.",
    "items": "OpenAPI 3.0 has one schema for all items.",
    **dict.fromkeys(
        (
            *("if", "then", "else", "contains", "prefixItems", "propertyNames", "$defs", "$id"),
            *("patternProperties", "dependentSchemas", "dependentRequired", "webhooks", "$schema"),
            *("unevaluatedProperties", "unevaluatedItems", "contentEncoding", "contentMediaType"),
            *("jsonSchemaDialect", "pathItems"),
        ),
        "OpenAPI knows it since 3.1: take it out, or make the document one of 3.1.",
    ),
}
"""By the name of the field."""

_CONTAINERS = ("paths", "responses", "components", "callback", WHOLE)
"""Kinds that are called by their name in the document, or by no article."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An innermost error: where, which keyword, and words where they are known already."""

    path: tuple[str | int, ...]
    keyword: str
    error: Any
    what: str = ""


def leaves_of(error: Any) -> Iterator[Leaf]:
    """What is behind an error.

    Of a value that fits no branch, what is wrong by the nearest one; where each branch wants
    another value at the same place, that.
    """
    branches = getattr(error.kind, "context", None)
    if not branches or error.kind.name not in ("oneOf", "anyOf") or not all(branches):
        yield Leaf(tuple(error.instance_path), error.kind.name, error)
        return
    chosen = _choice(branches)
    if chosen is not None:
        yield chosen
        return
    for one in nearest(branches):
        yield from leaves_of(one)


def _choice(branches: list[list[Any]]) -> Leaf | None:
    """All branches refuse the value at one place for not being theirs."""
    allowed: dict[tuple[str | int, ...], list[Any]] = {}
    for branch in branches:
        for error in branch:
            if error.kind.name in ("enum", "const"):
                kind = error.kind
                values = kind.options if kind.name == "enum" else [kind.expected_value]
                allowed.setdefault(tuple(error.instance_path), []).append((error, values))
    for path, found in allowed.items():
        if len(found) == len(branches) > 1:
            values = dict.fromkeys(shown_value(value) for _, given in found for value in given)
            return Leaf(path, "enum", found[0][0], f"must be one of {', '.join(values)}")
    return None


class Worded:
    """Makes findings of errors about a part of a document."""

    def __init__(self, document: Document, pointer: str) -> None:
        self._document = document
        self._around = pointer
        self._grammar = grammar_of(document.kind, document.version)

    def findings(self, leaf: Leaf) -> Iterator[Finding]:
        """What an innermost error means."""
        pointer = self._around + joined("", *leaf.path)
        rule = _RULES.get(leaf.keyword, FORM)
        if leaf.keyword == "required":
            name = leaf.error.kind.property
            what = f"{self._subject(pointer)} has no {name}, and must have it"
            yield self._finding(pointer, rule, what, f"Add {name}.")
        elif leaf.keyword in ("additionalProperties", "unevaluatedProperties"):
            for name in leaf.error.kind.unexpected:
                yield self._unknown(pointer, str(name))
        else:
            words = [leaf.what] if leaf.what else [one.what for one in violations_of(leaf.error)]
            for one in words:
                remedy = self._remedy(rule, pointer, leaf.error.instance)
                yield self._finding(pointer, rule, f"{self._subject(pointer)} {one}", remedy)

    def _unknown(self, pointer: str, name: str) -> Finding:
        here = joined(pointer, name)
        if kind_at(self._grammar, pointer) == "paths":
            what = f"the path {name} does not begin with a slash"
            return self._finding(here, "wrong-name", what, f"Write /{name}.")
        what = f"{self._subject(pointer)} knows no field {name}"
        return self._finding(here, UNKNOWN, what, self._remedy(UNKNOWN, here))

    def _remedy(self, rule: str, pointer: str, value: Any = None) -> str:
        if rule == VALUE and value != "null":
            return _REMEDIES[VALUE]
        if pointer in ("/openapi", "/asyncapi") and rule == TYPE:
            return "Put quotes around it."
        steps = steps_of(pointer)
        if self._document.is_3_0 and steps and rule in (UNKNOWN, TYPE, VALUE):
            around = kind_at(self._grammar, joined("", *steps[:-1]))
            if around in ("schema", "components", WHOLE):
                return _REMEDIES_3_0.get(steps[-1], _REMEDIES[rule])
        return _REMEDIES.get(rule, "Mend it.")

    def _finding(self, pointer: str, rule: str, what: str, remedy: str) -> Finding:
        return Finding(self._document.place(pointer), rule, what, remedy)

    def _subject(self, pointer: str) -> str:
        """What a part is called."""
        kind = kind_at(self._grammar, pointer)
        if kind and kind[0] not in "[{" and kind not in _CONTAINERS:
            return f"the {named(kind)}"
        steps = steps_of(pointer)
        return steps[-1] if steps else f"the {WHOLE}"


def named(kind: str) -> str:
    """A kind of object in words: ``pathItem`` is a path item."""
    return re.sub(r"(?<=[a-z])([A-Z])", lambda letter: f" {letter[1].lower()}", kind)
