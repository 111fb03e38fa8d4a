"""Floor of durable messages on PostgreSQL: raw ``asyncpg`` inserts of a message's row.

``floor_postgres.py URL CONVERSATIONS WARM_UP MESSAGES BATCH`` inserts into a
copy of the same database that the server gets, over one connection, with
``synchronous_commit`` on, and prints one line of JSON with the seconds that the
messages after the warm-up took. A batch is one prepared statement, with an
array for each column, in a transaction of its own; the row has the text's
search vector. Rows are made beforehand; nothing else is written. Keys to other
tables are checked, as PostgreSQL does for the table.
"""

import asyncio
import itertools
import json
import sys
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import asyncpg
import uvloop

from altlas_chat.domain.messages import Message
from altlas_chat.storage.indexing import as_vector
from loadtests.world import texts

Row = tuple[object, ...]

TALKS = (
    "SELECT c.conversation_id, m.user_id FROM conversations c JOIN members m"
    " ON m.conversation_id = c.conversation_id AND m.user_id = c.created_by"
    " ORDER BY c.conversation_id LIMIT $1"
)
MESSAGES = (
    "INSERT INTO messages (message_id, conversation_id, seq, position, sender_id, client_id,"
    " fingerprint, kind, text, created_at, edit_count, search_vector)"
    " SELECT m, c, s, s, u, k, f, 'text', t, a, 0, v::tsvector FROM unnest($1::text[], $2::text[],"
    " $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[])"
    " AS new (m, c, s, u, k, f, t, a, v)"
)


async def insert_batches(
    url: str, conversations: int, warm_up: int, messages: int, batch: int
) -> float:
    """Insert and commit batch by batch; the seconds that it took after the warm-up."""
    connection = await asyncpg.connect(url)
    await connection.execute("SET synchronous_commit = on")
    talks = [tuple(row) for row in await connection.fetch(TALKS, conversations)]
    rows = _rows(talks, warm_up + messages)
    batches = [
        (start, list(zip(*rows[start : start + batch], strict=True)))
        for start in range(0, warm_up + messages, batch)
    ]
    statement = await connection.prepare(MESSAGES)
    began = time.perf_counter()
    for start, columns in batches:
        if start - batch < warm_up <= start:
            began = time.perf_counter()
        async with connection.transaction():
            await statement.fetch(*columns)
    seconds = time.perf_counter() - began
    await connection.close()
    return seconds


def _rows(talks: list[tuple[str, str]], messages: int) -> list[Row]:
    """What the server would write: ids in the order of time, conversations in turn."""
    now = time.time_ns() // 1_000_000
    rows: list[Row] = []
    places, said = itertools.cycle(talks), itertools.cycle(texts())
    for number in range(1, messages + 1):
        conversation_id, sender_id = next(places)
        seq = 1000 + number // len(talks)
        text = next(said)
        tail = uuid.uuid4().hex
        message_id = str(uuid.UUID(f"{now + number:012x}7{tail[13:16]}{tail[16:]}"))
        client_id = f"{sender_id[:8]}-{number}"
        at = now + number
        message = Message(
            message_id=message_id,
            conversation_id=conversation_id,
            seq=seq,
            position=seq,
            sender_id=sender_id,
            client_id=client_id,
            kind="text",
            text=text,
            content=None,
            mentions=(),
            quoted=None,
            forwarded_from=None,
            thread_root_id=None,
            created_at=at,
            edited_at=None,
            edit_count=0,
            deleted_at=None,
        )
        place = (message_id, conversation_id, seq, sender_id, client_id)
        rows.append((*place, tail[:24], text, at, as_vector(message, text)))
    return rows


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        seconds = runner.run(insert_batches(sys.argv[1], *map(int, sys.argv[2:6])))
    print(json.dumps({"seconds": seconds}), flush=True)
