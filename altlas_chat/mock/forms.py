"""Forms as the JSON values that their schemas are about: urlencoded and multipart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from altlas_chat.mock.media_types import fits, named
from altlas_chat.mock.queries import decoded, query_pairs
from altlas_chat.mock.shapes import Shape, Shapes
from altlas_chat.mock.styles import ABSENT, BadStyle, Written, from_pairs, several
from altlas_chat.specs.api import MediaType

_DISPOSITION = re.compile(r';\s*(name|filename)\*?\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.IGNORECASE)


class BadForm(Exception):
    """The body is no form of its kind."""


Complaints = list[tuple[str, str, str]]
"""What is wrong with single fields: name, keyword, words."""

_RESERVED = re.compile(r"[:/?#\[\]@!$'()*+,;]")


def urlencoded_value(
    raw: bytes, media: MediaType, shapes: Shapes, complaints: Complaints
) -> dict[str, Any]:
    """The object that an urlencoded body is, as the schema and its ``encoding`` say.

    A field whose encoding says ``allowReserved: false`` and that has such signs
    as they are is complained of, and one that is not written in its style.

    Raises:
        BadForm: it is no text.
    """
    try:
        pairs = query_pairs(raw.decode())
    except UnicodeDecodeError as error:
        raise BadForm("it is no UTF-8") from error
    shape = shapes.of(media.schema)
    found: dict[str, Any] = {}
    for name, schema in shape.properties.items():
        encoding = _encoding(media, name)
        if encoding.get("allowReserved") is False:
            complaints += _reserved(pairs, name)
        style = str(encoding.get("style", "form"))
        explode = encoding.get("explode", style == "form") is True
        value = _as_json(pairs, name, shapes.of(schema), shapes) if style == "form" else ABSENT
        if value is ABSENT and shapes.of(schema).is_object and "style" not in encoding:
            style = "deepObject"
        try:
            if value is ABSENT:
                written = Written(name, style, explode, schema)
                value = from_pairs(written, pairs, frozenset(shape.properties), shapes)
        except BadStyle as error:
            complaints.append((name, "style", str(error)))
        if value is not ABSENT:
            found[name] = value
    texts: dict[str, list[str]] = {}
    for name, text in _plain(pairs):
        if name not in found and name.partition("[")[0] not in shape.properties:
            texts.setdefault(name, []).append(text)
    found.update((name, several(all_, shape.others, shapes)) for name, all_ in texts.items())
    return found


def _reserved(pairs: list[tuple[str, str]], name: str) -> Iterator[tuple[str, str, str]]:
    for one, value in pairs:
        if one == name and _RESERVED.search(value):
            yield name, "allowReserved", "reserved characters must be percent-encoded"


def _plain(pairs: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((name, decoded(value)) for name, value in pairs)


def _as_json(pairs: list[tuple[str, str]], name: str, shape: Shape, shapes: Shapes) -> Any:
    """An object or an array of such that is written as JSON, as many clients do."""
    texts = [text for one, text in _plain(pairs) if one == name]
    if texts and shapes.of(shape.items).is_object:
        return _objects(texts)
    if texts and shape.is_object and texts[0].lstrip().startswith("{"):
        try:
            return orjson.loads(texts[0])
        except orjson.JSONDecodeError:
            return ABSENT
    return ABSENT


def _objects(texts: list[str]) -> Any:
    """Objects in JSON: one in each text or several with commas between, in brackets or not."""
    found: list[Any] = []
    for text in texts:
        try:
            found += orjson.loads(text if text.lstrip().startswith("[") else f"[{text}]")
        except orjson.JSONDecodeError:
            return ABSENT
    return found if all(isinstance(one, dict) for one in found) else ABSENT


def _encoding(media: MediaType, name: str) -> dict[str, Any]:
    encodings = media.data.get("encoding")
    found = encodings.get(name) if isinstance(encodings, dict) else None
    return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body."""

    name: str
    filename: str | None
    media_type: str
    data: bytes


def multipart_value(
    raw: bytes, boundary: str, media: MediaType, shapes: Shapes, complaints: Complaints
) -> dict[str, Any]:
    """The object that a multipart body is; files are text of their bytes, one sign each.

    A part that is not of the type that its encoding asks for is complained of.

    Raises:
        BadForm: it is no multipart body, or a part is not what it says it is.
    """
    shape = shapes.of(media.schema)
    found: dict[str, list[Any]] = {}
    for part in parts_of(raw, boundary):
        schema = shape.properties.get(part.name, shape.others)
        wanted = str(_encoding(media, part.name).get("contentType", ""))
        if not _has_type(part, wanted):
            what = f"it is {part.media_type}, not {wanted}"
            complaints.append((part.name, "contentType", what))
        found.setdefault(part.name, []).extend(_part_values(part, schema, shapes))
    return {
        name: values
        if len(values) > 1 or shapes.of(shape.properties.get(name, shape.others)).is_array
        else values[0]
        for name, values in found.items()
    }


def _part_values(part: Part, schema: str | None, shapes: Shapes) -> list[Any]:
    shape = shapes.of(schema)
    given = named(part.media_type)
    is_json = given.is_json if given else False
    if is_json or (shape.is_object and not part.media_type):
        try:
            value = orjson.loads(part.data)
        except orjson.JSONDecodeError as error:
            raise BadForm(f"part {part.name} is no JSON: {error}") from error
        return value if shape.is_array and isinstance(value, list) else [value]
    if part.filename is not None or (given and given.type not in ("text", "*")):
        return [part.data.decode("latin-1")]
    text = part.data.decode("utf-8", errors="replace")
    if shapes.of(shape.items).is_object and (objects := _objects([text])) is not ABSENT:
        return list(objects)
    return [shapes.value(text, shape.items if shape.is_array else schema)]


def _has_type(part: Part, wanted: str) -> bool:
    given = named(part.media_type)
    if not wanted or given is None:
        return True
    declared = [found for one in wanted.split(",") if (found := named(one.strip()))]
    return any(fits(one, given) for one in declared)


def parts_of(raw: bytes, boundary: str) -> Iterator[Part]:
    """The parts of a multipart body (RFC 7578, RFC 2046).

    Raises:
        BadForm: the body has no such boundary or no end.
    """
    if not boundary:
        raise BadForm("Content-Type names no boundary")
    mark = b"--" + boundary.encode()
    pieces = (b"\r\n" + raw).split(b"\r\n" + mark)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise BadForm("its boundary or its end is missing")
    for piece in pieces[1:-1]:
        head, blank, data = piece.partition(b"\r\n\r\n")
        if not blank:
            raise BadForm("a part has no headers")
        yield _part(head.decode("utf-8", errors="replace"), data)


def _part(head: str, data: bytes) -> Part:
    headers = {}
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    disposition = headers.get("content-disposition", "")
    found = {
        name.lower(): re.sub(r"\\(.)", r"\1", value.strip().strip('"'))
        for name, value in _DISPOSITION.findall(disposition)
    }
    if "name" not in found:
        raise BadForm("a part has no name")
    return Part(found["name"], found.get("filename"), headers.get("content-type", ""), data)
