"""Who belongs to a conversation, in which role, and how far each has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from altlas_chat.domain.accounts import User
from altlas_chat.domain.conversations import Member
from altlas_chat.domain.messages import LowestPointers
from altlas_chat.storage.database import Reader, Row, Transaction


class Access(NamedTuple):
    """What decides whether a person may do something in a conversation."""

    kind: str
    posting: str
    inviting: str
    editing: str
    role: str
    cleared_seq: int
    has_draft: bool

    @property
    def is_group(self) -> bool:
        return self.kind == "group"

    @property
    def leads(self) -> bool:
        """Owner or administrator of a group."""
        return self.role in ("owner", "admin")


async def select_access(reader: Reader, conversation_id: str, user_id: str) -> Access | None:
    """A person's standing in a conversation; None for who does not belong to it."""
    row = await reader.fetch_one(
        "SELECT c.kind, c.posting, c.inviting, c.editing, m.role, m.cleared_seq,"
        " m.has_draft FROM members m"
        " JOIN conversations c ON c.conversation_id = m.conversation_id"
        " WHERE m.conversation_id = ? AND m.user_id = ? AND c.deleted_at IS NULL",
        conversation_id,
        user_id,
    )
    return None if row is None else Access(*row)


class Pointers(NamedTuple):
    """How far one person has come in a conversation, and what is left to read."""

    read_seq: int
    delivered_seq: int
    unread_count: int
    read_at: int | None
    delivered_at: int | None


async def select_pointers(reader: Reader, conversation_id: str, user_id: str) -> Pointers | None:
    row = await reader.fetch_one(
        "SELECT m.read_seq, m.delivered_seq, s.message_count - m.read_position - m.own_unread,"
        " m.read_at, m.delivered_at FROM members m"
        " JOIN streams s ON s.stream = 'conversation:' || m.conversation_id"
        " WHERE m.conversation_id = ? AND m.user_id = ?",
        conversation_id,
        user_id,
    )
    return None if row is None else Pointers(*row)


async def select_all_pointers(reader: Reader, conversation_id: str) -> list[tuple[str, Pointers]]:
    """Every member's pointers, by user id; the unread counts are left at 0."""
    rows = await reader.fetch_all(
        "SELECT user_id, read_seq, delivered_seq, 0, read_at, delivered_at FROM members"
        " WHERE conversation_id = ? ORDER BY user_id",
        conversation_id,
    )
    return [(row[0], Pointers(*row[1:])) for row in rows]


@dataclass(slots=True)
class OwnMessages:
    """Messages that one person wrote in a row, without anybody else's between them."""

    conversation_id: str
    user_id: str
    first_position: int
    last_position: int = 0
    last_seq: int = 0


async def count_own_messages(tx: Transaction, runs: Sequence[OwnMessages]) -> None:
    """Keep the senders' unread counts right after messages of their own.

    Who had nothing unread has read his own messages too; for anyone else the
    pointer stays where it is and the messages are counted as own.
    """
    rows = []
    for own in runs:
        before = own.first_position - 1
        count = own.last_position - before
        changes = (before, own.last_seq, before, own.last_position, before, count)
        rows.append((*changes, own.conversation_id, own.user_id))
    await tx.execute_many(
        "UPDATE members SET"
        " read_seq = CASE WHEN read_position + own_unread = ? THEN ? ELSE read_seq END,"
        " read_position = CASE WHEN read_position + own_unread = ? THEN ?"
        " ELSE read_position END,"
        " own_unread = CASE WHEN read_position + own_unread = ? THEN 0"
        " ELSE own_unread + ? END, has_written = TRUE"
        " WHERE conversation_id = ? AND user_id = ?",
        rows,
    )


class ReadMark(NamedTuple):
    """Where a read pointer is to stand."""

    seq: int
    position: int
    own_unread: int


async def update_read(
    tx: Transaction, conversation_id: str, user_id: str, mark: ReadMark, at: int
) -> None:
    """Move a read pointer; what is read is delivered."""
    await tx.execute(
        "UPDATE members SET read_seq = ?, read_position = ?, own_unread = ?, read_at = ?,"
        " delivered_at = CASE WHEN delivered_seq < ? THEN ? ELSE delivered_at END,"
        " delivered_seq = CASE WHEN delivered_seq < ? THEN ? ELSE delivered_seq END"
        " WHERE conversation_id = ? AND user_id = ?",
        mark.seq,
        mark.position,
        mark.own_unread,
        at,
        mark.seq,
        at,
        mark.seq,
        mark.seq,
        conversation_id,
        user_id,
    )


