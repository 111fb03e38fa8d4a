"""Rules on examples: that they are there, and that they fit."""

from collections.abc import Iterator
from typing import Any

from altlas_chat.specs.documents import Json
from altlas_chat.specs.pointers import joined
from altlas_chat.specs.schemas import Direction
from altlas_chat.toolkit.linting.parts import Part
from altlas_chat.toolkit.linting.registry import Flaw, Options, check
from altlas_chat.toolkit.linting.subject import Subject
from altlas_chat.toolkit.linting.themes.schemas import is_of

MOST_TOLD = 3
"""So many things that are wrong with one example are told."""


def is_json(media_type: str) -> bool:
    """Values of this media type are JSON."""
    plain = media_type.partition(";")[0].strip().lower()
    return plain.endswith(("/json", "+json")) or plain == "*/*"


def examples_of(subject: Subject, part: Part) -> Iterator[tuple[str, Any]]:
    """The examples of a body, parameter or header: each with its pointer, where it has a value."""
    if "example" in part.node:
        yield joined(part.pointer, "example"), part.node["example"]
    for entry in subject.parts.below(part, "examples"):
        example = subject.parts.resolved(entry)
        if example is not None and "value" in example.node:
            yield joined(example.pointer, "value"), example.node["value"]


def unfit(subject: Subject, schema: str, value: Any, direction: Direction | None) -> list[str]:
    """What a schema finds wrong with a value, in words; of both ways what is wrong in the better.

    A schema that is none finds nothing: other rules, and validation, tell of that.
    """
    ways = tuple(Direction) if direction is None else (direction,)
    found = []
    for way in ways:
        violations = subject.schemas.violations(schema, value, way)
        if not violations:
            return []
        found.append([f"{one.pointer or '/'}: {one.what}" for one in violations])
    return min(found, key=len)


PLAIN = frozenset(
    {
        *("type", "enum", "title", "description", "default", "example", "examples"),
        *("nullable", "deprecated", "readOnly", "writeOnly"),
    }
)


def _fits_plainly(node: Json, value: Any) -> bool:
    """A schema of a type and an enum alone allows a value; quicker than to compile it."""
    kind = node.get("type")
    if not isinstance(kind, str) or not PLAIN.issuperset(node) or not is_of(value, kind):
        return False
    values = node.get("enum")
    return values is None or (isinstance(values, list) and value in values)


def _flaws(subject: Subject, schema: Part, pointer: str, value: Any, what: str) -> Iterator[Flaw]:
    if _fits_plainly(schema.node, value):
        return
    wrong = unfit(subject, schema.pointer, value, subject.direction(schema))
    if wrong:
        more = f" (and {len(wrong) - MOST_TOLD} more)" if len(wrong) > MOST_TOLD else ""
        yield Flaw(pointer, f"{what} does not fit: {'; '.join(wrong[:MOST_TOLD])}{more}")


@check("media-example-valid")
def media_example_valid(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("media-type"):
        schema = subject.parts.child(part, "schema")
        if schema is None:
            continue
        for pointer, value in examples_of(subject, part):
            if isinstance(value, str) and not is_json(part.name):
                continue  # XML, a form or a picture as text
            yield from _flaws(subject, schema, pointer, value, "the example")


@check("parameter-example-valid")
def parameter_example_valid(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("parameter", "header"):
        schema = subject.parts.child(part, "schema")
        if schema is not None:
            for pointer, value in examples_of(subject, part):
                yield from _flaws(subject, schema, pointer, value, "the example")


@check("schema-example-valid")
def schema_example_valid(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("schema"):
        if "example" in part.node:
            pointer = joined(part.pointer, "example")
            yield from _flaws(subject, part, pointer, part.node["example"], "the example")
        for number, value in enumerate(part.items("examples")):
            pointer = joined(part.pointer, "examples", number)
            yield from _flaws(subject, part, pointer, value, "the example")


@check("schema-default-valid")
def schema_default_valid(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("schema"):
        if "default" in part.node:
            pointer = joined(part.pointer, "default")
            yield from _flaws(subject, part, pointer, part.node["default"], "the default")


@check("example-or-examples")
def example_or_examples(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("media-type", "parameter", "header"):
        if "example" in part.node and "examples" in part.node:
            yield Flaw(part.pointer, "it has both example and examples")


@check("example-value-or-external")
def example_value_or_external(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    newer = ("dataValue", "serializedValue")
    for part in subject.parts.of("example"):
        has = [name for name in ("value", "externalValue") if name in part.node]
        if len(has) == 2:
            yield Flaw(part.pointer, f"the example {part.name} has value and externalValue")
        elif not has and not any(name in part.node for name in newer):
            yield Flaw(part.pointer, f"the example {part.name} has no value")


@check("media-example-present")
def media_example_present(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("media-type"):
        schema = subject.parts.resolved(subject.parts.child(part, "schema"))
        if not is_json(part.name) or schema is None:
            continue
        if not any(name in one.node for one in (part, schema) for name in ("example", "examples")):
            yield Flaw(part.pointer, f"this {part.name} has no example")
