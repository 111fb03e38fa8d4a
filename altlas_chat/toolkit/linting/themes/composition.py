"""Rules on references, and on schemas that are made of others."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.linting.parts import Part
from altlas_chat.toolkit.linting.registry import Flaw, Options, check
from altlas_chat.toolkit.linting.subject import Subject

WORDS = ("title", "description", "example", "examples", "summary")
LOOKED_AT = {"$ref", "summary", "description"}
PARENTS = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas")


def properties_of(subject: Subject, part: Part | None, seen: frozenset[str]) -> set[str] | None:
    """The names of the properties that a schema has, with those of what it is made of.

    None where they can't be known, as anything may be there.
    """
    part = subject.parts.resolved(part)
    if part is None:
        return None
    if part.pointer in seen:
        return set()
    seen = seen | {part.pointer}
    if part.node.get("additionalProperties") not in (None, True, False):
        return None
    if part.entries("patternProperties"):
        return None
    names = set(map(str, part.entries("properties")))
    for keyword in ("allOf", "anyOf", "oneOf"):
        for branch in subject.parts.below(part, keyword):
            more = properties_of(subject, branch, seen)
            if more is None:
                return None
            names |= more
    return names


@check("required-properties-exist")
def required_properties_exist(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("schema"):
        required = part.items("required")
        if not required or _is_part_of_a_combination(part):
            continue
        known = properties_of(subject, part, frozenset())
        if not known:  # nothing is said of properties, so nothing is misspelled
            continue
        for number, name in enumerate(required):
            if isinstance(name, str) and name not in known:
                pointer = joined(part.pointer, "required", number)
                yield Flaw(pointer, f"{name} is required, and is no property")


def _is_part_of_a_combination(part: Part) -> bool:
    """The properties may be those of what is around it."""
    parent = part.parent
    if parent is None or parent.kind != "schema":
        return False
    keyword = part.pointer.removeprefix(parent.pointer).split("/")[1]
    return keyword in PARENTS


@check("no-$ref-siblings")
def no_ref_siblings(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.references:
        ignored = [str(key) for key in part.node if not str(key).startswith("x-")]
        if part.kind == "path-item" or (part.kind == "schema" and not subject.document.is_3_0):
            continue
        allowed = {"$ref"} if subject.document.is_3_0 else LOOKED_AT
        ignored = [key for key in ignored if key not in allowed]
        if ignored:
            what = f"{', '.join(ignored)} beside $ref has no effect"
            yield Flaw(part.pointer, what)


@check("discriminator-property")
def discriminator_property(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("schema"):
        name = part.entries("discriminator").get("propertyName")
        if not isinstance(name, str):
            continue
        for keyword in ("oneOf", "anyOf"):
            for entry in subject.parts.below(part, keyword):
                branch = subject.parts.resolved(entry)
                if branch is None or _requires(subject, part, name, frozenset()):
                    continue
                if not _requires(subject, branch, name, frozenset()):
                    what = f"{branch.name} does not require {name}, which tells it from the others"
                    yield Flaw(entry.pointer, what)


def _requires(subject: Subject, part: Part, name: str, seen: frozenset[str]) -> bool:
    if part.pointer in seen:
        return False
    if name in part.items("required"):
        return True
    seen = seen | {part.pointer}
    branches = (subject.parts.resolved(one) for one in subject.parts.below(part, "allOf"))
    if any(one is not None and _requires(subject, one, name, seen) for one in branches):
        return True
    choices = [subject.parts.resolved(one) for one in subject.parts.below(part, "oneOf")]
    return bool(choices) and all(
        one is not None and _requires(subject, one, name, seen) for one in choices
    )


@check("no-single-alternative")
def no_single_alternative(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("schema"):
        for keyword in ("oneOf", "anyOf"):
            if len(part.items(keyword)) == 1:
                yield Flaw(joined(part.pointer, keyword), f"{keyword} has one alternative")


@check("no-duplicate-schemas")
def no_duplicate_schemas(subject: Subject, options: Options) -> Iterator[Flaw]:
    components = subject.parts.child(subject.root, "components")
    first: dict[bytes, str] = {}
    for part in [] if components is None else subject.parts.below(components, "schemas"):
        if len(part.entries("properties")) < options["least_properties"]:
            continue
        key = orjson.dumps(_plain(part.node), default=str, option=_SORTED)
        before = first.setdefault(key, part.name)
        if before != part.name:
            yield Flaw(part.pointer, f"{part.name} is the same as {before}")


_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS


def _plain(node: Any) -> Any:
    """A schema without the words that people read."""
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, Mapping):
        return node
    return {
        key: _entries(value) if key == "properties" else _plain(value)
        for key, value in node.items()
        if key not in WORDS
    }


def _entries(node: Any) -> Any:
    if not isinstance(node, Mapping):
        return _plain(node)
    return {key: _plain(value) for key, value in node.items()}
