"""How far each person has come: delivered and read, as pointers that only move forward.

A person's own devices hear of reading as a numbered event in that person's
stream. Other members hear a passing event; what it says can be read as state.
In a large group those hear it whose messages it is about, for otherwise n
members would tell one another n times n things of each message.
"""

from dataclasses import dataclass
from typing import NamedTuple

from altlas_chat.domain.errors import ConversationNotFound, FieldError, ValidationFailed
from altlas_chat.domain.events import Json, PassingEvent, conversation_stream, user_stream
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.times import rfc3339, rfc3339_or_none
from altlas_chat.services.access import require_member, require_message
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.notifying import read_those_of
from altlas_chat.storage import conversations, members, messages, streams
from altlas_chat.storage.database import Reader, Transaction
from altlas_chat.storage.members import Pointers, ReadMark

AUTHORS_OF_LAST = 500
"""In a large group, the authors of so many messages at most hear that theirs were reached."""


class _Audience(NamedTuple):
    """Who is told: all, or ``authors`` alone; who is ``hiding`` what was read, less."""

    hiding: set[str]
    authors: set[str] | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a person stands in a conversation."""

    conversation_id: str
    pointers: Pointers

    def as_json(self) -> Json:
        return {
            "conversationId": self.conversation_id,
            "readSeq": self.pointers.read_seq,
            "deliveredSeq": self.pointers.delivered_seq,
            "unreadCount": self.pointers.unread_count,
        }


async def mark_read(deps: Deps, actor: Actor, conversation_id: str, seq: int) -> Progress:
    """Everything up to ``seq`` is read, and so delivered, with its notifications.

    A pointer never moves back: an earlier ``seq`` changes nothing.

    Raises:
        ConversationNotFound: the actor does not belong to the conversation.
        ValidationFailed: the conversation's stream does not reach ``seq``.
    """
    own = user_stream(actor.user_id)
    moved: list[tuple[int, _Audience]] = []

    async def change(change: Change) -> Progress:
        moved.clear()
        tx = change.tx
        await streams.lock_streams(tx, [own, conversation_stream(conversation_id)])
        await require_member(tx, actor, conversation_id)
        end = await _require_reached(tx, conversation_id, seq)
        before = await _pointers(tx, conversation_id, actor.user_id)
        if seq <= before.read_seq:
            await read_those_of(change, actor.user_id, conversation_id, seq)
            return Progress(conversation_id, before)
        mark = ReadMark(
            seq,
            await messages.select_position_at(tx, conversation_id, seq),
            await messages.count_own_after(tx, conversation_id, actor.user_id, seq),
        )
        await members.update_read(tx, conversation_id, actor.user_id, mark, change.at)
        progress = Progress(conversation_id, await _pointers(tx, conversation_id, actor.user_id))
        # The count is true up to here; a client adds what comes after.
        facts = {**progress.as_json(), "upToSeq": end}
        await change.announce(own, "conversation.read", facts, facts)
        await read_those_of(change, actor.user_id, conversation_id, seq)
        moved.append((change.at, await _audience(deps, tx, conversation_id, before.read_seq, seq)))
        return progress

    progress = await commit_change(
        deps, conversation_stream(conversation_id), change, actor_id=actor.user_id
    )
    if moved:
        _tell(deps, actor, progress, *moved[0])
    return progress


async def mark_delivered(deps: Deps, actor: Actor, conversation_id: str, seq: int) -> Progress:
    """Everything up to ``seq`` has reached a device of the actor.

    Raises:
        ConversationNotFound: the actor does not belong to the conversation.
        ValidationFailed: the conversation's stream does not reach ``seq``.
    """
    at = deps.clock.now_ms()

    async def change(tx: Transaction) -> tuple[Progress, _Audience | None]:
        await require_member(tx, actor, conversation_id)
        await _require_reached(tx, conversation_id, seq)
        before = await _pointers(tx, conversation_id, actor.user_id)
        moved = await members.update_delivered(tx, conversation_id, actor.user_id, seq, at)
        progress = Progress(conversation_id, await _pointers(tx, conversation_id, actor.user_id))
        if not moved:
            return progress, None
        return progress, await _audience(deps, tx, conversation_id, before.delivered_seq, seq)

    lane = conversation_stream(conversation_id)
    progress, audience = await deps.database.write(change, lane=lane)
    if audience is not None:
        _tell(deps, actor, progress, at, audience)
    return progress


async def _audience(
    deps: Deps, reader: Reader, conversation_id: str, after: int, seq: int
) -> _Audience:
    """Who is to hear that somebody has come from one place of a conversation to another."""
    hiding = await members.select_hiding(reader, conversation_id)
    size = await conversations.select_member_count(reader, conversation_id)
    if size <= deps.settings.receipts_to_all_members:
        return _Audience(hiding, None)
    authors = await messages.select_authors(reader, conversation_id, after, seq, AUTHORS_OF_LAST)
    return _Audience(hiding, authors)


def _tell(deps: Deps, actor: Actor, progress: Progress, at: int, audience: _Audience) -> None:
    """Tell the others; ``readSeq`` is 0 from, and to, who hides what was read."""
    data = {
        "conversationId": progress.conversation_id,
        "userId": actor.user_id,
        "deliveredSeq": progress.pointers.delivered_seq,
        "readSeq": 0,
        "at": rfc3339(at),
    }
    stream = conversation_stream(progress.conversation_id)
    less = PassingEvent("receipt.updated", at, data)
    hiding, authors = audience
    if actor.user_id in hiding:
        deps.publisher.pass_on(stream, less, only=authors)
        return
    data = {**data, "readSeq": progress.pointers.read_seq}
    whole = PassingEvent("receipt.updated", at, data)
    deps.publisher.pass_on(stream, whole, but=hiding, only=authors)
    if hiding:
        less_only = hiding if authors is None else hiding & authors
        deps.publisher.pass_on(stream, less, only=less_only)


async def _require_reached(reader: Reader, conversation_id: str, seq: int) -> int:
    position = await streams.select_position(reader, conversation_stream(conversation_id))
    if position is None or seq > position[0]:
        detail = say("the conversation's stream does not reach this seq")
        raise ValidationFailed(detail, errors=[FieldError("OUT_OF_RANGE", detail, pointer="/seq")])
    return position[0]


async def _pointers(reader: Reader, conversation_id: str, user_id: str) -> Pointers:
    pointers = await members.select_pointers(reader, conversation_id, user_id)
    if pointers is None:
        raise ConversationNotFound  # gone since it was asked: who reports arrivals holds nothing
    return pointers


async def mark_message_read(deps: Deps, actor: Actor, message_id: str) -> Progress:
    """Everything up to a message is read.

    Raises:
        MessageNotFound: there is none for the actor.
    """
    message, _ = await deps.database.read(lambda reader: require_message(reader, actor, message_id))
    return await mark_read(deps, actor, message.conversation_id, message.seq)


async def mark_message_delivered(deps: Deps, actor: Actor, message_id: str) -> Progress:
    """Everything up to a message has reached a device of the actor.

    Raises:
        MessageNotFound: there is none for the actor.
    """
    message, _ = await deps.database.read(lambda reader: require_message(reader, actor, message_id))
    return await mark_delivered(deps, actor, message.conversation_id, message.seq)


async def list_receipts(deps: Deps, actor: Actor, message_id: str) -> list[Json]:
    """For each member but the sender: whether the message was delivered and read.

    The times are those of the pointer's last move: the message was read at
    that moment or before. Who hides what was read is at most delivered, and
    sees no more of the others.

    Raises:
        MessageNotFound: there is none for the actor.
    """

    async def query(reader: Reader) -> list[Json]:
        message, _ = await require_message(reader, actor, message_id)
        rows = await members.select_all_pointers(reader, message.conversation_id)
        hiding = await members.select_hiding(reader, message.conversation_id)
        return [
            _receipt(
                user_id,
                pointers,
                message.seq,
                shows_read=user_id == actor.user_id or not hiding & {user_id, actor.user_id},
            )
            for user_id, pointers in rows
            if user_id != message.sender_id
        ]

    return await deps.database.read(query)


def _receipt(user_id: str, pointers: Pointers, seq: int, *, shows_read: bool) -> Json:
    is_read = shows_read and pointers.read_seq >= seq
    is_delivered = pointers.delivered_seq >= seq
    return {
        "userId": user_id,
        "state": "read" if is_read else "delivered" if is_delivered else "sent",
        "deliveredAt": rfc3339_or_none(pointers.delivered_at if is_delivered else None),
        "readAt": rfc3339_or_none(pointers.read_at if is_read else None),
    }
