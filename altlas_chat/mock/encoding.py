"""Values as the bytes of an answer."""

import base64
from typing import Any
from urllib.parse import quote_plus

import orjson

from altlas_chat.mock.compiled import Endpoint
from altlas_chat.mock.media_types import Named, named, ranges
from altlas_chat.specs.api import MediaType

JSON = "application/json"


PICTURES = {
    "image/png": base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
        "rkJggg=="
    ),
    "image/gif": base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"),
    "image/svg+xml": b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
}
"""The smallest pictures that a browser shows, where a contract has only a schema for them."""


def concrete_type(name: str, accept: str, value: Any = None) -> str:
    """The ``Content-Type`` of an answer that was declared under a name, which may be a range.

    Of a range the request names the type; else text goes as text and anything
    else as JSON.
    """
    found = named(name)
    if found is None:
        return "application/octet-stream"
    if "*" not in found.full:
        return name
    for wanted in ranges(accept):
        is_one = "*" not in wanted.full and wanted.quality > 0
        if is_one and found.type in ("*", wanted.type):
            return wanted.full
    if found.type == "*":
        return "text/plain" if isinstance(value, str) else JSON
    return {"text": "text/plain", "image": "image/png"}.get(found.type, JSON)


def encoded(endpoint: Endpoint, media: MediaType, value: Any, accept: str) -> tuple[str, bytes]:
    """The ``Content-Type`` and the bytes of a value."""
    content_type = concrete_type(media.name, accept, value)
    kind = named(content_type)
    if kind is None:
        return content_type, _as_text(value)
    if "*" in media.name and not isinstance(value, str) and not kind.is_json:
        return JSON, as_json(value)
    if kind.is_json:
        return content_type, as_json(value)
    return _other(endpoint, media, value, content_type, kind)


def _other(
    endpoint: Endpoint, media: MediaType, value: Any, content_type: str, kind: Named
) -> tuple[str, bytes]:
    if kind.is_xml and not isinstance(value, str):
        from altlas_chat.mock.xml_writing import as_xml  # noqa: PLC0415 - few contracts need it

        return content_type, as_xml(endpoint.spec.document, media.schema, value)
    if kind.full == "application/x-www-form-urlencoded" and isinstance(value, dict):
        pairs = (f"{quote_plus(name)}={quote_plus(_text(one))}" for name, one in value.items())
        return content_type, "&".join(pairs).encode()
    if kind.full == "text/event-stream":
        return content_type, _as_events(value)
    if kind.full in PICTURES and media.schema and "example" not in media.data:
        return content_type, PICTURES[kind.full]
    if kind.type == "text" and not kind.parameter("charset"):
        content_type += "; charset=utf-8"
    return content_type, _as_text(value)


def as_json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else as_json(value).decode()


def _as_text(value: Any) -> bytes:
    return _text(value).encode("utf-8", errors="replace")


def _as_events(value: Any) -> bytes:
    """A stream of server-sent events; a text that is one already stays as it is."""
    if isinstance(value, str) and value.lstrip().startswith(
        ("data:", "event:", "id:", ":", "retry:")
    ):
        return value.encode()
    events = value if isinstance(value, list) else [value]
    return "".join(f"data: {line}\n\n" for line in map(_text, events)).encode()
