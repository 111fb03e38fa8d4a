"""What was shared in a conversation: the files of its messages, by their places.

``message_files`` repeats the place of its message and the kind of its file, so
that a page of any kind is a stretch of one index, however much else there is.
"""

from altlas_chat.domain.files import FileKind, SharedFile, StoredFile
from altlas_chat.storage.database import Reader
from altlas_chat.storage.messages import Span
from altlas_chat.storage.uploads import FILE_COLUMNS

Place = tuple[int, int]
"""Of a file: the place of its message, and its own in that message."""


async def select_shared(
    reader: Reader, span: Span, kind: FileKind | None, before: Place, limit: int
) -> list[SharedFile]:
    """Files of a span's messages that the viewer did not hide, before a place, the newest first.

    The files of one message come in the reverse of their order there.
    """
    of_kind, kinds = ("", ()) if kind is None else (" AND l.kind = ?", (kind,))
    rows = await reader.fetch_all(
        f"SELECT {FILE_COLUMNS}, l.message_id, l.seq, l.ordinal, m.sender_id, m.created_at"
        " FROM message_files l JOIN files f ON f.file_id = l.file_id"
        " JOIN messages m ON m.message_id = l.message_id"
        f" WHERE l.conversation_id = ?{of_kind} AND l.seq > ? AND (l.seq, l.ordinal) < (?, ?)"
        " AND NOT EXISTS (SELECT 1 FROM hidden_messages h"
        " WHERE h.user_id = ? AND h.message_id = l.message_id)"
        " ORDER BY l.seq DESC, l.ordinal DESC LIMIT ?",
        span.conversation_id,
        *kinds,
        span.after,
        *before,
        span.viewer_id,
        limit,
    )
    return [
        SharedFile(
            StoredFile(*file)._replace(conversation_id=span.conversation_id),
            message_id,
            seq,
            ordinal,
            sender_id,
            shared_at,
        )
        for *file, message_id, seq, ordinal, sender_id, shared_at in rows
    ]
