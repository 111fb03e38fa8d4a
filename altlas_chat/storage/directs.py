"""The two sides of direct conversations: what decides whether a message is taken and told."""

import itertools
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import orjson

from altlas_chat.domain.events import Json
from altlas_chat.storage.database import Reader
from altlas_chat.storage.members import Access

_CHUNK = 500
_APART_AND_TOLD = (
    "EXISTS (SELECT 1 FROM blocks b WHERE b.user_id = {peer}.user_id"
    " AND b.blocked_id = {one}.user_id)"
    " OR EXISTS (SELECT 1 FROM blocks b WHERE b.user_id = {one}.user_id"
    " AND b.blocked_id = {peer}.user_id),"
    " EXISTS (SELECT 1 FROM notifications n WHERE n.user_id = {peer}.user_id"
    " AND n.conversation_id = {peer}.conversation_id AND n.kind = 'direct_message'"
    " AND n.read_at IS NULL)"
)


class DirectSide(NamedTuple):
    """One person's side of a direct conversation, for what the other one writes.

    ``is_told`` says that a notification of an earlier message is unread.
    """

    conversation_id: str
    user_id: str
    peer_id: str
    level: str
    muted_until: int | None
    has_written: bool
    preferences: Json | None
    is_apart: bool
    is_told: bool


async def select_direct_sides(
    reader: Reader, conversation_ids: Collection[str]
) -> dict[tuple[str, str], DirectSide]:
    """Both sides of each direct conversation, by conversation and the one who writes to it."""
    wanted = sorted(set(conversation_ids))
    found: dict[tuple[str, str], DirectSide] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        rows = await reader.fetch_all(
            "SELECT m.conversation_id, m.user_id, o.user_id, m.notifications, m.muted_until,"
            f" m.has_written, p.document, {_APART_AND_TOLD.format(peer='m', one='o')}"
            " FROM members m"
            " JOIN members o ON o.conversation_id = m.conversation_id AND o.user_id <> m.user_id"
            " LEFT JOIN preferences p ON p.user_id = m.user_id"
            f" WHERE m.conversation_id IN ({', '.join('?' * len(chunk))})",
            *chunk,
        )
        for row in rows:
            side = _side(tuple(row))
            found[side.conversation_id, side.peer_id] = side
    return found


def _side(row: Sequence[Any]) -> DirectSide:
    values = list(row)
    values[6] = None if values[6] is None else orjson.loads(values[6])
    return DirectSide(*values)


class Writer(NamedTuple):
    """Who writes in a conversation: the own standing, and in a direct one the other's side."""

    access: Access
    peer: DirectSide | None


_WRITERS = (
    "SELECT m.conversation_id, m.user_id, c.kind, c.posting, c.inviting, c.editing, m.role,"
    " m.cleared_seq, m.has_draft, o.conversation_id, o.user_id, m.user_id, o.notifications,"
    f" o.muted_until, o.has_written, p.document, {_APART_AND_TOLD.format(peer='o', one='m')}"
    " FROM {pairs}"
    " JOIN members m ON m.conversation_id = w.column1 AND m.user_id = w.column2"
    " JOIN conversations c ON c.conversation_id = m.conversation_id"
    " LEFT JOIN members o ON c.kind = 'direct' AND o.conversation_id = m.conversation_id"
    " AND o.user_id <> m.user_id"
    " LEFT JOIN preferences p ON p.user_id = o.user_id"
    " WHERE c.deleted_at IS NULL"
)
_WRITERS_BY_ARRAYS = _WRITERS.replace(
    "{pairs}", "unnest(?::text[], ?::text[]) AS w (column1, column2)"
)
"""One statement for however many: it is prepared once."""


async def select_writers(
    reader: Reader, pairs: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Writer]:
    """Members by conversation and person, in one query; who does not belong is left out."""
    wanted = sorted(pairs)
    found: dict[tuple[str, str], Writer] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        if reader.dialect == "postgresql":
            rows = await reader.fetch_all(_WRITERS_BY_ARRAYS, *zip(*chunk, strict=True))
        else:
            # Joined, and not looked for with IN, for which SQLite would read all members.
            pairs_of = f"(VALUES {', '.join(['(?, ?)'] * len(chunk))}) AS w"
            sql = _WRITERS.replace("{pairs}", pairs_of)
            rows = await reader.fetch_all(sql, *itertools.chain.from_iterable(chunk))
        for row in rows:
            values = tuple(row)
            peer = None if values[10] is None else _side(values[9:])
            found[values[0], values[1]] = Writer(Access(*values[2:9]), peer)
    return found
