"""What the server says on a socket apart from events, as frames."""

from typing import Any

import orjson

from altlas_chat.domain.errors import ChatError
from altlas_chat.domain.events import Json
from altlas_chat.realtime.frames import framed
from altlas_chat.services.hearing import RequestId


def reply_frame(request_id: RequestId, data: Json) -> bytes:
    return framed(orjson.dumps(_addressed({"event": "reply", "data": data}, request_id)))


def error_frame(request_id: RequestId, error: ChatError, language: str) -> bytes:
    data = error.as_problem(language=language)
    frame: dict[str, Any] = {"event": "error", "data": data}
    return framed(orjson.dumps(_addressed(frame, request_id)))


def notice_frame(event: str, data: Json) -> bytes:
    return framed(orjson.dumps({"event": event, "data": data}))


def answer_frame(event: str, request_id: RequestId, data: Json) -> bytes:
    return framed(orjson.dumps(_addressed({"event": event, "data": data}, request_id)))


def _addressed(frame: dict[str, Any], request_id: RequestId) -> dict[str, Any]:
    if request_id is not None:
        frame["id"] = request_id
    return frame
