"""Messages: what is sent, what is kept, what everyone sees."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple

import orjson
from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from altlas_chat.domain.events import Json
from altlas_chat.domain.inputs import Input, MayBeLeftOut, OpaqueId, clean_text
from altlas_chat.domain.language import say
from altlas_chat.domain.times import rfc3339, rfc3339_or_none

MAX_MENTIONS = 50
EXCERPT_CHARACTERS = 200
MAX_NAMED_REACTORS = 1000
"""Of more who put the same emoji on a message only the number is told."""

MAX_FILES = 10

MessageKind = Literal["text", "emoji", "file", "image", "voice", "location"]
"""The kinds that people send."""


def no_twice(file_ids: list[str]) -> list[str]:
    """The files of a message, in order.

    Raises:
        ValueError: one is named twice.
    """
    if len(set(file_ids)) < len(file_ids):
        raise ValueError(say("A file is named twice"))
    return file_ids


def once_each(mentions: list[str] | None) -> list[str] | None:
    """Who is mentioned, in order; somebody who is named twice is mentioned once."""
    return None if mentions is None else list(dict.fromkeys(mentions))


class Location(Input):
    """Where somebody is, or means."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    name: Annotated[str, StringConstraints(max_length=200), AfterValidator(clean_text)] | None = (
        None
    )


class VoiceContent(Input):
    """How a recording sounds before it is played; the sound itself is a file."""

    duration_ms: Annotated[int, Field(ge=1, le=3_600_000)]
    waveform: MayBeLeftOut[
        Annotated[list[Annotated[int, Field(ge=0, le=255)]], Field(max_length=256)]
    ] = None


class Kind(NamedTuple):
    """What a kind of message has beside its text, and what it can't do without."""

    content: type[Input] | None = None
    needs_text: bool = False
    is_emoji: bool = False
    carries: tuple[str, ...] = ()
    """The kinds of files that it carries, at least one of them; none for a kind without files."""


ANY_FILE = ("image", "video", "audio", "document", "archive", "other")

KINDS: dict[str, Kind] = {
    "text": Kind(needs_text=True),
    "emoji": Kind(needs_text=True, is_emoji=True),
    "file": Kind(carries=ANY_FILE),
    "image": Kind(carries=("image",)),
    "voice": Kind(content=VoiceContent, carries=("audio", "video")),
    "location": Kind(content=Location),
}
"""Every kind that people send. A new one is a row here and a variant in the contract."""


