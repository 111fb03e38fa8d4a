"""Rules on schemas: what one schema says."""

from collections.abc import Iterator
from typing import Any, TypeGuard

import jsonschema_rs
import orjson

from altlas_chat.specs.patterns import repaired
from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.linting.parts import Part
from altlas_chat.toolkit.linting.registry import Flaw, Options, check
from altlas_chat.toolkit.linting.subject import Subject

TYPES_OF_KEYWORDS = {
    **dict.fromkeys(("minLength", "maxLength", "pattern"), ("string",)),
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        ("number", "integer"),
    ),
    **dict.fromkeys(("items", "minItems", "maxItems", "uniqueItems", "prefixItems"), ("array",)),
    **dict.fromkeys(
        ("properties", "required", "minProperties", "maxProperties", "patternProperties"),
        ("object",),
    ),
}

BOUNDS = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
    ("exclusiveMinimum", "exclusiveMaximum"),
)

TYPES_OF_FORMATS = {
    **dict.fromkeys(("int32", "int64"), ("integer", "number", "string")),
    **dict.fromkeys(("float", "double"), ("number", "string")),
    **dict.fromkeys(
        ("date", "date-time", "time", "email", "hostname", "ipv4", "ipv6", "uri", "uuid", "byte"),
        ("string",),
    ),
}

SAYS_TYPE = ("type", "const", "enum", "$ref", "allOf", "anyOf", "oneOf", "not", "$dynamicRef")


def types_of(part: Part) -> tuple[str, ...]:
    """The types that a schema allows; none where it does not say."""
    said = part.node.get("type")
    listed = said if isinstance(said, list) else [said]
    return tuple(one for one in listed if isinstance(one, str))


def is_of(value: Any, kind: str) -> bool:
    """A value is of a type of JSON Schema."""
    if kind == "integer":
        whole = isinstance(value, float) and value.is_integer()
        return (isinstance(value, int) or whole) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    known: dict[str, Any] = {
        "string": str,
        "boolean": bool,
        "array": list,
        "object": dict,
        "null": type(None),
    }
    return isinstance(value, known.get(kind, object))


def _is_number(value: Any) -> TypeGuard[float]:
    return is_of(value, "number")


@check("schema-description")
def schema_description(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    components = subject.parts.child(subject.root, "components")
    for part in [] if components is None else subject.parts.below(components, "schemas"):
        if part.reference is None and not part.text("description"):
            yield Flaw(part.pointer, f"the schema {part.name} has no description")


def _properties(subject: Subject) -> Iterator[Part]:
    for schema in subject.parts.of("schema"):
        yield from subject.parts.below(schema, "properties")


@check("property-description")
def property_description(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in _properties(subject):
        target = subject.parts.resolved(part)
        if not part.text("description") and not (target and target.text("description")):
            yield Flaw(part.pointer, f"the property {part.name} has no description")


@check("typed-enum")
def typed_enum(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("schema"):
        types = types_of(part)
        if part.node.get("nullable") is True:
            types = (*types, "null") if types else ()
        for number, value in enumerate(part.items("enum")):
            if types and not any(is_of(value, kind) for kind in types):
                what = f"{value!r} is not of type {' or '.join(types)}"
                yield Flaw(joined(part.pointer, "enum", number), what)


@check("no-duplicate-enum")
def no_duplicate_enum(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("schema"):
        seen = set()
        for number, value in enumerate(part.items("enum")):
            key = orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS)
            if key in seen:
                yield Flaw(joined(part.pointer, "enum", number), f"{value!r} is there twice")
            seen.add(key)


@check("array-items")
def array_items(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("schema"):
        if "array" in types_of(part) and not {"items", "prefixItems", "contains"} & set(part.node):
            yield Flaw(part.pointer, "the array does not say what is in it")


@check("no-schema-type-mismatch")
def no_schema_type_mismatch(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("schema"):
        types = types_of(part)
        for keyword in part.node if types else ():
            wanted = TYPES_OF_KEYWORDS.get(keyword)
            if wanted is not None and not set(wanted) & set(types):
                what = f"{keyword} says nothing about a value of type {' or '.join(types)}"
                yield Flaw(joined(part.pointer, keyword), what)


@check("no-contradicting-bounds")
def no_contradicting_bounds(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("schema"):
        for lower, upper in BOUNDS:
            if lower not in part.node or upper not in part.node:
                continue
            low, high = part.node[lower], part.node[upper]
            if _is_number(low) and _is_number(high) and low > high:
                yield Flaw(joined(part.pointer, lower), f"{lower} {low} is above {upper} {high}")


@check("pattern-valid")
def pattern_valid(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("schema"):
        pattern = part.node.get("pattern")
        if isinstance(pattern, str) and not _is_pattern(pattern):
            what = f"{pattern!r} is no regular expression"
            yield Flaw(joined(part.pointer, "pattern"), what)


def _is_pattern(pattern: str) -> bool:
    """It is understood, as it stands or as programs in browsers take it."""
    return any(map(_compiles, filter(None, (pattern, repaired(pattern)))))


def _compiles(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except ValueError:
        return False
    return True


@check("nullable-with-type")
def nullable_with_type(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("schema"):
        if part.node.get("nullable") is not True:
            continue
        if not subject.document.is_3_0:
            what = "nullable is no keyword of OpenAPI 3.1"
            remedy = 'Add "null" to the type.'
        elif not types_of(part):
            what, remedy = "nullable has no effect without a type", "Add the type."
        else:
            continue
        yield Flaw(joined(part.pointer, "nullable"), what, remedy)


@check("read-only-or-write-only")
def read_only_or_write_only(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("schema"):
        if part.node.get("readOnly") is True and part.node.get("writeOnly") is True:
            yield Flaw(part.pointer, f"{part.name} is readOnly and writeOnly")


@check("format-fits-type")
def format_fits_type(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("schema"):
        types = types_of(part)
        wanted = TYPES_OF_FORMATS.get(part.text("format"))
        if types and wanted is not None and not set(wanted) & set(types):
            what = f"the format {part.text('format')} is not of type {' or '.join(types)}"
            yield Flaw(joined(part.pointer, "format"), what)


@check("schema-type-present")
def schema_type_present(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in _properties(subject):
        if not any(name in part.node for name in SAYS_TYPE):
            yield Flaw(part.pointer, f"the property {part.name} does not say its type")
