"""Schemas as they are meant, whatever their form: what the comparison looks at.

A reference is followed, ``nullable`` and ``"null"`` are one thing, the
exclusive bounds of OpenAPI 3.0 are numbers, and a schema that is only another
one or null is that other one, nullable.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.pointers import joined, steps_of

ANNOTATIONS = frozenset(
    {
        "title",
        "description",
        "example",
        "examples",
        "externalDocs",
        "xml",
        "$comment",
        "$id",
        "$schema",
        "$anchor",
        "$dynamicAnchor",
        "$defs",
        "definitions",
        "default",
        "deprecated",
    }
)
"""Keywords that allow and refuse nothing."""

SINGLE = (
    "items",
    "additionalProperties",
    "not",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "if",
    "then",
    "else",
    "contentSchema",
)
"""Keywords that hold a schema."""

NAMED = ("properties", "patternProperties", "dependentSchemas")
"""Keywords that hold schemas by name."""

LISTED = ("allOf", "anyOf", "oneOf", "prefixItems")
"""Keywords that hold schemas in a list."""

OVERLAID = frozenset({"readOnly", "writeOnly", "deprecated", "default", "nullable", "description"})
"""What stands beside a reference and is about its place, not about what it refers to."""

LONGEST_CHAIN = 100


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A schema as it is meant.

    ``pointer`` is where it is in its document. ``types`` leaves null out, which
    ``null`` says; it is empty where any type will do. ``never`` is the schema
    that allows nothing.
    """

    pointer: str
    data: Json
    types: tuple[str, ...]
    null: bool
    never: bool = False

    @property
    def open(self) -> bool:
        """Null is allowed because nothing forbids it."""
        return not self.types and not any(
            key in self.data for key in ("enum", "const", "oneOf", "anyOf", "allOf", "properties")
        )

    def branches(self, keyword: str) -> list[Any]:
        found = self.data.get(keyword)
        return found if isinstance(found, list) else []

    def schemas(self, keyword: str) -> Json:
        found = self.data.get(keyword)
        return found if isinstance(found, dict) else {}

    @property
    def required(self) -> frozenset[str]:
        found = self.data.get("required")
        return frozenset(map(str, found)) if isinstance(found, list) else frozenset()

    def says(self, flag: str) -> bool:
        return self.data.get(flag) is True


