"""Rows of conversations, and what a list of them needs, however many they are."""

from collections.abc import Sequence
from typing import NamedTuple

from altlas_chat.domain.accounts import User
from altlas_chat.domain.conversations import Conversation, Membership
from altlas_chat.domain.text import name_order, words
from altlas_chat.storage.database import Reader, Row, Transaction

_CONVERSATION = (
    "c.conversation_id, c.kind, c.name, c.description, c.avatar_file_id, c.created_by,"
    " c.posting, c.inviting, c.editing, c.member_count, c.created_at, c.updated_at"
)
_MEMBERSHIP = (
    "m.role, m.joined_at, m.read_seq, m.delivered_seq, m.notifications, m.muted_until,"
    " m.is_archived, m.is_favourite"
)
_UNREAD = "(s.message_count - m.read_position - m.own_unread)"
_OF_VIEWER = (
    " FROM members m JOIN conversations c ON c.conversation_id = m.conversation_id"
    " JOIN streams s ON s.stream = 'conversation:' || m.conversation_id"
    " WHERE m.user_id = ? AND c.deleted_at IS NULL"
)

_PART = 10_000
"""A statement has at most 32,766 parameters, on both databases."""

FILTERS = {
    "unread": f" AND {_UNREAD} > 0",
    "direct": " AND c.kind = 'direct'",
    "group": " AND c.kind = 'group'",
    "archived": " AND m.is_archived",
    "favourite": " AND m.is_favourite",
    "muted": " AND m.muted_until > ?",
}


async def insert_conversation(
    tx: Transaction, conversation: Conversation, direct_key: str | None
) -> None:
    """Keep a new conversation.

    Raises:
        UniqueViolated: the two people have a direct conversation already.
    """
    await tx.execute(
        "INSERT INTO conversations (conversation_id, kind, name, description, avatar_file_id,"
        " created_by, posting, inviting, editing, member_count, created_at, updated_at,"
        " direct_key, search_name, order_name)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *conversation,
        direct_key,
        *_found_by(conversation.name),
    )


def _found_by(name: str | None) -> tuple[str | None, str]:
    """A group's name as it is looked for, and as it is put in order."""
    return (None, "") if name is None else (" ".join(words(name)), name_order(name))


async def select_conversation(reader: Reader, conversation_id: str) -> Conversation | None:
    row = await reader.fetch_one(
        f"SELECT {_CONVERSATION} FROM conversations c"
        " WHERE c.conversation_id = ? AND c.deleted_at IS NULL",
        conversation_id,
    )
    return None if row is None else Conversation(*row)


async def select_member_count(reader: Reader, conversation_id: str) -> int:
    """How many members a conversation has; 0 for none that there is."""
    row = await reader.fetch_one(
        "SELECT member_count FROM conversations WHERE conversation_id = ?", conversation_id
    )
    return 0 if row is None else int(row[0])


async def select_direct(reader: Reader, direct_key: str) -> str | None:
    """The direct conversation of two people."""
    row = await reader.fetch_one(
        "SELECT conversation_id FROM conversations WHERE direct_key = ?", direct_key
    )
    return None if row is None else str(row[0])


async def update_conversation(tx: Transaction, conversation: Conversation) -> None:
    """Keep a group's changed name, description, permissions and number of members."""
    await tx.execute(
        "UPDATE conversations SET name = ?, search_name = ?, order_name = ?, description = ?,"
        " avatar_file_id = ?, posting = ?, inviting = ?, editing = ?, member_count = ?,"
        " updated_at = ?"
        " WHERE conversation_id = ?",
        conversation.name,
        *_found_by(conversation.name),
        conversation.description,
        conversation.avatar_file_id,
        conversation.posting,
        conversation.inviting,
        conversation.editing,
        conversation.member_count,
        conversation.updated_at,
        conversation.conversation_id,
    )


async def delete_conversation(tx: Transaction, conversation_id: str, at: int) -> None:
    """Close a conversation for good; nobody belongs to it any more."""
    await tx.execute(
        "UPDATE conversations SET deleted_at = ?, member_count = 0 WHERE conversation_id = ?",
        at,
        conversation_id,
    )
    await tx.execute("DELETE FROM members WHERE conversation_id = ?", conversation_id)


class Standing(NamedTuple):
    """A conversation, one member's side of it, and where its stream stands."""

    conversation: Conversation
    membership: Membership
    seq: int
    unread_count: int
    cleared_seq: int
    last_activity_at: int


_STANDING = f"SELECT {_CONVERSATION}, {_MEMBERSHIP}, s.seq, {_UNREAD}, m.cleared_seq, s.changed_at"


def _standing(row: Row) -> Standing:
    values = tuple(row)
    return Standing(Conversation(*values[:12]), Membership(*values[12:20]), *values[20:])


async def select_standings(
    reader: Reader, viewer_id: str, conversation_ids: Sequence[str] | None = None
) -> list[Standing]:
    """The viewer's conversations (those named, or all), the latest active first."""
    sql, params = _STANDING + _OF_VIEWER, [viewer_id]
    if conversation_ids is not None:
        if not conversation_ids:
            return []
        sql += f" AND m.conversation_id IN ({', '.join('?' * len(conversation_ids))})"
        params += conversation_ids
    sql += " ORDER BY s.changed_at DESC, m.conversation_id DESC"
    return [_standing(row) for row in await reader.fetch_all(sql, *params)]


class ListPlace(NamedTuple):
    """Where a page of a list begins: after this conversation.

    ``key`` is the moment of the last activity, or the name as it is ordered.
    """

    key: int | str
    conversation_id: str


class ListQuery(NamedTuple):
    """Which conversations of a person, in which order, from where; ``at`` is now."""

    viewer_id: str
    name: str | None
    by_name: bool
    after: ListPlace | None
    at: int


