"""The one door for notifications: who is told of what, in the change that is its cause.

A row and an event in the person's own stream, durable together with the
cause. Title and text are made when they are read, of the facts and of the
present content, in the reader's language: a notification never brings back
what was deleted, hidden or left.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from altlas_chat.domain.events import Announcement, Event, Json, user_stream
from altlas_chat.domain.preferences import choice
from altlas_chat.domain.times import rfc3339
from altlas_chat.services.changes import Change
from altlas_chat.services.notices import language_of, notification_views
from altlas_chat.storage import blocks, bulk, notifications, preferences
from altlas_chat.storage.bulk import Place
from altlas_chat.storage.database import Transaction
from altlas_chat.storage.notifications import MOST_COUNTED, Notification, Standing
from altlas_chat.system import Ids

NO_END = 2**62
"""A place that no stream reaches."""

OF_MESSAGES = frozenset({"mention", "direct_message", "reply", "reaction"})
"""Kinds that the settings of a conversation and its mute silence."""

_ALSO_FOR_MENTIONS = frozenset({"mention", "reply"})
"""Kinds that are made where only mentions are wanted: what is said to the person."""


@dataclass(frozen=True, slots=True)
class Notice:
    """That one person is to be told of something; what the kind has none of stays None.

    ``otherwise`` is what it is as well, for somebody who does not want to be
    told of its kind.
    """

    user_id: str
    kind: str
    actor_id: str | None = None
    conversation_id: str | None = None
    message_id: str | None = None
    task_id: str | None = None
    facts: Json = field(default_factory=dict)
    otherwise: str | None = None


async def notify(ids: Ids, change: Change, notices: Sequence[Notice]) -> None:
    """Tell people of what this change does, as far as they want to be told.

    Call it when everything else of the change is written and the streams of
    conversations that it needs are locked: it locks the people's own streams.
    Nobody is told of his own doing, of somebody between whom and him there is
    a block, nor, of messages, where he is no member, has muted the
    conversation or wants none. Of direct messages there is one notification
    for each conversation until it is read.
    """
    for told in await notify_together(change.tx, ids, change.at, notices):
        change.tell(told)


class _Wishes(NamedTuple):
    """What decides whether people are told, read at once."""

    standings: Mapping[tuple[str, str], Standing]
    documents: Mapping[str, preferences.Kept]
    blocked: frozenset[tuple[str, str]]
    told: set[tuple[str, str]]


async def notify_together(
    tx: Transaction, ids: Ids, at: int, notices: Sequence[Notice]
) -> list[list[Announcement]]:
    """Like :func:`notify`, in as many queries for a thousand; what is to be told for each."""
    wanted = [one for one in notices if one.kind == "scheduled_failed" or not _is_own(one)]
    if not wanted:
        return [[] for _ in notices]
    streams = {user_stream(one.user_id) for one in wanted}
    places = await bulk.select_places(tx, streams, hold=True)
    wishes = await _wishes(tx, wanted)
    chosen: list[tuple[int, Notification]] = []
    for place, given in enumerate(notices):
        notice = _as_wished(given, wishes)
        if user_stream(notice.user_id) in places and _is_wanted(notice, wishes, at):
            if notice.kind == "direct_message":
                wishes.told.add((str(notice.conversation_id), notice.user_id))
            chosen.append((place, _row(notice, ids.new(), at)))
    told: list[list[Announcement]] = [[] for _ in notices]
    if chosen:
        rows = [row for _, row in chosen]
        announcements = await _announced(tx, places, rows, at)
        for (place, _), announcement in zip(chosen, announcements, strict=True):
            told[place].append(announcement)
    return told


def _is_own(notice: Notice) -> bool:
    return notice.actor_id == notice.user_id


def _row(notice: Notice, notification_id: str, at: int) -> Notification:
    return Notification(
        notification_id=notification_id,
        user_id=notice.user_id,
        kind=notice.kind,
        actor_id=notice.actor_id,
        conversation_id=notice.conversation_id,
        message_id=notice.message_id,
        task_id=notice.task_id,
        facts=notice.facts,
        created_at=at,
        read_at=None,
    )


async def _wishes(tx: Transaction, notices: Sequence[Notice]) -> _Wishes:
    people = {one.user_id for one in notices}
    of_messages = {str(one.conversation_id) for one in notices if one.kind in OF_MESSAGES}
    direct = {str(one.conversation_id) for one in notices if one.kind == "direct_message"}
    actors = {one.actor_id for one in notices if one.actor_id is not None}
    has_mentions = {one.user_id for one in notices if one.kind == "mention"}
    return _Wishes(
        await notifications.select_standings(tx, of_messages, people),
        await preferences.select_preferences(tx, has_mentions),
        frozenset(await blocks.select_pairs(tx, people | actors)) if actors else frozenset(),
        await notifications.select_told(tx, direct, people) if direct else set(),
    )


def _as_wished(notice: Notice, wishes: _Wishes) -> Notice:
    if notice.otherwise is None or _takes_mentions(notice.user_id, wishes):
        return notice
    return replace(notice, kind=notice.otherwise)


def _takes_mentions(user_id: str, wishes: _Wishes) -> bool:
    kept = wishes.documents.get(user_id)
    return kept is None or bool(choice(kept.document, "notifications", "mentions"))


def _is_wanted(notice: Notice, wishes: _Wishes, at: int) -> bool:
    if notice.kind == "scheduled_failed":
        return True
    pair = (notice.user_id, notice.actor_id or "")
    if _is_own(notice) or pair in wishes.blocked or pair[::-1] in wishes.blocked:
        return False
    return notice.kind not in OF_MESSAGES or _is_wanted_there(notice, wishes, at)


def _is_wanted_there(notice: Notice, wishes: _Wishes, at: int) -> bool:
    here = (str(notice.conversation_id), notice.user_id)
    standing = wishes.standings.get(here)
    if standing is None or not wants(standing.level, standing.muted_until, notice.kind, at):
        return False
    if notice.kind == "mention":
        return _takes_mentions(notice.user_id, wishes)
    return notice.kind != "direct_message" or here not in wishes.told


def wants(level: str, muted_until: int | None, kind: str, at: int) -> bool:
    """Whether a member with these settings is told of such a thing in the conversation.

    A mute that ran out silences nothing.
    """
    if muted_until is not None and muted_until > at:
        return False
    return level == "all" or (level == "mentions" and kind in _ALSO_FOR_MENTIONS)


async def _announced(
    tx: Transaction, places: Mapping[str, Place], rows: Sequence[Notification], at: int
) -> list[Announcement]:
    """Keep the rows and their events, each in the next place of its person's stream."""
    unread: dict[str, int] = defaultdict(int)
    unread.update(await notifications.count_unread(tx, {row.user_id for row in rows}))
    await notifications.insert_notifications(tx, rows)
    languages = await language_of(tx, {row.user_id for row in rows})
    views = await notification_views(tx, rows, languages)
    moved: dict[str, Place] = {}
    announcements = []
    for row, view in zip(rows, views, strict=True):
        stream = user_stream(row.user_id)
        place = moved.get(stream, places[stream])
        moved[stream] = place._replace(seq=place.seq + 1, changed_at=max(place.changed_at, at))
        unread[row.user_id] = min(unread[row.user_id] + 1, MOST_COUNTED)
        count = unread[row.user_id]
        facts = {"notificationId": row.notification_id, "unread": count}
        kind, seq = "notification.created", moved[stream].seq
        event = Event(stream, seq, kind, at, row.actor_id, facts)
        announcements.append(Announcement(event, {"notification": view, "unread": count}))
    await bulk.update_places(tx, moved.values())
    await bulk.insert_events(tx, [one.event for one in announcements])
    return announcements


async def read_those_of(change: Change, user_id: str, conversation_id: str, up_to_seq: int) -> None:
    """A person has seen a conversation up to a place; what it gave rise to is read.

    The person's own stream is locked. When nothing was unread, nothing is told.
    """
    count = await notifications.update_read_in(
        change.tx, user_id, conversation_id, up_to_seq, change.at
    )
    if count:
        await tell_read(change, user_id, conversation_id)


async def tell_read(
    change: Change, user_id: str, conversation_id: str | None, until: int | None = None
) -> None:
    """Announce that several were read: those of a conversation, or all up to a moment, or now."""
    unread = (await notifications.count_unread(change.tx, [user_id])).get(user_id, 0)
    facts: Json = {
        "conversationId": conversation_id,
        "until": rfc3339(change.at if until is None else until),
        "readAt": rfc3339(change.at),
        "unread": unread,
    }
    await change.announce(user_stream(user_id), "notification.all_read", facts, facts)
