"""The answer of a real server held to the contract: status, headers, media type, body."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from altlas_chat.mock.bodies import NO_VALUE, value_of_bytes
from altlas_chat.mock.breaches import Breach
from altlas_chat.mock.compiled import Endpoint
from altlas_chat.mock.forms import BadForm, Complaints
from altlas_chat.mock.media_types import fits, named
from altlas_chat.mock.styles import BadStyle, Written, from_json, from_text
from altlas_chat.specs.api import Answer, MediaType, Parameter
from altlas_chat.specs.pointers import joined
from altlas_chat.specs.schemas import Direction

WITHOUT_BODY = frozenset({204, 205, 304})
NOT_CHECKED = frozenset({"content-type"})
"""Headers of which the specification says that a description of them is not looked at."""


class AnswerHeaders(Protocol):
    """Headers without regard to small and capital letters, also several of a name."""

    def getall(self, key: str, default: list[str]) -> list[str]: ...


def answer_breaches(
    endpoint: Endpoint, method: str, status: int, headers: AnswerHeaders, body: bytes | None
) -> Iterator[Breach]:
    """All places where an answer breaks the contract.

    ``body`` is without its ``Content-Encoding``; None where it is not to be
    looked at.
    """
    answer = endpoint.answer_for(status)
    if answer is None:
        there = ", ".join(endpoint.answers) or "none"
        what = f"{status} is not declared; the contract has {there}"
        yield Breach("status", "", "", "undeclared", what)
        return
    for name, header in answer.headers.items():
        if name.lower() not in NOT_CHECKED:
            yield from _header_breaches(endpoint, name, header, headers)
    if method == "HEAD" or status in WITHOUT_BODY:
        return
    yield from _body_breaches(endpoint, answer, "".join(headers.getall("Content-Type", [])), body)


def _header_breaches(
    endpoint: Endpoint, name: str, header: Parameter, headers: AnswerHeaders
) -> Iterator[Breach]:
    values = headers.getall(name, [])
    if not values:
        if header.required:
            yield Breach("header", name, "", "required", "it is required")
        return
    schema = header.content.schema if header.content else header.schema
    if schema is None or name.lower() == "set-cookie":
        return
    text = ", ".join(values)
    try:
        if header.content is not None:
            value = from_json(text) if "json" in header.content.name.lower() else text
        else:
            written = Written(name, "simple", header.explode, schema)
            value = from_text(written, text, endpoint.spec.shapes)
    except BadStyle as bad:
        yield Breach("header", name, "", "style", str(bad))
        return
    for one in endpoint.spec.schemas.violations(schema, value, Direction.ANSWER):
        yield Breach("header", name, one.pointer, one.keyword, one.what)


def _body_breaches(
    endpoint: Endpoint, answer: Answer, content_type: str, body: bytes | None
) -> Iterator[Breach]:
    if not answer.content:
        if body:
            what = "the contract has no body here"
            yield Breach("body", "", "", "unknown", what, is_advice=True)
        return
    if body == b"":
        yield Breach("body", "", "", "required", "the contract has a body here, and there is none")
        return
    media = _declared(answer.content, content_type)
    if media is None:
        offered = ", ".join(answer.content)
        what = f"{content_type or 'no type'} is not declared; the contract has {offered}"
        yield Breach("header", "Content-Type", "", "contentType", what)
        return
    if body is not None and media.schema is not None:
        yield from _value_breaches(endpoint, media, media.schema, content_type, body)


def _declared(content: Mapping[str, MediaType], content_type: str) -> MediaType | None:
    given = named(content_type)
    best, how_well = None, 0
    for media in content.values():
        declared = named(media.name)
        found = fits(declared, given) if declared and given else 0
        if found > how_well:
            best, how_well = media, found
    return best


def _value_breaches(
    endpoint: Endpoint, media: MediaType, schema: str, content_type: str, body: bytes
) -> Iterator[Breach]:
    given = named(content_type)
    complaints: Complaints = []
    try:
        value = value_of_bytes(body, given, endpoint, media, complaints)
    except (ValueError, BadForm) as error:
        kind = given.full if given else media.name
        yield Breach("body", "", "", "format", f"it is no {kind}: {error}")
        return
    for name, keyword, what in complaints:
        yield Breach("body", "", joined("", name), keyword, what)
    if value is NO_VALUE:
        return
    for one in endpoint.spec.schemas.violations(schema, value, Direction.ANSWER):
        yield Breach("body", "", one.pointer, one.keyword, one.what)
    for pointer in endpoint.spec.shapes.write_only(schema, value):
        yield Breach("body", "", pointer, "writeOnly", "it is only for requests")


def can_be_checked(content_type: str) -> bool:
    """A body of this type has a value that a schema may say something of."""
    given = named(content_type)
    if given is None:
        return False
    forms = ("application/x-www-form-urlencoded", "multipart/form-data")
    text = given.type == "text" and given.subtype != "event-stream"
    return given.is_json or given.is_xml or text or given.full in forms
