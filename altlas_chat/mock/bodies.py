"""The body of a request, read by its media type and held to the contract."""

from collections.abc import Iterator
from typing import Any

import orjson

from altlas_chat.mock.breaches import Breach
from altlas_chat.mock.compiled import Endpoint
from altlas_chat.mock.exchange import Exchange
from altlas_chat.mock.forms import BadForm, Complaints, multipart_value, urlencoded_value
from altlas_chat.mock.media_types import Named, fits, named
from altlas_chat.mock.problems import Refused
from altlas_chat.mock.xml_reading import from_xml
from altlas_chat.specs.api import Body, MediaType
from altlas_chat.specs.pointers import joined
from altlas_chat.specs.schemas import Direction

NO_VALUE = object()


def body_breaches(exchange: Exchange) -> Iterator[Breach]:
    """All that is wrong with the body.

    Raises:
        Refused: it is of no type that the operation takes (415), as any is
            where it takes none (Prism 5 does the same); or can't be read as
            what it says it is (400).
    """
    endpoint = exchange.known_endpoint
    body = endpoint.operation.body
    if body is None:
        if exchange.body or exchange.unread:
            detail = "The contract takes no body here."
            raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", detail, declared=(415, 422, 400))
        return
    if exchange.unread:
        declared_media(exchange, body)
        return
    if not exchange.body and not _may_be_empty(exchange, body):
        if body.required:
            yield Breach("body", "", "", "required", "a body is required")
        return
    media = declared_media(exchange, body)
    yield from _special_type(exchange, media)
    complaints: Complaints = []
    value = body_value(exchange, endpoint, media, complaints)
    for name, keyword, what in complaints:
        yield Breach("body", "", joined("", name), keyword, what)
    if value is NO_VALUE or media.schema is None:
        return
    for one in endpoint.spec.schemas.violations(media.schema, value, Direction.REQUEST):
        yield Breach("body", "", one.pointer, one.keyword, one.what)
    for pointer in endpoint.spec.shapes.read_only(media.schema, value):
        yield Breach("body", "", pointer, "readOnly", "it is only for answers", is_advice=True)


def _may_be_empty(exchange: Exchange, body: Body) -> bool:
    """A text of no signs and a form of no fields are bodies where one says that it is such."""
    given = named(exchange.request.headers.get("Content-Type", ""))
    if not body.required or given is None or given.is_xml or given.is_json:
        return False
    is_one = given.type == "text" or given.full == "application/x-www-form-urlencoded"
    return is_one and any(
        fits(declared, given) for name in body.content if (declared := named(name))
    )


def _special_type(exchange: Exchange, media: MediaType) -> Iterator[Breach]:
    declared, given = named(media.name), named(exchange.request.headers.get("Content-Type", ""))
    if declared and given and not fits(declared, given):
        what = f"it is {given.full}; the contract says {media.name}"
        yield Breach("body", "", "", "contentType", what, is_advice=True)


def declared_media(exchange: Exchange, body: Body) -> MediaType:
    """What the contract says of a body of the request's type.

    JSON of a special type (``application/vnd.api+json``) is JSON, too, where
    nothing fits it better (as in Prism).

    Raises:
        Refused: it takes no such body (415).
    """
    text = exchange.request.headers.get("Content-Type", "")
    given, what = named(text), text or "of no type"
    if given and given.full == "multipart/form-data" and not given.parameter("boundary"):
        given, what = None, f"{text} without a boundary"
    best, how_well = None, 0
    for media in body.content.values():
        declared = named(media.name)
        found = fits(declared, given) if declared and given else 0
        if found > how_well:
            best, how_well = media, found
    if best is None and given and given.suffix == "json":
        best = next((one for one in body.content.values() if _is_plain_json(one)), None)
    if best is None and not text and "*/*" in body.content:
        return body.content["*/*"]
    if best is None:
        offered = ", ".join(body.content)
        raise Refused(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            f"The body is {what}; the contract takes {offered or 'none'}.",
            headers=(("Accept", offered),) if offered else (),
            declared=(415, 422, 400),
        )
    return best


def _is_plain_json(media: MediaType) -> bool:
    declared = named(media.name)
    return declared is not None and declared.full == "application/json"


def body_value(
    exchange: Exchange,
    endpoint: Endpoint,
    media: MediaType,
    complaints: Complaints | None = None,
) -> Any:
    """The body as the JSON value that its schema is about; ``NO_VALUE`` for bytes.

    What is wrong with the fields of a form, whatever their values, goes to
    ``complaints``.

    Raises:
        Refused: it can't be read as what it says it is (400).
    """
    given = named(exchange.request.headers.get("Content-Type", "")) or named(media.name)
    try:
        noted = complaints if complaints is not None else []
        return value_of_bytes(exchange.body, given, endpoint, media, noted)
    except (ValueError, BadForm) as error:
        raise Refused(
            400,
            "MALFORMED_BODY",
            f"The body is no {given.full if given else media.name}: {error}.",
            breaches=[Breach("body", "", "", "format", str(error))],
            declared=(400, 422),
        ) from error


def value_of_bytes(
    raw: bytes, given: Named | None, endpoint: Endpoint, media: MediaType, complaints: Complaints
) -> Any:
    """What bytes of a media type are as JSON; ``NO_VALUE`` where that is nothing.

    Raises:
        ValueError, BadForm: they are not what they are said to be.
    """
    if given is None:
        return NO_VALUE
    shapes = endpoint.spec.shapes
    if given.is_json:
        return orjson.loads(_as_utf8(raw, given))
    value: Any = NO_VALUE
    if given.full == "application/x-www-form-urlencoded":
        value = urlencoded_value(raw, media, shapes, complaints)
    elif given.full == "multipart/form-data":
        value = multipart_value(raw, given.parameter("boundary"), media, shapes, complaints)
    elif given.is_xml:
        value = from_xml(endpoint.spec.document, media.schema, raw, shapes)
    elif given.type == "text":
        value = _text(raw, given)
    return value


def _as_utf8(raw: bytes, given: Named) -> bytes:
    if raw.startswith(b"\xef\xbb\xbf"):
        return raw[3:]
    charset = given.parameter("charset").lower()
    if charset in ("", "utf-8", "utf8"):
        return raw
    return _text(raw, given).encode()


def _text(raw: bytes, given: Named) -> str:
    try:
        return raw.decode(given.parameter("charset") or "utf-8")
    except LookupError as error:
        raise ValueError(f"there is no charset {given.parameter('charset')}") from error
