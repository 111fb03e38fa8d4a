"""All that belongs to new messages, written at once.

On PostgreSQL that is one statement, however many messages there are: it is
prepared once, and each statement more is a way to the server and back.
"""

from collections.abc import Sequence
from typing import NamedTuple

from altlas_chat.domain.events import Event
from altlas_chat.domain.messages import Message
from altlas_chat.storage import bulk, indexing
from altlas_chat.storage.bulk import Place
from altlas_chat.storage.database import Transaction
from altlas_chat.storage.members import OwnMessages, count_own_messages
from altlas_chat.storage.messages import MESSAGE_COLUMNS, message_row
from altlas_chat.storage.streams import EVENT_COLUMNS, event_row


class Posts(NamedTuple):
    """New messages with their drafts' fingerprints, in the order in which they are numbered.

    With where their streams stand then, what each sender wrote in a row, and
    the events.
    """

    sent: Sequence[tuple[Message, str]]
    places: Sequence[Place]
    runs: Sequence[OwnMessages]
    events: Sequence[Event]


async def insert_posts(tx: Transaction, posts: Posts) -> None:
    """Write them; what they mention and carry is written by others, afterwards.

    Raises:
        Exception: the driver's own, when a key is there already; nothing may be kept then.
    """
    if tx.dialect == "postgresql":
        await _insert_at_once(tx, posts)
        return
    await bulk.update_places(tx, posts.places)
    await bulk.insert_messages(tx, posts.sent)
    await count_own_messages(tx, posts.runs)
    await bulk.insert_events(tx, posts.events)


_AT_ONCE = f"""
WITH moved AS (
    UPDATE streams AS s SET seq = n.seq, message_count = n.message_count,
        last_message_seq = n.last_message_seq, changed_at = n.changed_at
    FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
        AS n (stream, seq, message_count, last_message_seq, changed_at)
    WHERE s.stream = n.stream
), counted AS (
    UPDATE members AS m SET
        read_seq = CASE WHEN m.read_position + m.own_unread = n.before THEN n.seq
            ELSE m.read_seq END,
        read_position = CASE WHEN m.read_position + m.own_unread = n.before THEN n.last
            ELSE m.read_position END,
        own_unread = CASE WHEN m.read_position + m.own_unread = n.before THEN 0
            ELSE m.own_unread + n.last - n.before END,
        has_written = TRUE
    FROM unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[])
        AS n (conversation_id, user_id, before, last, seq)
    WHERE m.conversation_id = n.conversation_id AND m.user_id = n.user_id
), logged AS (
    INSERT INTO events ({EVENT_COLUMNS})
    SELECT * FROM unnest(?::text[], ?::bigint[], ?::text[], ?::bigint[], ?::text[], ?::text[])
)
INSERT INTO messages ({MESSAGE_COLUMNS}, edit_count, search_vector)
SELECT {MESSAGE_COLUMNS}, 0, vector::tsvector
FROM unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[], {", ".join(["?::text[]"] * 10)},
    ?::bigint[], ?::text[])
    WITH ORDINALITY AS new ({MESSAGE_COLUMNS}, vector, place) ORDER BY place
"""


async def _insert_at_once(tx: Transaction, posts: Posts) -> None:
    sent, places, runs, events = posts
    alone = _first_of_each(runs)
    await tx.execute(
        _AT_ONCE,
        *zip(*places, strict=True),
        *zip(*map(_run_row, alone), strict=True),
        *zip(*map(event_row, events), strict=True),
        *zip(*(message_row(message, fingerprint) for message, fingerprint in sent), strict=True),
        [indexing.as_vector(message, message.text) for message, _ in sent],
    )
    if len(alone) < len(runs):
        known = set(map(id, alone))
        await count_own_messages(tx, [run for run in runs if id(run) not in known])


def _first_of_each(runs: Sequence[OwnMessages]) -> list[OwnMessages]:
    """One run of each member: a statement changes a row only once."""
    first: dict[tuple[str, str], OwnMessages] = {}
    for run in runs:
        first.setdefault((run.conversation_id, run.user_id), run)
    return list(first.values())


def _run_row(run: OwnMessages) -> tuple[str, str, int, int, int]:
    before = run.first_position - 1
    return run.conversation_id, run.user_id, before, run.last_position, run.last_seq
