"""Several schemas that must all hold, as one: references and ``allOf`` put together."""

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any, TypeVar

from altlas_chat.specs.dialects import BRANCHES, HEIRS, HIDDEN, Schema
from altlas_chat.specs.documents import Json
from altlas_chat.specs.schemas import types_of_value
from altlas_chat.specs.validators import REFERENCE

Definitions = Mapping[str, Schema]
T = TypeVar("T")


class Impossible(Exception):
    """Nothing fits; says why."""


@dataclass(slots=True)
class Group:
    """Alternatives of which one is taken; ``kind`` is the keyword, or "if", "null", "heirs"."""

    kind: str
    branches: list[Schema]


@dataclass(slots=True)
class Closer:
    """What one schema says of properties that it does not name."""

    names: frozenset[str]
    patterns: dict[str, Schema]
    rest: Schema


@dataclass(slots=True)
class Shape:
    """What schemas say together."""

    types: tuple[str, ...] | None = None
    values: list[Any] | None = None
    bounds: dict[str, Any] = field(default_factory=dict)
    multiples: list[Any] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    encoding: str = ""
    faker: str = ""
    """What ``x-faker`` names, such as ``name.firstName``."""
    media_type: str = ""
    properties: dict[str, list[Schema]] = field(default_factory=dict)
    required: dict[str, None] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    closers: list[Closer] = field(default_factory=list)
    unevaluated: list[Schema] = field(default_factory=list)
    names: list[Schema] = field(default_factory=list)
    dependent: dict[str, list[str]] = field(default_factory=dict)
    tuples: list[tuple[list[Schema], Schema]] = field(default_factory=list)
    further_items: list[Schema] = field(default_factory=list)
    """What items must be that none of ``tuples`` speaks of."""
    unique: bool = False
    contains: list[tuple[Schema, int, int | None]] = field(default_factory=list)
    nots: list[Schema] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    examples: list[Any] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    inherited: set[int] = field(default_factory=set)
    """Schemas with a discriminator whose heirs were looked at."""
    definition: str = ""
    """The first that was referred to on the way."""
    fragile: bool = False
    """What was put together says less than the schemas did: it has to be checked."""

    def is_plain(self) -> bool:
        """Nothing is said but of types and values."""
        said = (self.bounds, self.multiples, self.patterns, self.formats, self.properties)
        more = (self.required, self.closers, self.unevaluated, self.names, self.dependent)
        return not any((*said, *more, self.tuples, self.unique, self.contains, self.nots))

    def copy(self) -> "Shape":
        """One that can be added to without changing this one."""
        found = copy(self)
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, dict | list | set):
                setattr(found, name, value.copy())
        return found


_HIGHER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_LOWER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")


