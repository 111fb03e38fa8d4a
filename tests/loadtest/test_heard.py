"""What is read of frames is what this server writes into them."""

import orjson

from altlas_chat.domain.events import Announcement, Event, PassingEvent
from altlas_chat.loadtest.heard import Heard, is_reply, read_event
from altlas_chat.realtime.frames import envelope, passing
from altlas_chat.ws.frames import answer_frame, reply_frame

STREAM = "conversation:019ab3f2-0000-7000-8000-000000000000"


def told(kind: str, data: dict[str, object]) -> bytes:
    event = Event(STREAM, 1234567, kind, 1_790_000_000_000, None, {})
    return orjson.dumps(envelope(Announcement(event, data)))


def test_a_new_message() -> None:
    message = {"id": "m", "text": '"seq":9,"clientId":"wrong"', "clientId": "c-1"}
    message = {"clientId": message["clientId"], **message}
    assert read_event(told("message.created", {"message": message})) == Heard(
        STREAM, 1234567, "c-1"
    )


def test_other_numbered_events() -> None:
    assert read_event(told("message.deleted", {"messageId": "m"})) == Heard(STREAM, 1234567, "")
    assert read_event(told("message.created", {"message": {}})) == Heard(STREAM, 1234567, "")


def test_what_passes_and_what_is_said_to_one_alone() -> None:
    event = PassingEvent("typing.started", 0, {"conversationId": "c", "userId": "u"})
    assert read_event(orjson.dumps(passing(event))) is None
    assert is_reply(reply_frame(1, {})[2:])
    assert not is_reply(answer_frame("ready", "auth", {})[2:])
