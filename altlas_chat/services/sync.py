"""Where a client stands: a snapshot with its cursor, or what came after one.

A client that applies the events after a snapshot's cursor to the snapshot
holds what a fresh snapshot would say.
"""

from dataclasses import dataclass, field
from typing import Literal

from altlas_chat.domain.cursor import Cursor
from altlas_chat.domain.errors import CursorInvalid
from altlas_chat.domain.events import Announcement, Event, Json, PassingEvent, user_stream
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.times import rfc3339
from altlas_chat.services.conversations import conversation_views
from altlas_chat.services.deps import Deps
from altlas_chat.services.notifications import unread_count
from altlas_chat.services.preferences import preferences_view
from altlas_chat.services.replay import render_events
from altlas_chat.services.users import current_user_view
from altlas_chat.storage import members, streams
from altlas_chat.storage.blocks import select_blocked_ids
from altlas_chat.storage.database import PATIENCE_SECONDS, Reader
from altlas_chat.storage.meta import select_meta

ResyncReason = Literal["log_trimmed", "too_far_behind", "cursor_invalid", "cursor_from_future"]

RECEIPT_LIMIT = 5000
"""Moved pointers that are told after a cursor; when there are more, a client starts anew."""

WHOLE_STREAM = 100_000
_CLOCK_SLACK_MS = int(PATIENCE_SECONDS * 1000) + 5_000
"""Pointers that moved so shortly before the cursor was given are told again: one that waited
for a lock has an earlier time than its commit.
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a client has not heard yet, and where it stands afterwards.

    ``positions`` holds every stream that the person hears at this moment,
    ``cursor`` stands for them: for who has missed nothing it is the very one
    that was asked with. It is left out where only the positions were asked for.
    """

    positions: dict[str, int]
    cursor: Cursor | None = None
    announcements: list[Announcement] = field(default_factory=list)
    receipts: list[PassingEvent] = field(default_factory=list)
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Resync:
    """The log can't bring this client up to date: it must start from a snapshot."""

    reason: ResyncReason


async def take_snapshot(deps: Deps, actor: Actor) -> Json:
    """All that a client needs to begin: the person, the conversations, a cursor.

    Everything in it belongs to one moment.
    """

    async def query(reader: Reader) -> Json:
        views = await conversation_views(reader, actor.user_id, deps.presence)
        positions = await _positions(reader, actor.user_id)
        return {
            "cursor": (await _cursor(deps, reader, actor, positions)).encode(),
            "seq": positions[user_stream(actor.user_id)],
            "user": await current_user_view(reader, actor.user_id),
            "preferences": await preferences_view(reader, actor.user_id),
            "blockedUserIds": await select_blocked_ids(reader, actor.user_id),
            "unreadNotifications": await unread_count(reader, actor.user_id),
            "conversations": [view.as_json() for view in views],
        }

    return await deps.database.read(query)


async def _positions(reader: Reader, user_id: str) -> dict[str, int]:
    found = await streams.select_positions_of(reader, user_id)
    return {stream: seq for stream, (seq, _) in found.items()}


async def _cursor(deps: Deps, reader: Reader, actor: Actor, positions: dict[str, int]) -> Cursor:
    database_id = await select_meta(reader, "database_id") or ""
    return Cursor(database_id, actor.user_id, deps.clock.now_ms(), positions)


async def cursor_at(deps: Deps, actor: Actor, positions: dict[str, int]) -> Cursor:
    """The cursor of a client that has heard everything up to ``positions``."""
    return await deps.database.read(lambda reader: _cursor(deps, reader, actor, positions))


async def current_positions(deps: Deps, actor: Actor) -> dict[str, int]:
    """Every stream that a person hears, with its last number."""
    return await deps.database.read(lambda reader: _positions(reader, actor.user_id))