class Views:
    """The views of one document; each schema has one as long as this lives."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._found: dict[int | str, View] = {}
        self._kept: list[Any] = []
        self._places: dict[int, str] = {}

    def of(self, raw: Any, pointer: str) -> View:
        """The view of what stands at a pointer."""
        # True and None are the same thing wherever they stand.
        key = id(raw) if isinstance(raw, dict) else pointer
        if key not in self._found:
            place = self._places.get(id(raw), pointer) if isinstance(raw, dict) else pointer
            self._kept.append(raw)
            self._found[key] = self._seen(raw, place, LONGEST_CHAIN)
        return self._found[key]

    def child(self, view: View, keyword: str, *steps: object) -> View:
        """The view of a schema inside another one."""
        node: Any = view.data[keyword]
        for step in steps:
            node = node[step]
        return self.of(node, joined(view.pointer, keyword, *steps))

    def made(self, data: Json, origin: View) -> View:
        """The view of a schema that stands nowhere, made of one that does."""
        self._kept.append(data)
        return self._plain(data, origin.pointer)

    def place(self, raw: Any, pointer: str) -> None:
        """Remember where a part is that goes into a made schema."""
        self._kept.append(raw)
        self._places.setdefault(id(raw), pointer)

    def _seen(self, raw: Any, pointer: str, left: int) -> View:
        if isinstance(raw, bool):
            return View(pointer, {}, (), null=False, never=not raw)
        if not isinstance(raw, dict):
            return View(pointer, {}, (), null=False)
        reference = raw.get("$ref")
        if not isinstance(reference, str):
            return self._plain(raw, pointer)
        target = unquote(reference.removeprefix("#"))
        try:
            found = self.document.at(target) if left else None
        except LookupError:
            found = None
        if found is None:
            return View(pointer, {"$ref": reference}, (), null=False)
        if isinstance(found, dict) and id(found) in self._found:
            seen = self._found[id(found)]
        else:
            seen = self._seen(found, target, left - 1)
            if isinstance(found, dict):
                self._kept.append(found)
                self._found[id(found)] = seen
        return self._referred(raw, reference, seen, pointer)

    def _referred(self, raw: Json, reference: str, target: View, pointer: str) -> View:
        """What a reference refers to, with what stands beside it where that counts."""
        beside = {key: value for key, value in raw.items() if key != "$ref"}
        if self.document.is_3_0 or target.never or only_describes(beside, words=True):
            return target
        if all(_is_about_place(key) for key in beside):
            data = {**target.data, **{k: v for k, v in beside.items() if k in OVERLAID}}
            null = target.null or beside.get("nullable") is True
            return View(target.pointer, data, target.types, null)
        both = {"allOf": [{"$ref": reference}, beside]}
        self._places[id(beside)] = pointer
        self._kept.append(both)
        return self._plain(both, pointer)

    def _plain(self, raw: Json, pointer: str) -> View:
        told = raw.get("type")
        kinds = [told] if isinstance(told, str) else told if isinstance(told, list) else []
        types = tuple(sorted({str(one) for one in kinds if one != "null"}))
        null = "null" in kinds or raw.get("nullable") is True
        if kinds and not types:
            types, null = ("null",), False
        bounded = _with_numeric_bounds(raw)
        if bounded is not raw:
            self._kept.append(bounded)
        view = View(pointer, bounded, types, null)
        return self._without_null_branch(view)

    def _without_null_branch(self, view: View) -> View:
        for keyword in ("oneOf", "anyOf"):
            branches = view.branches(keyword)
            rest = [one for one in branches if not _is_null(one)]
            if len(rest) == len(branches) or not rest:
                continue
            alone = len(rest) == 1 and all(
                key == keyword or _is_about_place(key) for key in view.data
            )
            if alone:
                return self._nullable(rest[0], view, keyword)
            data = {**view.data, keyword: rest}
            for number, one in enumerate(branches):
                self.place(one, joined(view.pointer, keyword, number))
            self._kept.append(data)
            return View(view.pointer, data, view.types, null=True)
        return view

    def _nullable(self, raw: Any, around: View, keyword: str) -> View:
        number = around.branches(keyword).index(raw)
        inner = self.of(raw, joined(around.pointer, keyword, number))
        beside = {key: value for key, value in around.data.items() if key in OVERLAID}
        data = {**inner.data, **beside}
        self._kept.append(data)
        return View(inner.pointer, data, inner.types, True, inner.never)


def _is_about_place(key: str) -> bool:
    return key in OVERLAID or key in ANNOTATIONS or key.startswith("x-")


def _is_null(raw: Any) -> bool:
    return (
        isinstance(raw, dict)
        and raw.get("type") in ("null", ["null"])
        and all(key == "type" or key in ANNOTATIONS for key in raw)
    )


def _with_numeric_bounds(raw: Json) -> Json:
    """``exclusiveMinimum: true`` of OpenAPI 3.0 as JSON Schema says it since draft 6."""
    data = raw
    for keyword, inclusive in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        told = raw.get(keyword)
        if not isinstance(told, bool):
            continue
        data = {key: value for key, value in data.items() if key != keyword}
        if told and inclusive in data:
            data[keyword] = data.pop(inclusive)
    return data


def only_describes(raw: Any, *, words: bool = False) -> bool:
    """A schema that allows everything; with ``words`` one that says nothing to programs either."""
    if not isinstance(raw, dict):
        return raw is True
    said = ANNOTATIONS - {"default", "deprecated"} if words else ANNOTATIONS
    return all(key in said or key.startswith("x-") for key in raw)


def written(value: Any) -> str:
    """A value as one string: equal values give equal strings."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def name_of(view: View, keyword: str, number: int) -> str:
    """The name that a branch refers to, "" where it is written in its place."""
    raw = view.branches(keyword)[number]
    reference = raw.get("$ref") if isinstance(raw, dict) else None
    return steps_of(reference)[-1] if isinstance(reference, str) and "/" in reference else ""


def called(view: View, keyword: str, number: int, branch: View) -> str:
    """What people know a branch by: its name, its title, or its number from 1."""
    title = branch.data.get("title")
    said = title if isinstance(title, str) else ""
    return name_of(view, keyword, number) or said or f"#{number + 1}"
