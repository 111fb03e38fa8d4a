"""GET /events: the person's events, as they come."""

from typing import Annotated

from aiohttp import web
from pydantic import StringConstraints

from altlas_chat.domain.errors import FieldError, NotAcceptable
from altlas_chat.domain.language import say
from altlas_chat.rest.call import Call, Query, bad_parameters
from altlas_chat.rest.streams import STREAMS
from altlas_chat.services.sync import decode_cursor

LAST_EVENT_ID = "Last-Event-ID"
_TAKEN = ("text/event-stream", "text/*", "*/*")


class StreamQuery(Query):
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=4_000_000)] | None = None


async def stream_events(call: Call) -> web.StreamResponse:
    query = call.query(StreamQuery)
    _require_acceptable(call.request.headers.get("Accept"))
    # What was heard last goes before where the client began.
    word = call.request.headers.get(LAST_EVENT_ID, query.cursor)
    if word == "":
        detail = say("This is needed")
        raise bad_parameters([FieldError("STRING_TOO_SHORT", detail, parameter=LAST_EVENT_ID)])
    cursor = None if word is None else decode_cursor(word)
    return await call.request.app[STREAMS].stream(call, cursor)


def _require_acceptable(accepted: str | None) -> None:
    """Raises:
    NotAcceptable: the caller wants another form of answer.
    """
    if not accepted:
        return
    for one in accepted.split(","):
        media_type, *parameters = (part.strip().lower() for part in one.split(";"))
        if media_type in _TAKEN and not {"q=0", "q=0.0", "q=0.00", "q=0.000"} & set(parameters):
            return
    raise NotAcceptable(say("This answer is to be had as text/event-stream."))
