"""A client's frame, opened: its command, its data, its request id."""

from typing import Any, NamedTuple

from altlas_chat.domain.errors import FieldError, ValidationFailed
from altlas_chat.domain.inputs import parse_json
from altlas_chat.domain.language import Phrase, say
from altlas_chat.services.hearing import RequestId

MAX_ID_CHARACTERS = 64


class Envelope(NamedTuple):
    """``data`` is not checked yet: that is the command's part."""

    event: str
    data: Any
    request_id: RequestId


_KEYS = frozenset({"event", "data", "id"})


def read_frame(text: str) -> dict[str, Any]:
    """The frame's JSON object.

    Raises:
        MalformedJson: the frame is not JSON.
        ValidationFailed: it is no object.
    """
    frame = parse_json(text)
    if not isinstance(frame, dict):
        raise _invalid("", "OBJECT_TYPE", say("a frame is a JSON object"))
    return frame


def open_envelope(frame: dict[str, Any], request_id: RequestId) -> Envelope:
    """The frame's parts.

    Raises:
        ValidationFailed: it is not an envelope.
    """
    event = frame.get("event")
    if not isinstance(event, str):
        raise _invalid("/event", "STRING_TYPE", say("a frame names its event"))
    if not _KEYS.issuperset(frame):
        unknown = sorted(set(frame) - _KEYS)[0]
        raise _invalid(f"/{unknown}", "EXTRA_FORBIDDEN", say("a frame has event, data and id only"))
    return Envelope(event, frame.get("data", {}), request_id)


def request_id_of(frame: dict[str, Any]) -> RequestId:
    """The frame's ``id``.

    Raises:
        ValidationFailed: it is no short string or whole number.
    """
    request_id = frame.get("id")
    if request_id is None or type(request_id) is int:
        return request_id
    if isinstance(request_id, str) and len(request_id) <= MAX_ID_CHARACTERS:
        return request_id
    raise _invalid("/id", "INVALID_ID", say("an id is a whole number or at most 64 characters"))


def _invalid(pointer: str, code: str, detail: Phrase) -> ValidationFailed:
    return ValidationFailed(detail, errors=[FieldError(code, detail, pointer=pointer)])
