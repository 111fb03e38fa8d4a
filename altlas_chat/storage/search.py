"""Messages by their words, as far as one person can see them."""

from collections.abc import Sequence
from typing import NamedTuple

from altlas_chat.domain.events import Json
from altlas_chat.storage import indexing
from altlas_chat.storage.database import Dialect, Reader
from altlas_chat.storage.indexing import Phrase

MOST_NAMED: dict[Dialect, int] = {"sqlite": 400, "postgresql": 40}
"""Of somebody who is in more conversations the index is not told which.

PostgreSQL compares each message with all that are named. So many conversations
hold a good part of all messages: it is cheaper then to pass over those of others.
"""

HAVING = {
    "file": " AND m.has_files",
    "image": (
        " AND m.has_files AND EXISTS (SELECT 1 FROM message_files x JOIN files f"
        " ON f.file_id = x.file_id WHERE x.message_id = m.message_id AND f.kind = 'image')"
    ),
    "voice": " AND m.kind = 'voice'",
    "location": " AND m.kind = 'location'",
    "mention": " AND m.mentions IS NOT NULL",
}
_KIND_OF = {"voice": "voice", "location": "location"}


class Wanted(NamedTuple):
    """What somebody looks for; None does not matter. ``since <= created_at < until``."""

    viewer_id: str
    phrases: Sequence[Phrase]
    conversation_id: str | None = None
    sender_id: str | None = None
    since: int | None = None
    until: int | None = None
    having: str | None = None
    kind: str | None = None


class Match(NamedTuple):
    """A message that was found. ``place`` orders all messages, the later ones after."""

    place: str
    message_id: str
    text: str


class Stretch(NamedTuple):
    """A part of all messages: from ``first`` to ``last``, or ``before`` a place; None is open."""

    first: str | None = None
    last: str | None = None
    before: str | None = None


def is_place(dialect: Dialect, text: str) -> bool:
    """Whether the database can take it for the place of a message."""
    if dialect == "sqlite":
        return text.isascii() and text.isdigit() and len(text) == _DIGITS
    return 0 < len(text) <= 128


_DIGITS = 16


def _place_of(value: object) -> str:
    """A place as text that is ordered as the places are."""
    return f"{value:0{_DIGITS}}" if isinstance(value, int) else str(value)


