"""What a client knows of this moment: who is there, who writes where, how far others have come.

Told by passing events, which come again after a connection was lost only if
they are still true: what was known before is forgotten then.
"""

from typing import Any

Json = dict[str, Any]


class Moment:
    """What passing events told. Times are seconds of whatever clock the caller reads."""

    def __init__(self) -> None:
        self.presences: dict[str, Json] = {}
        """``Presence`` of those who are watched, by person."""
        self.pointers: dict[tuple[str, str], tuple[int, int]] = {}
        """``deliveredSeq`` and ``readSeq``, by conversation and person."""
        self._typing: dict[str, dict[str, float]] = {}

    def apply(self, frame: Json, now: float) -> None:
        """Apply an event; of numbered ones only a message says something here."""
        event, data = frame["event"], frame["data"]
        if event == "presence.updated":
            self.met(data["presences"])
        elif event == "receipt.updated":
            self._move(data)
        elif event == "typing.started":
            writing = self._typing.setdefault(data["conversationId"], {})
            writing[data["userId"]] = now + data["expiresInSeconds"]
        elif event == "typing.stopped":
            self._stop(data["conversationId"], data["userId"])
        elif event == "message.created" and "message" in data:
            conversation_id = frame["stream"].partition(":")[2]
            self._stop(conversation_id, data["message"]["senderId"])

    def met(self, presences: list[Json]) -> None:
        """Know how people are: an event, or the reply to ``presence.watch``."""
        self.presences.update((one["userId"], one) for one in presences)

    def typing_in(self, conversation_id: str, now: float) -> list[str]:
        """Who writes in a conversation, the one who began first in front."""
        writing = self._typing.get(conversation_id, {})
        return [user_id for user_id, until in writing.items() if now < until]

    def lost(self) -> None:
        """The connection is lost: nobody is known to be there or to write."""
        self.presences.clear()
        self._typing.clear()

    def _move(self, data: Json) -> None:
        """Pointers only move forward; who hides what was read has read nothing here."""
        key = (data["conversationId"], data["userId"])
        delivered, read = self.pointers.get(key, (0, 0))
        moved = (max(delivered, data["deliveredSeq"]), max(read, data["readSeq"]))
        self.pointers[key] = moved

    def _stop(self, conversation_id: str, user_id: str | None) -> None:
        writing = self._typing.get(conversation_id, {})
        writing.pop(user_id or "", None)
        if not writing:
            self._typing.pop(conversation_id, None)
