"""Floor of durable messages: raw inserts of a message's row and its full-text row.

``floor_sqlite.py DATABASE CONVERSATIONS WARM_UP MESSAGES BATCH HOW`` inserts into
a copy of the same database that the server gets, with write-ahead log and
``synchronous=FULL``, and prints one line of JSON with the seconds that the
messages after the warm-up took. Rows are made beforehand; nothing else is written.

``HOW`` is ``many``: the least that there is, ``executemany`` of ``sqlite3``,
keys to other tables unchecked; or ``each``: a statement for each row by
aiosqlite, keys checked, as a program without group commit of its own would.
"""

import asyncio
import itertools
import json
import sqlite3
import sys
import time
import uuid
from pathlib import Path

import aiosqlite

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from altlas_chat.domain.text import folded
from loadtests.world import texts

Rows = list[tuple[object, ...]]

MESSAGE = (
    "INSERT INTO messages (message_number, message_id, conversation_id, seq, position, sender_id,"
    " client_id, fingerprint, kind, text, created_at, edit_count)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'text', ?, ?, 0)"
)
TALKS = (
    "SELECT c.conversation_id, m.user_id FROM conversations c JOIN members m"
    " ON m.conversation_id = c.conversation_id AND m.user_id = c.created_by"
    " ORDER BY c.conversation_id LIMIT ?"
)
WORDS = "INSERT INTO message_search (rowid, text) VALUES (?, ?)"


def insert_batches(file: str, conversations: int, warm_up: int, messages: int, batch: int) -> float:
    """Insert and commit batch by batch; the seconds that it took after the warm-up."""
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    rows, words = _rows(connection.execute(TALKS, (conversations,)).fetchall(), warm_up + messages)
    began = time.perf_counter()
    for start in range(0, warm_up + messages, batch):
        if start - batch < warm_up <= start:
            began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(MESSAGE, rows[start : start + batch])
        connection.executemany(WORDS, words[start : start + batch])
        connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    return seconds


async def insert_each(
    file: str, conversations: int, warm_up: int, messages: int, batch: int
) -> float:
    """The same with a statement for each row, by aiosqlite."""
    async with aiosqlite.connect(file, isolation_level=None) as connection:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            await connection.execute(f"PRAGMA {pragma}")
        talks = await connection.execute_fetchall(TALKS, (conversations,))
        rows, words = _rows([tuple(talk) for talk in talks], warm_up + messages)
        began = time.perf_counter()
        for start in range(0, warm_up + messages, batch):
            if start - batch < warm_up <= start:
                began = time.perf_counter()
            await connection.execute("BEGIN IMMEDIATE")
            for number in range(start, min(start + batch, warm_up + messages)):
                await connection.execute(MESSAGE, rows[number])
                await connection.execute(WORDS, words[number])
            await connection.execute("COMMIT")
        return time.perf_counter() - began


def _rows(talks: list[tuple[str, ...]], messages: int) -> tuple[Rows, Rows]:
    """What the server would write: ids in the order of time, conversations in turn."""
    now = time.time_ns() // 1_000_000
    rows: Rows = []
    words: Rows = []
    places, said = itertools.cycle(talks), itertools.cycle(texts())
    for number in range(1, messages + 1):
        conversation_id, sender_id = next(places)
        seq = 1000 + number // len(talks)
        text = next(said)
        tail = uuid.uuid4().hex
        message_id = str(uuid.UUID(f"{now + number:012x}7{tail[13:16]}{tail[16:]}"))
        client_id = f"{sender_id[:8]}-{number}"
        place = (number, message_id, conversation_id, seq, seq)
        rows.append((*place, sender_id, client_id, tail[:24], text, now + number))
        words.append((number, folded(text)))
    return rows, words


if __name__ == "__main__":
    asked = (sys.argv[1], *map(int, sys.argv[2:6]))
    seconds = asyncio.run(insert_each(*asked)) if sys.argv[6] == "each" else insert_batches(*asked)
    print(json.dumps({"seconds": seconds, "sqlite": sqlite3.sqlite_version}), flush=True)
