"""Rows of files and of the bytes that they share.

Bytes are kept once for each checksum. A row of ``blobs`` is locked before it
is used or removed, so that an upload never gets hold of what is being deleted.
"""

from collections.abc import Sequence
from typing import NamedTuple

from altlas_chat.domain.files import KeptFile, StoredBytes, StoredFile
from altlas_chat.storage.database import Reader, Transaction

_NAMES = (
    "file_id, owner_id, conversation_id, name, media_type, kind, size_bytes, sha256, width,"
    " height, duration_ms, has_preview, created_at"
)
FILE_COLUMNS = ", ".join(f"f.{name.strip()}" for name in _NAMES.split(","))


async def insert_file(
    tx: Transaction, file: StoredFile, storage_key: str, preview: StoredBytes | None = None
) -> tuple[StoredFile, list[str]]:
    """Keep a file; as it is kept, and which of the keys it does not need.

    Bytes that are there already, and their preview, stay under the keys that
    they have; the file has a preview if either has brought one.
    """
    while True:
        await tx.execute(
            "INSERT INTO blobs (sha256, size_bytes, storage_key, created_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            file.sha256,
            file.size_bytes,
            storage_key,
            file.created_at,
        )
        if await _lock(tx, file.sha256):
            break
    if preview is not None:
        await tx.execute(
            "UPDATE blobs SET preview_key = ?, preview_bytes = ?"
            " WHERE sha256 = ? AND preview_key IS NULL",
            *preview,
            file.sha256,
        )
    kept = await _keys(tx, file.sha256)
    file = file._replace(has_preview=len(kept) > 1)
    marks = ", ".join("?" * len(file))
    await tx.execute(f"INSERT INTO files ({_NAMES}) VALUES ({marks})", *file)
    brought = [storage_key] if preview is None else [storage_key, preview.key]
    return file, [key for key in brought if key not in kept]


async def _keys(reader: Reader, sha256: str) -> list[str]:
    """The key of some bytes and then that of their preview, as far as there are any."""
    row = await reader.fetch_one(
        "SELECT storage_key, preview_key FROM blobs WHERE sha256 = ?", sha256
    )
    return [] if row is None else [str(key) for key in row if key is not None]


async def _lock(tx: Transaction, sha256: str) -> bool:
    """Hold the row of some bytes until the end of the transaction; False if there is none."""
    changed = await tx.execute("UPDATE blobs SET size_bytes = size_bytes WHERE sha256 = ?", sha256)
    return changed > 0


async def select_file(reader: Reader, file_id: str) -> KeptFile | None:
    row = await reader.fetch_one(
        f"SELECT {FILE_COLUMNS}, b.storage_key, b.preview_key, b.preview_bytes FROM files f"
        " JOIN blobs b ON b.sha256 = f.sha256 WHERE f.file_id = ? AND f.deleted_at IS NULL",
        file_id,
    )
    if row is None:
        return None
    *values, storage_key, preview_key, preview_bytes = row
    file = StoredFile(*values)
    preview = StoredBytes(preview_key, preview_bytes) if file.has_preview else None
    return KeptFile(file, storage_key, preview)


async def select_files(reader: Reader, file_ids: Sequence[str]) -> dict[str, StoredFile]:
    """Files by id, of whomever."""
    return await _by_id(reader, file_ids)


async def _by_id(reader: Reader, file_ids: Sequence[str], lock: str = "") -> dict[str, StoredFile]:
    if not file_ids:
        return {}
    rows = await reader.fetch_all(
        f"SELECT {FILE_COLUMNS} FROM files f WHERE f.file_id IN ({', '.join('?' * len(file_ids))})"
        f" AND f.deleted_at IS NULL ORDER BY f.file_id{lock}",
        *file_ids,
    )
    return {row[0]: StoredFile(*row) for row in rows}


async def hold_files(tx: Transaction, file_ids: Sequence[str]) -> dict[str, StoredFile]:
    """Files by id, of whomever; nobody deletes them until the transaction ends."""
    return await _by_id(tx, file_ids, " FOR SHARE" if tx.dialect == "postgresql" else "")


async def hold_alone(tx: Transaction, file_id: str) -> None:
    """Wait for those who hold a file (:func:`hold_files`); nobody gets hold of it afterwards."""
    await tx.execute("UPDATE files SET size_bytes = size_bytes WHERE file_id = ?", file_id)


class Uses(NamedTuple):
    """Where a file is shown: conversations that are not deleted, in the order of their ids."""

    carried_in: list[str]
    """A message there carries it."""
    avatar_of: list[str]
    """It is this group's image."""


async def select_uses(reader: Reader, file_id: str) -> Uses:
    carried = await reader.fetch_all(
        "SELECT DISTINCT l.conversation_id FROM message_files l"
        " JOIN conversations c ON c.conversation_id = l.conversation_id"
        " WHERE l.file_id = ? AND c.deleted_at IS NULL ORDER BY l.conversation_id",
        file_id,
    )
    shown = await reader.fetch_all(
        "SELECT conversation_id FROM conversations WHERE avatar_file_id = ?"
        " AND deleted_at IS NULL ORDER BY conversation_id",
        file_id,
    )
    return Uses([row[0] for row in carried], [row[0] for row in shown])


async def delete_file(tx: Transaction, file: StoredFile) -> list[str]:
    """Remove a file from all messages and for good; the keys of bytes that nobody has now."""
    await hold_alone(tx, file.file_id)
    await _lock(tx, file.sha256)
    await tx.execute(
        "UPDATE messages SET has_files = FALSE"
        " WHERE message_id IN (SELECT l.message_id FROM message_files l WHERE l.file_id = ?)"
        " AND NOT EXISTS (SELECT 1 FROM message_files o"
        " WHERE o.message_id = messages.message_id AND o.file_id <> ?)",
        file.file_id,
        file.file_id,
    )
    await tx.execute("DELETE FROM message_files WHERE file_id = ?", file.file_id)
    await tx.execute("DELETE FROM files WHERE file_id = ?", file.file_id)
    other = await tx.fetch_one("SELECT 1 FROM files WHERE sha256 = ? LIMIT 1", file.sha256)
    if other is not None:
        return []
    unused = await _keys(tx, file.sha256)
    await tx.execute("DELETE FROM blobs WHERE sha256 = ?", file.sha256)
    return unused


async def select_seen_in(reader: Reader, user_id: str, file_id: str) -> str | None:
    """The first conversation in which the person can see a message that carries the file."""
    row = await reader.fetch_one(
        "SELECT m.conversation_id FROM message_files l"
        " JOIN messages m ON m.message_id = l.message_id"
        " JOIN members p ON p.conversation_id = m.conversation_id AND p.user_id = ?"
        " JOIN conversations c ON c.conversation_id = m.conversation_id"
        " WHERE l.file_id = ? AND m.deleted_at IS NULL AND c.deleted_at IS NULL"
        " AND m.seq > p.cleared_seq AND NOT EXISTS (SELECT 1 FROM hidden_messages h"
        " WHERE h.user_id = ? AND h.message_id = m.message_id)"
        " ORDER BY l.message_id LIMIT 1",
        user_id,
        file_id,
        user_id,
    )
    return None if row is None else str(row[0])


async def sum_sizes(reader: Reader, owner_id: str) -> int:
    """How many bytes a person's files have together."""
    row = await reader.fetch_one(
        "SELECT coalesce(sum(size_bytes), 0) FROM files WHERE owner_id = ?", owner_id
    )
    return 0 if row is None else int(row[0])
