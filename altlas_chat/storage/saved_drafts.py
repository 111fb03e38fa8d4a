"""Rows of drafts: what each person has begun to write, one for each conversation."""

from collections.abc import Iterable

from altlas_chat.domain.drafts import SavedDraft
from altlas_chat.storage.database import Reader, Transaction

_COLUMNS = "d.conversation_id, d.text, d.reply_to_id, d.updated_at"
_OF_MEMBER = (
    " FROM drafts d JOIN members w"
    " ON w.conversation_id = d.conversation_id AND w.user_id = d.user_id"
)


async def upsert_draft(tx: Transaction, user_id: str, draft: SavedDraft) -> None:
    """Keep a draft in the place of the one before."""
    await tx.execute(
        "INSERT INTO drafts (user_id, conversation_id, text, reply_to_id, updated_at)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (user_id, conversation_id) DO UPDATE SET"
        " text = excluded.text, reply_to_id = excluded.reply_to_id,"
        " updated_at = excluded.updated_at",
        user_id,
        *draft,
    )
    await _mark(tx, user_id, draft.conversation_id, has_draft=True)


async def delete_draft(tx: Transaction, user_id: str, conversation_id: str) -> bool:
    """Drop a draft; False if there is none."""
    changed = await tx.execute(
        "DELETE FROM drafts WHERE user_id = ? AND conversation_id = ?", user_id, conversation_id
    )
    if changed:
        await _mark(tx, user_id, conversation_id, has_draft=False)
    return changed > 0


async def _mark(tx: Transaction, user_id: str, conversation_id: str, *, has_draft: bool) -> None:
    await tx.execute(
        "UPDATE members SET has_draft = ? WHERE conversation_id = ? AND user_id = ?",
        has_draft,
        conversation_id,
        user_id,
    )


async def select_draft(reader: Reader, user_id: str, conversation_id: str) -> SavedDraft | None:
    row = await reader.fetch_one(
        f"SELECT {_COLUMNS} FROM drafts d WHERE d.user_id = ? AND d.conversation_id = ?",
        user_id,
        conversation_id,
    )
    return None if row is None else SavedDraft(*row)


async def select_drafts(
    reader: Reader, user_id: str, conversation_ids: Iterable[str]
) -> dict[str, SavedDraft]:
    """A person's drafts in conversations, by conversation; at most 500 are asked for."""
    wanted = sorted(set(conversation_ids))
    found: dict[str, SavedDraft] = {}
    for start in range(0, len(wanted), 500):
        chunk = wanted[start : start + 500]
        rows = await reader.fetch_all(
            f"SELECT {_COLUMNS} FROM drafts d WHERE d.user_id = ?"
            f" AND d.conversation_id IN ({', '.join('?' * len(chunk))})",
            user_id,
            *chunk,
        )
        found.update((row[0], SavedDraft(*row)) for row in rows)
    return found


async def select_page(
    reader: Reader, user_id: str, before: tuple[int, str] | None, limit: int
) -> list[SavedDraft]:
    """A person's drafts where the person is a member, the latest first."""
    place, params = "", []
    if before is not None:
        place = " AND d.updated_at <= ? AND (d.updated_at < ? OR d.conversation_id < ?)"
        params = [before[0], before[0], before[1]]
    rows = await reader.fetch_all(
        f"SELECT {_COLUMNS}{_OF_MEMBER} WHERE d.user_id = ?{place}"
        " ORDER BY d.updated_at DESC, d.conversation_id DESC LIMIT ?",
        user_id,
        *params,
        limit,
    )
    return [SavedDraft(*row) for row in rows]