async def select_matches(
    reader: Reader, wanted: Wanted, stretch: Stretch, now: int, limit: int
) -> list[Match]:
    """The newest messages of a stretch that have all that is wanted.

    Only those that the viewer can see: in conversations that the viewer
    belongs to, written after they were cleared, not hidden, not deleted.
    """
    any_of, none_of = await _marks(reader, wanted, now)
    if any_of is None:
        return []
    sql, params = _filters(reader.dialect, wanted, stretch)
    if reader.dialect == "sqlite":
        # In this order: the index gives the newest first, and each is looked at where it is.
        found = indexing.match_of(wanted.phrases, any_of, none_of)
        head = (
            "SELECT m.message_number, m.message_id, m.text FROM message_search i"
            " CROSS JOIN messages m ON m.message_number = i.rowid"
            " CROSS JOIN members o ON o.conversation_id = m.conversation_id AND o.user_id = ?"
            " WHERE i.message_search MATCH ?"
        )
        order = " ORDER BY i.rowid DESC LIMIT ?"
    else:
        # The plan hangs on how often the words stand in messages: it is made for these.
        await reader.fetch_one("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
        found = indexing.query_of(wanted.phrases, any_of, none_of)
        head = (
            "SELECT m.message_id, m.message_id, m.text FROM messages m"
            " JOIN members o ON o.conversation_id = m.conversation_id AND o.user_id = ?"
            " WHERE m.search_vector @@ ?::text::tsquery"
        )
        order = " ORDER BY m.message_id DESC LIMIT ?"
    rows = await reader.fetch_all(head + sql + order, wanted.viewer_id, found, *params, limit)
    return [Match(_place_of(row[0]), row[1], row[2]) for row in rows]


def _filters(dialect: Dialect, wanted: Wanted, stretch: Stretch) -> tuple[str, list[object]]:
    column = "i.rowid" if dialect == "sqlite" else "m.message_id"
    places = [int(one) if one and dialect == "sqlite" else one for one in stretch]
    exact = {
        f"{column} >= ?": places[0],
        f"{column} <= ?": places[1],
        f"{column} < ?": places[2],
        "m.conversation_id = ?": wanted.conversation_id,
        "m.sender_id = ?": wanted.sender_id,
        "m.created_at >= ?": wanted.since,
        "m.created_at < ?": wanted.until,
        "m.kind = ?": wanted.kind,
    }
    given = {condition: value for condition, value in exact.items() if value is not None}
    sql = "".join(f" AND {condition}" for condition in given)
    sql += HAVING[wanted.having] if wanted.having is not None else ""
    sql += (
        " AND m.seq > o.cleared_seq AND m.deleted_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM hidden_messages h"
        " WHERE h.user_id = o.user_id AND h.message_id = m.message_id)"
    )
    return sql, list(given.values())


async def _marks(
    reader: Reader, wanted: Wanted, now: int
) -> tuple[list[list[str]] | None, list[str]]:
    """The groups of marks of which a message has one, and marks that it has not.

    No groups at all when there is nothing that the viewer could find.
    """
    any_of: list[list[str]] = []
    none_of: list[str] = []
    conversations = [wanted.conversation_id] if wanted.conversation_id is not None else []
    if not conversations:
        rows = await reader.fetch_all(
            "SELECT conversation_id FROM members WHERE user_id = ? LIMIT ?",
            wanted.viewer_id,
            MOST_NAMED[reader.dialect] + 1,
        )
        conversations = [row[0] for row in rows]
        if not conversations:
            return None, []
    if len(conversations) <= MOST_NAMED[reader.dialect]:
        any_of.append([indexing.conversation_mark(one) for one in conversations])
    if wanted.sender_id is not None:
        any_of.append([indexing.sender_mark(wanted.sender_id)])
    kind = wanted.kind or _KIND_OF.get(wanted.having or "")
    if kind is not None and kind != "text":
        any_of.append([indexing.kind_mark(kind)])
    spans = _spans(wanted, now)
    if wanted.since is not None:
        any_of += [spans] if spans else []
    else:
        none_of += spans
    return any_of, none_of


def _spans(wanted: Wanted, now: int) -> list[str]:
    """Marks of the time that is wanted; without a beginning, of the time after the end."""
    latest = now + indexing.SPAN_MS
    if wanted.since is not None:
        end = latest if wanted.until is None else wanted.until
        return indexing.time_marks(wanted.since, end) or []
    if wanted.until is None:
        return []
    following = -(-wanted.until // indexing.SPAN_MS) * indexing.SPAN_MS
    return (indexing.time_marks(following, latest) or []) if following < latest else []


class Label(NamedTuple):
    """What a conversation is called by one of its members."""

    conversation_id: str
    kind: str
    name: str
    avatar_file_id: str | None

    def as_json(self) -> Json:
        return {
            "id": self.conversation_id,
            "kind": self.kind,
            "name": self.name,
            "avatarFileId": self.avatar_file_id,
        }


async def select_labels(
    reader: Reader, viewer_id: str, conversation_ids: Sequence[str]
) -> dict[str, Label]:
    """What conversations are called: a direct one like the other person."""
    if not conversation_ids:
        return {}
    rows = await reader.fetch_all(
        "SELECT c.conversation_id, c.kind, coalesce(c.name, u.display_name),"
        " CASE WHEN c.kind = 'group' THEN c.avatar_file_id ELSE u.avatar_file_id END"
        " FROM conversations c LEFT JOIN members o ON c.kind = 'direct'"
        " AND o.conversation_id = c.conversation_id AND o.user_id <> ?"
        " LEFT JOIN users u ON u.user_id = o.user_id"
        f" WHERE c.conversation_id IN ({', '.join('?' * len(conversation_ids))})",
        viewer_id,
        *conversation_ids,
    )
    return {row[0]: Label(*row) for row in rows}
