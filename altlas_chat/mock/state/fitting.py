"""Things as schemas want them: what is known of one, completed and cut until it is valid."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from altlas_chat.mock.state.naming import tells_change, tells_count, tells_creation
from altlas_chat.mock.state.shapes import Shapes
from altlas_chat.specs.documents import Json
from altlas_chat.specs.pointers import steps_of
from altlas_chat.specs.sampling import NoSample, Sampler
from altlas_chat.specs.schemas import Direction, Schemas

ROUNDS = 8
DEEPEST = 6
TRIES = 12
ABSENT = object()

Moment = Callable[[], str]
"""The present as RFC 3339 in UTC: ``2026-11-24T05:05:00.000Z``."""


class Unfit(Exception):
    """No valid value could be made of it; carries what is wrong with which property."""


class Fitting:
    """Fits things into the schemas of one document."""

    def __init__(self, shapes: Shapes, schemas: Schemas, sampler: Sampler, now: Moment) -> None:
        self._shapes = shapes
        self._schemas = schemas
        self._sampler = sampler
        self._now = now
        self._hiding: dict[str, bool] = {}

    def born(
        self,
        schema: str,
        known: Mapping[str, Any],
        key: str,
        sent: Collection[str] = (),
        examples: Iterable[Json] = (),
    ) -> Json:
        """A thing that has just come to be: what is known of it, and what a server adds.

        ``sent`` are the properties that its maker may give: of those only what
        the schema demands is made up. Of what the server gives, times are the
        present, counts 0, lists empty and what may be null is null, as far as
        the schema allows; the rest is as in one of the ``examples``, or made up.

        Raises:
            Unfit: what is known fits no valid thing.
        """
        thing = self._begun(schema, known, key, examples)
        required = self._shapes.required(schema)
        for name, one in self._shapes.properties(schema).items():
            if name in known or (name not in thing and not self._shapes.has(one, "default")):
                continue
            for value in self._beginnings(name, one, thing, name in sent, name in required):
                changed = {**thing, name: value}
                if value is ABSENT:
                    del changed[name]
                if self.is_valid(schema, self.shown(schema, changed)):
                    thing = changed
                    break
        return thing

    def _begun(
        self, schema: str, known: Mapping[str, Any], key: str, examples: Iterable[Json]
    ) -> Json:
        """A valid thing with what is known of it."""
        for example in examples:
            thing = {**example, **known}
            if self.is_valid(schema, self.shown(schema, thing)):
                return thing
        for number in range(TRIES):
            thing = {**self._sampled(schema, f"{key} {number}" if number else key), **known}
            if self.is_valid(schema, self.shown(schema, thing)):
                return thing
        return self._with_most(schema, self._sampled(schema, key), known)

    def _with_most(self, schema: str, sample: Json, known: Mapping[str, Any]) -> Json:
        """The sample with as much of what is known as goes together in one branch of a schema.

        Raises:
            Unfit: something of what is known is wrong by itself.
        """
        properties = self._shapes.properties(schema)
        for name, value in known.items():
            if name in properties and not self.is_valid(properties[name], value):
                raise Unfit(f"/{name} is not valid")
        thing = sample
        for name, value in known.items():
            if self.is_valid(schema, self.shown(schema, {**thing, name: value})):
                thing = {**thing, name: value}
        return thing

    def _beginnings(
        self, name: str, schema: str, thing: Json, is_sent: bool, is_required: bool
    ) -> list[Any]:
        """How a property of a new thing may begin, the likeliest first."""
        if self._shapes.says(schema, "writeOnly"):
            return [ABSENT]
        if self._shapes.has(schema, "default"):
            return [self._shapes.value(schema, "default")]
        if is_sent:
            return self._missing(schema) if is_required else [ABSENT]
        return self._given(name, schema, thing[name])

    def fresh(self, schema: str, thing: Json) -> Json:
        """The thing with the time of its last change set to now, where it has one."""
        found = dict(thing)
        for name, one in self._shapes.properties(schema).items():
            if tells_change(name) and name in found:
                found[name] = self._moment(one, found[name])
        return found

    def sampled(self, schema: str, known: Mapping[str, Any], key: str) -> Json:
        """A thing that was there before: made up but for what is known of it.

        Raises:
            Unfit: what is known fits no valid thing.
        """
        sample = self._sampled(schema, key)
        return self._mended(schema, {**sample, **known}, sample, known)

    def value(self, schema: str, key: str) -> Any:
        """A made-up value of any kind, None where none can be found."""
        try:
            return self._sampler.sample(schema, key=key, direction=Direction.ANSWER)
        except NoSample:
            return None

    def wrong_with(self, schema: str, thing: Json) -> list[str]:
        """What the schema finds wrong with a thing, each with its place; empty when nothing is."""
        found = self._schemas.violations(schema, self.shown(schema, thing), Direction.ANSWER)
        return [f"{one.pointer or '/'}: {one.what}" for one in found]

    def is_valid(self, schema: str, value: Any) -> bool:
        return self._schemas.is_valid(schema, value, Direction.ANSWER)

    def shown(self, schema: str, value: Any, depth: int = 0) -> Any:
        """A value without what is ``writeOnly``."""
        if depth > DEEPEST or not self._hides(schema):
            return value
        if isinstance(value, list):
            items = self._shapes.items(schema)
            return value if items is None else [self.shown(items, one, depth + 1) for one in value]
        if not isinstance(value, dict):
            return value
        properties = self._shapes.properties(schema)
        return {
            name: self.shown(properties[name], one, depth + 1) if name in properties else one
            for name, one in value.items()
            if name not in properties or not self._shapes.says(properties[name], "writeOnly")
        }

    def _hides(self, schema: str) -> bool:
        """Whether anything in values of a schema is ``writeOnly``."""
        if schema not in self._hiding:
            self._hiding[schema] = any(
                self._shapes.says(one, "writeOnly") for one in self._within(schema)
            )
        return self._hiding[schema]

    def _within(self, schema: str) -> Iterator[str]:
        """Every schema of what is in a value, each kind once."""
        seen: set[str] = set()
        waiting = [schema]
        while waiting:
            one = waiting.pop()
            yield one
            kind = self._shapes.kind(one)
            if kind in seen:
                continue
            seen.add(kind)
            items = self._shapes.items(one)
            waiting += self._shapes.properties(one).values()
            waiting += [] if items is None else [items]

    def fitted(self, schema: str, thing: Json, key: str) -> Json:
        """The thing as another schema shows it, such as the short form in a list.

        Raises:
            Unfit: that can't be.
        """
        whole: Json = self.shown(schema, thing)
        if self.is_valid(schema, whole):
            return whole
        properties = self._shapes.properties(schema)
        part = {name: one for name, one in whole.items() if name in properties}
        if self.is_valid(schema, part):
            return part
        sample = self._sampled(schema, key)
        required = self._shapes.required(schema)
        lacking = {name: one for name, one in sample.items() if name in required}
        return self._mended(schema, {**lacking, **part}, sample, {})

    # -- parts ----------------------------------------------------------------------

    def _sampled(self, schema: str, key: str) -> Json:
        try:
            sample = self._sampler.sample(schema, key=key, direction=Direction.ANSWER)
        except NoSample as error:
            raise Unfit(str(error)) from error
        return sample if isinstance(sample, dict) else {}

    def _missing(self, schema: str) -> list[Any]:
        """What a thing may have where its maker said nothing of what it has to have."""
        types = self._shapes.types(schema)
        plain: list[Any] = [None] if "null" in types or not types else []
        plain += [[]] if "array" in types else []
        plain += self._first_of_enum(schema)
        plain += [""] if "string" in types and self._shapes.value(schema, "format") is None else []
        return plain

    def _first_of_enum(self, schema: str) -> list[Any]:
        """How things begin: ``pending`` of ``[pending, active, done]``."""
        values = self._shapes.value(schema, "enum")
        return values[:1] if isinstance(values, list) else []

    def _given(self, name: str, schema: str, sample: Any) -> list[Any]:
        """What a server may say of a new thing."""
        types = self._shapes.types(schema)
        if tells_creation(name) or tells_change(name):
            return [self._moment(schema, sample)]
        if types <= {"integer", "number"} and types and tells_count(name):
            return [0]
        plain: list[Any] = [None] if "null" in types or not types else []
        plain += [[]] if "array" in types else []
        plain += self._first_of_enum(schema)
        plain += [False] if types == {"boolean"} and not self._is_fixed(schema) else []
        return plain

    def _is_fixed(self, schema: str) -> bool:
        return self._shapes.has(schema, "const") or self._shapes.has(schema, "enum")

    def _moment(self, schema: str, sample: Any) -> Any:
        """The present in the form that the schema wants."""
        now = self._now()
        for form in (now, now[:19] + "Z", now[:10], now[:19].replace("T", " ")):
            if "string" in (self._shapes.types(schema) or {"string"}) and self.is_valid(
                schema, form
            ):
                looks_dated = isinstance(sample, str) and sample[:4].isdecimal()
                says = self._shapes.value(schema, "format") in ("date-time", "date")
                return form if says or looks_dated else sample
        return sample

    def _mended(self, schema: str, thing: Json, sample: Json, known: Mapping[str, Any]) -> Json:
        """The thing with what was made up changed until it is valid.

        Raises:
            Unfit: what is known of it is wrong.
        """
        for _ in range(ROUNDS):
            shown = self.shown(schema, thing)
            found = self._schemas.violations(schema, shown, Direction.ANSWER)
            if not found:
                return thing
            names = {(steps_of(one.pointer) or [""])[0] for one in found}
            before = dict(thing)
            self._mend(thing, names, sample, known)
            if thing == before:
                break
        rest = {**sample, **{name: known[name] for name in known if name in sample}}
        for candidate in (rest, {**sample, **known}):
            if self.is_valid(schema, self.shown(schema, candidate)):
                return candidate
        raise Unfit("; ".join(self.wrong_with(schema, {**sample, **known})[:3]))

    def _mend(self, thing: Json, names: set[str], sample: Json, known: Mapping[str, Any]) -> None:
        for name in names:
            if name and name not in known:
                if name in sample and thing.get(name) != sample[name]:
                    thing[name] = sample[name]
                else:
                    thing.pop(name, None)
            elif not name:
                for one in sample:
                    thing.setdefault(one, sample[one])
                for one in set(thing) - set(sample) - set(known):
                    del thing[one]
