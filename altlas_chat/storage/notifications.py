"""Rows of notifications, and what decides for many people at once whether one is made."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import orjson

from altlas_chat.domain.events import Json
from altlas_chat.storage.database import Reader, Row, Transaction

_CHUNK = 500
_COLUMNS = (
    "n.notification_id, n.user_id, n.kind, n.actor_id, n.conversation_id, n.message_id, n.task_id,"
    " n.facts, n.created_at, n.read_at"
)


class Notification(NamedTuple):
    """A row: what happened to which thing, without its text."""

    notification_id: str
    user_id: str
    kind: str
    actor_id: str | None
    conversation_id: str | None
    message_id: str | None
    task_id: str | None
    facts: Json
    created_at: int
    read_at: int | None


def _notification(row: Row) -> Notification:
    values: list[Any] = list(row)
    values[7] = orjson.loads(values[7])
    return Notification(*values)


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def _chunks(values: Iterable[str]) -> list[list[str]]:
    wanted = sorted(set(values))
    return [wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK)]


async def insert_notifications(tx: Transaction, made: Sequence[Notification]) -> None:
    await tx.execute_many(
        "INSERT INTO notifications (notification_id, user_id, kind, actor_id, conversation_id,"
        " message_id, task_id, facts, created_at, read_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(*one[:7], orjson.dumps(one.facts).decode(), *one[8:]) for one in made],
    )


async def select_notifications(
    reader: Reader, notification_ids: Iterable[str]
) -> dict[str, Notification]:
    """Notifications by id; those that are not there are left out."""
    found: dict[str, Notification] = {}
    for chunk in _chunks(notification_ids):
        rows = await reader.fetch_all(
            f"SELECT {_COLUMNS} FROM notifications n WHERE n.notification_id IN ({_marks(chunk)})",
            *chunk,
        )
        found.update((row[0], _notification(row)) for row in rows)
    return found


async def select_page(
    reader: Reader, user_id: str, after: tuple[int, str] | None, limit: int, *, unread_only: bool
) -> list[Notification]:
    """A person's notifications, the newest first, those after a place."""
    sql = f"SELECT {_COLUMNS} FROM notifications n WHERE n.user_id = ?"
    params: list[object] = [user_id]
    if unread_only:
        sql += " AND n.read_at IS NULL"
    if after is not None:
        sql += " AND (n.created_at, n.notification_id) < (?, ?)"
        params += after
    sql += " ORDER BY n.created_at DESC, n.notification_id DESC LIMIT ?"
    return [_notification(row) for row in await reader.fetch_all(sql, *params, limit)]


MOST_COUNTED = 1000
"""Whoever has more unread is told this number: counting stays as cheap for him as for others."""


async def count_unread(reader: Reader, user_ids: Iterable[str]) -> dict[str, int]:
    """How many each person has not read, at most ``MOST_COUNTED``."""
    found: dict[str, int] = {}
    for chunk in _chunks(user_ids):
        rows = await reader.fetch_all(
            "SELECT u.column1, (SELECT count(*) FROM (SELECT 1 FROM notifications n"
            " WHERE n.user_id = u.column1 AND n.read_at IS NULL LIMIT ?) AS counted)"
            f" FROM (VALUES {', '.join(['(?)'] * len(chunk))}) AS u",
            MOST_COUNTED,
            *chunk,
        )
        found.update((row[0], int(row[1])) for row in rows)
    return found


async def count_unread_by_kind(reader: Reader, user_id: str) -> dict[str, int]:
    """How many of each kind a person has not read, among the newest ``MOST_COUNTED``."""
    rows = await reader.fetch_all(
        "SELECT kind, count(*) FROM (SELECT kind FROM notifications"
        " WHERE user_id = ? AND read_at IS NULL"
        " ORDER BY created_at DESC, notification_id DESC LIMIT ?) AS newest"
        " GROUP BY kind ORDER BY kind",
        user_id,
        MOST_COUNTED,
    )
    return {row[0]: int(row[1]) for row in rows}


async def select_told(
    reader: Reader, conversation_ids: Collection[str], user_ids: Collection[str]
) -> set[tuple[str, str]]:
    """Who has an unread notification of a direct message, by conversation and person."""
    found: set[tuple[str, str]] = set()
    for people in _chunks(user_ids):
        for places in _chunks(conversation_ids):
            rows = await reader.fetch_all(
                "SELECT conversation_id, user_id FROM notifications"
                f" WHERE user_id IN ({_marks(people)}) AND conversation_id IN ({_marks(places)})"
                " AND kind = 'direct_message' AND read_at IS NULL",
                *people,
                *places,
            )
            found.update((row[0], row[1]) for row in rows)
    return found