def _by_kind(value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    """Content is what its kind says; so what is wrong with it is told of that form alone."""
    kind = KINDS.get(info.data.get("kind", ""))
    if kind is None or not isinstance(value, dict):
        return handler(value)
    return (kind.content or Location).model_validate(value, by_alias=True, by_name=False)


Content = Annotated[Location | VoiceContent | None, WrapValidator(_by_kind)]


class MessageDraft(Input):
    """A message as its sender hands it in.

    ``scheduled_at`` asks for it to be sent later, at a moment in RFC 3339.
    ``client_id`` is chosen by the sender's client, new for each message; the
    same draft sent again under it is the same message.
    """

    conversation_id: OpaqueId
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    kind: MessageKind = "text"
    text: str = ""
    content: Content = None
    reply_to_id: OpaqueId | None = None
    forward_from_id: OpaqueId | None = None
    mentions: Annotated[list[OpaqueId], Field(max_length=MAX_MENTIONS)] = Field(
        default_factory=list
    )
    file_ids: Annotated[list[OpaqueId], Field(max_length=MAX_FILES)] = Field(default_factory=list)
    scheduled_at: Annotated[str, StringConstraints(min_length=20, max_length=40)] | None = None

    _clean = field_validator("text", "client_id")(clean_text)
    _mentioned = field_validator("mentions")(once_each)
    _files = field_validator("file_ids")(no_twice)

    def fingerprint(self) -> str:
        """Equal for equal drafts: what tells a repeated send from a mistaken one."""
        body = orjson.dumps(
            [
                self.conversation_id,
                self.kind,
                self.text,
                None if self.content is None else self.content.model_dump(),
                self.reply_to_id,
                self.forward_from_id,
                self.mentions,
                self.file_ids,
            ]
        )
        return hashlib.blake2b(body, digest_size=12).hexdigest()


class MessageEdit(Input):
    """The new text of a message."""

    text: str
    mentions: Annotated[list[OpaqueId], Field(max_length=MAX_MENTIONS)] | None = None

    _clean = field_validator("text")(clean_text)
    _mentioned = field_validator("mentions")(once_each)


class Quoted(NamedTuple):
    """The message that a reply answers, as much of it as a reader needs."""

    message_id: str
    sender_id: str | None
    kind: str
    text: str
    deleted_at: int | None

    def as_json(self) -> Json:
        deleted = self.deleted_at is not None
        return {
            "id": self.message_id,
            "senderId": self.sender_id,
            "kind": self.kind,
            "text": "" if deleted else self.text[:EXCERPT_CHARACTERS],
            "isDeleted": deleted,
        }


class Reaction(NamedTuple):
    """One emoji on a message, and who put it there, the first one first."""

    emoji: str
    user_ids: Sequence[str]

    def as_json(self) -> Json:
        return {
            "emoji": self.emoji,
            "count": len(self.user_ids),
            "userIds": list(self.user_ids[:MAX_NAMED_REACTORS]),
        }


class Message(NamedTuple):
    """One message, in its present form.

    ``seq`` is its place in the conversation's stream, ``position`` its count
    among the messages that people wrote. After deletion for everyone the text
    is empty and the place stays.
    """

    message_id: str
    conversation_id: str
    seq: int
    position: int
    sender_id: str | None
    client_id: str | None
    kind: str
    text: str
    content: Json | None
    mentions: Sequence[str]
    quoted: Quoted | None
    forwarded_from: Json | None
    thread_root_id: str | None
    created_at: int
    edited_at: int | None
    edit_count: int
    deleted_at: int | None
    reply_count: int = 0
    is_pinned: bool = False
    reactions: Sequence[Reaction] = ()
    files: Sequence[Json] = ()

    def as_json(self, state: str = "sent") -> dict[str, Any]:
        """What the contract calls ``Message``."""
        return {
            "id": self.message_id,
            "conversationId": self.conversation_id,
            "seq": self.seq,
            "senderId": self.sender_id,
            "clientId": self.client_id,
            "kind": self.kind,
            "text": self.text,
            "content": self.content,
            "replyTo": None if self.quoted is None else self.quoted.as_json(),
            "forwardedFrom": self.forwarded_from,
            "threadRootId": self.thread_root_id,
            "mentions": list(self.mentions),
            "reactions": [one.as_json() for one in self.reactions],
            "files": list(self.files),
            "isPinned": self.is_pinned,
            "replyCount": self.reply_count,
            "state": state,
            "createdAt": rfc3339(self.created_at),
            "editedAt": rfc3339_or_none(self.edited_at),
            "editCount": self.edit_count,
            "deletedAt": rfc3339_or_none(self.deleted_at),
        }


class LowestPointers(NamedTuple):
    """How far the slowest members of a conversation have come.

    The two lowest of each, so that the sender can be left out.
    """

    delivered: Sequence[tuple[str, int]]
    read: Sequence[tuple[str, int]]

    def state_of(self, message: Message) -> str:
        """``sent``, ``delivered`` or ``read``: what all others have reached."""
        return state_at(message.seq, self._reached_by_all_but(message.sender_id))

    def with_states(self, messages: Sequence[Message]) -> list[Json]:
        """Messages as the contract shows them, each with its state."""
        reached = {one: self._reached_by_all_but(one) for one in {m.sender_id for m in messages}}
        return [one.as_json(state_at(one.seq, reached[one.sender_id])) for one in messages]

    def _reached_by_all_but(self, sender_id: str | None) -> tuple[int, int]:
        """How far all others have come: delivered and read."""
        return _lowest_but(self.delivered, sender_id), _lowest_but(self.read, sender_id)


def _lowest_but(lowest: Sequence[tuple[str, int]], sender_id: str | None) -> int:
    return next((seq for user_id, seq in lowest if user_id != sender_id), -1)


def state_at(seq: int, reached: tuple[int, int]) -> str:
    """The state of the message at a place, when all others have ``reached`` so far."""
    delivered, read = reached
    if read >= seq:
        return "read"
    return "delivered" if delivered >= seq else "sent"
