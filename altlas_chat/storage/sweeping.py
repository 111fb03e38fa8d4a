"""Which files nobody uses any more, and which bytes no row names."""

from collections.abc import Sequence

from altlas_chat.storage import uploads
from altlas_chat.storage.database import Reader, Transaction

_IS_AVATAR = (
    "EXISTS (SELECT 1 FROM users u WHERE u.avatar_file_id = f.file_id)"
    " OR EXISTS (SELECT 1 FROM conversations c WHERE c.avatar_file_id = f.file_id"
    " AND c.deleted_at IS NULL)"
)
_IS_CARRIED = (
    "EXISTS (SELECT 1 FROM message_files l JOIN messages m ON m.message_id = l.message_id"
    " JOIN conversations c ON c.conversation_id = l.conversation_id"
    " WHERE l.file_id = f.file_id AND m.deleted_at IS NULL AND c.deleted_at IS NULL)"
    " OR EXISTS (SELECT 1 FROM scheduled_messages s WHERE s.user_id = f.owner_id"
    " AND s.sent_message_id IS NULL AND s.draft LIKE '%' || f.file_id || '%')"
)

Walked = tuple[int, str, str, bool, bool]
"""Made at, file, owner, whether it is an avatar, whether a message carries or will carry it."""


async def walk_files(
    reader: Reader, before: int, after: tuple[int, str], limit: int
) -> list[Walked]:
    """Files from before a moment in the order of their making, behind ``after``.

    A message that was deleted for everyone, or with its group, carries nothing; one for later does.
    """
    # The page first: PostgreSQL would look up all messages with files for each page otherwise.
    rows = await reader.fetch_all(
        f"SELECT f.created_at, f.file_id, f.owner_id, {_IS_AVATAR}, {_IS_CARRIED} FROM"
        " (SELECT created_at, file_id, owner_id FROM files"
        " WHERE (created_at, file_id) > (?, ?) AND created_at < ?"
        " ORDER BY created_at, file_id LIMIT ?) f ORDER BY f.created_at, f.file_id",
        *after,
        before,
        limit,
    )
    return [(at, file, owner, bool(avatar), bool(sent)) for at, file, owner, avatar, sent in rows]


async def is_used(tx: Transaction, file_id: str, *, messages: bool) -> bool:
    """Whether a file is somebody's avatar or, if ``messages`` count, in a message.

    Waits for those who hold the file to put it into a message, and holds it.
    """
    await uploads.hold_alone(tx, file_id)
    uses = f"{_IS_AVATAR} OR {_IS_CARRIED}" if messages else _IS_AVATAR
    row = await tx.fetch_one(
        f"SELECT 1 FROM files f WHERE f.file_id = ? AND ({uses}) LIMIT 1", file_id
    )
    return row is not None


async def select_keys(reader: Reader, sums: Sequence[str]) -> set[str]:
    """The keys under which the bytes with these checksums are kept."""
    marks = ", ".join("?" * len(sums))
    rows = await reader.fetch_all(
        f"SELECT storage_key, preview_key FROM blobs WHERE sha256 IN ({marks})", *sums
    )
    return {str(key) for row in rows for key in row if key is not None}
