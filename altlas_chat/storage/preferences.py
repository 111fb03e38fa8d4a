"""Documents of preferences, and who talks with whom."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import orjson

from altlas_chat.domain.events import Json
from altlas_chat.storage.database import Reader, Transaction

_CHUNK = 500


class Kept(NamedTuple):
    """What a person chose, without the defaults."""

    document: Json
    updated_at: int


async def select_preferences(reader: Reader, user_ids: Iterable[str]) -> dict[str, Kept]:
    """What these people chose; who chose nothing is left out."""
    wanted = sorted(set(user_ids))
    found: dict[str, Kept] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        rows = await reader.fetch_all(
            "SELECT user_id, document, updated_at FROM preferences"
            f" WHERE user_id IN ({', '.join('?' * len(chunk))})",
            *chunk,
        )
        found.update((row[0], Kept(orjson.loads(row[1]), row[2])) for row in rows)
    return found


async def select_of_members(reader: Reader, conversation_id: str) -> dict[str, Kept]:
    """What the members of a conversation chose; who chose nothing is left out."""
    rows = await reader.fetch_all(
        "SELECT p.user_id, p.document, p.updated_at FROM members m"
        " JOIN preferences p ON p.user_id = m.user_id WHERE m.conversation_id = ?",
        conversation_id,
    )
    return {row[0]: Kept(orjson.loads(row[1]), row[2]) for row in rows}


async def upsert_preferences(
    tx: Transaction, user_id: str, document: Json, *, hides_read: bool, at: int
) -> None:
    """Keep what a person chose; whether reading is hidden is known to each membership too."""
    await tx.execute(
        "INSERT INTO preferences (user_id, document, hides_read, updated_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (user_id) DO UPDATE SET document = excluded.document,"
        " hides_read = excluded.hides_read, updated_at = excluded.updated_at",
        user_id,
        orjson.dumps(document).decode(),
        hides_read,
        at,
    )


async def update_hides_read(tx: Transaction, user_id: str, hides_read: bool) -> None:
    await tx.execute(
        "UPDATE members SET hides_read = ? WHERE user_id = ? AND hides_read <> ?",
        hides_read,
        user_id,
        hides_read,
    )


async def select_writers(
    reader: Reader, direct_keys: Mapping[str, str] | Collection[str]
) -> set[tuple[str, str]]:
    """Who has written in these direct conversations, by key of the conversation and person."""
    wanted = sorted(direct_keys)
    found: set[tuple[str, str]] = set()
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        rows = await reader.fetch_all(
            "SELECT c.direct_key, m.user_id FROM conversations c"
            " JOIN members m ON m.conversation_id = c.conversation_id"
            f" WHERE c.direct_key IN ({', '.join('?' * len(chunk))}) AND m.has_written",
            *chunk,
        )
        found.update((row[0], row[1]) for row in rows)
    return found
