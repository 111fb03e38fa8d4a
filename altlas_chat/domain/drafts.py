"""What is not sent yet: drafts that follow a person, and messages for later."""

from typing import Annotated, NamedTuple

from pydantic import StringConstraints, field_validator

from altlas_chat.domain.events import Json
from altlas_chat.domain.inputs import Input, MayBeLeftOut, OpaqueId, Update, clean_text
from altlas_chat.domain.times import rfc3339, rfc3339_or_none

MomentText = Annotated[str, StringConstraints(min_length=20, max_length=40)]


class DraftUpdate(Input):
    """What somebody has written so far in a conversation."""

    text: str
    reply_to_id: OpaqueId | None = None

    _clean = field_validator("text")(clean_text)


class SavedDraft(NamedTuple):
    """What somebody has begun to write; ``updated_at`` is None where nothing was begun."""

    conversation_id: str
    text: str
    reply_to_id: str | None
    updated_at: int | None

    def as_json(self) -> Json:
        return {
            "conversationId": self.conversation_id,
            "text": self.text,
            "replyToId": self.reply_to_id,
            "updatedAt": rfc3339_or_none(self.updated_at),
        }


class ScheduledUpdate(Update):
    """What changes of a message for later; what is left out stays."""

    text: MayBeLeftOut[str] = None
    scheduled_at: MayBeLeftOut[MomentText] = None

    _clean = field_validator("text")(lambda text: None if text is None else clean_text(text))


class ScheduledMessage(NamedTuple):
    """A message that the server sends later. ``draft`` is the draft as its sender wrote it.

    It waits until it has a ``sent_message_id`` or a ``failed_code``.
    """

    scheduled_id: str
    user_id: str
    conversation_id: str
    client_id: str
    fingerprint: str
    draft: Json
    scheduled_at: int
    created_at: int
    sent_message_id: str | None
    failed_code: str | None

    @property
    def state(self) -> str:
        if self.sent_message_id is not None:
            return "sent"
        return "waiting" if self.failed_code is None else "failed"

    def as_json(self) -> Json:
        return {
            "id": self.scheduled_id,
            "draft": self.draft,
            "scheduledAt": rfc3339(self.scheduled_at),
            "createdAt": rfc3339(self.created_at),
            "state": self.state,
            "sentMessageId": self.sent_message_id,
            "failedCode": self.failed_code,
        }
