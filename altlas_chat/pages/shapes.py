"""Schemas as tables: what a value has, of which type, within which bounds, and what it means."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import unquote

import orjson

from altlas_chat.pages.prose import code, inline, prose
from altlas_chat.specs.pointers import found_at, steps_of

Json = dict[str, Any]

DEEPEST = 6
"""So many levels of what is written within a schema are shown; what has a name is linked."""

_BOUNDS = (
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "default",
)
_SHARED = "/components/schemas/"


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    schema: Any
    needed: bool


class Shapes:
    """The schemas of one document. Everything that is given back is HTML."""

    def __init__(self, document: Json) -> None:
        self._document = document

    @property
    def named(self) -> Mapping[str, Any]:
        """Those with a name of their own."""
        found = (self._document.get("components") or {}).get("schemas") or {}
        return found if isinstance(found, dict) else {}

    def of(self, schema: Any, *, follow: int = 0) -> str:
        """A schema: what it means, and its properties as a table or its type in a line.

        What has a name is linked; ``follow`` so many levels of it are shown in their place.
        """
        return "".join(self._parts(schema, follow))

    def _parts(self, schema: Any, follow: int) -> Iterator[str]:
        found = self._resolved(schema)
        if isinstance(found, dict) and isinstance(found.get("description"), str):
            yield prose(found["description"], below=3)
        inner, path = _inside(found, "")
        rows = list(self._rows(self._resolved(inner), f"{path}." if path else "", 0, follow))
        if not rows:
            yield f"<p>{self.type_of(found)}{_bounds(found)}</p>"
            return
        others = self._alternatives(found)
        if others:
            yield f"<p>{others}</p>"
        yield table(("name", "type", "", "meaning"), (self._cells(row) for row in rows))

    def _cells(self, row: _Row) -> tuple[str, ...]:
        resolved = self._resolved(row.schema)
        branches = [self._resolved(one) for one in reversed(_dict(resolved).get("allOf") or ())]
        said = (
            _dict(one).get(key)
            for key in ("description", "title")
            for one in (row.schema, resolved, *branches)
        )
        told = inline(str(next(filter(None, said), "")))
        notes = _bounds(
            row.schema if row.schema is resolved else {**_dict(resolved), **_dict(row.schema)}
        )
        marks = [one for one in ("readOnly", "writeOnly", "deprecated") if _dict(resolved).get(one)]
        needed = ", ".join([*(["needed"] if row.needed else []), *map(_spaced, marks)])
        return code(row.name), self.type_of(row.schema) + notes, needed, told

    def _rows(self, schema: Any, prefix: str, depth: int, follow: int) -> Iterator[_Row]:
        """Its properties, and theirs where those are written within it."""
        for name, (one, needed) in self._properties(schema).items():
            yield _Row(prefix + name, one, needed)
            inner, path = _inside(one, prefix + name)
            is_named = "$ref" in _dict(inner)
            if depth < DEEPEST and (not is_named or follow):
                inner, left = self._resolved(inner), follow - is_named
                yield from self._rows(inner, f"{path}.", depth + 1, left)

    def _properties(self, schema: Any, depth: int = 0) -> dict[str, tuple[Any, bool]]:
        """Those of the schema and of all that it is made of."""
        found: dict[str, tuple[Any, bool]] = {}
        needed: set[str] = set()
        whole = _dict(schema)
        parts = [_dict(self._resolved(one)) for one in whole.get("allOf") or ()]
        for part in [*parts, whole]:
            needed |= {one for one in part.get("required") or () if isinstance(one, str)}
            if part is not whole and "allOf" in part and depth < DEEPEST:
                found |= self._properties({"allOf": part["allOf"]}, depth + 1)
            for name, one in _dict(part.get("properties")).items():
                found[name] = (one, False)
        return {name: (one, asked or name in needed) for name, (one, asked) in found.items()}

    def _alternatives(self, schema: Any) -> str:
        for several, words in (("oneOf", "one of"), ("anyOf", "any of")):
            if several in _dict(schema):
                return f"{words}: " + ", ".join(self.type_of(one) for one in schema[several])
        return ""

    def type_of(self, schema: Any, depth: int = 0) -> str:
        """Its type in words, with links to what has a name."""
        if not isinstance(schema, dict):
            return "nothing" if schema is False else "any"
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return self._linked(reference, depth)
        for several, between in (("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")):
            if isinstance(schema.get(several), list) and depth < DEEPEST:
                told = [self.type_of(one, depth + 1) for one in schema[several]]
                if several == "allOf":  # a branch of words alone says nothing of the type
                    told = [one for one in told if one != "any"] or ["any"]
                return between.join(dict.fromkeys(told)) + _or_null(schema)
        if "const" in schema:
            return code(_json(schema["const"]))
        if isinstance(schema.get("enum"), list):
            return " | ".join(code(_json(one)) for one in schema["enum"])
        return self._plain(schema, depth) + _or_null(schema)

    def _plain(self, schema: Json, depth: int) -> str:
        kind = schema.get("type") or ("object" if "properties" in schema else "any")
        kinds = kind if isinstance(kind, list) else [kind]
        return " or ".join(self._one_kind(str(one), schema, depth) for one in kinds)

    def _one_kind(self, kind: str, schema: Json, depth: int) -> str:
        if kind == "array" and depth < DEEPEST:
            return f"list of {self.type_of(schema.get('items', True), depth + 1)}"
        extra = schema.get("additionalProperties")
        if kind == "object" and isinstance(extra, dict) and depth < DEEPEST:
            return f"map of {self.type_of(extra, depth + 1)}"
        return escape(kind)

    def _linked(self, reference: str, depth: int) -> str:
        pointer = unquote(reference.removeprefix("#"))
        if pointer.startswith(_SHARED) and pointer.count("/") == _SHARED.count("/"):
            name = steps_of(pointer)[-1]
            if name in self.named:
                return f'<a href="#{anchor("shape", name)}">{escape(name)}</a>'
        found = self._resolved({"$ref": reference})
        if depth >= DEEPEST or "$ref" in _dict(found):
            return escape(steps_of(pointer)[-1] if "/" in pointer else reference)
        return self.type_of(found, depth + 1)

    def _resolved(self, schema: Any) -> Any:
        for _ in range(100):
            reference = _dict(schema).get("$ref")
            if not isinstance(reference, str) or not reference.startswith("#"):
                break
            try:
                schema = found_at(self._document, unquote(reference[1:]))
            except LookupError:
                break
        return schema


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; its cells are HTML already."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        '<div class="wide"><table>'
        f"<thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def anchor(*parts: str) -> str:
    """The id of a part of a page; two names that differ have two of them."""
    return escape("-".join("".join(_safe(one) for one in part) for part in parts))


def _safe(letter: str) -> str:
    if letter.isalnum() or letter in "_.-":
        return letter
    return f"~{ord(letter):x}"


def _inside(schema: Any, path: str) -> tuple[Any, str]:
    """What holds the properties of a property: itself, or what it is a list of."""
    while _dict(schema).get("type") == "array" and "items" in schema:
        schema, path = schema["items"], f"{path}[]"
    return schema, path


def _bounds(schema: Any) -> str:
    told = [f"{bound} {_json(schema[bound])}" for bound in _BOUNDS if bound in _dict(schema)]
    for key in ("contentMediaType", "format"):
        if key in _dict(schema):
            told.insert(0, str(schema[key]))
    return f'<br><span class="tag">{escape(", ".join(told))}</span>' if told else ""


def _or_null(schema: Json) -> str:
    return " or null" if schema.get("nullable") is True else ""


def _json(value: Any) -> str:
    if isinstance(value, str):
        return value
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _spaced(word: str) -> str:
    return "".join(f" {one.lower()}" if one.isupper() else one for one in word)


def _dict(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
