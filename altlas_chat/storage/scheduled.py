"""Rows of messages for later."""

from collections.abc import Iterable

import orjson

from altlas_chat.domain.drafts import ScheduledMessage
from altlas_chat.storage.database import Reader, Row, Transaction

_COLUMNS = (
    "scheduled_id, user_id, conversation_id, client_id, fingerprint, draft, scheduled_at,"
    " created_at, sent_message_id, failed_code"
)
_SELECT = f"SELECT {_COLUMNS} FROM scheduled_messages"
_WAITS = "sent_message_id IS NULL AND failed_code IS NULL"


def _scheduled(row: Row) -> ScheduledMessage:
    return ScheduledMessage._make((*row[:5], orjson.loads(row[5]), *row[6:]))


async def insert_scheduled(tx: Transaction, one: ScheduledMessage) -> None:
    """Keep a message for later.

    Raises:
        UniqueViolated: the sender used this ``client_id`` for one before.
    """
    await tx.execute(
        f"INSERT INTO scheduled_messages ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *one._replace(draft=orjson.dumps(one.draft).decode()),  # type: ignore[arg-type]
    )


async def update_scheduled(tx: Transaction, one: ScheduledMessage) -> None:
    """Keep another text or time, or what became of it."""
    await tx.execute(
        "UPDATE scheduled_messages SET draft = ?, scheduled_at = ?, sent_message_id = ?,"
        " failed_code = ? WHERE scheduled_id = ?",
        orjson.dumps(one.draft).decode(),
        one.scheduled_at,
        one.sent_message_id,
        one.failed_code,
        one.scheduled_id,
    )


async def delete_scheduled(tx: Transaction, scheduled_id: str) -> None:
    await tx.execute("DELETE FROM scheduled_messages WHERE scheduled_id = ?", scheduled_id)


async def select_scheduled(reader: Reader, scheduled_id: str) -> ScheduledMessage | None:
    row = await reader.fetch_one(f"{_SELECT} WHERE scheduled_id = ?", scheduled_id)
    return None if row is None else _scheduled(row)


async def select_by_client_id(
    reader: Reader, user_id: str, client_id: str
) -> ScheduledMessage | None:
    row = await reader.fetch_one(
        f"{_SELECT} WHERE user_id = ? AND client_id = ?", user_id, client_id
    )
    return None if row is None else _scheduled(row)


async def select_many(reader: Reader, scheduled_ids: Iterable[str]) -> dict[str, ScheduledMessage]:
    """Messages for later by id; those that are not there are left out."""
    wanted = sorted(set(scheduled_ids))
    found: dict[str, ScheduledMessage] = {}
    for start in range(0, len(wanted), 500):
        chunk = wanted[start : start + 500]
        rows = await reader.fetch_all(
            f"{_SELECT} WHERE scheduled_id IN ({', '.join('?' * len(chunk))})", *chunk
        )
        found.update((row[0], _scheduled(row)) for row in rows)
    return found


async def select_page(
    reader: Reader,
    user_id: str,
    conversation_id: str | None,
    after: tuple[int, str] | None,
    limit: int,
) -> list[ScheduledMessage]:
    """A person's messages for later, the earliest first."""
    sql, params = f"{_SELECT} WHERE user_id = ?", [user_id]
    more: list[object] = []
    if conversation_id is not None:
        sql += " AND conversation_id = ?"
        more += [conversation_id]
    if after is not None:
        sql += " AND scheduled_at >= ? AND (scheduled_at > ? OR scheduled_id > ?)"
        more += [after[0], after[0], after[1]]
    sql += " ORDER BY scheduled_at, scheduled_id LIMIT ?"
    rows = await reader.fetch_all(sql, *params, *more, limit)
    return [_scheduled(row) for row in rows]


async def count_waiting(reader: Reader, user_id: str) -> int:
    row = await reader.fetch_one(
        f"SELECT count(*) FROM scheduled_messages WHERE user_id = ? AND {_WAITS}", user_id
    )
    return 0 if row is None else int(row[0])


async def select_due(
    reader: Reader, at: int, after: tuple[int, str] | None, limit: int
) -> list[ScheduledMessage]:
    """What waits and was to be sent at a moment or before, the earliest first."""
    sql, params = f"{_SELECT} WHERE {_WAITS} AND scheduled_at <= ?", [at]
    more: list[object] = []
    if after is not None:
        sql += " AND scheduled_at >= ? AND (scheduled_at > ? OR scheduled_id > ?)"
        more += [after[0], after[0], after[1]]
    sql += " ORDER BY scheduled_at, scheduled_id LIMIT ?"
    rows = await reader.fetch_all(sql, *params, *more, limit)
    return [_scheduled(row) for row in rows]


async def select_next_at(reader: Reader, after: int) -> int | None:
    """When the next message is to be sent after a moment; None when none waits."""
    row = await reader.fetch_one(
        f"SELECT scheduled_at FROM scheduled_messages WHERE {_WAITS} AND scheduled_at > ?"
        " ORDER BY scheduled_at LIMIT 1",
        after,
    )
    return None if row is None else int(row[0])


async def select_done(reader: Reader, before: int, limit: int) -> list[ScheduledMessage]:
    """What was sent or failed, and was to be sent before a moment."""
    rows = await reader.fetch_all(
        f"{_SELECT} WHERE (sent_message_id IS NOT NULL OR failed_code IS NOT NULL)"
        " AND scheduled_at < ? ORDER BY scheduled_at LIMIT ?",
        before,
        limit,
    )
    return [_scheduled(row) for row in rows]
