"""Streams and their log: dense numbers, in commit order.

A number is taken by updating the stream's row inside the transaction of the
change, so a change that is rolled back leaves no hole, and on PostgreSQL the
row's lock makes numbers follow the order of commits.
"""

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from altlas_chat.domain.events import Event
from altlas_chat.storage.database import Reader, Transaction


class StreamPosition(NamedTuple):
    """Where a stream stands."""

    seq: int
    message_count: int


async def insert_stream(tx: Transaction, stream: str, at: int) -> None:
    """Begin a stream, at position 0. A stream that is there already stays as it is."""
    await tx.execute(
        "INSERT INTO streams (stream, seq, message_count, last_message_seq, changed_at,"
        " trimmed_seq) VALUES (?, 0, 0, 0, ?, 0) ON CONFLICT (stream) DO NOTHING",
        stream,
        at,
    )


async def lock_streams(tx: Transaction, streams: Sequence[str]) -> None:
    """Hold the streams' rows until the transaction ends.

    What is decided afterwards (who may, who is a member) stays true until the
    commit. Rows are taken in one order everywhere, so that two changes never
    wait for each other: streams of conversations, streams of people, then what
    belongs to them. Whoever changes a member's row holds the conversation's
    stream. SQLite has one writer and needs no lock.
    """
    if tx.dialect == "postgresql":
        for stream in sorted(set(streams)):
            await tx.fetch_one("SELECT seq FROM streams WHERE stream = ? FOR UPDATE", stream)


async def lock_all_streams_of(tx: Transaction, user_id: str) -> None:
    """Like :func:`lock_streams`, for the streams of all conversations of a person, and the own."""
    if tx.dialect == "postgresql":
        await tx.fetch_all(
            "SELECT s.seq FROM members m"
            " JOIN streams s ON s.stream = 'conversation:' || m.conversation_id"
            ' WHERE m.user_id = ? ORDER BY m.conversation_id COLLATE "C" FOR UPDATE OF s',
            user_id,
        )
        await lock_streams(tx, [f"user:{user_id}"])


async def advance_stream(tx: Transaction, stream: str, at: int) -> StreamPosition:
    """Take the stream's next number, for something else than a person's message."""
    row = await tx.fetch_one(
        "UPDATE streams SET seq = seq + 1, changed_at = ? WHERE stream = ?"
        " RETURNING seq, message_count",
        at,
        stream,
    )
    if row is None:
        raise LookupError(f"there is no stream {stream}")
    return StreamPosition(*row)


EVENT_COLUMNS = "stream, seq, kind, at, actor_id, facts"


def event_row(event: Event) -> tuple[object, ...]:
    """An event as the values of ``EVENT_COLUMNS``."""
    facts = orjson.dumps(event.facts).decode()
    return (event.stream, event.seq, event.kind, event.at, event.actor_id, facts)


async def insert_event(tx: Transaction, event: Event) -> None:
    await tx.execute(
        f"INSERT INTO events ({EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", *event_row(event)
    )


async def select_events(reader: Reader, stream: str, after: int, limit: int) -> list[Event]:
    """The stream's events with numbers over ``after``, in order, at most ``limit``."""
    rows = await reader.fetch_all(
        f"SELECT {EVENT_COLUMNS} FROM events WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?",
        stream,
        after,
        limit,
    )
    return [
        Event(stream, seq, kind, at, actor_id, orjson.loads(facts))
        for stream, seq, kind, at, actor_id, facts in rows
    ]


async def select_position(reader: Reader, stream: str) -> tuple[int, int] | None:
    """The last number of a stream, and the last one that was trimmed off its log."""
    row = await reader.fetch_one("SELECT seq, trimmed_seq FROM streams WHERE stream = ?", stream)
    return None if row is None else (row[0], row[1])


async def select_positions_of(reader: Reader, user_id: str) -> dict[str, tuple[int, int]]:
    """Position and trimmed position of every stream that a person hears."""
    rows = await reader.fetch_all(
        "SELECT s.stream, s.seq, s.trimmed_seq FROM members m"
        " JOIN streams s ON s.stream = 'conversation:' || m.conversation_id"
        " WHERE m.user_id = ?"
        " UNION ALL SELECT stream, seq, trimmed_seq FROM streams WHERE stream = ?",
        user_id,
        f"user:{user_id}",
    )
    return {stream: (seq, trimmed) for stream, seq, trimmed in rows}


async def trim_events(tx: Transaction, before: int, limit: int) -> int:
    """Drop events from before a moment, the oldest of each stream first.

    Every stream remembers how far it was trimmed. At most ``limit`` events
    are dropped; the number that were.
    """
    rows = await tx.fetch_all(
        "SELECT stream, seq FROM events WHERE at < ? ORDER BY at, stream, seq LIMIT ?",
        before,
        limit,
    )
    last: dict[str, int] = {}
    for stream, seq in rows:
        last[stream] = max(seq, last.get(stream, 0))
    dropped = 0
    for stream, seq in sorted(last.items()):
        await tx.execute("UPDATE streams SET trimmed_seq = ? WHERE stream = ?", seq, stream)
        dropped += await tx.execute("DELETE FROM events WHERE stream = ? AND seq <= ?", stream, seq)
    return dropped
