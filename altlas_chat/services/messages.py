"""Sending messages, and what can be done with one afterwards."""

from dataclasses import dataclass

from altlas_chat.domain.errors import (
    ClientIdReused,
    EditWindowClosed,
    FieldError,
    MessageDeleted,
    MessageNotFound,
    MessageTooLong,
    PermissionDenied,
    PostingRestricted,
    ValidationFailed,
)
from altlas_chat.domain.events import Json, conversation_stream, user_stream
from altlas_chat.domain.messages import Message, MessageDraft, MessageEdit, Quoted
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.access import require_member, require_message
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.storage import members, messages, streams
from altlas_chat.storage.database import Reader, UniqueViolated
from altlas_chat.storage.messages import EarlierForm, Span

NO_END = 2**62
"""A place that no stream reaches."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message as its sender gets it back."""

    message: Message
    is_repeat: bool
    state: str = "sent"

    def as_json(self) -> Json:
        return self.message.as_json(self.state)


async def post_message(deps: Deps, actor: Actor, draft: MessageDraft) -> SentMessage:
    """Keep one message and let every member hear of it.

    The message and its event become durable in one step, and no socket is
    told before that. A draft repeated with the same ``client_id`` gives back
    the first message in its present form and is not announced again.

    Raises:
        ConversationNotFound: the actor does not belong to the conversation.
        PostingRestricted: only the group's administrators may post.
        MessageTooLong: the text is over ``Settings.max_message_characters``.
        ClientIdReused: another draft was sent under this ``client_id``.
        MessageNotFound: what it answers or forwards is not there for the actor.
        ValidationFailed: there is nothing in it, or a mentioned person is no member.
    """
    check_draft(draft, deps.settings.max_message_characters)
    message_id = deps.ids.new()
    fingerprint = draft.fingerprint()

    async def change(change: Change) -> Message:
        return await _post(change, actor, draft, message_id, fingerprint)

    try:
        message = await commit_change(
            deps, conversation_stream(draft.conversation_id), change, actor_id=actor.user_id
        )
    except UniqueViolated:
        return await _first_sent(deps, actor, draft, fingerprint)
    return SentMessage(message, is_repeat=False)


async def _post(
    change: Change, actor: Actor, draft: MessageDraft, message_id: str, fingerprint: str
) -> Message:
    tx = change.tx
    stream = conversation_stream(draft.conversation_id)
    await streams.lock_streams(tx, [stream])
    access = await require_member(tx, actor, draft.conversation_id)
    if access.posting == "admins" and not access.leads:
        raise PostingRestricted
    quoted = await _quoted(tx, actor, draft) if draft.reply_to_id else None
    source = await _forwarded(tx, actor, draft) if draft.forward_from_id else None
    if draft.mentions:
        await _require_members(tx, draft.conversation_id, draft.mentions)
    position = await change.take_place(stream, messages=1)
    message = Message(
        message_id=message_id,
        conversation_id=draft.conversation_id,
        seq=position.seq,
        position=position.message_count,
        sender_id=actor.user_id,
        client_id=draft.client_id,
        kind=draft.kind if source is None else source.kind,
        text=draft.text if source is None else source.text,
        content=_content(draft) if source is None else source.content,
        mentions=draft.mentions,
        quoted=None if quoted is None else _quote(quoted),
        forwarded_from=None if source is None else _origin(source),
        thread_root_id=None if quoted is None else quoted.thread_root_id or quoted.message_id,
        created_at=change.at,
        edited_at=None,
        edit_count=0,
        deleted_at=None,
    )
    await messages.insert_message(tx, message, fingerprint)
    if draft.mentions:
        await messages.insert_mentions(tx, message)
    await members.count_own_message(
        tx, message.conversation_id, actor.user_id, message.seq, message.position
    )
    await change.record(
        stream,
        message.seq,
        "message.created",
        {"messageId": message_id},
        {"message": message.as_json()},
    )
    return message


def check_draft(draft: MessageDraft, max_characters: int) -> None:
    """Refuse a draft that could be no message.

    Raises:
        MessageTooLong: the text is over ``max_characters``.
        ValidationFailed: there is nothing in it, or its parts do not go together.
    """
    _check_length(draft.text, max_characters)
    if draft.forward_from_id is not None:
        if draft.text or draft.content is not None:
            raise _invalid("/text", "NOT_EMPTY", "A forwarded message brings its own content.")
        return
    if draft.kind == "location":
        if draft.content is None:
            raise _invalid("/content", "MISSING", "A location needs its coordinates in content.")
        return
    if draft.content is not None:
        raise _invalid("/content", "UNEXPECTED", f"A message of kind {draft.kind} has no content.")
    if not draft.text.strip():
        raise _invalid("/text", "EMPTY", "The message has no text.")


def _check_length(text: str, max_characters: int) -> None:
    if len(text) > max_characters:
        raise MessageTooLong(f"The text has {len(text)} characters; {max_characters} are allowed.")


def _invalid(pointer: str, code: str, detail: str) -> ValidationFailed:
    return ValidationFailed(detail, errors=[FieldError(code, detail, pointer=pointer)])


def _content(draft: MessageDraft) -> Json | None:
    return None if draft.content is None else draft.content.model_dump(by_alias=True)


def _quote(message: Message) -> Quoted:
    return Quoted(
        message.message_id, message.sender_id, message.kind, message.text, message.deleted_at
    )


def _origin(message: Message) -> Json:
    return {
        "messageId": message.message_id,
        "conversationId": message.conversation_id,
        "senderId": message.sender_id,
    }


