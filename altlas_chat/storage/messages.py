"""Rows of messages, their earlier forms, and their place in the search index."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson

from altlas_chat.domain.events import Json
from altlas_chat.domain.messages import Message, Quoted
from altlas_chat.storage import attached, indexing
from altlas_chat.storage.database import Reader, Row, Transaction

# The first of them are a message's fields in their order (:func:`_message`).
_COLUMNS = (
    "m.message_id, m.conversation_id, m.seq, m.position, m.sender_id, m.client_id, m.kind,"
    " m.text, m.content, m.mentions, m.forwarded_from, m.thread_root_id, m.created_at,"
    " m.edited_at, m.edit_count, m.deleted_at, m.reply_count, m.is_pinned, m.has_reactions,"
    " m.has_files, q.message_id, q.sender_id, q.kind, q.text, q.deleted_at"
)
_FROM = " FROM messages m LEFT JOIN messages q ON q.message_id = m.reply_to_id"
_VISIBLE = (
    " AND NOT EXISTS (SELECT 1 FROM hidden_messages h"
    " WHERE h.user_id = ? AND h.message_id = m.message_id)"
)
_CHUNK = 500


def _json_or_none(value: Any) -> str | None:
    return orjson.dumps(value).decode() if value else None


def _message(row: Row) -> Message:
    content, mentions, forwarded_from = row[8:11]
    return Message._make((
        *row[:8],
        None if content is None else orjson.loads(content),
        () if mentions is None else orjson.loads(mentions),
        None if row[20] is None else Quoted(*row[20:25]),
        None if forwarded_from is None else orjson.loads(forwarded_from),
        *row[11:17],
        bool(row[17]),
        (),  # reactions and files: they are attached
        (),
    ))  # fmt: skip


async def _messages(reader: Reader, rows: Sequence[Row]) -> list[Message]:
    """Messages with all that hangs on them, in the order of their rows."""
    found = [_message(row) for row in rows]
    with_reactions = [row[0] for row in rows if row[18]]
    with_files = [row[0] for row in rows if row[19]]
    if not with_reactions and not with_files:
        return found
    return await attached.attach(reader, found, with_reactions, with_files)


def message_row(message: Message, fingerprint: str | None) -> tuple[object, ...]:
    """A new message as the values of ``MESSAGE_COLUMNS``."""
    quoted = message.quoted
    return (
        message.message_id,
        message.conversation_id,
        message.seq,
        message.position,
        message.sender_id,
        message.client_id,
        fingerprint,
        message.kind,
        message.text,
        _json_or_none(message.content),
        _json_or_none(message.mentions),
        None if quoted is None else quoted.message_id,
        _json_or_none(message.forwarded_from),
        message.thread_root_id,
        message.created_at,
    )


async def insert_message(tx: Transaction, message: Message, fingerprint: str | None) -> None:
    """Keep a message and index its text.

    Raises:
        UniqueViolated: the sender used this ``client_id`` before.
    """
    values = message_row(message, fingerprint)
    if tx.dialect == "sqlite":
        number = await tx.insert(_INSERT + _VALUES + ")", *values)
        await tx.execute_last(_INDEX, number, indexing.as_text(message, message.text))
    else:
        await tx.execute(
            _INSERT_WITH_VECTOR + _VALUES + ", ?::text::tsvector)",
            *values,
            indexing.as_vector(message, message.text),
        )


_INDEX = "INSERT INTO message_search (rowid, text) VALUES (?, ?)"
MESSAGE_COLUMNS = (
    "message_id, conversation_id, seq, position, sender_id, client_id, fingerprint, kind, text,"
    " content, mentions, reply_to_id, forwarded_from, thread_root_id, created_at"
)
_INSERT_COLUMNS = f"INSERT INTO messages ({MESSAGE_COLUMNS}, edit_count"
_INSERT = _INSERT_COLUMNS + ") "
_INSERT_WITH_VECTOR = _INSERT_COLUMNS + ", search_vector) "
_VALUES = "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0"


async def insert_mentions(tx: Transaction, message: Message) -> None:
    await tx.execute_many(
        "INSERT INTO message_mentions (user_id, message_id, conversation_id, seq)"
        " VALUES (?, ?, ?, ?)",
        [
            (user_id, message.message_id, message.conversation_id, message.seq)
            for user_id in message.mentions
        ],
    )


async def delete_mentions(tx: Transaction, message_id: str) -> None:
    await tx.execute("DELETE FROM message_mentions WHERE message_id = ?", message_id)


async def select_message(reader: Reader, message_id: str) -> Message | None:
    row = await reader.fetch_one(f"SELECT {_COLUMNS}{_FROM} WHERE m.message_id = ?", message_id)
    return None if row is None else (await _messages(reader, [row]))[0]


async def select_sent(
    reader: Reader, sender_id: str, client_id: str
) -> tuple[Message, str | None] | None:
    """What a sender sent under a ``client_id``, with its draft's fingerprint."""
    row = await reader.fetch_one(
        f"SELECT {_COLUMNS}, m.fingerprint{_FROM} WHERE m.sender_id = ? AND m.client_id = ?",
        sender_id,
        client_id,
    )
    return None if row is None else ((await _messages(reader, [row]))[0], row[25])


async def select_messages(reader: Reader, message_ids: Iterable[str]) -> dict[str, Message]:
    """Messages by id; those that are not there are left out."""
    wanted = sorted(set(message_ids))
    found: dict[str, Message] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        rows = await reader.fetch_all(
            f"SELECT {_COLUMNS}{_FROM} WHERE m.message_id IN ({marks})", *chunk
        )
        found.update((one.message_id, one) for one in await _messages(reader, rows))
    return found


