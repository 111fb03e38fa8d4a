"""How far a client has heard each stream: what is new, what is double, what is missing."""

from enum import Enum
from typing import Any

Json = dict[str, Any]


class Heard(Enum):
    """What a numbered event is to a client."""

    NEW = "new"
    DOUBLE = "double"
    AFTER_A_GAP = "after a gap"


class Positions:
    """The last event heard of each stream, and the cursor that they come after.

    A stream's numbers have no holes, so a gap is found by arithmetic.
    """

    def __init__(self) -> None:
        self.cursor: str | None = None
        self.seen: dict[str, int] = {}
        self._origin: str | None = None
        self._first: dict[str, int] = {}

    def start_at(self, cursor: str) -> None:
        """Everything up to ``cursor`` is known; forget the rest."""
        self.cursor = self._origin = cursor
        self.seen = {}
        self._first = {}

    def start_with(self, snapshot: Json) -> None:
        """Everything in the snapshot is known; forget the rest."""
        self.start_at(snapshot["cursor"])
        self._first = {f"conversation:{one['id']}": one["seq"] for one in snapshot["conversations"]}
        self._first[f"user:{snapshot['user']['id']}"] = snapshot["seq"]

    def hear(self, frame: Json) -> Heard:
        """Take note of an event."""
        stream, seq = frame["stream"], frame["seq"]
        last = self.seen.get(stream, self._first.get(stream))
        if last is not None and seq <= last:
            return Heard.DOUBLE
        if last is not None and seq > last + 1:
            self.cursor = self._origin  # a later one may stand behind what is missing
            return Heard.AFTER_A_GAP
        self.seen[stream] = seq
        if frame["event"] == "conversation.joined":
            conversation = frame["data"].get("conversation")
            if conversation is not None:
                joined = f"conversation:{conversation['id']}"
                self.seen[joined] = max(conversation["seq"], self.seen.get(joined, 0))
        elif frame["event"] == "conversation.left":
            left = f"conversation:{frame['data']['conversationId']}"
            self.seen.pop(left, None)
            self._first.pop(left, None)
        return Heard.NEW

    def as_resume(self) -> Json | None:
        """What ``auth`` says to go on from here; None to start at the present."""
        if self.cursor is None:
            return None
        return {"cursor": self.cursor, "seen": self.seen}
