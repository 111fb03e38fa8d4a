"""Live events of one person for a terminal: which are wanted, and each in a line."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import orjson

from altlas_chat.client.lines import message_lines
from altlas_chat.client.plain_text import plain

Json = dict[str, Any]

LONGEST_WORDS = 200
_MESSAGES = ("message.created", "message.updated")


class Filter(NamedTuple):
    """Which events are wanted: all of ``kinds`` (patterns such as ``message.*``) in ``places``.

    An empty one wants everything. ``places`` are ids of conversations; an
    event that belongs to none is wanted only where none is asked for.
    """

    kinds: Sequence[str] = ()
    places: Sequence[str] = ()

    def wants(self, frame: Json) -> bool:
        if self.kinds and not any(fnmatchcase(frame["event"], one) for one in self.kinds):
            return False
        return not self.places or conversation_of(frame) in self.places


def conversation_of(frame: Json) -> str | None:
    """The conversation that an event is about; None when it is about none."""
    stream, data = frame.get("stream", ""), frame.get("data") or {}
    if stream.startswith("conversation:"):
        return str(stream).partition(":")[2]
    for part in (data, *(one for one in data.values() if isinstance(one, dict))):
        if part.get("conversationId"):
            return str(part["conversationId"])
    conversation = data.get("conversation")
    return str(conversation["id"]) if isinstance(conversation, dict) else None


class Names(NamedTuple):
    """How people and conversations are called, by id."""

    people: Mapping[str, str]
    conversations: Mapping[str, str]

    def person(self, user_id: str | None) -> str:
        return "nobody" if user_id is None else self.people.get(user_id, user_id)


def row_of(frame: Json, names: Names) -> tuple[str, str, str, str]:
    """An event as cells: time of day, kind, conversation, what it says. Harmless for a terminal."""
    at = datetime.fromisoformat(frame["at"]).astimezone().strftime("%H:%M:%S")
    place = conversation_of(frame)
    title = "" if place is None else plain(names.conversations.get(place, place))
    return at, plain(frame["event"]), title, _words(frame, names)


def _words(frame: Json, names: Names) -> str:
    message = frame["data"].get("message")
    if frame["event"] in _MESSAGES and message is not None:
        lines = message_lines(message, names.person)
        words = " ".join(line.strip() for line in lines).partition("  ")[2]
    else:
        words = plain(orjson.dumps(_short(frame["data"], names)).decode())
    return words if len(words) <= LONGEST_WORDS else words[:LONGEST_WORDS] + "…"


def _short(data: Json, names: Names) -> Json:
    """An event's data without what the line says already, and whole things by their ids."""
    short: Json = {}
    for key, value in data.items():
        if key == "conversationId":
            continue
        if isinstance(value, dict) and "id" in value:
            short[key] = value["id"]
        elif key == "userId" and value in names.people:
            short[key] = names.people[value]
        else:
            short[key] = value
    return short