async def update_delivered(
    tx: Transaction, conversation_id: str, user_id: str, seq: int, at: int
) -> bool:
    """Move a delivered pointer forward; False if it stands there or further on."""
    changed = await tx.execute(
        "UPDATE members SET delivered_seq = ?, delivered_at = ?"
        " WHERE conversation_id = ? AND user_id = ? AND delivered_seq < ?",
        seq,
        at,
        conversation_id,
        user_id,
        seq,
    )
    return changed > 0


async def select_lowest_pointers(
    reader: Reader, conversation_id: str, viewer_id: str | None
) -> LowestPointers:
    """The two members who are furthest behind, for each of the two pointers.

    Who hides what was read has read nothing here. For a viewer who hides it,
    and where it is not known who will see it, nobody has read anything.
    """
    delivered = await reader.fetch_all(
        "SELECT user_id, delivered_seq FROM members WHERE conversation_id = ?"
        " ORDER BY delivered_seq LIMIT 2",
        conversation_id,
    )
    if viewer_id is None:
        return LowestPointers(_pairs(delivered), ())
    read = await reader.fetch_all(
        "SELECT m.user_id, CASE WHEN m.hides_read THEN 0 ELSE m.read_seq END AS told_seq"
        " FROM members m WHERE m.conversation_id = ? AND NOT EXISTS (SELECT 1 FROM members v"
        " WHERE v.conversation_id = ? AND v.user_id = ? AND v.hides_read)"
        " ORDER BY told_seq LIMIT 2",
        conversation_id,
        conversation_id,
        viewer_id,
    )
    return LowestPointers(_pairs(delivered), _pairs(read))


async def select_hiding(reader: Reader, conversation_id: str) -> set[str]:
    """The members who hide what they read, and so are not told it of others."""
    rows = await reader.fetch_all(
        "SELECT user_id FROM members WHERE conversation_id = ? AND hides_read", conversation_id
    )
    return {row[0] for row in rows}


def _pairs(rows: list[Row]) -> list[tuple[str, int]]:
    return [(row[0], row[1]) for row in rows]


async def select_present(reader: Reader, conversation_id: str, user_ids: list[str]) -> set[str]:
    """Those of ``user_ids`` who are members."""
    if not user_ids:
        return set()
    marks = ", ".join("?" * len(user_ids))
    rows = await reader.fetch_all(
        f"SELECT user_id FROM members WHERE conversation_id = ? AND user_id IN ({marks})",
        conversation_id,
        *user_ids,
    )
    return {row[0] for row in rows}


async def select_member_ids(reader: Reader, conversation_id: str) -> list[str]:
    rows = await reader.fetch_all(
        "SELECT user_id FROM members WHERE conversation_id = ? ORDER BY user_id", conversation_id
    )
    return [row[0] for row in rows]


async def select_conversation_ids(reader: Reader, user_id: str) -> list[str]:
    """Every conversation that a person belongs to."""
    rows = await reader.fetch_all(
        "SELECT conversation_id FROM members WHERE user_id = ? ORDER BY conversation_id", user_id
    )
    return [row[0] for row in rows]


class MovedPointers(NamedTuple):
    """Another member's pointers."""

    conversation_id: str
    user_id: str
    delivered_seq: int
    read_seq: int
    at: int


async def select_moved_pointers(
    reader: Reader, viewer_id: str, since: int, limit: int
) -> list[MovedPointers]:
    """Pointers of the viewer's companions that moved at or after a moment."""
    rows = await reader.fetch_all(
        "SELECT o.conversation_id, o.user_id, o.delivered_seq,"
        " CASE WHEN o.hides_read OR mine.hides_read THEN 0 ELSE o.read_seq END,"
        " CASE WHEN NOT (o.hides_read OR mine.hides_read)"
        " AND coalesce(o.read_at, 0) > coalesce(o.delivered_at, 0) THEN o.read_at"
        " ELSE o.delivered_at END"
        " FROM members mine JOIN members o ON o.conversation_id = mine.conversation_id"
        " WHERE mine.user_id = ? AND o.user_id <> ? AND (o.delivered_at >= ?"
        " OR (o.read_at >= ? AND NOT (o.hides_read OR mine.hides_read)))"
        " ORDER BY o.conversation_id, o.user_id LIMIT ?",
        viewer_id,
        viewer_id,
        since,
        since,
        limit,
    )
    return [MovedPointers(*row) for row in rows]


class NewMember(NamedTuple):
    """A row for somebody who comes into a conversation.

    Everything before counts as read: ``read_seq`` and ``read_position`` are
    where the conversation stands.
    """

    user_id: str
    role: str
    joined_at: int
    joined_seq: int
    invited_by: str | None
    read_position: int


