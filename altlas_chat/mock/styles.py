"""How values are written in requests: the styles of OpenAPI (RFC 6570), read back."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson

from altlas_chat.mock.queries import Pairs, decoded
from altlas_chat.mock.shapes import Shape, Shapes

_DELIMITERS = {
    "form": re.compile(","),
    "spaceDelimited": re.compile("%20|\\+| ", re.IGNORECASE),
    "pipeDelimited": re.compile("\\||%7C", re.IGNORECASE),
}
_ENCODED_COMMA = re.compile("%2C", re.IGNORECASE)
_DEEP = re.compile(r"\[([^\[\]]*)\]")


class Absent:
    """There is no such value."""


ABSENT = Absent()


class BadStyle(ValueError):
    """The text is not written as its style asks; the message says how it should be."""


@dataclass(frozen=True, slots=True)
class Written:
    """How a value of a schema is written: its name, its style and whether it is exploded."""

    name: str
    style: str
    explode: bool
    schema: str | None


def from_pairs(written: Written, pairs: Pairs, taken: frozenset[str], shapes: Shapes) -> Any:
    """The value that pairs of a query or form hold, or ``ABSENT``.

    ``taken`` are the names of other values, which an exploded object has no
    part in.

    Raises:
        BadStyle: it is written in another way.
    """
    shape = shapes.of(written.schema)
    if written.style == "deepObject":
        return _deep(written, pairs, shape, shapes)
    if shape.is_object and written.explode and written.style == "form":
        return _exploded_object(written, pairs, taken, shapes)
    values = [value for name, value in pairs if name == written.name]
    if not values:
        return ABSENT
    if shape.is_array and _is_list(written, values, shape):
        return [shapes.value(one, shape.items) for one in _parts(written, values)]
    if shape.is_object and ("string" not in shape.kinds or "," in values[0]):
        return _listed_object(_split(written.style, values[0]), shape, shapes)
    texts = [decoded(one) for one in values]
    return shapes.value(texts[0], written.schema) if len(texts) == 1 else texts


def _is_list(written: Written, values: list[str], shape: Shape) -> bool:
    """Where a schema allows an array or something else, the text says which it is."""
    if len(values) > 1 or not shape.kinds - {"array", "null"}:
        return True
    pattern = _DELIMITERS.get(written.style)
    return not written.explode and pattern is not None and bool(pattern.search(values[0]))


def _parts(written: Written, values: list[str]) -> list[str]:
    if len(values) == 1 and values[0] == "":
        return []
    if written.explode and written.style == "form":
        return [decoded(one) for one in values]
    return [part for value in values for part in _split(written.style, value)]


def _split(style: str, value: str) -> list[str]:
    pattern = _DELIMITERS.get(style, _DELIMITERS["form"])
    if style == "form" and "," not in value:
        pattern = _ENCODED_COMMA
    return [decoded(one) for one in pattern.split(value)]


def _listed_object(parts: list[str], shape: Shape, shapes: Shapes) -> Any:
    if len(parts) % 2:
        raise BadStyle("an object is written here as name,value,name,value")
    return {
        name: shapes.value(value, _property(shape, name))
        for name, value in zip(parts[::2], parts[1::2], strict=True)
    }


def _property(shape: Shape, name: str) -> str | None:
    return shape.properties.get(name, shape.others)


def _exploded_object(written: Written, pairs: Pairs, taken: frozenset[str], shapes: Shapes) -> Any:
    shape = shapes.of(written.schema)
    open_names = shape.others is not None or not shape.properties
    texts: dict[str, list[str]] = {}
    for name, value in pairs:
        if name in shape.properties or (open_names and name not in taken):
            texts.setdefault(name, []).append(decoded(value))
    if not texts:
        return ABSENT
    return {name: several(found, _property(shape, name), shapes) for name, found in texts.items()}


def several(texts: list[str], schema: str | None, shapes: Shapes) -> Any:
    """The value of one or several texts of a name: an array where the schema wants one."""
    shape = shapes.of(schema)
    if shape.is_array:
        return [shapes.value(text, shape.items) for text in texts]
    return shapes.value(texts[0], schema) if len(texts) == 1 else texts


def _deep(written: Written, pairs: Pairs, shape: Shape, shapes: Shapes) -> Any:
    tree: dict[str, Any] = {}
    for name, value in pairs:
        if name.startswith(f"{written.name}["):
            rest = name[len(written.name) :]
            steps = _DEEP.findall(rest)
            if not steps or "".join(f"[{one}]" for one in steps) != rest:
                raise BadStyle(f"{name!r} is no {written.name}[property]")
            _plant(tree, steps, decoded(value))
    if not tree:
        if any(name == written.name for name, _ in pairs):
            raise BadStyle(f"an object is written here as {written.name}[property]=value")
        return ABSENT
    return _grown(tree, shape, shapes)


def _plant(tree: dict[str, Any], steps: list[str], text: str) -> None:
    node = tree
    for step in steps[:-1]:
        below = node.setdefault(step, {})
        if not isinstance(below, dict):
            raise BadStyle(f"[{step}] has a value and properties")
        node = below
    leaf = node.setdefault(steps[-1], [])
    if not isinstance(leaf, list):
        raise BadStyle(f"[{steps[-1]}] has a value and properties")
    leaf.append(text)


def _grown(tree: dict[str, Any], shape: Shape, shapes: Shapes) -> dict[str, Any]:
    return {name: _branch(below, _property(shape, name), shapes) for name, below in tree.items()}


def _branch(below: Any, schema: str | None, shapes: Shapes) -> Any:
    shape = shapes.of(schema)
    if isinstance(below, list):
        return several(below, schema, shapes)
    if shape.is_array and all(one == "" or one.isdecimal() for one in below):
        order = sorted(below, key=lambda one: int(one or 0))
        found: list[Any] = []
        for one in order:
            if isinstance(below[one], list):
                found += [shapes.value(text, shape.items) for text in below[one]]
            else:
                found.append(_branch(below[one], shape.items, shapes))
        return found
    return _grown(below, shape, shapes)


def from_text(written: Written, text: str, shapes: Shapes) -> Any:
    """The value of a path's or a header's text: styles simple, label and matrix.

    Raises:
        BadStyle: it is written in another way.
    """
    shape = shapes.of(written.schema)
    body, delimiter = _undressed(written, text, shape)
    parts = [one.strip() for one in body.split(delimiter)] if body else []
    if shape.is_array:
        return [shapes.value(one, shape.items) for one in parts]
    if shape.is_object and written.explode:
        pairs = [one.partition("=") for one in parts]
        if any(not equals for _, equals, _ in pairs):
            raise BadStyle(f"an object is written here as name=value{delimiter}name=value")
        return {name: shapes.value(value, _property(shape, name)) for name, _, value in pairs}
    if shape.is_object:
        return _listed_object(parts, shape, shapes)
    return shapes.value(body, written.schema)


def _undressed(written: Written, text: str, shape: Shape) -> tuple[str, str]:
    """Without what label and matrix put in front; and what stands between the parts."""
    if written.style == "label":
        if not text.startswith("."):
            raise BadStyle(f"its value begins with a dot: .{text}")
        return text[1:], "," if "," in text and not written.explode else "."
    if written.style != "matrix":
        return text, ","
    start = f";{written.name}"
    if written.explode and shape.is_object and text.startswith(";"):
        return text[1:], ";"
    if text == start:
        return "", ","
    if not text.startswith(f"{start}="):
        raise BadStyle(f"it is written as {start}=value")
    body = text[len(start) + 1 :]
    if written.explode and shape.is_array:
        return body.replace(f"{start}=", ";"), ";"
    return body, ","


def from_json(text: str) -> Any:
    """A value that is JSON itself (parameters with ``content``).

    Raises:
        BadStyle: it is none.
    """
    for one in dict.fromkeys((text, unquote(text))):
        try:
            return orjson.loads(one)
        except orjson.JSONDecodeError:
            continue
    raise BadStyle("it is no JSON")