class Merging:
    """Puts schemas of one closure together."""

    def __init__(self, definitions: Definitions, pointer_of: Callable[[str], str]) -> None:
        self._definitions = definitions
        self._pointer_of = pointer_of
        self._made: dict[tuple[int, str], object] = {}

    def shape(self, schemas: list[Schema], start: Shape | None = None) -> Shape:
        """What schemas say together, on top of what ``start`` says.

        Raises:
            Impossible: they contradict each other.
        """
        found = start.copy() if start else Shape()
        for schema in schemas:
            self._add(found, schema, frozenset())
        if found.types == () or found.values == []:
            raise Impossible("its types or its values exclude each other")
        return found

    def _add(self, found: Shape, schema: Schema, on_the_way: frozenset[str]) -> None:
        if schema is True:
            return
        if schema is False:
            raise Impossible("it allows nothing at all")
        _add_examples(found, schema)
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(REFERENCE)
            if name not in on_the_way:
                found.definition = found.definition or name
                found.owners.append(self._pointer_of(name).rpartition("/")[2])
                self._add(found, self._definitions[name], on_the_way | {name})
        if "title" in schema:
            found.owners.append(schema["title"])
        for part in schema.get("allOf", ()):
            self._add(found, part, on_the_way)
        _add_types(found, schema)
        _add_bounds(found, schema)
        _add_text(found, schema)
        _add_object(found, schema)
        _add_array(found, schema)
        self._add_groups(found, schema)
        if HEIRS in schema and id(schema) not in found.inherited:
            found.inherited.add(id(schema))
            self._add_heirs(found, schema[HEIRS], on_the_way)

    def _add_heirs(self, found: Shape, heirs: list[Json], on_the_way: frozenset[str]) -> None:
        """The heir that is made up, or else a choice of all when it is the schema itself."""
        mine = [one for one in heirs if one["$ref"].removeprefix(REFERENCE) in on_the_way]
        for one in mine[:1]:
            for name, allowed in one["properties"].items():
                _say_of(found, name, allowed)
                found.required[name] = None
        if not mine and len(on_the_way) == 1:
            found.groups.append(Group("heirs", list(heirs)))

    def _add_groups(self, found: Shape, schema: Json) -> None:
        for name, one in schema.get("dependentSchemas", {}).items():
            taken: Json = {"allOf": [one], "required": [name]}
            branches: list[Schema] = [taken, {"properties": {name: False}}]
            found.groups.append(self._once(schema, name, Group("if", branches)))
        if BRANCHES in schema:
            found.groups.append(Group("anyOf", schema[BRANCHES]))
            return
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                found.groups.append(Group(keyword, schema[keyword]))
        if "not" in schema:
            found.fragile = True
            self._exclude(found, schema["not"])
        if "if" in schema:
            group = self._once(schema, "if", _condition(schema))
            found.fragile = found.fragile or group.kind == "if"
            found.groups.append(group)

    def _exclude(self, found: Shape, ruled_out: Schema) -> None:
        """What ``not`` says, in so far as it can be said otherwise; all of it is checked anyhow."""
        if ruled_out is True or ruled_out == {}:
            raise Impossible("it excludes everything")
        if not isinstance(ruled_out, dict):
            return
        found.nots.append(ruled_out)
        keys = {key for key, value in ruled_out.items() if value not in ({}, [], True)} - NOTES
        keys -= {HIDDEN}
        if len(keys) > 1:
            parts: list[Schema] = [{"not": {key: ruled_out[key]}} for key in sorted(keys)]
            found.groups.append(self._once(ruled_out, "not", Group("anyOf", parts)))
        elif keys:
            self._exclude_one(found, ruled_out, keys.pop())

    def _exclude_one(self, found: Shape, ruled_out: Json, keyword: str) -> None:
        value = ruled_out[keyword]
        if keyword == "not":
            self._add(found, value, frozenset())
        elif keyword == "$ref":
            self._exclude(found, self._definitions[value.removeprefix(REFERENCE)])
        elif keyword == "anyOf":
            for one in value:
                self._exclude(found, one)
        elif keyword == "required" and len(value) == 1:
            _say_of(found, value[0], False)
        elif keyword in ("required", "allOf", "properties"):
            group = Group("anyOf", list(_opposites(keyword, value)))
            found.groups.append(self._once(ruled_out, "not", group))
        elif keyword in BOUNDS:
            _bound_against(found, keyword, value)

    def _once(self, schema: Json, about: str, made: T) -> T:
        """The first that was made of a schema: what is the same is to be the same object."""
        # Schemas live as long as their document.
        return self._made.setdefault((id(schema), about), made)  # type: ignore[return-value]


def _add_examples(found: Shape, schema: Json) -> None:
    if "example" in schema:
        found.examples.append(schema["example"])
    examples = schema.get("examples")
    if isinstance(examples, list):
        found.examples += examples
    if schema.get("default") not in (None, "", [], {}):
        found.examples.append(schema["default"])


def _add_types(found: Shape, schema: Json) -> None:
    types = schema.get("type")
    if types is not None:
        listed = (types,) if isinstance(types, str) else tuple(types)
        found.types = listed if found.types is None else _common(found.types, listed)
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if "const" in schema and "enum" in schema:
        values = [one for one in schema["enum"] if same(one, schema["const"])]
    if values is not None:
        known = found.values
        found.values = [
            one for one in values if known is None or any(same(one, other) for other in known)
        ]


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 is 1.0, but true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _common(known: tuple[str, ...], listed: tuple[str, ...]) -> tuple[str, ...]:
    found = [one for one in known if one in listed]
    for one, other in ((known, listed), (listed, known)):
        if "integer" in one and "number" in other and "integer" not in found:
            found.append("integer")
    return tuple(found)


def _add_bounds(found: Shape, schema: Json) -> None:
    for keywords, choose in ((_HIGHER, max), (_LOWER, min)):
        for keyword in keywords:
            if keyword in schema:
                value = schema[keyword]
                known = found.bounds.get(keyword, value)
                found.bounds[keyword] = choose(known, value)
    if "multipleOf" in schema:
        found.multiples.append(schema["multipleOf"])


def _add_text(found: Shape, schema: Json) -> None:
    if "pattern" in schema and schema["pattern"] not in found.patterns:
        found.patterns.append(schema["pattern"])
    if "format" in schema and schema["format"] not in found.formats:
        found.formats.append(schema["format"])
    found.encoding = schema.get("contentEncoding", found.encoding)
    if isinstance(schema.get("x-faker"), str):
        found.faker = schema["x-faker"]
    found.media_type = schema.get("contentMediaType", found.media_type)


