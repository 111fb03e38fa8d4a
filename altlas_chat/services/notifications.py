"""What one is told to look at: the list, the counts, and reading them."""

from collections.abc import Sequence

from altlas_chat.domain.errors import NotificationNotFound
from altlas_chat.domain.events import Event, Json, user_stream
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.notices import language_of, notification_views
from altlas_chat.services.notifying import tell_read
from altlas_chat.services.paging import decoded_place, page_cursor
from altlas_chat.storage import notifications, streams
from altlas_chat.storage.database import Reader
from altlas_chat.storage.notifications import Notification


async def list_notifications(
    deps: Deps, actor: Actor, cursor: str | None, limit: int, *, unread_only: bool
) -> Json:
    """A page of the actor's notifications, the newest first.

    Raises:
        CursorInvalid: the page's cursor is none.
    """
    after = None
    if cursor is not None:
        created_at, notification_id = decoded_place(cursor, int, str)
        after = (created_at, notification_id)

    async def query(reader: Reader) -> Json:
        found = await notifications.select_page(
            reader, actor.user_id, after, limit + 1, unread_only=unread_only
        )
        page = found[:limit]
        following = None
        if len(found) > limit:
            following = page_cursor(page[-1].created_at, page[-1].notification_id)
        views = await notification_views(reader, page, {actor.user_id: actor.language})
        return {"items": views, "nextCursor": following}

    return await deps.database.read(query)


async def count_notifications(deps: Deps, actor: Actor) -> Json:
    """How many of the actor's notifications are unread, altogether and by kind."""
    return await deps.database.read(lambda reader: _counts(reader, actor.user_id))


async def _counts(reader: Reader, user_id: str) -> Json:
    by_kind = await notifications.count_unread_by_kind(reader, user_id)
    return {"unread": sum(by_kind.values()), "byKind": by_kind}


async def unread_count(reader: Reader, user_id: str) -> int:
    """How many notifications a person has not read, as far as they are counted."""
    return (await notifications.count_unread(reader, [user_id])).get(user_id, 0)


async def read_notification(deps: Deps, actor: Actor, notification_id: str) -> Json:
    """Read one notification, on all devices. Reading it again changes nothing.

    Raises:
        NotificationNotFound: the actor has none such.
    """
    stream = user_stream(actor.user_id)

    async def change(change: Change) -> Json:
        await streams.lock_streams(change.tx, [stream])
        row = (await notifications.select_notifications(change.tx, [notification_id])).get(
            notification_id
        )
        if row is None or row.user_id != actor.user_id:
            raise NotificationNotFound
        if row.read_at is None:
            await notifications.update_read(change.tx, notification_id, change.at)
            row = row._replace(read_at=change.at)
            unread = await unread_count(change.tx, actor.user_id)
            facts = {"notificationId": notification_id, "unread": unread}
            told = await _told(change.tx, row)
            await change.announce(
                stream, "notification.read", facts, {"notification": told, "unread": unread}
            )
        return (await notification_views(change.tx, [row], {actor.user_id: actor.language}))[0]

    return await commit_change(deps, stream, change, actor_id=actor.user_id)


async def _told(reader: Reader, row: Notification) -> Json:
    """A notification as its event tells it: in the language of the account."""
    languages = await language_of(reader, [row.user_id])
    return (await notification_views(reader, [row], languages))[0]


async def read_all_notifications(deps: Deps, actor: Actor, until: int | None) -> Json:
    """Read all notifications, or those made up to a moment; the counts of what is left."""
    stream = user_stream(actor.user_id)

    async def change(change: Change) -> Json:
        await streams.lock_streams(change.tx, [stream])
        end = change.at if until is None else min(until, change.at)
        if await notifications.update_all_read(change.tx, actor.user_id, end, change.at):
            await tell_read(change, actor.user_id, None, end)
        return await _counts(change.tx, actor.user_id)

    return await commit_change(deps, stream, change, actor_id=actor.user_id)


async def notification_data(reader: Reader, viewer_id: str, events: Sequence[Event]) -> list[Json]:
    """What listeners get of ``notification.created`` and ``notification.read``."""
    found = await notifications.select_notifications(
        reader, [event.facts["notificationId"] for event in events]
    )
    rows = list(found.values())
    languages = await language_of(reader, [viewer_id])
    views = await notification_views(reader, rows, languages)
    by_id = {view["id"]: view for view in views}
    return [
        {
            "notification": by_id.get(event.facts["notificationId"]),
            "unread": event.facts["unread"],
        }
        for event in events
    ]
