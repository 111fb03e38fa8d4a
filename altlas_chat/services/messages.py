"""Reading messages, and what can be done with one after it was posted (:mod:`.posting`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from altlas_chat.domain.errors import (
    EditWindowClosed,
    MessageDeleted,
    MessageNotFound,
    PermissionDenied,
)
from altlas_chat.domain.events import Json, conversation_stream, user_stream
from altlas_chat.domain.language import say
from altlas_chat.domain.messages import Message, MessageEdit, state_at
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.access import require_member, require_message
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.drafts import check_length, check_text, require_mentionable
from altlas_chat.services.notifying import Notice, notify
from altlas_chat.services.paging import decoded_place, page_cursor
from altlas_chat.services.privacy import hides_read, require_not_apart
from altlas_chat.services.threads import thread_of
from altlas_chat.storage import conversations, marks, members, messages, streams
from altlas_chat.storage.database import Reader
from altlas_chat.storage.messages import EarlierForm, Span

NO_END = 2**62
"""A place that no stream reaches."""


async def get_message(deps: Deps, actor: Actor, message_id: str) -> Json:
    """One message as the actor sees it, with its state.

    Raises:
        MessageNotFound: there is none for the actor.
    """

    async def query(reader: Reader) -> Json:
        message, _ = await require_message(reader, actor, message_id)
        lowest = await members.select_lowest_pointers(
            reader, message.conversation_id, actor.user_id
        )
        return message.as_json(lowest.state_of(message))

    return await deps.database.read(query)


@dataclass(frozen=True, slots=True)
class Place:
    """Which part of a history is wanted: at most one of the three; none is the newest part."""

    before: int | None = None
    after: int | None = None
    around: int | None = None


async def list_messages(
    deps: Deps, actor: Actor, conversation_id: str, place: Place, limit: int
) -> Json:
    """A part of a conversation, oldest first, and whether there is more on each side.

    ``before`` and ``after`` leave out the place itself; ``around`` has it in
    the middle, with up to half of ``limit`` before it.

    Raises:
        ConversationNotFound: the actor does not belong to it.
    """

    async def query(reader: Reader) -> Json:
        access = await require_member(reader, actor, conversation_id)
        whole = Span(conversation_id, actor.user_id, access.cleared_seq, NO_END)
        items, has_before, has_after = await _part(reader, whole, place, limit)
        lowest = await members.select_lowest_pointers(reader, conversation_id, actor.user_id)
        return {
            "items": lowest.with_states(items),
            "hasBefore": has_before,
            "hasAfter": has_after,
        }

    return await deps.database.read(query)


async def _part(
    reader: Reader, whole: Span, place: Place, limit: int
) -> tuple[list[Message], bool, bool]:
    if place.around is not None:
        half = limit // 2
        earlier, more_before = await _earlier(reader, whole, place.around, half)
        later, more_after = await _later(reader, whole, place.around - 1, limit - len(earlier))
        return earlier + later, more_before, more_after
    if place.after is not None:
        items, more_after = await _later(reader, whole, place.after, limit)
        _, more_before = await _earlier(reader, whole, place.after + 1, 0)
        return items, more_before, more_after
    end = NO_END if place.before is None else place.before
    items, more_before = await _earlier(reader, whole, end, limit)
    if place.before is None:
        return items, more_before, False
    _, more_after = await _later(reader, whole, end - 1, 0)
    return items, more_before, more_after


async def _earlier(reader: Reader, whole: Span, end: int, limit: int) -> tuple[list[Message], bool]:
    span = whole._replace(before=min(end, whole.before))
    found = await messages.select_span(reader, span, limit + 1, newest_first=True)
    return found[:limit][::-1], len(found) > limit


async def _later(reader: Reader, whole: Span, start: int, limit: int) -> tuple[list[Message], bool]:
    span = whole._replace(after=max(start, whole.after))
    found = await messages.select_span(reader, span, limit + 1, newest_first=False)
    return found[:limit], len(found) > limit


async def list_replies(
    deps: Deps, actor: Actor, message_id: str, cursor: str | None, limit: int
) -> Json:
    """A page of a thread's replies that the actor can see, oldest first.

    A deleted one keeps its place, as in the history. A message that is a
    reply itself has none: all of them hang on the root.

    Raises:
        MessageNotFound: there is none for the actor.
        CursorInvalid: the page's cursor is none.
    """
    (after,) = (0,) if cursor is None else decoded_place(cursor, int)

    async def query(reader: Reader) -> Json:
        _, access = await require_message(reader, actor, message_id)
        found = await marks.select_reply_ids(
            reader, message_id, actor.user_id, access.cleared_seq, after, limit + 1
        )
        items = await present_forms(
            reader, [reply_id for _, reply_id in found[:limit]], actor.user_id
        )
        following = page_cursor(found[limit - 1][0]) if len(found) > limit else None
        return {"items": items, "nextCursor": following}

    return await deps.database.read(query)


async def list_edits(deps: Deps, actor: Actor, message_id: str) -> list[EarlierForm]:
    """What a message said before its edits, the first text first.

    Raises:
        MessageNotFound: there is none for the actor.
    """

    async def query(reader: Reader) -> list[EarlierForm]:
        await require_message(reader, actor, message_id)
        return await messages.select_edits(reader, message_id)

    return await deps.database.read(query)


async def edit_message(deps: Deps, actor: Actor, message_id: str, edit: MessageEdit) -> Json:
    """Give one's own message a new text; members hear of it, the old text is kept.

    The same text again changes nothing and is not announced.

    Raises:
        MessageNotFound: there is none for the actor.
        PermissionDenied: somebody else wrote it.
        MessageDeleted: it was deleted for everyone.
        UserBlocked: it is in a direct conversation, with a block between the two.
        EditWindowClosed: it is older than ``Settings.edit_window_seconds``.
        MessageTooLong: the text is over ``Settings.max_message_characters``.
        ValidationFailed: there is no text, or a mentioned person is no member.
    """
    check_length(edit.text, deps.settings.max_message_characters)
    found, _ = await deps.database.read(lambda reader: require_message(reader, actor, message_id))
    stream = conversation_stream(found.conversation_id)

    async def change(change: Change) -> Json:
        await streams.lock_streams(change.tx, [stream])
        message, access = await require_message(change.tx, actor, message_id)
        _require_editable(deps, actor, message, change.at)
        if not access.is_group:
            await require_not_apart(change.tx, actor.user_id, message.conversation_id)
        check_text(message.kind, edit.text)
        mentions = list(message.mentions) if edit.mentions is None else edit.mentions
        if edit.mentions:
            await require_mentionable(change.tx, message.conversation_id, edit.mentions)
        if (edit.text, mentions) != (message.text, list(message.mentions)):
            await _rewrite(change, message, edit.text, mentions)
            await notify(deps.ids, change, _newly_mentioned(message, mentions))
        return await present_form(change.tx, message_id, actor.user_id)

    return await commit_change(deps, stream, change, actor_id=actor.user_id)


def _require_editable(deps: Deps, actor: Actor, message: Message, at: int) -> None:
    if message.sender_id != actor.user_id:
        raise PermissionDenied(say("Only its author can edit a message."))
    if message.deleted_at is not None:
        raise MessageDeleted
    if at > message.created_at + deps.settings.edit_window_seconds * 1000:
        raise EditWindowClosed


def _newly_mentioned(message: Message, mentions: Sequence[str]) -> list[Notice]:
    return [
        Notice(
            user_id,
            "mention",
            message.sender_id,
            message.conversation_id,
            message.message_id,
        )
        for user_id in mentions
        if user_id not in message.mentions
    ]


async def _rewrite(change: Change, message: Message, text: str, mentions: list[str]) -> None:
    await messages.update_text(change.tx, message, text, mentions, change.at)
    await messages.delete_mentions(change.tx, message.message_id)
    if mentions:
        await messages.insert_mentions(change.tx, message._replace(mentions=mentions))
    await change.announce(
        conversation_stream(message.conversation_id),
        "message.updated",
        {"messageId": message.message_id},
        {"message": await present_form(change.tx, message.message_id)},
    )


async def present_form(reader: Reader, message_id: str, viewer_id: str | None = None) -> Json:
    """A message as a viewer, or as everyone, sees it now; for everyone it is at most delivered.

    Raises:
        MessageNotFound: there is none.
    """
    message = await messages.select_message(reader, message_id)
    if message is None:
        raise MessageNotFound
    lowest = await members.select_lowest_pointers(reader, message.conversation_id, viewer_id)
    return message.as_json(lowest.state_of(message))


async def present_forms(reader: Reader, message_ids: Sequence[str], viewer_id: str) -> list[Json]:
    """Messages as a viewer sees them now, in the order given; as many queries for any number."""
    found = await messages.select_messages(reader, message_ids)
    reached = await conversations.select_reached(reader, list(found))
    if await hides_read(reader, viewer_id):
        reached = {one: (delivered, 0) for one, (delivered, _) in reached.items()}
    return [
        found[one].as_json(state_at(found[one].seq, reached.get(one, (0, 0))))
        for one in message_ids
        if one in found
    ]


async def delete_message_for_everyone(deps: Deps, actor: Actor, message_id: str) -> None:
    """Take a message's content away for all, with what hangs on it; its place and sender stay.

    Its author may, a group's owner and administrators, and who has
    ``content:moderate``. Deleting it again changes nothing.

    Raises:
        MessageNotFound: there is none for the actor.
        PermissionDenied: none of these is the actor.
    """
    found = await deps.database.read(lambda reader: messages.select_message(reader, message_id))
    if found is None:
        raise MessageNotFound
    stream = conversation_stream(found.conversation_id)

    async def change(change: Change) -> None:
        await streams.lock_streams(change.tx, [stream])
        message = await _deletable(change.tx, actor, message_id)
        if message.deleted_at is not None:
            return
        await messages.erase_message(change.tx, message, actor.user_id, change.at)
        await marks.delete_marks(change.tx, message)
        counts = await marks.count_replies(change.tx, [message], -1)
        data = {"message": await present_form(change.tx, message_id), **thread_of(message, counts)}
        await change.announce(stream, "message.deleted", {"messageId": message_id}, data)

    await commit_change(deps, stream, change, actor_id=actor.user_id)


async def _deletable(reader: Reader, actor: Actor, message_id: str) -> Message:
    if actor.may("content:moderate"):
        message = await messages.select_message(reader, message_id)
        if message is None:
            raise MessageNotFound
        return message
    message, access = await require_message(reader, actor, message_id)
    if message.sender_id != actor.user_id and not (access.is_group and access.leads):
        raise PermissionDenied(
            say("Only its author or an administrator can delete it for everyone.")
        )
    return message


async def delete_message_for_me(deps: Deps, actor: Actor, message_id: str) -> None:
    """Hide a message from the actor, on all devices; others see it as before.

    Raises:
        MessageNotFound: there is none for the actor.
    """
    stream = user_stream(actor.user_id)

    async def change(change: Change) -> None:
        await streams.lock_streams(change.tx, [stream])
        message, _ = await require_message(change.tx, actor, message_id)
        if await messages.insert_hidden(change.tx, actor.user_id, message, change.at):
            await marks.delete_star(change.tx, actor.user_id, message_id)
            facts = {"conversationId": message.conversation_id, "messageId": message_id}
            await change.announce(stream, "message.hidden", facts, facts)

    await commit_change(deps, stream, change, actor_id=actor.user_id)
