"""Messages by their words, as far as one person can see them."""

from collections.abc import Sequence
from typing import NamedTuple

from altlas_chat.domain.events import Json
from altlas_chat.storage import indexing
from altlas_chat.storage.database import Dialect, Reader, Row
from altlas_chat.storage.indexing import Phrase

MOST_NAMED: dict[Dialect, int] = {"sqlite": 400, "postgresql": 1}
"""Of somebody who is in more conversations the index is not told which.

PostgreSQL compares each message that has the word with all that are named,
which costs more than to pass over those of others. It finds a better way by
itself: through the viewer's conversations, if they are few.
"""

MOST_SPANS: dict[Dialect, int] = {"sqlite": 100, "postgresql": 8}
"""A range of time that has more spans is left to the exact comparison."""

NAMING_COST = 12
"""To name one conversation to SQLite's index costs as much as to look at so many candidates."""

MOST_OWN = 0.25
"""Where more of the candidates are in the viewer's conversations, naming these saves nothing."""

FIRST_STEP = 32
LARGEST_STEP = 4096
"""Candidates that are looked at in one statement, so that none of them is long."""

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


class _Marks(NamedTuple):
    """Groups of marks of each of which a message has one, and marks that it has not."""

    any_of: list[list[str]]
    none_of: list[str]


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
    """The newest messages of a stretch that have all that is wanted, the newest first.

    Only those that the viewer can see: in conversations that the viewer
    belongs to, written after they were cleared, not hidden, not deleted.
    """
    marks = _marks(wanted, now, MOST_SPANS[reader.dialect])
    if reader.dialect == "postgresql":
        return await _by_postgresql(reader, wanted, marks, stretch, limit)
    if wanted.conversation_id is not None:
        return await _named(reader, wanted, marks, stretch, [wanted.conversation_id], limit)
    return await _walked(reader, wanted, marks, stretch, limit)


