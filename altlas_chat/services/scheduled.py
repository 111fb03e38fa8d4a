"""Messages for later: kept, changed and cancelled by their sender. ``due`` sends them."""

from collections.abc import Sequence

import orjson

from altlas_chat.domain.drafts import ScheduledMessage, ScheduledUpdate
from altlas_chat.domain.errors import (
    ClientIdReused,
    MessageNotFound,
    ResourceAlreadyExists,
)
from altlas_chat.domain.events import Event, Json, conversation_stream, user_stream
from altlas_chat.domain.language import say
from altlas_chat.domain.messages import MessageDraft
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.times import moment
from altlas_chat.services.access import require_member
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.drafts import check_draft, invalid
from altlas_chat.services.paging import decoded_place, page_cursor
from altlas_chat.services.posting import check_post
from altlas_chat.services.saved_drafts import drop_draft
from altlas_chat.storage import messages, scheduled, streams
from altlas_chat.storage.database import Reader, UniqueViolated

DAY_MS = 24 * 60 * 60 * 1000
MAX_AHEAD_MS = 366 * DAY_MS
MAX_WAITING = 200
"""How far ahead one may be, and how many of a person may wait."""


async def schedule_message(
    deps: Deps, actor: Actor, draft: MessageDraft
) -> tuple[ScheduledMessage, bool]:
    """Keep a message for its ``scheduled_at``, and whether it was kept before.

    The draft is held to the same rules as one that is sent now, and again
    when its time has come. The same draft again gives back the first one in
    its present form.

    Raises:
        ClientIdReused: another message was sent or kept under this ``client_id``.
        ValidationFailed: the time is none, has passed or is too far away, or too many wait.
        ChatError: what :func:`.posting.post_message` refuses.
    """
    check_draft(draft, deps.settings.max_message_characters)
    at = _time(draft.scheduled_at or "", deps.clock.now_ms())
    fingerprint = f"{draft.fingerprint()} {at}"
    own, scheduled_id = user_stream(actor.user_id), deps.ids.new()

    async def change(change: Change) -> tuple[ScheduledMessage, bool]:
        tx = change.tx
        await streams.lock_streams(tx, [own, conversation_stream(draft.conversation_id)])
        known = await scheduled.select_by_client_id(tx, actor.user_id, draft.client_id)
        if known is not None:
            return _the_same(known, fingerprint), True
        await check_post(tx, actor, draft)
        if await messages.select_sent(tx, actor.user_id, draft.client_id) is not None:
            raise ClientIdReused
        if await scheduled.count_waiting(tx, actor.user_id) >= MAX_WAITING:
            detail = say("At most {limit} messages can wait to be sent.", limit=MAX_WAITING)
            raise invalid("/scheduledAt", "TOO_MANY", detail)
        kept = ScheduledMessage(
            scheduled_id=scheduled_id,
            user_id=actor.user_id,
            conversation_id=draft.conversation_id,
            client_id=draft.client_id,
            fingerprint=fingerprint,
            draft=_as_written(draft),
            scheduled_at=at,
            created_at=change.at,
            sent_message_id=None,
            failed_code=None,
        )
        await scheduled.insert_scheduled(tx, kept)
        await tell_scheduled(change, "scheduled_message.created", kept)
        await drop_draft(change, actor.user_id, draft.conversation_id)
        return kept, False

    try:
        return await commit_change(deps, own, change, actor_id=actor.user_id)
    except UniqueViolated as error:
        raise ClientIdReused from error


def _the_same(known: ScheduledMessage, fingerprint: str) -> ScheduledMessage:
    if known.fingerprint != fingerprint:
        raise ClientIdReused
    return known