async def insert_members(
    tx: Transaction, conversation_id: str, new_members: Sequence[NewMember]
) -> None:
    await tx.execute_many(
        "INSERT INTO members (conversation_id, user_id, role, joined_at, joined_seq, invited_by,"
        " read_position, read_seq, delivered_seq, hides_read) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " coalesce((SELECT p.hides_read FROM preferences p WHERE p.user_id = ?), FALSE))",
        [
            (conversation_id, *new, new.joined_seq, new.joined_seq, new.user_id)
            for new in new_members
        ],
    )


async def delete_member(tx: Transaction, conversation_id: str, user_id: str) -> None:
    """Take a person out of a conversation, with what is his alone there: stars and a draft."""
    for table in ("stars", "drafts"):
        await tx.execute(
            f"DELETE FROM {table} WHERE user_id = ? AND conversation_id = ?",
            user_id,
            conversation_id,
        )
    await tx.execute(
        "DELETE FROM members WHERE conversation_id = ? AND user_id = ?", conversation_id, user_id
    )


async def update_role(tx: Transaction, conversation_id: str, user_id: str, role: str) -> None:
    await tx.execute(
        "UPDATE members SET role = ? WHERE conversation_id = ? AND user_id = ?",
        role,
        conversation_id,
        user_id,
    )


async def select_role(reader: Reader, conversation_id: str, user_id: str) -> str | None:
    row = await reader.fetch_one(
        "SELECT role FROM members WHERE conversation_id = ? AND user_id = ?",
        conversation_id,
        user_id,
    )
    return None if row is None else str(row[0])


async def count_owners(reader: Reader, conversation_id: str) -> int:
    row = await reader.fetch_one(
        "SELECT count(*) FROM members WHERE conversation_id = ? AND role = 'owner'",
        conversation_id,
    )
    return 0 if row is None else int(row[0])


_MEMBER = (
    "SELECT u.user_id, u.username, u.email, u.display_name, u.role, u.origin, u.language, u.bio,"
    " u.avatar_file_id, u.is_active, u.last_seen_at, u.created_at, u.updated_at,"
    " m.role, m.joined_at, m.read_seq, m.delivered_seq, m.read_at, m.delivered_at,"
    " m.hides_read FROM members m JOIN users u ON u.user_id = m.user_id WHERE m.conversation_id = ?"
)


def _member(row: Row) -> Member:
    values = tuple(row)
    return Member(User(*values[:13]), *values[13:])


async def select_member(reader: Reader, conversation_id: str, user_id: str) -> Member | None:
    row = await reader.fetch_one(f"{_MEMBER} AND m.user_id = ?", conversation_id, user_id)
    return None if row is None else _member(row)


async def select_members(
    reader: Reader, conversation_id: str, after: str, limit: int
) -> list[Member]:
    """Members by user id, those after ``after``."""
    rows = await reader.fetch_all(
        f"{_MEMBER} AND m.user_id > ? ORDER BY m.user_id LIMIT ?", conversation_id, after, limit
    )
    return [_member(row) for row in rows]


async def select_left_alone(reader: Reader, user_id: str, conversation_id: str | None) -> list[str]:
    """Groups, or the one that is named if it is such, of which a person is an owner and whose
    owners' accounts are all closed.
    """
    only = "" if conversation_id is None else " AND m.conversation_id = ?"
    rows = await reader.fetch_all(
        "SELECT m.conversation_id FROM members m"
        " JOIN conversations c ON c.conversation_id = m.conversation_id"
        f" WHERE m.user_id = ? AND m.role = 'owner'{only}"
        " AND c.kind = 'group' AND c.deleted_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM members o JOIN users u ON u.user_id = o.user_id"
        " WHERE o.conversation_id = m.conversation_id AND o.role = 'owner'"
        " AND u.is_active = TRUE) ORDER BY m.conversation_id",
        user_id,
        *([] if conversation_id is None else [conversation_id]),
    )
    return [row[0] for row in rows]


async def select_heir(reader: Reader, conversation_id: str) -> str | None:
    """Who is next to own a group: its first administrator with an open account, or first member."""
    row = await reader.fetch_one(
        "SELECT m.user_id FROM members m JOIN users u ON u.user_id = m.user_id"
        " WHERE m.conversation_id = ? AND u.is_active = TRUE"
        " ORDER BY CASE m.role WHEN 'admin' THEN 0 ELSE 1 END, m.joined_at, m.user_id LIMIT 1",
        conversation_id,
    )
    return None if row is None else row[0]