async def _quoted(reader: Reader, actor: Actor, draft: MessageDraft) -> Message:
    message, _ = await require_message(reader, actor, str(draft.reply_to_id))
    if message.conversation_id != draft.conversation_id:
        raise MessageNotFound("The message that this replies to is in another conversation.")
    return message


async def _forwarded(reader: Reader, actor: Actor, draft: MessageDraft) -> Message:
    message, _ = await require_message(reader, actor, str(draft.forward_from_id))
    if message.deleted_at is not None or message.kind == "system":
        raise MessageDeleted("There is nothing left to forward.")
    return message


async def _require_members(reader: Reader, conversation_id: str, mentions: list[str]) -> None:
    present = await members.select_present(reader, conversation_id, mentions)
    errors = [
        FieldError("NOT_A_MEMBER", "is not a member of the conversation", f"/mentions/{place}")
        for place, user_id in enumerate(mentions)
        if user_id not in present
    ]
    if errors:
        raise ValidationFailed("Only members can be mentioned.", errors=errors)


async def _first_sent(
    deps: Deps, actor: Actor, draft: MessageDraft, fingerprint: str
) -> SentMessage:
    async def query(reader: Reader) -> SentMessage:
        sent = await messages.select_sent(reader, actor.user_id, draft.client_id)
        if sent is None or sent[1] != fingerprint:
            raise ClientIdReused
        lowest = await members.select_lowest_pointers(reader, sent[0].conversation_id)
        return SentMessage(sent[0], is_repeat=True, state=lowest.state_of(sent[0]))

    return await deps.database.read(query)


async def get_message(deps: Deps, actor: Actor, message_id: str) -> Json:
    """One message as the actor sees it, with its state.

    Raises:
        MessageNotFound: there is none for the actor.
    """

    async def query(reader: Reader) -> Json:
        message, _ = await require_message(reader, actor, message_id)
        lowest = await members.select_lowest_pointers(reader, message.conversation_id)
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
        lowest = await members.select_lowest_pointers(reader, conversation_id)
        return {
            "items": [message.as_json(lowest.state_of(message)) for message in items],
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
        EditWindowClosed: it is older than ``Settings.edit_window_seconds``.
        MessageTooLong: the text is over ``Settings.max_message_characters``.
        ValidationFailed: there is no text, or a mentioned person is no member.
    """
    _check_length(edit.text, deps.settings.max_message_characters)
    found, _ = await deps.database.read(lambda reader: require_message(reader, actor, message_id))
    stream = conversation_stream(found.conversation_id)

    async def change(change: Change) -> Json:
        await streams.lock_streams(change.tx, [stream])
        message, _ = await require_message(change.tx, actor, message_id)
        _require_editable(deps, actor, message, change.at)
        if not edit.text.strip() and message.kind in ("text", "emoji"):
            raise _invalid("/text", "EMPTY", "The message has no text.")
        mentions = list(message.mentions) if edit.mentions is None else edit.mentions
        if edit.mentions:
            await _require_members(change.tx, message.conversation_id, edit.mentions)
        if (edit.text, mentions) != (message.text, list(message.mentions)):
            await _rewrite(change, message, edit.text, mentions)
        return await _present_form(change.tx, message_id)

    return await commit_change(deps, stream, change, actor_id=actor.user_id)


def _require_editable(deps: Deps, actor: Actor, message: Message, at: int) -> None:
    if message.sender_id != actor.user_id:
        raise PermissionDenied("Only its author can edit a message.")
    if message.deleted_at is not None:
        raise MessageDeleted
    if at > message.created_at + deps.settings.edit_window_seconds * 1000:
        raise EditWindowClosed


async def _rewrite(change: Change, message: Message, text: str, mentions: list[str]) -> None:
    await messages.update_text(change.tx, message, text, mentions, change.at)
    await messages.delete_mentions(change.tx, message.message_id)
    if mentions:
        await messages.insert_mentions(change.tx, message._replace(mentions=mentions))
    await change.announce(
        conversation_stream(message.conversation_id),
        "message.updated",
        {"messageId": message.message_id},
        {"message": await _present_form(change.tx, message.message_id)},
    )


async def _present_form(reader: Reader, message_id: str) -> Json:
    message = await messages.select_message(reader, message_id)
    if message is None:
        raise MessageNotFound
    lowest = await members.select_lowest_pointers(reader, message.conversation_id)
    return message.as_json(lowest.state_of(message))


async def delete_message_for_everyone(deps: Deps, actor: Actor, message_id: str) -> None:
    """Take a message's content away for all; its place and its sender stay.

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
        await change.announce(
            stream,
            "message.deleted",
            {"messageId": message_id},
            {"message": await _present_form(change.tx, message_id)},
        )

    await commit_change(deps, stream, change, actor_id=actor.user_id)


async def _deletable(reader: Reader, actor: Actor, message_id: str) -> Message:
    if actor.may("content:moderate"):
        message = await messages.select_message(reader, message_id)
        if message is None:
            raise MessageNotFound
        return message
    message, access = await require_message(reader, actor, message_id)
    if message.sender_id != actor.user_id and not (access.is_group and access.leads):
        raise PermissionDenied("Only its author or an administrator can delete it for everyone.")
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
            facts = {"conversationId": message.conversation_id, "messageId": message_id}
            await change.announce(stream, "message.hidden", facts, facts)

    await commit_change(deps, stream, change, actor_id=actor.user_id)
