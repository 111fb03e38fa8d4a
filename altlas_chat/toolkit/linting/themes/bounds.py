"""Rules on the bounds of what a server takes."""

from collections.abc import Iterator

from altlas_chat.toolkit.linting.parts import Part
from altlas_chat.toolkit.linting.registry import Flaw, Options, check
from altlas_chat.toolkit.linting.subject import Subject
from altlas_chat.toolkit.linting.themes.schemas import types_of

FEW = ("enum", "const")
COMBINED = ("allOf", "anyOf", "oneOf")


def _taken(subject: Subject) -> Iterator[Part]:
    """Every schema that is part of a request: of a parameter, a body, or what these refer to."""
    below: dict[str, list[Part]] = {}
    for part in subject.parts:
        if part.parent is not None:
            below.setdefault(part.parent.pointer, []).append(part)
    waiting: list[Part] = list(subject.parts.of("parameter", "request-body"))
    seen = set()
    while waiting:
        found = subject.parts.resolved(waiting.pop())
        if found is None or found.pointer in seen:
            continue
        seen.add(found.pointer)
        waiting += [one for one in below.get(found.pointer, ()) if one.kind != "header"]
        if found.kind == "schema" and found.node.get("readOnly") is not True:
            yield found


def _lacking(subject: Subject, types: set[str], *names: str) -> Iterator[Part]:
    """The schemas of these types that have none of the keywords."""
    for part in _taken(subject):
        if types & set(types_of(part)) and not any(name in part.node for name in (*names, *FEW)):
            yield part


@check("bounded-strings")
def bounded_strings(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in _lacking(subject, {"string"}, "maxLength", "format"):
        yield Flaw(part.pointer, f"the string {part.name} may have any length")


@check("bounded-arrays")
def bounded_arrays(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in _lacking(subject, {"array"}, "maxItems"):
        yield Flaw(part.pointer, f"the array {part.name} may have any length")


@check("bounded-numbers")
def bounded_numbers(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    ends = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))
    for end in ends:
        for part in _lacking(subject, {"integer", "number"}, *end):
            yield Flaw(part.pointer, f"the number {part.name} has no {end[0]}")


@check("closed-objects")
def closed_objects(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    closing = ("additionalProperties", "unevaluatedProperties", *COMBINED)
    for part in _lacking(subject, {"object"}, *closing):
        inside = part.parent is not None and any(name in part.parent.node for name in COMBINED)
        if not inside:
            yield Flaw(part.pointer, f"the object {part.name} may have anything in it")
