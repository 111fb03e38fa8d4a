"""Works out the plans by which values of schemas are made."""

from collections.abc import Callable, Sequence
from typing import Any

from altlas_chat.specs.dialects import Schema
from altlas_chat.specs.documents import Json
from altlas_chat.specs.sampling import meanings
from altlas_chat.specs.sampling.arrays import ArrayPlan, Items
from altlas_chat.specs.sampling.numbers import boolean, number_plan
from altlas_chat.specs.sampling.objects import Fields, More, ObjectPlan, names_of
from altlas_chat.specs.sampling.plans import (
    Check,
    Checked,
    Choice,
    Exemplary,
    Fixed,
    Lazy,
    Made,
    Plan,
)
from altlas_chat.specs.sampling.regexes import NoRegularExpression, Regex
from altlas_chat.specs.sampling.shapes import (
    Closer,
    Definitions,
    Impossible,
    Merging,
    Shape,
    allows,
)
from altlas_chat.specs.sampling.texts import text_plan
from altlas_chat.specs.validators import REFERENCE, Validator

LIKELY_ENTRIES = 2
ORDER = ("object", "array", "string", "number", "integer", "boolean", "null")
HINTS: dict[str, tuple[str, ...]] = {
    "object": ("minProperties", "maxProperties"),
    "array": ("minItems", "maxItems"),
    "string": ("minLength", "maxLength"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}


class Building:
    """Makes the plans of the schemas of one closure; those of a definition are shared."""

    def __init__(self, definitions: Definitions, pointer_of: Callable[[str], str]) -> None:
        self._definitions = definitions
        self._merging = Merging(definitions, pointer_of)
        self._known: dict[tuple[str, str, str], Plan] = {}
        self._met: dict[tuple[tuple[int, ...], str, str], tuple[list[Schema], Plan]] = {}
        self._checks: dict[str, Check] = {}

    def plan(self, schemas: Sequence[Schema], name: str = "", owner: str = "") -> Plan:
        """A plan for values that all of the schemas allow.

        ``name`` is the property that they are of, ``owner`` what that belongs to.
        """
        schemas = [one for one in schemas if one is not True]
        if len(schemas) == 1 and isinstance(schemas[0], dict) and set(schemas[0]) == {"$ref"}:
            return self._shared(schemas[0]["$ref"].removeprefix(REFERENCE), name, owner)
        # Schemas live as long as their document: the same one is the same object.
        key = (tuple(map(id, schemas)), name, owner)
        if key not in self._met:
            self._met[key] = (schemas, Lazy(lambda: self._built(schemas, name, owner)))
        return self._met[key][1]

    def _shared(self, definition: str, name: str, owner: str) -> Plan:
        schema = self._definitions[definition]
        if isinstance(schema, dict) and ("properties" in schema or schema.get("type") == "object"):
            name = owner = ""
        key = (definition, name, owner)
        if key not in self._known:
            reference: Json = {"$ref": f"{REFERENCE}{definition}"}
            self._known[key] = Lazy(lambda: self._built([reference], name, owner))
        return self._known[key]

    def _built(self, schemas: list[Schema], name: str, owner: str) -> Plan:
        shape = self._merging.shape(schemas)
        plan = self._of_shape(shape, name, owner)
        if shape.fragile or any(group.kind in ("oneOf", "if") for group in shape.groups):
            whole: Json = {"allOf": schemas}
            return Checked(plan, lambda: self._check(whole))
        return plan

    def _check(self, schema: Schema) -> Check:
        """What tells whether a schema allows a value."""
        return Validator(schema, self._definitions).is_valid

    def _of_shape(self, shape: Shape, name: str, owner: str) -> Plan:
        if shape.groups:
            return self._of_group(shape, name, owner)
        if shape.values is not None:
            return self._of_values(shape)
        types = shape.types if shape.types is not None else _guessed(shape)
        excluded = _excluded_types(shape)
        plans: list[Plan] = []
        why = Impossible("nothing is of any of its types")
        for kind in sorted(types, key=lambda one: one == "null"):
            if kind in excluded:
                continue
            try:
                plans.append(self._of_type(kind, shape, name, owner))
            except Impossible as error:
                why = error
        if not plans:
            raise why
        plan = plans[0] if len(plans) == 1 else Choice(plans, first=True)
        return self._with_examples(shape, plan)

    def _with_examples(self, shape: Shape, plan: Plan) -> Plan:
        if not shape.examples:
            return plan
        check = self._check(_as_schema(shape))
        found = [_visible(one, shape.hidden) for one in shape.examples]
        valid = [one for one in found if allows(shape, one) and check(one)]
        return Exemplary(valid[:1], plan) if valid else plan

    def _of_values(self, shape: Shape) -> Plan:
        found = [one for one in shape.values or () if allows(shape, one)]
        if not shape.is_plain():
            found = list(filter(self._check(_as_schema(shape)), found))
        if not found:
            raise Impossible("none of its values fits all that it says")
        others = [one for one in found if one is not None]
        plan: Plan = Fixed(others or found)
        if len(others) < len(found) and others:
            plan = Choice([plan, Fixed([None])], first=True)
        given = [one for one in shape.examples if one in found]
        return Exemplary(given[:1], plan) if given else plan

    def _of_group(self, shape: Shape, name: str, owner: str) -> Plan:
        """A choice: each branch with all else that counts; the first group, then the others."""
        group, rest = shape.groups[0], shape.copy()
        rest.groups = shape.groups[1:]
        shapes: list[Shape] = []
        why = Impossible("no alternative fits")
        for branch in group.branches:
            try:
                shapes.append(self._merging.shape([branch], rest))
            except Impossible as error:
                why = error
        if not shapes and group.kind != "heirs":
            raise why
        options = [self._later(one, name, owner) for one in shapes]
        spare: list[Plan] = []
        if group.kind == "oneOf":
            spare = [self._unlike(one, shapes, name, owner) for one in shapes]
        if group.kind == "heirs":
            itself = self._later(rest, name, owner)
            return Choice([*([Choice(options)] if options else []), itself], first=True)
        if len(options) == 1 and not spare:
            return options[0]
        return Choice(options, spare, first=group.kind in ("null", "if"))

    def _later(self, shape: Shape, name: str, owner: str) -> Plan:
        return Lazy(lambda: self._of_shape(shape, name, owner))

    def _unlike(self, shape: Shape, others: Sequence[Shape], name: str, owner: str) -> Plan:
        """A plan for objects of one alternative that have in them what the others exclude."""

        def work_out() -> Plan:
            changed = shape.copy()
            for other in others:
                if other is shape:
                    continue
                free = [one for one in other.properties if one not in shape.properties]
                if not free:
                    raise Impossible("whatever fits one alternative fits another, too")
                spoilt = {"not": {"allOf": other.properties[free[0]]}}
                changed.properties.setdefault(free[0], []).append(spoilt)
                changed.required[free[0]] = None
            return self._of_shape(changed, name, owner)

        return Lazy(work_out)

    def _of_type(self, kind: str, shape: Shape, name: str, owner: str) -> Plan:
        if kind == "object":
            return self._object(shape, owner or name)
        if kind == "array":
            return self._array(shape, name, owner)
        if kind == "string":
            about = name or _owner(shape)
            return text_plan(shape, about, owner, lambda: self._check(_as_schema(shape)))
        if kind in ("number", "integer"):
            return number_plan(shape, name or _owner(shape), whole=kind == "integer")
        return Made(boolean) if kind == "boolean" else Fixed([None])

    def _object(self, shape: Shape, called: str) -> Plan:
        owner = _owner(shape) or called
        fields = Fields({}, {}, dependent=shape.dependent, definition=shape.definition)
        fields.least = int(shape.bounds.get("minProperties", 0))
        most = shape.bounds.get("maxProperties")
        fields.most = None if most is None else int(most)
        named_by = [self._check({"allOf": shape.names})] if shape.names else []
        for name in dict.fromkeys([*shape.properties, *shape.required]):
            required = name in shape.required
            said = self._said_of(shape, name)
            if False in said or not all(check(name) for check in named_by):
                if required:
                    raise Impossible(f'"{name}" is required, but nothing is allowed there')
                continue
            plan = self.plan(said, name, owner)
            if required:
                fields.required[name] = plan
            elif name not in shape.hidden:
                fields.optional[name] = plan
        if fields.most is not None and len(fields.required) > fields.most:
            raise Impossible(f"it requires more than {fields.most} properties")
        fields.more = self._more(shape, called or owner)
        if fields.more and not shape.properties and _holds_something(shape):
            fields.entries = LIKELY_ENTRIES
        fields.personal = any(
            meanings.is_personal(meanings.text_about(name, owner))
            for name in (*fields.required, *fields.optional)
        )
        return ObjectPlan(fields)

    def _said_of(self, shape: Shape, name: str) -> list[Schema]:
        """All that is said of a property, by those who name it and by those who do not."""
        said = list(shape.properties.get(name, ()))
        matched = False
        for closer in shape.closers:
            fitting = [one for pattern, one in closer.patterns.items() if self._fits(pattern, name)]
            said += fitting
            if name not in closer.names and not fitting:
                said.append(closer.rest)
            matched = matched or bool(fitting) or closer.rest is not True
        if not said and not matched:
            said += shape.unevaluated
        return said

    def _fits(self, pattern: str, name: str) -> bool:
        if pattern not in self._checks:
            self._checks[pattern] = self._check({"pattern": pattern})
        return self._checks[pattern](name)

    def _more(self, shape: Shape, owner: str) -> More | None:
        """What other properties there may be; None where there may be none."""
        if any(_is_shut(closer) for closer in shape.closers):
            return None
        if not shape.closers and False in shape.unevaluated:
            return None
        patterns = [pattern for closer in shape.closers for pattern in closer.patterns]
        options: list[Callable[..., str]] = []
        if shape.names:
            plan = self.plan([*shape.names, {"type": "string"}], "key")
            options.append(plan.make)
        else:
            for pattern in patterns:
                made = _name_like(pattern)
                if made is not None:
                    options.append(made)
        check = self._check({"allOf": shape.names}) if shape.names else _anything
        plans: dict[str, Plan | None] = {}

        def plan_of(name: str) -> Plan | None:
            if name not in plans:
                said = self._said_of(shape, name)
                about = owner[:-1] if owner.endswith("s") else owner
                plans[name] = None if False in said else self.plan(said, about, about)
            return plans[name]

        def allowed(name: str) -> bool:
            return name not in shape.properties and name not in shape.hidden and check(name)

        return More(names_of(options), plan_of, allowed)

    def _array(self, shape: Shape, name: str, owner: str) -> Plan:
        singular = _singular(name)
        longest = max((len(prefix) for prefix, _ in shape.tuples), default=0)
        items = Items(first=[], others=None, unique=shape.unique)
        items.least = int(shape.bounds.get("minItems", 0))
        most = shape.bounds.get("maxItems")
        items.most = None if most is None else int(most)
        first: list[Plan] = []
        for number in range(longest):
            said = [
                prefix[number] if number < len(prefix) else rest for prefix, rest in shape.tuples
            ]
            if False in said:
                break
            first.append(self.plan(said, singular, owner))
        items.first = first
        others: list[Schema] = [rest for _, rest in shape.tuples]
        if all(rest is True for rest in others):
            others += shape.further_items
        if False not in others and len(first) == longest:
            items.others = self.plan(others, singular, owner)
            items.wanted = [
                (self.plan([*others, one], singular, owner), least)
                for one, least, _ in shape.contains
                if least
            ]
        return ArrayPlan(items)


def _anything(_: Any) -> bool:
    return True


def _is_shut(closer: Closer) -> bool:
    return closer.rest is False and not closer.patterns


def _holds_something(shape: Shape) -> bool:
    return bool(shape.names) or any(
        closer.patterns or closer.rest not in (True, False) for closer in shape.closers
    )


def _name_like(pattern: str) -> Callable[..., str] | None:
    try:
        regex = Regex(pattern)
    except (NoRegularExpression, ValueError, RecursionError):
        return None
    return lambda draw: regex.make(draw, 0)


def _excluded_types(shape: Shape) -> set[str]:
    found: set[str] = set()
    for ruled_out in shape.nots:
        if isinstance(ruled_out, dict) and set(ruled_out) == {"type"}:
            types = ruled_out["type"]
            found.update([types] if isinstance(types, str) else types)
    return found


def _guessed(shape: Shape) -> tuple[str, ...]:
    """The types that a schema means that does not name one."""
    found: list[str] = []
    if shape.properties or shape.required or shape.closers or shape.names or shape.dependent:
        found.append("object")
    if shape.tuples or shape.contains or shape.unique:
        found.append("array")
    if shape.patterns or shape.formats or shape.encoding:
        found.append("string")
    for kind, keywords in HINTS.items():
        if kind not in found and any(one in shape.bounds for one in keywords):
            found.append(kind)
    if shape.multiples and "number" not in found:
        found.append("number")
    return (
        *found,
        *(
            one
            for one in ("string", "integer", "boolean", "object", "array", "null")
            if one not in found
        ),
    )


def _owner(shape: Shape) -> str:
    return shape.owners[0] if shape.owners else ""


def _singular(name: str) -> str:
    if name.endswith("ies"):
        return name[:-3] + "y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def _visible(value: Any, hidden: set[str]) -> Any:
    if isinstance(value, dict) and hidden.intersection(value):
        return {name: one for name, one in value.items() if name not in hidden}
    return value


def _as_schema(shape: Shape) -> Json:
    """A shape as a schema again, to check single values by."""
    said: list[Schema] = [{"pattern": one} for one in shape.patterns]
    said += [{"format": one} for one in shape.formats]
    said += [{"multipleOf": one} for one in shape.multiples]
    said += [{"not": one} for one in shape.nots]
    said += [{"propertyNames": one} for one in shape.names]
    said += [{"contains": one, "minContains": least} for one, least, _ in shape.contains]
    for prefix, rest in shape.tuples:
        said.append({"prefixItems": prefix, "items": rest} if prefix else {"items": rest})
    for closer in shape.closers:
        said.append(
            {
                "properties": dict.fromkeys(closer.names, True),
                "patternProperties": closer.patterns,
                "additionalProperties": closer.rest,
            }
        )
    found: Json = {**shape.bounds, "uniqueItems": shape.unique, "allOf": [True, *said]}
    found["properties"] = {name: {"allOf": one} for name, one in shape.properties.items()}
    found["required"] = list(shape.required)
    found["dependentRequired"] = shape.dependent
    if shape.types is not None:
        found["type"] = list(shape.types)
    if shape.values is not None:
        found["enum"] = shape.values
    return found