class Span(NamedTuple):
    """A part of a conversation as one viewer may see it: ``after < seq < before``."""

    conversation_id: str
    viewer_id: str
    after: int
    before: int


async def select_span(
    reader: Reader, span: Span, limit: int, *, newest_first: bool
) -> list[Message]:
    """Messages of a span from one of its ends, without those hidden by the viewer."""
    order = "DESC" if newest_first else "ASC"
    rows = await reader.fetch_all(
        f"SELECT {_COLUMNS}{_FROM} WHERE m.conversation_id = ? AND m.seq > ? AND m.seq < ?"
        f"{_VISIBLE} ORDER BY m.seq {order} LIMIT ?",
        span.conversation_id,
        span.after,
        span.before,
        span.viewer_id,
        limit,
    )
    return await _messages(reader, rows)


async def select_position_at(reader: Reader, conversation_id: str, seq: int) -> int:
    """How many messages of people there are up to a place in the stream."""
    row = await reader.fetch_one(
        "SELECT position FROM messages WHERE conversation_id = ? AND seq <= ?"
        " ORDER BY seq DESC LIMIT 1",
        conversation_id,
        seq,
    )
    return 0 if row is None else int(row[0])


async def select_authors(
    reader: Reader, conversation_id: str, after: int, up_to: int, limit: int
) -> set[str]:
    """Who wrote the messages between two places of the stream, the last ``limit`` of them."""
    rows = await reader.fetch_all(
        "SELECT DISTINCT sender_id FROM (SELECT sender_id FROM messages"
        " WHERE conversation_id = ? AND seq > ? AND seq <= ? ORDER BY seq DESC LIMIT ?) AS latest"
        " WHERE sender_id IS NOT NULL",
        conversation_id,
        after,
        up_to,
        limit,
    )
    return {row[0] for row in rows}


async def count_own_after(reader: Reader, conversation_id: str, user_id: str, seq: int) -> int:
    """How many messages a person wrote after a place in the stream."""
    row = await reader.fetch_one(
        "SELECT count(*) FROM messages WHERE conversation_id = ? AND seq > ? AND sender_id = ?",
        conversation_id,
        seq,
        user_id,
    )
    return 0 if row is None else int(row[0])


async def update_text(
    tx: Transaction, message: Message, text: str, mentions: Sequence[str], at: int
) -> None:
    """Give a message a new text; the old one becomes its latest earlier form."""
    number = message.edit_count + 1
    await tx.execute(
        "INSERT INTO message_edits (message_id, edit_number, text, content, edited_at)"
        " VALUES (?, ?, ?, ?, ?)",
        message.message_id,
        number,
        message.text,
        _json_or_none(message.content),
        at,
    )
    await tx.execute(
        "UPDATE messages SET text = ?, mentions = ?, edited_at = ?, edit_count = ?"
        " WHERE message_id = ?",
        text,
        _json_or_none(list(mentions)),
        at,
        number,
        message.message_id,
    )
    await _reindex(tx, message, text)


async def erase_message(tx: Transaction, message: Message, deleted_by: str, at: int) -> None:
    """Take a message's content away for good, with its earlier forms; its place stays."""
    await tx.execute(
        "UPDATE messages SET text = '', content = NULL, mentions = NULL, forwarded_from = NULL,"
        " deleted_at = ?, deleted_by = ? WHERE message_id = ?",
        at,
        deleted_by,
        message.message_id,
    )
    await tx.execute("DELETE FROM message_edits WHERE message_id = ?", message.message_id)
    await delete_mentions(tx, message.message_id)
    await _reindex(tx, message, None)


async def _reindex(tx: Transaction, message: Message, text: str | None) -> None:
    if tx.dialect == "postgresql":
        await tx.execute(
            "UPDATE messages SET search_vector = ?::text::tsvector WHERE message_id = ?",
            "" if text is None else indexing.as_vector(message, text),
            message.message_id,
        )
        return
    row = await tx.fetch_one(
        "SELECT message_number FROM messages WHERE message_id = ?", message.message_id
    )
    if row is None:
        return
    # A contentless index forgets a row only when it is told what the row said.
    await tx.execute_last(
        "INSERT INTO message_search (message_search, rowid, text) VALUES ('delete', ?, ?)",
        row[0],
        indexing.as_text(message, message.text),
    )
    if text is not None:
        await tx.execute_last(_INDEX, row[0], indexing.as_text(message, text))


class EarlierForm(NamedTuple):
    """What a message said before an edit."""

    edit_number: int
    text: str
    content: Json | None
    edited_at: int


async def select_edits(reader: Reader, message_id: str) -> list[EarlierForm]:
    """Earlier forms, the first text first."""
    rows = await reader.fetch_all(
        "SELECT edit_number, text, content, edited_at FROM message_edits"
        " WHERE message_id = ? ORDER BY edit_number",
        message_id,
    )
    return [
        EarlierForm(row[0], row[1], None if row[2] is None else orjson.loads(row[2]), row[3])
        for row in rows
    ]


async def insert_hidden(tx: Transaction, user_id: str, message: Message, at: int) -> bool:
    """Hide a message from one person; False if it was hidden already."""
    changed = await tx.execute(
        "INSERT INTO hidden_messages (user_id, message_id, conversation_id, hidden_at)"
        " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        user_id,
        message.message_id,
        message.conversation_id,
        at,
    )
    return changed > 0


async def is_hidden(reader: Reader, user_id: str, message_id: str) -> bool:
    row = await reader.fetch_one(
        "SELECT 1 FROM hidden_messages WHERE user_id = ? AND message_id = ?", user_id, message_id
    )
    return row is not None
