"""What people hang on messages: reactions and pins, which all members see, and their own stars.

Doing a thing again changes nothing, and nobody hears of it.
"""

from collections.abc import Sequence

from altlas_chat.domain.emoji import known_emoji
from altlas_chat.domain.errors import (
    FieldError,
    MessageDeleted,
    PermissionDenied,
    ValidationFailed,
)
from altlas_chat.domain.events import Event, Json, conversation_stream, user_stream
from altlas_chat.domain.language import say
from altlas_chat.domain.messages import Message
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.access import require_member, require_message
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.drafts import invalid
from altlas_chat.services.messages import present_form, present_forms
from altlas_chat.services.notifying import Notice, notify
from altlas_chat.services.paging import decoded_place, page_cursor
from altlas_chat.services.privacy import require_not_apart
from altlas_chat.services.system_messages import post_system_message
from altlas_chat.storage import marks, notifications, streams
from altlas_chat.storage.attached import select_reactions
from altlas_chat.storage.database import Reader
from altlas_chat.storage.marks import Marked

MAX_DIFFERENT_REACTIONS = 200
MAX_PINS = 100
"""Most different emoji on one message, and most pinned messages of one conversation."""


# -- reactions -----------------------------------------------------------------------


async def list_reactions(deps: Deps, actor: Actor, message_id: str) -> list[Json]:
    """Each emoji on a message with who put it there, in the order of their first use.

    Raises:
        MessageNotFound: there is none for the actor.
    """
    message, _ = await deps.database.read(lambda reader: require_message(reader, actor, message_id))
    return _as_json(message)


def _as_json(message: Message) -> list[Json]:
    return [one.as_json() for one in message.reactions]


async def add_reaction(deps: Deps, actor: Actor, message_id: str, text: str) -> list[Json]:
    """The actor's emoji is on the message; all reactions. Members hear of it once.

    The author is notified, unless one of the actor's to it is unread. Every
    member may, also where only administrators post.

    Raises:
        MessageNotFound: there is none for the actor.
        MessageDeleted: it was deleted for everyone, or nobody wrote it.
        UserBlocked: it is in a direct conversation, with a block between the two.
        ValidationFailed: ``text`` is not one emoji, or there are too many different ones.
    """
    emoji = _emoji(text)
    found, _ = await deps.database.read(lambda reader: require_message(reader, actor, message_id))
    stream = conversation_stream(found.conversation_id)

    async def change(change: Change) -> list[Json]:
        await streams.lock_streams(change.tx, [stream])
        message, access = await require_message(change.tx, actor, message_id)
        _require_there(message)
        if not access.is_group:
            await require_not_apart(change.tx, actor.user_id, message.conversation_id)
        there = {one.emoji for one in message.reactions}
        if emoji not in there and len(there) >= MAX_DIFFERENT_REACTIONS:
            raise ValidationFailed(
                say("The message has {count} different emoji already.", count=len(there)),
                errors=[FieldError("TOO_MANY", say("one too many"), parameter="emoji")],
            )
        if not await marks.insert_reaction(change.tx, message_id, actor.user_id, emoji, change.at):
            return _as_json(message)
        reactions = await _tell_reaction(change, "reaction.added", message, actor.user_id, emoji)
        # Whoever takes a reaction back and gives it again is told of once, until that is read.
        if not await notifications.has_unread_reaction(change.tx, message_id, actor.user_id):
            await notify(deps.ids, change, [_notice(message, actor.user_id, emoji)])
        return reactions

    return await commit_change(deps, stream, change, actor_id=actor.user_id)


