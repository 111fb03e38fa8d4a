"""What happened: numbered events, and passing ones.

A numbered event belongs to one stream and has its place there: ``seq`` starts
at 1 and has no holes. A passing event (typing, other people's receipts) has
no number and is never replayed; what it announces can always be read as state.
"""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

CONVERSATION_EVENTS = frozenset(
    {
        "conversation.created",
        "conversation.updated",
        "conversation.deleted",
        "member.added",
        "member.updated",
        "member.removed",
        "message.created",
        "message.updated",
        "message.deleted",
        "reaction.added",
        "reaction.removed",
        "message.pinned",
        "message.unpinned",
        "file.deleted",
        "task.created",
        "task.updated",
        "task.deleted",
    }
)
"""Kinds in the stream of a conversation: every member hears the same."""

USER_EVENTS = frozenset(
    {
        "conversation.joined",
        "conversation.left",
        "conversation.settings_updated",
        "conversation.read",
        "conversation.cleared",
        "message.hidden",
        "file.ready",
        "file.deleted",
        "message.starred",
        "message.unstarred",
        "draft.updated",
        "draft.deleted",
        "scheduled_message.created",
        "scheduled_message.updated",
        "scheduled_message.deleted",
        "user.updated",
        "session.started",
        "session.ended",
        "user.blocked",
        "user.unblocked",
        "preferences.updated",
        "notification.created",
        "notification.read",
        "notification.all_read",
        "task.created",
        "task.updated",
        "task.deleted",
    }
)
"""Kinds in a person's own stream: all devices of that person hear them."""

PASSING_EVENTS = frozenset(
    {
        "system.announcement",
        "receipt.updated",
        "typing.started",
        "typing.stopped",
        "presence.updated",
        "user.profile_updated",
    }
)


def conversation_stream(conversation_id: str) -> str:
    return f"conversation:{conversation_id}"


def user_stream(user_id: str) -> str:
    return f"user:{user_id}"


def conversation_of(stream: str) -> str | None:
    """The conversation that a stream belongs to; None for a person's stream."""
    kind, _, conversation_id = stream.partition(":")
    return conversation_id if kind == "conversation" else None


@dataclass(slots=True)
class Event:
    """A row of the log: what happened to which thing, without its content.

    ``facts`` holds ids and small facts only; text is joined when the event is
    sent, so that nothing deleted is ever replayed.
    """

    stream: str
    seq: int
    kind: str
    at: int
    actor_id: str | None
    facts: Json


@dataclass(slots=True)
class Announcement:
    """An event together with the ``data`` that its listeners get."""

    event: Event
    data: Json


@dataclass(slots=True)
class PassingEvent:
    """Something that is true at this moment, for those who listen now."""

    kind: str
    at: int
    data: Json

    @property
    def key(self) -> tuple[str, ...] | None:
        """What it is about: a later event of the same key says all that matters of this one.

        None for an event that stands for itself.
        """
        if self.kind in ("receipt.updated", "typing.started", "typing.stopped"):
            about = self.kind.partition(".")[0]
            return about, self.data["conversationId"], self.data["userId"]
        if self.kind == "user.profile_updated":
            return "profile", self.data["userId"]
        return None


@dataclass(frozen=True, slots=True)
class Joined:
    """A person hears ``stream`` from now on, from the event after ``after``."""

    user_id: str
    stream: str
    after: int


@dataclass(frozen=True, slots=True)
class Left:
    """A person no longer hears ``stream``."""

    user_id: str
    stream: str


def membership_effect(event: Event) -> Joined | Left | None:
    """How an event changes who hears what; most change nothing."""
    if event.kind == "conversation.joined":
        user_id = event.stream.partition(":")[2]
        stream = conversation_stream(event.facts["conversationId"])
        return Joined(user_id, stream, event.facts["seq"])
    if event.kind == "conversation.left":
        user_id = event.stream.partition(":")[2]
        return Left(user_id, conversation_stream(event.facts["conversationId"]))
    if event.kind == "member.removed":
        return Left(event.facts["userId"], event.stream)
    return None