async def changes_after(
    deps: Deps, actor: Actor, cursor: Cursor, *, limit: int
) -> Changes | Resync:
    """What came after a cursor: the person's own stream first, then each conversation's.

    At most ``limit`` events; then ``has_more`` says that there are others. A
    stream that the cursor does not know begins at its present position, since
    ``conversation.joined`` brings its snapshot.
    """

    async def query(reader: Reader) -> Changes | Resync:
        database_id = await select_meta(reader, "database_id")
        if (cursor.database_id, cursor.user_id) != (database_id, actor.user_id):
            return Resync("cursor_invalid")
        return await _changes(deps, reader, actor, cursor, limit)

    return await deps.database.read(query)


async def _changes(
    deps: Deps, reader: Reader, actor: Actor, cursor: Cursor, limit: int
) -> Changes | Resync:
    found = await streams.select_positions_of(reader, actor.user_id)
    own = user_stream(actor.user_id)
    behind = [
        stream
        for stream, (seq, _) in found.items()
        if cursor.positions.get(stream, seq if stream != own else 0) != seq
    ]
    for stream in behind:
        seq, trimmed = found[stream]
        heard = cursor.positions.get(stream, 0)
        if heard > seq:
            return Resync("cursor_from_future")
        if heard < trimmed:
            return Resync("log_trimmed")
    events, positions = await _read_log(reader, cursor, sorted(behind, key=_own_first), limit)
    announcements = await render_events(reader, actor.user_id, events, deps.presence)
    reached = {stream: positions.get(stream, seq) for stream, (seq, _) in found.items()}
    receipts = await _receipts(reader, actor, cursor.at - _CLOCK_SLACK_MS)
    if len(receipts) > RECEIPT_LIMIT:
        return Resync("too_far_behind")
    has_more = any(reached[stream] < seq for stream, (seq, _) in found.items())
    if not receipts and reached == cursor.positions:
        return Changes(reached, cursor)
    following = Cursor(cursor.database_id, actor.user_id, deps.clock.now_ms(), reached)
    return Changes(reached, following, announcements, receipts, has_more)


def _own_first(stream: str) -> tuple[bool, str]:
    return (not stream.startswith("user:"), stream)


async def _read_log(
    reader: Reader, cursor: Cursor, behind: list[str], limit: int
) -> tuple[list[Event], dict[str, int]]:
    events: list[Event] = []
    positions: dict[str, int] = {}
    for stream in behind:
        heard = cursor.positions.get(stream, 0)
        positions[stream] = heard
        if len(events) < limit:
            found = await streams.select_events(reader, stream, heard, limit - len(events))
            events.extend(found)
            if found:
                positions[stream] = found[-1].seq
    return events, positions


async def _receipts(reader: Reader, actor: Actor, since: int) -> list[PassingEvent]:
    moved = await members.select_moved_pointers(reader, actor.user_id, since, RECEIPT_LIMIT + 1)
    return [
        PassingEvent(
            "receipt.updated",
            one.at,
            {
                "conversationId": one.conversation_id,
                "userId": one.user_id,
                "deliveredSeq": one.delivered_seq,
                "readSeq": one.read_seq,
                "at": rfc3339(one.at),
            },
        )
        for one in moved
    ]


async def read_stream(deps: Deps, viewer_id: str, stream: str, after: int) -> list[Announcement]:
    """One stream's events after a place, all of them; the caller knows that they may be heard."""

    async def query(reader: Reader) -> list[Announcement]:
        events = await streams.select_events(reader, stream, after, WHOLE_STREAM)
        return await render_events(reader, viewer_id, events, deps.presence)

    return await deps.database.read(query)


async def own_profile(deps: Deps, actor: Actor) -> Json:
    """The person as ``CurrentUser``."""
    return await deps.database.read(lambda reader: current_user_view(reader, actor.user_id))


def decode_cursor(word: str) -> Cursor | Resync:
    """A client's cursor, or why it is none."""
    try:
        return Cursor.decode(word)
    except CursorInvalid:
        return Resync("cursor_invalid")