async def remove_reaction(deps: Deps, actor: Actor, message_id: str, text: str) -> list[Json]:
    """The actor's emoji is not on the message; all reactions that are left.

    Raises:
        MessageNotFound: there is none for the actor.
        ValidationFailed: ``text`` is not one emoji.
    """
    emoji = _emoji(text)
    found, _ = await deps.database.read(lambda reader: require_message(reader, actor, message_id))
    stream = conversation_stream(found.conversation_id)

    async def change(change: Change) -> list[Json]:
        await streams.lock_streams(change.tx, [stream])
        message, _ = await require_message(change.tx, actor, message_id)
        if not await marks.delete_reaction(change.tx, message_id, actor.user_id, emoji):
            return _as_json(message)
        return await _tell_reaction(change, "reaction.removed", message, actor.user_id, emoji)

    return await commit_change(deps, stream, change, actor_id=actor.user_id)


def _emoji(text: str) -> str:
    emoji = known_emoji(text)
    if emoji is None:
        detail = say("This is not one emoji.")
        raise ValidationFailed(detail, errors=[FieldError("NO_EMOJI", detail, parameter="emoji")])
    return emoji


def _require_there(message: Message) -> None:
    if message.deleted_at is not None:
        raise MessageDeleted
    if message.sender_id is None:
        raise MessageDeleted(say("Nobody wrote this message; nothing can be hung on it."))


def _notice(message: Message, actor_id: str, emoji: str) -> Notice:
    return Notice(
        str(message.sender_id),
        "reaction",
        actor_id,
        message.conversation_id,
        message.message_id,
        facts={"emoji": emoji},
    )


async def _tell_reaction(
    change: Change, kind: str, message: Message, user_id: str, emoji: str
) -> list[Json]:
    found = await select_reactions(change.tx, [message.message_id])
    reactions = [one.as_json() for one in found.get(message.message_id, ())]
    facts = {
        "conversationId": message.conversation_id,
        "messageId": message.message_id,
        "userId": user_id,
        "emoji": emoji,
    }
    stream = conversation_stream(message.conversation_id)
    await change.announce(stream, kind, facts, {**facts, "reactions": reactions})
    return reactions


async def reaction_data(reader: Reader, _: str, events: Sequence[Event]) -> list[Json]:
    """The data of reactions in a replay: all reactions there are now."""
    message_ids = sorted({event.facts["messageId"] for event in events})
    found = await select_reactions(reader, message_ids)
    return [
        {
            **event.facts,
            "reactions": [one.as_json() for one in found.get(event.facts["messageId"], ())],
        }
        for event in events
    ]


# -- pins ----------------------------------------------------------------------------


async def set_pinned(deps: Deps, actor: Actor, message_id: str, *, pinned: bool) -> Json:
    """Pin a message for all members, or unpin it; the message.

    The history says so. Who may edit a group may pin in it; in a direct
    conversation both may.

    Raises:
        MessageNotFound: there is none for the actor.
        PermissionDenied: only the group's administrators may edit it.
        UserBlocked: it is in a direct conversation, with a block between the two.
        MessageDeleted: what is to be pinned was deleted for everyone, or nobody wrote it.
        ValidationFailed: the conversation has as many pins as it may have.
    """
    found, _ = await deps.database.read(lambda reader: require_message(reader, actor, message_id))
    stream, system_id = conversation_stream(found.conversation_id), deps.ids.new()

    async def change(change: Change) -> Json:
        await streams.lock_streams(change.tx, [stream])
        message, access = await require_message(change.tx, actor, message_id)
        if access.editing == "admins" and access.is_group and not access.leads:
            raise PermissionDenied(say("Only administrators can pin in this group."))
        if not access.is_group:
            await require_not_apart(change.tx, actor.user_id, message.conversation_id)
        if pinned:
            _require_there(message)
        if message.is_pinned != pinned:
            await _keep_pin(change, message, actor.user_id, pinned=pinned)
            await post_system_message(
                change,
                message.conversation_id,
                system_id,
                "message_pinned" if pinned else "message_unpinned",
                {"messageId": message_id},
            )
        return await present_form(change.tx, message_id, actor.user_id)

    return await commit_change(deps, stream, change, actor_id=actor.user_id)