async def _walked(
    reader: Reader, wanted: Wanted, marks: _Marks, stretch: Stretch, limit: int
) -> list[Match]:
    """Whatever has the words is looked at from the newest on, until enough of it is the viewer's.

    So a rare word costs little, and a frequent one too for whom sees many
    messages. When it turns out that most is not for the viewer, the viewer's
    conversations are named to the index, if there are not too many of them.
    """
    found: list[Match] = []
    rooms: list[str] | None = None
    walked, own, step = 0, 0, max(FIRST_STEP, limit // 2)
    while True:
        rows = await _step(reader, wanted, marks, stretch, step)
        found += [Match(_place_of(row[0]), row[1], row[2]) for row in rows if row[1] is not None]
        if len(found) >= limit or len(rows) < step:
            return found[:limit]
        walked += len(rows)
        own += sum(row[2] is not None for row in rows)
        missing = limit - len(found)
        stretch = stretch._replace(before=_place_of(rows[-1][0]))
        expected = max(walked, walked * missing // max(1, len(found)))
        rooms = await _rooms(reader, wanted.viewer_id) if rooms is None else rooms
        is_cheaper = own <= walked * MOST_OWN and len(rooms) * NAMING_COST <= expected
        if is_cheaper and len(rooms) <= MOST_NAMED["sqlite"]:
            return found + await _named(reader, wanted, marks, stretch, rooms, missing)
        step = min(expected, LARGEST_STEP)


async def _rooms(reader: Reader, viewer_id: str) -> list[str]:
    """The viewer's conversations, or one more of them than are named."""
    rows = await reader.fetch_all(
        "SELECT conversation_id FROM members WHERE user_id = ? LIMIT ?",
        viewer_id,
        MOST_NAMED[reader.dialect] + 1,
    )
    return [row[0] for row in rows]


async def _step(
    reader: Reader, wanted: Wanted, marks: _Marks, stretch: Stretch, limit: int
) -> list[Row]:
    """The newest candidates of a stretch: the place of each, and what it is if it is a match."""
    where, values = _filters(wanted)
    bounds, ends = _bounds("i.rowid", [int(one) if one else None for one in stretch])
    return await reader.fetch_all(
        f"SELECT i.rowid, CASE WHEN {where} THEN m.message_id END,"
        " CASE WHEN o.user_id IS NOT NULL THEN m.text END FROM message_search i"
        " LEFT JOIN messages m ON m.message_number = i.rowid"
        " LEFT JOIN members o ON o.conversation_id = m.conversation_id AND o.user_id = ?"
        f" WHERE i.message_search MATCH ?{bounds} ORDER BY i.rowid DESC LIMIT ?",
        *values,
        wanted.viewer_id,
        indexing.match_of(wanted.phrases, *marks),
        *ends,
        limit,
    )


async def _named(
    reader: Reader,
    wanted: Wanted,
    marks: _Marks,
    stretch: Stretch,
    rooms: Sequence[str],
    limit: int,
) -> list[Match]:
    """The same of some conversations only, which SQLite's index is told."""
    if not rooms:
        return []
    where, values = _filters(wanted)
    bounds, ends = _bounds("i.rowid", [int(one) if one else None for one in stretch])
    any_of = [[indexing.conversation_mark(one) for one in rooms], *marks.any_of]
    # In this order: the index gives the newest first, and each is looked at where it is.
    rows = await reader.fetch_all(
        "SELECT m.message_number, m.message_id, m.text FROM message_search i"
        " CROSS JOIN messages m ON m.message_number = i.rowid"
        " CROSS JOIN members o ON o.conversation_id = m.conversation_id AND o.user_id = ?"
        f" WHERE i.message_search MATCH ?{bounds} AND {where} ORDER BY i.rowid DESC LIMIT ?",
        wanted.viewer_id,
        indexing.match_of(wanted.phrases, any_of, marks.none_of),
        *ends,
        *values,
        limit,
    )
    return [Match(_place_of(row[0]), row[1], row[2]) for row in rows]


async def _by_postgresql(
    reader: Reader, wanted: Wanted, marks: _Marks, stretch: Stretch, limit: int
) -> list[Match]:
    """In one statement: the plan is PostgreSQL's, who knows how frequent words are."""
    rooms = [wanted.conversation_id] if wanted.conversation_id is not None else None
    rooms = await _rooms(reader, wanted.viewer_id) if rooms is None else rooms
    if not rooms:
        return []
    any_of = list(marks.any_of)
    if len(rooms) <= MOST_NAMED[reader.dialect]:
        any_of.append([indexing.conversation_mark(one) for one in rooms])
    where, values = _filters(wanted)
    bounds, ends = _bounds("m.message_id", stretch)
    # The plan hangs on how often the words stand in messages: it is made for these.
    await reader.fetch_one("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
    rows = await reader.fetch_all(
        "SELECT m.message_id, m.message_id, m.text FROM messages m"
        " JOIN members o ON o.conversation_id = m.conversation_id AND o.user_id = ?"
        f" WHERE m.search_vector @@ ?::text::tsquery{bounds} AND {where}"
        " ORDER BY m.message_id DESC LIMIT ?",
        wanted.viewer_id,
        indexing.query_of(wanted.phrases, any_of, marks.none_of),
        *ends,
        *values,
        limit,
    )
    return [Match(_place_of(row[0]), row[1], row[2]) for row in rows]


def _bounds(column: str, stretch: Sequence[object]) -> tuple[str, list[object]]:
    """Conditions for the ends of a stretch that are not open, and their values."""
    signs = zip((">=", "<=", "<"), stretch, strict=True)
    given = [(sign, end) for sign, end in signs if end is not None]
    return "".join(f" AND {column} {sign} ?" for sign, _ in given), [end for _, end in given]


def _filters(wanted: Wanted) -> tuple[str, list[object]]:
    """What the index does not know for sure: whether the viewer sees it, and the exact wishes."""
    exact = {
        "m.conversation_id = ?": wanted.conversation_id,
        "m.sender_id = ?": wanted.sender_id,
        "m.created_at >= ?": wanted.since,
        "m.created_at < ?": wanted.until,
        "m.kind = ?": wanted.kind,
    }
    given = {condition: value for condition, value in exact.items() if value is not None}
    sql = "m.seq > o.cleared_seq AND m.deleted_at IS NULL"
    sql += "".join(f" AND {condition}" for condition in given)
    sql += HAVING[wanted.having] if wanted.having is not None else ""
    sql += (
        " AND NOT EXISTS (SELECT 1 FROM hidden_messages h"
        " WHERE h.user_id = o.user_id AND h.message_id = m.message_id)"
    )
    return sql, list(given.values())


def _marks(wanted: Wanted, now: int, most: int) -> _Marks:
    """What the index can be told besides the words and the conversations."""
    any_of: list[list[str]] = []
    none_of: list[str] = []
    if wanted.sender_id is not None:
        any_of.append([indexing.sender_mark(wanted.sender_id)])
    kind = wanted.kind or _KIND_OF.get(wanted.having or "")
    if kind is not None and kind != "text":
        any_of.append([indexing.kind_mark(kind)])
    spans = _spans(wanted, now, most)
    if wanted.since is not None:
        any_of += [spans] if spans else []
    else:
        none_of += spans
    return _Marks(any_of, none_of)


def _spans(wanted: Wanted, now: int, most: int) -> list[str]:
    """Marks of the time that is wanted; without a beginning, of the time after the end."""
    latest = now + indexing.SPAN_MS
    if wanted.since is not None:
        end = latest if wanted.until is None else wanted.until
        return indexing.time_marks(wanted.since, end, most) or []
    if wanted.until is None:
        return []
    following = -(-wanted.until // indexing.SPAN_MS) * indexing.SPAN_MS
    return (indexing.time_marks(following, latest, most) or []) if following < latest else []


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
