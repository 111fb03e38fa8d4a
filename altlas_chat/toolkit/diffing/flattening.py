"""A schema with ``allOf`` as the one schema that it is."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from altlas_chat.specs.documents import Json
from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.diffing.views import ANNOTATIONS, NAMED, SINGLE, View, Views, written

DEEPEST = 30

_TIGHTER: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "minimum": max,
        "exclusiveMinimum": max,
        "minLength": max,
        "minItems": max,
        "minProperties": max,
        "minContains": max,
        "maximum": min,
        "exclusiveMaximum": min,
        "maxLength": min,
        "maxItems": min,
        "maxProperties": min,
        "maxContains": min,
    }
)

_LISTS: Mapping[str, Callable[[list[Any], list[Any]], list[Any]]] = MappingProxyType(
    {
        "required": lambda one, other: [*one, *(name for name in other if name not in one)],
        "enum": lambda one, other: [value for value in one if value in other],
        "allOf": lambda one, other: [*one, *other],
    }
)


class Flattening:
    """Flattens the schemas of one document; each is done once.

    What two branches say about the same property is joined by ``allOf`` there.
    What can't be joined (two patterns) stays in an ``allOf``.
    """

    def __init__(self, views: Views) -> None:
        self.views = views
        self._done: dict[int, View] = {}
        self._joins: dict[tuple[int, ...], Json] = {}
        self._joined: dict[int, list[Any]] = {}

    def of(self, view: View, depth: int = 0) -> View:
        """The same schema without ``allOf``, as far as that can be said."""
        if not view.branches("allOf") or depth > DEEPEST:
            return view
        key = id(view)
        if key not in self._done:
            self._done[key] = view  # a circle of allOf ends here
            self._done[key] = self._flat(view, depth)
        return self._done[key]

    def both(self, one: Any, other: Any) -> Json:
        """A schema that asks for both; for the same two it is the same one."""
        for mine, theirs in ((one, other), (other, one)):
            if mine is True or mine == {}:
                return theirs if isinstance(theirs, dict) else {}
        parts = {id(part): part for side in (one, other) for part in self._parts(side)}
        key = tuple(sorted(parts))
        if key not in self._joins:
            self._joins[key] = {"allOf": list(parts.values())}
            self._joined[id(self._joins[key])] = list(parts.values())
        return self._joins[key]

    def _parts(self, schema: Any) -> list[Any]:
        """What a join is made of, so that joins of joins come to an end."""
        return self._joined.get(id(schema), [schema])

    def _flat(self, view: View, depth: int) -> View:
        own = {key: value for key, value in view.data.items() if key != "allOf"}
        merged = _Merging(self.views, self.both)
        merged.take(own, view)
        for number in range(len(view.branches("allOf"))):
            branch = self.of(self.views.child(view, "allOf", number), depth + 1)
            if branch.never:
                return View(view.pointer, {}, (), null=False, never=True)
            merged.take(branch.data, branch)
        result = merged.result(null=view.says("nullable"))
        return self.views.made(result, view)


class _Merging:
    def __init__(self, views: Views, both: Callable[[Any, Any], Json]) -> None:
        self._views = views
        self._both = both
        self._data: Json = {}
        self._types: set[str] | None = None
        self._left: list[Json] = []

    def take(self, data: Json, view: View) -> None:
        self._take_types(view, data)
        for key, value in data.items():
            if key in ("type", "nullable", "$ref"):
                continue
            self._remember(key, value, view)
            self._data[key] = value if key not in self._data else self._joined(key, value)

    def _take_types(self, view: View, data: Json) -> None:
        if not view.types or "type" not in data:
            return
        told = {*view.types, *(("null",) if view.null else ())}
        if self._types is None:
            self._types = told
        else:
            number = {"integer"} if "number" in self._types | told else set()
            both = self._types | told
            self._types = (self._types & told) | (number & both)

    def _remember(self, key: str, value: Any, view: View) -> None:
        if key in SINGLE:
            self._views.place(value, joined(view.pointer, key))
        elif key in NAMED and isinstance(value, dict):
            for name, one in value.items():
                self._views.place(one, joined(view.pointer, key, name))
        elif key in ("anyOf", "oneOf", "prefixItems", "allOf") and isinstance(value, list):
            for number, one in enumerate(value):
                self._views.place(one, joined(view.pointer, key, number))

    def _joined(self, key: str, value: Any) -> Any:
        there = self._data[key]
        if written(there) == written(value):
            return there
        if key in _TIGHTER and isinstance(value, int | float) and isinstance(there, int | float):
            return _TIGHTER[key](there, value)
        if key in NAMED and isinstance(there, dict) and isinstance(value, dict):
            both = {name: self._both(there[name], value[name]) for name in there if name in value}
            return {**there, **value, **both}
        if key in _LISTS and isinstance(there, list) and isinstance(value, list):
            return _LISTS[key](there, value)
        return self._joined_schemas(key, there, value)

    def _joined_schemas(self, key: str, there: Any, value: Any) -> Any:
        if key in ("uniqueItems", "readOnly", "writeOnly"):
            return there is True or value is True
        if key in ("items", "additionalProperties", "propertyNames"):
            return False if there is False or value is False else self._both(there, value)
        if key in ANNOTATIONS or key.startswith("x-") or key == "discriminator":
            return there
        self._left.append({key: value})
        return there

    def result(self, *, null: bool) -> Json:
        data = dict(self._data)
        if self._types is not None:
            data["type"] = sorted(self._types | ({"null"} if null else set()))
        elif null:
            data["nullable"] = True
        if self._left:
            data["allOf"] = [*data.get("allOf", []), *self._left]
        return data