async def _keep_pin(change: Change, message: Message, user_id: str, *, pinned: bool) -> None:
    if not pinned:
        await marks.delete_pin(change.tx, message)
    elif await marks.count_pins(change.tx, message.conversation_id) >= MAX_PINS:
        detail = say("A conversation has at most {limit} pinned messages.", limit=MAX_PINS)
        raise invalid("", "TOO_MANY", detail)
    else:
        await marks.insert_pin(change.tx, message, user_id, change.at)
    facts = {
        "conversationId": message.conversation_id,
        "messageId": message.message_id,
        "userId": user_id,
    }
    kind = "message.pinned" if pinned else "message.unpinned"
    await change.announce(conversation_stream(message.conversation_id), kind, facts, facts)


async def list_pins(
    deps: Deps, actor: Actor, conversation_id: str, cursor: str | None, limit: int
) -> Json:
    """A page of a conversation's pinned messages, the last pinned first.

    Raises:
        ConversationNotFound: there is none for the actor.
        CursorInvalid: the page's cursor is none.
    """
    before = _marked(cursor)

    async def query(reader: Reader) -> Json:
        access = await require_member(reader, actor, conversation_id)
        found = await marks.select_pinned(
            reader, conversation_id, actor.user_id, access.cleared_seq, before, limit + 1
        )
        return await _page(reader, actor, found, limit)

    return await deps.database.read(query)


def _marked(cursor: str | None) -> Marked | None:
    if cursor is None:
        return None
    at, message_id = decoded_place(cursor, int, str)
    return at, message_id


async def _page(reader: Reader, actor: Actor, found: list[Marked], limit: int) -> Json:
    items = await present_forms(
        reader, [message_id for _, message_id in found[:limit]], actor.user_id
    )
    following = page_cursor(*found[limit - 1]) if len(found) > limit else None
    return {"items": items, "nextCursor": following}


# -- stars ---------------------------------------------------------------------------


async def star_message(deps: Deps, actor: Actor, message_id: str) -> None:
    """Star a message for the actor alone; the actor's devices hear of it.

    Raises:
        MessageNotFound: there is none for the actor.
        MessageDeleted: it was deleted for everyone.
    """
    stream = user_stream(actor.user_id)

    async def change(change: Change) -> None:
        # The conversation is held too: what is deleted for everyone keeps no star.
        found, _ = await require_message(change.tx, actor, message_id)
        held = [stream, conversation_stream(found.conversation_id)]
        await streams.lock_streams(change.tx, held)
        message, _ = await require_message(change.tx, actor, message_id)
        if message.deleted_at is not None:
            raise MessageDeleted
        if await marks.insert_star(change.tx, actor.user_id, message, change.at):
            await _tell_star(change, "message.starred", message, actor.user_id)

    await commit_change(deps, stream, change, actor_id=actor.user_id)


async def unstar_message(deps: Deps, actor: Actor, message_id: str) -> None:
    """Take the actor's star away; the actor's devices hear of it.

    Raises:
        MessageNotFound: there is none for the actor.
    """
    stream = user_stream(actor.user_id)

    async def change(change: Change) -> None:
        await streams.lock_streams(change.tx, [stream])
        message, _ = await require_message(change.tx, actor, message_id)
        if await marks.delete_star(change.tx, actor.user_id, message_id):
            await _tell_star(change, "message.unstarred", message, actor.user_id)

    await commit_change(deps, stream, change, actor_id=actor.user_id)


async def _tell_star(change: Change, kind: str, message: Message, user_id: str) -> None:
    facts = {"conversationId": message.conversation_id, "messageId": message.message_id}
    await change.announce(user_stream(user_id), kind, facts, facts)


async def list_starred(deps: Deps, actor: Actor, cursor: str | None, limit: int) -> Json:
    """A page of the actor's starred messages that the actor can still see, the last first.

    Raises:
        CursorInvalid: the page's cursor is none.
    """
    before = _marked(cursor)

    async def query(reader: Reader) -> Json:
        found = await marks.select_starred(reader, actor.user_id, before, limit + 1)
        return await _page(reader, actor, found, limit)

    return await deps.database.read(query)