def _time(text: str, now: int) -> int:
    at = moment(text, "/scheduledAt")
    if at <= now:
        raise invalid("/scheduledAt", "IN_THE_PAST", say("This moment has passed."))
    if at > now + MAX_AHEAD_MS:
        detail = say("A message can be kept for at most {days} days.", days=MAX_AHEAD_MS // DAY_MS)
        raise invalid("/scheduledAt", "TOO_FAR_AWAY", detail)
    return at


def _as_written(draft: MessageDraft) -> Json:
    """The draft as its sender wrote it, without its time, which stands beside it."""
    written = draft.model_dump(mode="json", by_alias=True, exclude_unset=True)
    written.pop("scheduledAt", None)
    return written


async def tell_scheduled(change: Change, kind: str, one: ScheduledMessage) -> None:
    """Tell a person's devices how the message for later is now."""
    facts = {"scheduledId": one.scheduled_id}
    data = {"scheduledMessage": one.as_json()}
    await change.announce(user_stream(one.user_id), kind, facts, data)


async def _require_own(reader: Reader, actor: Actor, scheduled_id: str) -> ScheduledMessage:
    found = await scheduled.select_scheduled(reader, scheduled_id)
    if found is None or found.user_id != actor.user_id:
        raise MessageNotFound
    return found


async def get_scheduled(deps: Deps, actor: Actor, scheduled_id: str) -> ScheduledMessage:
    """One of the actor's own messages for later.

    Raises:
        MessageNotFound: there is none, or it is another's.
    """
    return await deps.database.read(lambda reader: _require_own(reader, actor, scheduled_id))


async def list_scheduled(
    deps: Deps, actor: Actor, conversation_id: str | None, cursor: str | None, limit: int
) -> Json:
    """A page of the actor's messages for later, the next to be sent first.

    Raises:
        ConversationNotFound: the one that is asked for is not there for the actor.
        CursorInvalid: the page's cursor is none.
    """
    after = None
    if cursor is not None:
        at, scheduled_id = decoded_place(cursor, int, str)
        after = (at, scheduled_id)

    async def query(reader: Reader) -> Json:
        if conversation_id is not None:
            await require_member(reader, actor, conversation_id)
        found = await scheduled.select_page(
            reader, actor.user_id, conversation_id, after, limit + 1
        )
        following = None
        if len(found) > limit:
            last = found[limit - 1]
            following = page_cursor(last.scheduled_at, last.scheduled_id)
        return {"items": [one.as_json() for one in found[:limit]], "nextCursor": following}

    return await deps.database.read(query)


async def update_scheduled(
    deps: Deps, actor: Actor, scheduled_id: str, update: ScheduledUpdate
) -> ScheduledMessage:
    """Give a message that waits another text or time; the same again changes nothing.

    Raises:
        MessageNotFound: there is none, or it is another's.
        ResourceAlreadyExists: it was sent, or failed, meanwhile.
        MessageTooLong: the text is over ``Settings.max_message_characters``.
        ValidationFailed: there is no text, or the time has passed or is too far away.
    """
    now = deps.clock.now_ms()
    at = None if update.scheduled_at is None else _time(update.scheduled_at, now)
    own = user_stream(actor.user_id)

    async def change(change: Change) -> ScheduledMessage:
        await streams.lock_streams(change.tx, [own])
        before = _waiting(await _require_own(change.tx, actor, scheduled_id))
        changed = before
        if at is not None:
            changed = changed._replace(scheduled_at=at)
        if update.text is not None:
            changed = changed._replace(draft={**changed.draft, "text": update.text})
            check_draft(draft_of(changed), deps.settings.max_message_characters)
        if changed != before:
            await scheduled.update_scheduled(change.tx, changed)
            await tell_scheduled(change, "scheduled_message.updated", changed)
        return changed

    return await commit_change(deps, own, change, actor_id=actor.user_id)


def _waiting(one: ScheduledMessage) -> ScheduledMessage:
    if one.state == "sent":
        raise ResourceAlreadyExists(say("The message was sent meanwhile."))
    if one.state == "failed":
        raise ResourceAlreadyExists(say("The message could not be sent, and waits no more."))
    return one


def draft_of(one: ScheduledMessage) -> MessageDraft:
    """The draft that is to be sent."""
    return MessageDraft.model_validate_json(orjson.dumps(one.draft), by_alias=True, by_name=False)


async def cancel_scheduled(deps: Deps, actor: Actor, scheduled_id: str) -> None:
    """Drop a message that waits, or one that failed; it will not be sent.

    Raises:
        MessageNotFound: there is none, or it is another's.
        ResourceAlreadyExists: it was sent meanwhile.
    """
    own = user_stream(actor.user_id)

    async def change(change: Change) -> None:
        await streams.lock_streams(change.tx, [own])
        found = await _require_own(change.tx, actor, scheduled_id)
        if found.state == "sent":
            _waiting(found)
        await drop_scheduled(change, found)

    await commit_change(deps, own, change, actor_id=actor.user_id)


async def drop_scheduled(change: Change, one: ScheduledMessage) -> None:
    """One is no more; its sender's devices hear of it."""
    await scheduled.delete_scheduled(change.tx, one.scheduled_id)
    facts = {"scheduledId": one.scheduled_id}
    await change.announce(user_stream(one.user_id), "scheduled_message.deleted", facts, facts)


async def scheduled_data(reader: Reader, viewer_id: str, events: Sequence[Event]) -> list[Json]:
    """The data of messages for later in a replay: how they are now, or which one is gone."""
    ids = {event.facts["scheduledId"] for event in events}
    found = {
        scheduled_id: one
        for scheduled_id, one in (await scheduled.select_many(reader, ids)).items()
        if one.user_id == viewer_id
    }
    return [
        {"scheduledMessage": found[event.facts["scheduledId"]].as_json()}
        if event.facts["scheduledId"] in found
        else event.facts
        for event in events
    ]
