"""The two sides of direct conversations: what decides whether a message is taken and told."""

from collections.abc import Collection
from typing import NamedTuple

import orjson

from altlas_chat.domain.events import Json
from altlas_chat.storage.database import Reader

_CHUNK = 500


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
            " m.has_written, p.document,"
            " EXISTS (SELECT 1 FROM blocks b WHERE b.user_id = m.user_id"
            " AND b.blocked_id = o.user_id)"
            " OR EXISTS (SELECT 1 FROM blocks b WHERE b.user_id = o.user_id"
            " AND b.blocked_id = m.user_id),"
            " EXISTS (SELECT 1 FROM notifications n WHERE n.user_id = m.user_id"
            " AND n.conversation_id = m.conversation_id AND n.kind = 'direct_message'"
            " AND n.read_at IS NULL)"
            " FROM members m"
            " JOIN members o ON o.conversation_id = m.conversation_id AND o.user_id <> m.user_id"
            " LEFT JOIN preferences p ON p.user_id = m.user_id"
            f" WHERE m.conversation_id IN ({', '.join('?' * len(chunk))})",
            *chunk,
        )
        for row in rows:
            values = list(row)
            values[6] = None if values[6] is None else orjson.loads(values[6])
            side = DirectSide(*values)
            found[side.conversation_id, side.peer_id] = side
    return found
