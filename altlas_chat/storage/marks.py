"""What people hang on messages: reactions, pins, stars, and the count of a thread's replies."""

from collections.abc import Iterable, Sequence

from altlas_chat.domain.messages import Message
from altlas_chat.storage.database import Reader, Transaction

# -- reactions -----------------------------------------------------------------------


async def insert_reaction(
    tx: Transaction, message_id: str, user_id: str, emoji: str, at: int
) -> bool:
    """Put an emoji on a message; False if the person's own is there already."""
    changed = await tx.execute(
        "INSERT INTO reactions (message_id, user_id, emoji, created_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        message_id,
        user_id,
        emoji,
        at,
    )
    if changed:
        await tx.execute(
            "UPDATE messages SET has_reactions = TRUE WHERE message_id = ? AND NOT has_reactions",
            message_id,
        )
    return changed > 0


async def delete_reaction(tx: Transaction, message_id: str, user_id: str, emoji: str) -> bool:
    """Take a person's own emoji from a message; False if it is not there."""
    changed = await tx.execute(
        "DELETE FROM reactions WHERE message_id = ? AND user_id = ? AND emoji = ?",
        message_id,
        user_id,
        emoji,
    )
    if changed:
        await tx.execute(
            "UPDATE messages SET has_reactions = FALSE WHERE message_id = ?"
            " AND NOT EXISTS (SELECT 1 FROM reactions r WHERE r.message_id = messages.message_id)",
            message_id,
        )
    return changed > 0


# -- pins ----------------------------------------------------------------------------


async def insert_pin(tx: Transaction, message: Message, user_id: str, at: int) -> None:
    """Pin a message that is not pinned."""
    await tx.execute(
        "INSERT INTO pins (conversation_id, message_id, pinned_by, created_at) VALUES (?, ?, ?, ?)",
        message.conversation_id,
        message.message_id,
        user_id,
        at,
    )
    await tx.execute(
        "UPDATE messages SET is_pinned = TRUE WHERE message_id = ?", message.message_id
    )


async def delete_pin(tx: Transaction, message: Message) -> None:
    await tx.execute(
        "DELETE FROM pins WHERE conversation_id = ? AND message_id = ?",
        message.conversation_id,
        message.message_id,
    )
    await tx.execute(
        "UPDATE messages SET is_pinned = FALSE WHERE message_id = ?", message.message_id
    )


async def count_pins(reader: Reader, conversation_id: str) -> int:
    row = await reader.fetch_one(
        "SELECT count(*) FROM pins WHERE conversation_id = ?", conversation_id
    )
    return 0 if row is None else int(row[0])


Marked = tuple[int, str]
"""When a message was pinned or starred, and its id: a place in a list of them."""


async def select_pinned(
    reader: Reader,
    conversation_id: str,
    viewer_id: str,
    cleared_seq: int,
    before: Marked | None,
    limit: int,
) -> list[Marked]:
    """A conversation's pinned messages that a viewer can see, the last pinned first."""
    place, params = _before("p", before)
    rows = await reader.fetch_all(
        "SELECT p.created_at, p.message_id FROM pins p"
        " JOIN messages m ON m.message_id = p.message_id"
        f" WHERE p.conversation_id = ? AND m.seq > ?{_NOT_HIDDEN}{place}"
        " ORDER BY p.created_at DESC, p.message_id DESC LIMIT ?",
        conversation_id,
        cleared_seq,
        viewer_id,
        *params,
        limit,
    )
    return [(row[0], row[1]) for row in rows]


_NOT_HIDDEN = (
    " AND NOT EXISTS (SELECT 1 FROM hidden_messages h"
    " WHERE h.user_id = ? AND h.message_id = m.message_id)"
)


def _before(table: str, place: Marked | None) -> tuple[str, list[object]]:
    if place is None:
        return "", []
    at, message_id = place
    sql = f" AND {table}.created_at <= ? AND ({table}.created_at < ? OR {table}.message_id < ?)"
    return sql, [at, at, message_id]


# -- stars ---------------------------------------------------------------------------


