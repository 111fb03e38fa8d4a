"""Searches against the raw full-text index of the same database, in turn with it.

The raw question is what the database answers without knowing of anybody's
rights: the same words, over all conversations, the same limit, in the order
that its own ranking or the index itself gives. A search takes a request, too;
so beside the whole request stand what its statements take alone, and a small
request. Who is in few conversations asks a harder question than the raw one:
for these the index is asked with their conversations named, too.
"""

import asyncio
import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

import asyncpg

from altlas_chat.services.search import RANKED
from altlas_chat.storage import indexing, search
from altlas_chat.storage.database import Reader
from altlas_chat.storage.postgresql import PostgresTransaction
from altlas_chat.storage.search import Stretch, Wanted
from altlas_chat.storage.sqlite import SqliteTransaction
from altlas_chat.system import SystemClock
from loadtests.big import Asker, Big, Client
from loadtests.harness import Figure, Plan, Row, say

LIMIT = 20
AT_MOST_RATIO = 3.0
FEW = 10
"""Of somebody in so many conversations or fewer the index can be told all."""

RAW = {
    "sqlite": "SELECT rowid FROM message_search WHERE message_search MATCH ? ORDER BY {} LIMIT 20",
    "postgresql": (
        "SELECT message_id FROM messages, CAST(CAST(? AS text) AS tsquery) q"
        " WHERE search_vector @@ q ORDER BY {} LIMIT 20"
    ),
}
ORDERS = {
    "sqlite": {"relevance": "rank", "time": "rowid DESC"},
    "postgresql": {"relevance": "ts_rank(search_vector, q) DESC", "time": "message_id DESC"},
}


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class _Asked(Protocol):
    async def __call__(self, reader: Reader) -> object: ...


class Direct:
    """A connection of one's own, for what the database takes with nothing around it."""

    def __init__(self, runner: asyncio.Runner, reader: Reader) -> None:
        self._runner = runner
        self._reader = reader
        self.dialect = reader.dialect

    def took(self, question: _Asked) -> float:
        """Milliseconds of one question."""

        async def timed() -> float:
            began = time.perf_counter()
            await question(self._reader)
            return (time.perf_counter() - began) * 1e3

        return self._runner.run(timed())


@contextmanager
def direct(url: str) -> Iterator[Direct]:
    with asyncio.Runner() as runner:
        if url.startswith("sqlite"):
            connection = sqlite3.connect(url.removeprefix("sqlite:///"))
            connection.execute("PRAGMA cache_size = -65536")
            try:
                yield Direct(runner, SqliteTransaction(connection))
            finally:
                connection.close()
            return
        server = runner.run(asyncpg.connect(url))
        transaction = server.transaction(readonly=True)
        runner.run(transaction.start())
        try:
            yield Direct(runner, PostgresTransaction(server))
        finally:
            runner.run(server.close())


@dataclass
class _Times:
    """Milliseconds of one run: of searches, and of what stands beside each."""

    request: list[float] = field(default_factory=list)
    statements: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    raw_own: list[float] = field(default_factory=list)
    small: list[float] = field(default_factory=list)


def rows(plan: Plan, client: Client, big: Big) -> list[Row]:
    """Searches by relevance, and by time."""
    found = []
    with direct(big.url) as database:
        for sort in ("relevance", "time"):
            runs = [_run(plan, client, big, database, sort, run) for run in range(plan.runs)]
            found += _told(runs, sort, ORDERS[database.dialect][sort])
    return found


def _told(runs: Sequence[_Times], sort: str, order: str) -> list[Row]:
    def figure(name: str, share: float = 0.95) -> Figure:
        return Figure(tuple(percentile(getattr(one, name) or [0.0], share) for one in runs))

    def row(case: str, name: str, floor: str, note: str) -> Row:
        medians = f"p50 {figure(name, 0.5)}, of the floor {figure(floor, 0.5)} ms; {note}"
        return Row("search", case, "ms, p95", figure(name), figure(floor), notes=[medians])

    index = f"the floor is the index alone, ORDER BY {order} LIMIT {LIMIT}, over all conversations"
    small = f"p95 {figure('small')}, p50 {figure('small', 0.5)} ms"
    found = [
        row(f"by {sort}", "request", "raw", index),
        row(f"by {sort}, statements alone", "statements", "raw", "the same floor"),
        row(
            f"by {sort}, statements, few rooms",
            "own",
            "raw_own",
            f"of askers in {FEW} conversations at most; the floor is the index with these named",
        ),
    ]
    found[0].notes.append(f"a request for the asker's own account took {small}")
    found[2 if sort == "time" else 0].at_most = AT_MOST_RATIO
    for one in found:
        say(f"search {one.case}: p95 {one.measured} ms, floor {one.floor}")
    return found


def _questions(big: Big, count: int) -> list[str]:
    """Words as people look for them: most of them rare ones, some in very many messages."""
    chance = random.Random(1)
    rare, frequent, commonest = big.words
    kinds = [*[rare] * 4, *[frequent] * 4, *[commonest] * 2]
    return [chance.choice(kinds[number % len(kinds)]) for number in range(count)]


def _run(plan: Plan, client: Client, big: Big, database: Direct, sort: str, run: int) -> _Times:
    times = _Times()
    raw = RAW[database.dialect].format(ORDERS[database.dialect][sort])
    written = indexing.match_of if database.dialect == "sqlite" else indexing.query_of
    limit = LIMIT + 1 if sort == "time" else RANKED + 1
    now = SystemClock().now_ms()
    for number, word in enumerate(_questions(big, plan.count(200, least=10))):
        asker = big.askers[(number + run) % len(big.askers)]
        query = urlencode({"q": word, "sort": sort, "limit": LIMIT})
        times.request.append(_got(client, f"/messages/search?{query}", asker))
        times.small.append(_got(client, "/users/me", asker))
        phrase = ((word,), False)
        wanted = Wanted(asker.user_id, [phrase])

        async def statements(reader: Reader, wanted: Wanted = wanted) -> object:
            return await search.select_matches(reader, wanted, Stretch(), now, limit)

        async def alone(reader: Reader, asked: str = written([phrase], [], [])) -> object:
            return await reader.fetch_all(raw, asked)

        took = database.took(statements)
        times.statements.append(took)
        times.raw.append(database.took(alone))
        if len(asker.rooms) <= FEW:
            marks = [indexing.conversation_mark(room) for room in asker.rooms]

            async def named(reader: Reader, asked: str = written([phrase], [marks], [])) -> object:
                return await reader.fetch_all(raw, asked)

            times.own.append(took)
            times.raw_own.append(database.took(named))
    return times


def _got(client: Client, path: str, asker: Asker) -> float:
    took, status = client.get(path, asker)
    if status != 200:
        raise ConnectionError(f"{path} was answered with {status}")
    return took
