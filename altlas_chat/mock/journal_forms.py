"""Exchanges as lines for people and as JSON for programs; the form of HAR is in ``har``."""

import base64
from collections.abc import Iterable
from datetime import UTC, datetime

from altlas_chat.mock.journal import Entry
from altlas_chat.mock.masking import Mask
from altlas_chat.mock.plans import Json

TITLE = f"{'time (UTC)':12}  {'method':7} {'status':>6} {'took':>8} {'bytes':>8}  path"


def line_of(entry: Entry, mask: Mask) -> str:
    """One line of a table, and below it one for each breach of the contract."""
    status = str(entry.status) if entry.status else "-"
    notes = [entry.operation or "", entry.origin, entry.weather]
    said = ", ".join(note for note in notes if note)
    line = (
        f"{_moment(entry.began_ms):%H:%M:%S.%f}"[:12]
        + f"  {entry.method:7} {status:>6} {_took(entry.seconds):>8}"
        + f" {entry.answer_bytes:>8}  {_printable(mask.target(entry.target))}"
        + (f"  ({said})" if said else "")
    )
    return "\n".join([line, *_notes(entry)])


def _notes(entry: Entry) -> list[str]:
    return [
        f"{'':14}{'-' if breach.is_advice else '!'} {side} {_printable(str(breach))}"
        for side, breach in entry.breaches
    ]


def _took(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def _printable(text: str) -> str:
    """Nothing that a terminal would obey; who sends requests could write it."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def table_of(exchanges: Iterable[Entry], mask: Mask) -> str:
    return "\n".join([TITLE, *(line_of(one, mask) for one in exchanges)]) + "\n"


def json_of(entry: Entry, mask: Mask) -> Json:
    """An exchange as an object; bodies are text, or base64 with ``encoding``."""
    return {
        "number": entry.number,
        "startedAt": rfc3339(entry.began_ms),
        "seconds": round(entry.seconds, 6),
        "client": entry.client,
        "operation": entry.operation,
        "origin": entry.origin or None,
        "weather": entry.weather or None,
        "violations": [{"side": side, **breach.as_json()} for side, breach in entry.breaches],
        "request": {
            "method": entry.method,
            "url": entry.address + mask.target(entry.target),
            "headers": mask.headers(entry.request_headers),
            **_body(entry.request_headers, entry.request_body, entry.request_bytes, mask),
        },
        "response": {
            "status": entry.status,
            "headers": mask.headers(entry.answer_headers),
            **_body(entry.answer_headers, entry.answer_body, entry.answer_bytes, mask),
        },
    }


def _body(headers: Iterable[tuple[str, str]], kept: bytes, size: int, mask: Mask) -> Json:
    media_type = header(headers, "content-type")
    found: Json = {"size": size, "truncated": size > len(kept)}
    text = text_of(kept, media_type)
    if text is None:
        return {**found, "body": base64.b64encode(kept).decode(), "encoding": "base64"}
    return {**found, "body": mask.text(text, media_type)}


def text_of(body: bytes, media_type: str) -> str | None:
    """The body as text, None where it is none: NUL bytes or no UTF-8.

    One that was cut within a character ends before it.
    """
    charset = media_type.lower().partition("charset=")[2].strip(' "').partition(";")[0]
    if charset in ("iso-8859-1", "latin-1", "windows-1252"):
        return body.decode("latin-1")
    if b"\0" in body:
        return None
    for end in range(4):
        try:
            return body[: len(body) - end].decode()
        except UnicodeDecodeError as error:
            if error.reason != "unexpected end of data":
                return None
    return None


def header(headers: Iterable[tuple[str, str]], name: str) -> str:
    """The first value of a header, "" where there is none."""
    return next((value for key, value in headers if key.lower() == name), "")


def rfc3339(ms: int) -> str:
    """A moment in UTC, with milliseconds."""
    return f"{_moment(ms):%Y-%m-%dT%H:%M:%S.%f}"[:23] + "Z"


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