def _say_of(found: Shape, name: str, schema: Schema) -> None:
    found.properties[name] = [*found.properties.get(name, ()), schema]


def _add_object(found: Shape, schema: Json) -> None:
    properties = schema.get("properties", {})
    for name, one in properties.items():
        _say_of(found, name, one)
    found.required.update(dict.fromkeys(schema.get("required", ())))
    found.hidden.update(schema.get(HIDDEN, ()))
    patterns = schema.get("patternProperties", {})
    rest = schema.get("additionalProperties", True)
    if patterns or rest is not True:
        found.closers.append(Closer(frozenset(properties), patterns, rest))
    if "unevaluatedProperties" in schema and schema["unevaluatedProperties"] is not True:
        found.fragile = True
        found.unevaluated.append(schema["unevaluatedProperties"])
    if "propertyNames" in schema:
        found.names.append(schema["propertyNames"])
    for name, names in schema.get("dependentRequired", {}).items():
        found.dependent[name] = [*found.dependent.get(name, ()), *names]


def _add_array(found: Shape, schema: Json) -> None:
    prefix = schema.get("prefixItems", [])
    if prefix or "items" in schema:
        found.tuples.append((prefix, schema.get("items", True)))
    if schema.get("unevaluatedItems", True) is not True:
        found.fragile = True
        found.further_items.append(schema["unevaluatedItems"])
    found.unique = found.unique or schema.get("uniqueItems") is True
    if "contains" in schema:
        least = int(schema.get("minContains", 1))
        found.contains.append((schema["contains"], least, schema.get("maxContains")))


NOTES = frozenset({"title", "example", "examples", "default"})
BOUNDS = frozenset((*_HIGHER, *_LOWER))
_OPPOSITES = {
    "minimum": "exclusiveMaximum",
    "maximum": "exclusiveMinimum",
    "exclusiveMinimum": "maximum",
    "exclusiveMaximum": "minimum",
}
_COUNTS = {
    "minLength": ("maxLength", -1),
    "maxLength": ("minLength", 1),
    "minItems": ("maxItems", -1),
    "maxItems": ("minItems", 1),
    "minProperties": ("maxProperties", -1),
    "maxProperties": ("minProperties", 1),
}


def _bound_against(found: Shape, keyword: str, value: Any) -> None:
    """A bound that must not be kept, as the bound on the other side."""
    if keyword in _OPPOSITES:
        _add_bounds(found, {_OPPOSITES[keyword]: value})
    else:
        opposite, by = _COUNTS[keyword]
        if value + by < 0:
            raise Impossible(f"it excludes whatever has {keyword} {value}")
        _add_bounds(found, {opposite: value + by})


def _opposites(keyword: str, value: Any) -> Iterator[Schema]:
    """The ways in which a value can fail to be what a keyword says."""
    if keyword == "required":
        for name in value:
            yield {"properties": {name: False}}
    elif keyword == "properties":
        for name, one in value.items():
            yield {"properties": {name: {"not": one}}, "required": [name]}
    else:
        for one in value:
            yield {"not": one}


def _condition(schema: Json) -> Group:
    if schema["if"] == {"type": "null"} and "then" not in schema:
        return Group("null", [schema.get("else", True), {"type": "null"}])
    held: Json = {"allOf": [schema["if"], schema.get("then", True)]}
    missed: Json = {"not": schema["if"], "allOf": [schema.get("else", True)]}
    return Group("if", [held, missed])


def allows(shape: Shape, value: Any) -> bool:
    """By its types and by the constants that it excludes a shape allows a value."""
    types = types_of_value(value)
    if shape.types is not None and types.isdisjoint(shape.types):
        return False
    for ruled_out in shape.nots:
        if not isinstance(ruled_out, dict):
            continue
        values = [ruled_out["const"]] if "const" in ruled_out else ruled_out.get("enum", ())
        if any(same(value, one) for one in values):
            return False
    return True


def exact(number: float) -> Fraction:
    """A number as it was written: 0.1 is a tenth."""
    return Fraction(number) if isinstance(number, int) else Fraction(Decimal(str(number)))


def common_multiple(multiples: list[Any]) -> Fraction | None:
    """The least number that is a multiple of all of them; None where there are none."""
    found: Fraction | None = None
    for one in multiples:
        step = exact(one)
        if found is None:
            found = step
        else:
            below = lcm(found.denominator, step.denominator)
            above = lcm(int(found * below), int(step * below))
            found = Fraction(above, below)
    return found