async def insert_star(tx: Transaction, user_id: str, message: Message, at: int) -> bool:
    """Star a message for one person; False if it is starred already."""
    changed = await tx.execute(
        "INSERT INTO stars (user_id, message_id, conversation_id, created_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        user_id,
        message.message_id,
        message.conversation_id,
        at,
    )
    return changed > 0


async def delete_star(tx: Transaction, user_id: str, message_id: str) -> bool:
    """Take one person's star away; False if there is none."""
    changed = await tx.execute(
        "DELETE FROM stars WHERE user_id = ? AND message_id = ?", user_id, message_id
    )
    return changed > 0


async def delete_stars_of(tx: Transaction, user_id: str, conversation_id: str) -> None:
    """Take all stars of one person in one conversation away."""
    await tx.execute(
        "DELETE FROM stars WHERE user_id = ? AND conversation_id = ?", user_id, conversation_id
    )


async def select_starred(
    reader: Reader, user_id: str, before: Marked | None, limit: int
) -> list[Marked]:
    """A person's starred messages that the person can still see, the last starred first."""
    place, params = _before("s", before)
    rows = await reader.fetch_all(
        "SELECT s.created_at, s.message_id FROM stars s"
        " JOIN messages m ON m.message_id = s.message_id"
        " JOIN members w ON w.conversation_id = s.conversation_id AND w.user_id = s.user_id"
        f" WHERE s.user_id = ? AND m.seq > w.cleared_seq{_NOT_HIDDEN}{place}"
        " ORDER BY s.created_at DESC, s.message_id DESC LIMIT ?",
        user_id,
        user_id,
        *params,
        limit,
    )
    return [(row[0], row[1]) for row in rows]


async def delete_marks(tx: Transaction, message: Message) -> None:
    """Take everything from a message that people hung on it."""
    await tx.execute(
        "UPDATE messages SET is_pinned = FALSE, has_reactions = FALSE, has_files = FALSE"
        " WHERE message_id = ?",
        message.message_id,
    )
    for table in ("reactions", "stars", "pins", "message_files"):
        await tx.execute(f"DELETE FROM {table} WHERE message_id = ?", message.message_id)


# -- threads -------------------------------------------------------------------------


async def count_replies(tx: Transaction, replies: Iterable[Message], step: int) -> dict[str, int]:
    """Add ``step`` to the count of a thread's root for each reply; the counts then, by root."""
    changes: dict[str, int] = {}
    for reply in replies:
        if reply.thread_root_id is not None:
            changes[reply.thread_root_id] = changes.get(reply.thread_root_id, 0) + step
    found: dict[str, int] = {}
    for root_id, change in sorted(changes.items()):
        row = await tx.fetch_one(
            "UPDATE messages SET reply_count = reply_count + ? WHERE message_id = ?"
            " RETURNING reply_count",
            change,
            root_id,
        )
        if row is not None:
            found[root_id] = row[0]
    return found


async def select_reply_counts(reader: Reader, root_ids: Sequence[str]) -> dict[str, int]:
    """How many replies threads have, by their roots; at most 500 roots at a time are asked for."""
    found: dict[str, int] = {}
    for start in range(0, len(root_ids), 500):
        chunk = root_ids[start : start + 500]
        rows = await reader.fetch_all(
            "SELECT message_id, reply_count FROM messages"
            f" WHERE message_id IN ({', '.join('?' * len(chunk))})",
            *chunk,
        )
        found.update((row[0], row[1]) for row in rows)
    return found


async def select_reply_ids(
    reader: Reader, root_id: str, viewer_id: str, cleared_seq: int, after: int, limit: int
) -> list[tuple[int, str]]:
    """A thread's replies that a viewer can see, oldest first: places and ids."""
    rows = await reader.fetch_all(
        "SELECT m.seq, m.message_id FROM messages m"
        f" WHERE m.thread_root_id = ? AND m.seq > ?{_NOT_HIDDEN} ORDER BY m.seq LIMIT ?",
        root_id,
        max(after, cleared_seq),
        viewer_id,
        limit,
    )
    return [(row[0], row[1]) for row in rows]