async def has_unread_reaction(reader: Reader, message_id: str, actor_id: str) -> bool:
    """Whether the author of a message was told of a reaction of somebody, and has not read it."""
    found = await reader.fetch_one(
        "SELECT 1 FROM notifications WHERE message_id = ? AND actor_id = ?"
        " AND kind = 'reaction' AND read_at IS NULL LIMIT 1",
        message_id,
        actor_id,
    )
    return found is not None


async def update_read(tx: Transaction, notification_id: str, at: int) -> None:
    await tx.execute(
        "UPDATE notifications SET read_at = ? WHERE notification_id = ? AND read_at IS NULL",
        at,
        notification_id,
    )


async def update_all_read(tx: Transaction, user_id: str, until: int, at: int) -> int:
    """Read what was made up to a moment; how many were."""
    return await tx.execute(
        "UPDATE notifications SET read_at = ? WHERE user_id = ? AND read_at IS NULL"
        " AND created_at <= ?",
        at,
        user_id,
        until,
    )


async def update_read_in(
    tx: Transaction, user_id: str, conversation_id: str, up_to_seq: int, at: int
) -> int:
    """Read what a conversation gave rise to up to a place in it; how many were.

    Tasks, and messages for later that could not be sent, are read on their own.
    """
    return await tx.execute(
        "UPDATE notifications SET read_at = ? WHERE user_id = ? AND conversation_id = ?"
        " AND read_at IS NULL AND task_id IS NULL AND kind <> 'scheduled_failed'"
        " AND (message_id IS NULL OR (SELECT m.seq FROM messages m"
        " WHERE m.message_id = notifications.message_id) <= ?)",
        at,
        user_id,
        conversation_id,
        up_to_seq,
    )


class Standing(NamedTuple):
    """A member's side of a conversation, as far as notifications care."""

    kind: str
    name: str | None
    level: str
    muted_until: int | None
    cleared_seq: int


async def select_standings(
    reader: Reader, conversation_ids: Collection[str], user_ids: Collection[str]
) -> dict[tuple[str, str], Standing]:
    """Sides of these people in these conversations, by conversation and person."""
    found: dict[tuple[str, str], Standing] = {}
    for places in _chunks(conversation_ids):
        for people in _chunks(user_ids):
            rows = await reader.fetch_all(
                "SELECT m.conversation_id, m.user_id, c.kind, c.name, m.notifications,"
                " m.muted_until, m.cleared_seq FROM members m"
                " JOIN conversations c ON c.conversation_id = m.conversation_id"
                f" WHERE m.conversation_id IN ({_marks(places)})"
                f" AND m.user_id IN ({_marks(people)}) AND c.deleted_at IS NULL",
                *places,
                *people,
            )
            found.update(((row[0], row[1]), Standing(*tuple(row)[2:])) for row in rows)
    return found


async def select_hidden(
    reader: Reader, user_ids: Collection[str], message_ids: Collection[str]
) -> set[tuple[str, str]]:
    """Which of the messages these people hid from themselves, by person and message."""
    found: set[tuple[str, str]] = set()
    for people in _chunks(user_ids):
        for wanted in _chunks(message_ids):
            rows = await reader.fetch_all(
                "SELECT user_id, message_id FROM hidden_messages"
                f" WHERE user_id IN ({_marks(people)}) AND message_id IN ({_marks(wanted)})",
                *people,
                *wanted,
            )
            found.update((row[0], row[1]) for row in rows)
    return found


class TaskTitle(NamedTuple):
    """What a task is called, and who sees it: its people, and its conversation's members."""

    title: str
    creator_id: str
    assignee_id: str | None
    conversation_id: str | None


async def select_task_titles(reader: Reader, task_ids: Iterable[str]) -> dict[str, TaskTitle]:
    """Tasks by id; those that are not there are left out."""
    found: dict[str, TaskTitle] = {}
    for chunk in _chunks(task_ids):
        rows = await reader.fetch_all(
            "SELECT task_id, title, creator_id, assignee_id, conversation_id FROM tasks"
            f" WHERE task_id IN ({_marks(chunk)})",
            *chunk,
        )
        found.update((row[0], TaskTitle(*tuple(row)[1:])) for row in rows)
    return found