_KEY_OF_NAME = "CASE c.kind WHEN 'group' THEN c.order_name ELSE coalesce(u.order_name, '') END"
_WITH_PEERS = (
    " FROM members m JOIN conversations c ON c.conversation_id = m.conversation_id"
    " JOIN streams s ON s.stream = 'conversation:' || m.conversation_id"
    " LEFT JOIN members o ON c.kind = 'direct' AND o.conversation_id = m.conversation_id"
    " AND o.user_id <> m.user_id LEFT JOIN users u ON u.user_id = o.user_id"
    " WHERE m.user_id = ? AND c.deleted_at IS NULL"
)


async def select_page(
    reader: Reader, query: ListQuery, limit: int
) -> list[tuple[Standing, ListPlace]]:
    """A page of the viewer's list, each with its place there.

    The latest active first, or by name in Turkish order. Archived ones are in
    their own list only. One that the viewer deleted comes back when a message
    is written in it.
    """
    key = _KEY_OF_NAME if query.by_name else "s.changed_at"
    before, order = (">", "") if query.by_name else ("<", " DESC")
    sql = f"{_STANDING}, {key}" + (_WITH_PEERS if query.by_name else _OF_VIEWER)
    sql += " AND (m.cleared_seq = 0 OR s.last_message_seq > m.cleared_seq)"
    params: list[object] = [query.viewer_id]
    if query.name is not None:
        sql += FILTERS[query.name]
        params += [query.at] if query.name == "muted" else []
    if query.name != "archived":
        sql += " AND NOT m.is_archived"
    if query.after is not None:
        sql += f" AND ({key}, m.conversation_id) {before} (?, ?)"
        params += query.after
    sql += f" ORDER BY {key}{order}, m.conversation_id{order} LIMIT ?"
    rows = await reader.fetch_all(sql, *params, limit)
    return [(_standing(row[:-1]), ListPlace(row[-1], row[0])) for row in rows]


async def select_last_message_ids(
    reader: Reader, viewer_id: str, conversation_ids: Sequence[str]
) -> dict[str, str]:
    """For each conversation the newest message that the viewer can see."""
    rows = await _fetch_in_parts(
        reader,
        "SELECT m.conversation_id, (SELECT x.message_id FROM messages x"
        " WHERE x.conversation_id = m.conversation_id AND x.seq > m.cleared_seq"
        " AND NOT EXISTS (SELECT 1 FROM hidden_messages h"
        " WHERE h.user_id = m.user_id AND h.message_id = x.message_id)"
        " ORDER BY x.seq DESC LIMIT 1)"
        " FROM members m WHERE m.user_id = ? AND m.conversation_id IN ",
        (viewer_id,),
        conversation_ids,
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}


async def select_reached(reader: Reader, message_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """For each message how far all members but its sender have come: delivered and read.

    Who hides what was read has read nothing here.
    A message without such members is left out.
    """
    rows = await _fetch_in_parts(
        reader,
        "SELECT x.message_id, min(o.delivered_seq),"
        " min(CASE WHEN o.hides_read THEN 0 ELSE o.read_seq END) FROM messages x"
        " JOIN members o ON o.conversation_id = x.conversation_id"
        " AND (x.sender_id IS NULL OR o.user_id <> x.sender_id)"
        " WHERE x.message_id IN ",
        (),
        message_ids,
        " GROUP BY x.message_id",
    )
    return {row[0]: (row[1], row[2]) for row in rows}


async def select_peers(
    reader: Reader, viewer_id: str, conversation_ids: Sequence[str]
) -> dict[str, User]:
    """For each direct conversation the other person."""
    rows = await _fetch_in_parts(
        reader,
        "SELECT m.conversation_id, u.user_id, u.username, u.email, u.display_name, u.role,"
        " u.origin, u.language, u.bio, u.avatar_file_id, u.is_active, u.last_seen_at,"
        " u.created_at, u.updated_at FROM members m JOIN users u ON u.user_id = m.user_id"
        " WHERE m.user_id <> ? AND m.conversation_id IN ",
        (viewer_id,),
        conversation_ids,
    )
    return {row[0]: User(*tuple(row)[1:]) for row in rows}


async def _fetch_in_parts(
    reader: Reader, sql: str, params: Sequence[object], wanted: Sequence[str], end: str = ""
) -> list[Row]:
    """Rows for ``wanted``, whose list ``sql`` leaves open; more than one statement could name."""
    found: list[Row] = []
    for start in range(0, len(wanted), _PART):
        part = wanted[start : start + _PART]
        marks = ", ".join("?" * len(part))
        found += await reader.fetch_all(f"{sql}({marks}){end}", *params, *part)
    return found


async def update_settings(
    tx: Transaction, conversation_id: str, user_id: str, membership: Membership
) -> None:
    await tx.execute(
        "UPDATE members SET notifications = ?, muted_until = ?, is_archived = ?, is_favourite = ?"
        " WHERE conversation_id = ? AND user_id = ?",
        membership.notifications,
        membership.muted_until,
        bool(membership.is_archived),
        bool(membership.is_favourite),
        conversation_id,
        user_id,
    )


async def update_cleared(tx: Transaction, conversation_id: str, user_id: str, at: int) -> None:
    """Take everything so far out of one member's sight; nothing of it is unread then."""
    await tx.execute(
        "UPDATE members SET cleared_seq = s.seq, read_seq = s.seq, delivered_seq = s.seq,"
        " read_position = s.message_count, own_unread = 0, read_at = ?, delivered_at = ?"
        " FROM streams s WHERE s.stream = 'conversation:' || members.conversation_id"
        " AND members.conversation_id = ? AND members.user_id = ?",
        at,
        at,
        conversation_id,
        user_id,
    )
