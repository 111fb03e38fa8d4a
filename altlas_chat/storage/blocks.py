"""Who blocks whom."""

from collections.abc import Collection
from typing import NamedTuple

from altlas_chat.storage.database import Reader, Transaction

_CHUNK = 500


async def insert_block(tx: Transaction, user_id: str, blocked_id: str, at: int) -> bool:
    """Keep that a person blocks another; False if that was so already."""
    changed = await tx.execute(
        "INSERT INTO blocks (user_id, blocked_id, created_at) VALUES (?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        user_id,
        blocked_id,
        at,
    )
    return changed > 0


async def delete_block(tx: Transaction, user_id: str, blocked_id: str) -> bool:
    """Forget a block; False if there was none."""
    changed = await tx.execute(
        "DELETE FROM blocks WHERE user_id = ? AND blocked_id = ?", user_id, blocked_id
    )
    return changed > 0


class Block(NamedTuple):
    """Who is blocked, since when."""

    blocked_id: str
    created_at: int


async def select_blocks(
    reader: Reader, user_id: str, after: tuple[int, str] | None, limit: int
) -> list[Block]:
    """Whom a person blocks, the latest first, those after a place."""
    sql = "SELECT blocked_id, created_at FROM blocks WHERE user_id = ?"
    params: list[object] = [user_id]
    if after is not None:
        sql += " AND (created_at, blocked_id) < (?, ?)"
        params += after
    sql += " ORDER BY created_at DESC, blocked_id DESC LIMIT ?"
    return [Block(*row) for row in await reader.fetch_all(sql, *params, limit)]


async def select_blocked_ids(reader: Reader, user_id: str) -> list[str]:
    """All whom a person blocks, by id."""
    rows = await reader.fetch_all(
        "SELECT blocked_id FROM blocks WHERE user_id = ? ORDER BY blocked_id", user_id
    )
    return [row[0] for row in rows]


async def select_pairs(reader: Reader, user_ids: Collection[str]) -> set[tuple[str, str]]:
    """Who of these people blocks whom of them."""
    wanted = sorted(set(user_ids))
    found: set[tuple[str, str]] = set()
    parts = [wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK)]
    for some in parts:
        for others in parts:
            rows = await reader.fetch_all(
                "SELECT user_id, blocked_id FROM blocks"
                f" WHERE user_id IN ({', '.join('?' * len(some))})"
                f" AND blocked_id IN ({', '.join('?' * len(others))})",
                *some,
                *others,
            )
            found.update((row[0], row[1]) for row in rows)
    return found


async def select_apart(reader: Reader, user_id: str, others: Collection[str]) -> set[str]:
    """Those of ``others`` between whom and the person there is a block, whoever made it."""
    wanted = sorted(set(others))
    found: set[str] = set()
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        rows = await reader.fetch_all(
            f"SELECT blocked_id FROM blocks WHERE user_id = ? AND blocked_id IN ({marks})"
            f" UNION SELECT user_id FROM blocks WHERE blocked_id = ? AND user_id IN ({marks})",
            user_id,
            *chunk,
            user_id,
            *chunk,
        )
        found.update(row[0] for row in rows)
    return found


async def select_apart_in(reader: Reader, user_id: str, conversation_id: str) -> set[str]:
    """Members of a conversation between whom and the person there is a block, whoever made it."""
    rows = await reader.fetch_all(
        "SELECT b.blocked_id FROM blocks b JOIN members m ON m.user_id = b.blocked_id"
        " AND m.conversation_id = ? WHERE b.user_id = ?"
        " UNION SELECT b.user_id FROM blocks b JOIN members m ON m.user_id = b.user_id"
        " AND m.conversation_id = ? WHERE b.blocked_id = ?",
        conversation_id,
        user_id,
        conversation_id,
        user_id,
    )
    return {row[0] for row in rows}
