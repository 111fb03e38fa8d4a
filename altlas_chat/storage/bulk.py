"""Many rows at a time: messages that were posted at the same moment, and the filling of a database.

Writes what :mod:`.messages`, :mod:`.streams` and :mod:`.members` write one by
one, and takes no places itself: who calls it has worked out where each stream
stands afterwards, and holds the streams by :func:`select_places`.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from altlas_chat.domain.events import Event
from altlas_chat.domain.messages import Message
from altlas_chat.storage import indexing
from altlas_chat.storage.database import Reader, Transaction
from altlas_chat.storage.messages import MESSAGE_COLUMNS, insert_message, message_row
from altlas_chat.storage.streams import EVENT_COLUMNS, event_row

_CHUNK = 500
_MESSAGE_KINDS = ("text", "text", "bigint", "bigint", *("text",) * 10, "bigint")
_EVENT_KINDS = ("text", "bigint", "text", "bigint", "text", "text")
"""Of the columns, in their order, as PostgreSQL calls them."""


async def insert_messages(tx: Transaction, sent: Sequence[tuple[Message, str]]) -> None:
    """Keep new messages, each with its draft's fingerprint, and index their texts.

    They are numbered in the order given.

    Raises:
        Exception: the driver's own, when a key is there already; nothing may be kept then.
    """
    if len(sent) == 1:
        await insert_message(tx, *sent[0])
        return
    rows = [message_row(message, fingerprint) for message, fingerprint in sent]
    if tx.dialect == "postgresql":
        await tx.execute(
            f"INSERT INTO messages ({MESSAGE_COLUMNS}, edit_count, search_vector)"
            f" SELECT {MESSAGE_COLUMNS}, 0, vector::tsvector"
            f" FROM unnest({_arrays((*_MESSAGE_KINDS, 'text'))})"
            f" WITH ORDINALITY AS new ({MESSAGE_COLUMNS}, vector, place) ORDER BY place",
            *zip(*rows, strict=True),
            [indexing.as_vector(message, message.text) for message, _ in sent],
        )
        return
    last = await tx.fetch_one("SELECT coalesce(max(message_number), 0) FROM messages")
    first = 1 + (last[0] if last is not None else 0)
    await tx.execute_many(
        f"INSERT INTO messages (message_number, {MESSAGE_COLUMNS}, edit_count)"
        f" VALUES (?, {_marks(len(_MESSAGE_KINDS))}, 0)",
        [(number, *row) for number, row in enumerate(rows, first)],
    )
    await tx.execute_many(
        "INSERT INTO message_search (rowid, text) VALUES (?, ?)",
        [
            (number, indexing.as_text(message, message.text))
            for number, (message, _) in enumerate(sent, first)
        ],
    )


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _arrays(kinds: Iterable[str]) -> str:
    return ", ".join(f"?::{kind}[]" for kind in kinds)


async def insert_mentions(tx: Transaction, sent: Iterable[Message]) -> None:
    """Keep who is mentioned in new messages."""
    rows = [
        (user_id, message.message_id, message.conversation_id, message.seq)
        for message in sent
        for user_id in message.mentions
    ]
    await tx.execute_many(
        "INSERT INTO message_mentions (user_id, message_id, conversation_id, seq)"
        " VALUES (?, ?, ?, ?)",
        rows,
    )


async def insert_files(tx: Transaction, sent: Iterable[Message]) -> None:
    """Keep which files new messages carry, in the order of their showing."""
    carrying = [message for message in sent if message.files]
    await tx.execute_many(
        "INSERT INTO message_files (message_id, file_id, ordinal, conversation_id, seq, kind)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                message.message_id,
                file["id"],
                ordinal,
                message.conversation_id,
                message.seq,
                file["kind"],
            )
            for message in carrying
            for ordinal, file in enumerate(message.files)
        ],
    )
    await tx.execute_many(
        "UPDATE messages SET has_files = TRUE WHERE message_id = ?",
        [(message.message_id,) for message in carrying],
    )


async def insert_events(tx: Transaction, events: Sequence[Event]) -> None:
    """Write events to the log, at places that the caller took."""
    rows = [event_row(event) for event in events]
    if tx.dialect == "postgresql":
        await tx.execute(
            f"INSERT INTO events ({EVENT_COLUMNS}) SELECT * FROM unnest({_arrays(_EVENT_KINDS)})",
            *zip(*rows, strict=True),
        )
        return
    await tx.execute_many(
        f"INSERT INTO events ({EVENT_COLUMNS}) VALUES ({_marks(len(_EVENT_KINDS))})", rows
    )


_PLACE = "stream, seq, message_count, last_message_seq, changed_at"
_PLACE_KINDS = ("text", *("bigint",) * 4)


class Place(NamedTuple):
    """Where a stream stands."""

    stream: str
    seq: int
    message_count: int
    last_message_seq: int
    changed_at: int


async def select_places(
    reader: Reader, streams: Iterable[str], *, hold: bool = False
) -> dict[str, Place]:
    """Where streams stand; with ``hold`` nobody else moves them until the transaction ends.

    Those that there are not are left out.
    """
    wanted = sorted(set(streams))
    found: dict[str, Place] = {}
    if reader.dialect == "postgresql":
        # One statement for however many: it is prepared once.
        rows = await reader.fetch_all(
            f"SELECT {_PLACE} FROM streams WHERE stream = ANY(?::text[]) ORDER BY stream"
            + (" FOR UPDATE" if hold else ""),
            wanted,
        )
        return {row[0]: Place(*row) for row in rows}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        rows = await reader.fetch_all(
            f"SELECT {_PLACE} FROM streams WHERE stream IN ({_marks(len(chunk))}) ORDER BY stream",
            *chunk,
        )
        found.update((row[0], Place(*row)) for row in rows)
    return found


async def update_places(tx: Transaction, places: Iterable[Place]) -> None:
    """Say where streams stand now."""
    if tx.dialect == "postgresql":
        await tx.execute(
            "UPDATE streams AS s SET seq = n.seq, message_count = n.message_count,"
            " last_message_seq = n.last_message_seq, changed_at = n.changed_at"
            f" FROM unnest({_arrays(_PLACE_KINDS)}) AS n ({_PLACE}) WHERE s.stream = n.stream",
            *zip(*places, strict=True),
        )
        return
    await tx.execute_many(
        "UPDATE streams SET seq = ?, message_count = ?, last_message_seq = ?, changed_at = ?"
        " WHERE stream = ?",
        [(*place[1:], place.stream) for place in places],
    )


class Side(NamedTuple):
    """How far a member has come, as the row says it."""

    conversation_id: str
    user_id: str
    read_seq: int
    read_position: int
    read_at: int | None
    delivered_seq: int
    delivered_at: int | None
    own_unread: int
    has_written: bool


async def select_sides(reader: Reader, conversation_ids: Iterable[str]) -> list[Side]:
    """All members of conversations, by conversation and person."""
    wanted = sorted(set(conversation_ids))
    found: list[Side] = []
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        rows = await reader.fetch_all(
            "SELECT conversation_id, user_id, read_seq, read_position, read_at, delivered_seq,"
            " delivered_at, own_unread, has_written FROM members"
            f" WHERE conversation_id IN ({_marks(len(chunk))})"
            " ORDER BY conversation_id, user_id",
            *chunk,
        )
        found.extend(Side(*row) for row in rows)
    return found


async def update_sides(tx: Transaction, sides: Iterable[Side]) -> None:
    """Say how far members have come now."""
    await tx.execute_many(
        "UPDATE members SET read_seq = ?, read_position = ?, read_at = ?, delivered_seq = ?,"
        " delivered_at = ?, own_unread = ?, has_written = ?"
        " WHERE conversation_id = ? AND user_id = ?",
        [
            (*side[2:-1], bool(side.has_written), side.conversation_id, side.user_id)
            for side in sides
        ],
    )
