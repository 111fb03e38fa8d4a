"""What a client begins with, and where it stands: snapshots and cursors."""

from typing import Any

from altlas_chat.mock.own.chat import CONVERSATION, Chat
from altlas_chat.mock.state.paging import cursor_at, place_of
from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.pointers import joined

__all__ = ["Snapshots", "place_of"]


class Snapshots:
    """Snapshots of the chat, as one person sees it."""

    def __init__(self, chat: Chat, document: Document) -> None:
        self._chat = chat
        example = joined("/components/examples", "SnapshotOfAyse")
        self._example: Json = document.resolved(example)["value"]

    def anchor(self) -> None:
        """Number the streams of the example on from where they are in it."""
        room, person = self._chat.stage.room, self._example["user"]
        room.at_least(f"user:{person['id']}", self._example["seq"])
        for one in self._example["conversations"]:
            room.at_least(f"{CONVERSATION}:{one['id']}", one["seq"])

    def cursor(self) -> str:
        """Where the log of events stands now."""
        return cursor_at(self._chat.stage.room.place)

    def snapshot(self, person: Json) -> Json:
        """All that the person's client needs to begin."""
        room = self._chat.stage.room
        found = {**self._example, "user": person, "cursor": self.cursor()}
        found["seq"] = room.last(f"user:{person['id']}")
        conversations = [
            one
            for one in self._chat.things("listConversations")
            if self._chat.hears(person, f"{CONVERSATION}:{one['id']}")
        ]
        if self._chat.state is not None:
            found["conversations"] = [self._present(one) for one in conversations]
        return found

    def _present(self, conversation: Json) -> Json:
        """With the number of the last event that was told of it."""
        last = self._chat.next_seq(conversation["id"]) - 1
        return {**conversation, "seq": max(conversation["seq"], last)}

    def answer(self, person: Json, cursor: Any) -> Json:
        """What ``GET /sync`` gives: a snapshot, or what came after a cursor."""
        if cursor is None:
            return self.snapshot(person)
        place = place_of(str(cursor))
        events = self._chat.stage.room.after(place) if place is not None else None
        if events is None:
            return {
                "resyncRequired": True, "reason": "cursor_invalid",
                "snapshot": self.snapshot(person),
            }  # fmt: skip
        heard = [one for one in events if self._chat.hears(person, one["stream"])]
        return {
            "resyncRequired": False, "events": heard[-1000:], "receipts": [],
            "cursor": self.cursor(), "hasMore": False,
        }  # fmt: skip
