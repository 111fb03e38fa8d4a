"""What a person has begun to write: one draft for each conversation, on all devices.

The last device that writes wins. A message that its author posts in the
conversation drops the draft (:mod:`.posting`); an empty draft is none.
"""

from collections.abc import Sequence

from altlas_chat.domain.drafts import DraftUpdate, SavedDraft
from altlas_chat.domain.errors import MessageNotFound
from altlas_chat.domain.events import Event, Json, conversation_stream, user_stream
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.access import require_member, require_message
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.drafts import check_length
from altlas_chat.services.paging import decoded_place, page_cursor
from altlas_chat.storage import saved_drafts, streams
from altlas_chat.storage.database import Reader


async def list_drafts(deps: Deps, actor: Actor, cursor: str | None, limit: int) -> Json:
    """A page of the actor's drafts, the latest first.

    Raises:
        CursorInvalid: the page's cursor is none.
    """
    before = None
    if cursor is not None:
        at, conversation_id = decoded_place(cursor, int, str)
        before = (at, conversation_id)

    async def query(reader: Reader) -> Json:
        found = await saved_drafts.select_page(reader, actor.user_id, before, limit + 1)
        following = None
        if len(found) > limit:
            last = found[limit - 1]
            following = page_cursor(last.updated_at, last.conversation_id)
        return {"items": [one.as_json() for one in found[:limit]], "nextCursor": following}

    return await deps.database.read(query)


async def get_draft(deps: Deps, actor: Actor, conversation_id: str) -> SavedDraft:
    """The actor's draft in a conversation; an empty one where none was begun.

    Raises:
        ConversationNotFound: there is none for the actor.
    """

    async def query(reader: Reader) -> SavedDraft:
        await require_member(reader, actor, conversation_id)
        found = await saved_drafts.select_draft(reader, actor.user_id, conversation_id)
        return found or SavedDraft(conversation_id, "", None, None)

    return await deps.database.read(query)


async def save_draft(
    deps: Deps, actor: Actor, conversation_id: str, update: DraftUpdate
) -> SavedDraft:
    """Keep what the actor has written so far; the actor's devices hear of it.

    The same again changes nothing. An empty draft drops what was there.

    Raises:
        ConversationNotFound: there is none for the actor.
        MessageNotFound: what it answers is not there for the actor.
        MessageTooLong: the text is over ``Settings.max_message_characters``.
    """
    check_length(update.text, deps.settings.max_message_characters)
    own = user_stream(actor.user_id)

    async def change(change: Change) -> SavedDraft:
        await streams.lock_streams(change.tx, [own, conversation_stream(conversation_id)])
        await require_member(change.tx, actor, conversation_id)
        if update.reply_to_id is not None:
            await _require_answerable(change.tx, actor, conversation_id, update.reply_to_id)
        if not update.text and update.reply_to_id is None:
            await drop_draft(change, actor.user_id, conversation_id)
            return SavedDraft(conversation_id, "", None, None)
        before = await saved_drafts.select_draft(change.tx, actor.user_id, conversation_id)
        draft = SavedDraft(conversation_id, update.text, update.reply_to_id, change.at)
        if before is not None and before[:3] == draft[:3]:
            return before
        await saved_drafts.upsert_draft(change.tx, actor.user_id, draft)
        facts, data = {"conversationId": conversation_id}, {"draft": draft.as_json()}
        await change.announce(own, "draft.updated", facts, data)
        return draft

    return await commit_change(deps, own, change, actor_id=actor.user_id)


async def _require_answerable(
    reader: Reader, actor: Actor, conversation_id: str, message_id: str
) -> None:
    message, _ = await require_message(reader, actor, message_id)
    if message.conversation_id != conversation_id:
        raise MessageNotFound(say("The message that this replies to is in another conversation."))


async def delete_draft(deps: Deps, actor: Actor, conversation_id: str) -> None:
    """Drop the actor's draft in a conversation; the actor's devices hear of it.

    Raises:
        ConversationNotFound: there is none for the actor.
    """
    own = user_stream(actor.user_id)

    async def change(change: Change) -> None:
        await streams.lock_streams(change.tx, [own, conversation_stream(conversation_id)])
        await require_member(change.tx, actor, conversation_id)
        await drop_draft(change, actor.user_id, conversation_id)

    await commit_change(deps, own, change, actor_id=actor.user_id)


async def drop_draft(change: Change, user_id: str, conversation_id: str) -> None:
    """Drop a draft, if there is one, and tell the person's devices."""
    if await saved_drafts.delete_draft(change.tx, user_id, conversation_id):
        facts = {"conversationId": conversation_id}
        await change.announce(user_stream(user_id), "draft.deleted", facts, facts)


async def draft_data(reader: Reader, viewer_id: str, events: Sequence[Event]) -> list[Json]:
    """The data of drafts in a replay: what is written now, or which one is gone."""
    found = await saved_drafts.select_drafts(
        reader, viewer_id, (event.facts["conversationId"] for event in events)
    )
    return [
        {"draft": found[event.facts["conversationId"]].as_json()}
        if event.facts["conversationId"] in found
        else event.facts
        for event in events
    ]
