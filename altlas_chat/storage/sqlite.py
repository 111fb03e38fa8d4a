"""SQLite: one writer with group commit, and its readers (:mod:`.sqlite_readers`).

Changes that wait are run in one transaction, a savepoint each, and committed
together: the disk is asked once for all of them. A change that waits alone is
not delayed. The writer has a thread of its own and runs a whole batch in one
go (docs/decisions/0003-storage-access.md).
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar, cast

from altlas_chat.figures import SHORT_SECONDS, SIZES, Spread, Workload
from altlas_chat.storage.database import (
    PATIENCE_SECONDS,
    Dialect,
    Item,
    Reader,
    Row,
    Transaction,
)
from altlas_chat.storage.driving import drive
from altlas_chat.storage.sqlite_connections import connect, translated
from altlas_chat.storage.sqlite_readers import SqliteReaders
from altlas_chat.storage.waiting import Failed, Group, Waiting, fail, in_groups, make, serve

T = TypeVar("T")

GATHERING_FROM = 8
GATHERING_SECONDS = 0.00015
"""A writer that had so many changes in one batch waits a moment for the callers it has served.

They come again, and a commit of 60 costs hardly more than one of 30. Whoever
waits alone, or with few others, is not delayed.
"""


class SqliteTransaction:
    """The writer's connection, seen by a change. Nothing here ever waits."""

    dialect: Dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
        self._execute_many = connection.executemany
        self.last: list[tuple[str, tuple[object, ...]]] = []

    async def fetch_one(self, sql: str, *params: object) -> Row | None:
        return cast("Row | None", self._execute(sql, params).fetchone())

    async def fetch_all(self, sql: str, *params: object) -> list[Row]:
        return self._execute(sql, params).fetchall()

    async def execute(self, sql: str, *params: object) -> int:
        return self._execute(sql, params).rowcount

    async def insert(self, sql: str, *params: object) -> int:
        return self._execute(sql, params).lastrowid or 0

    async def execute_last(self, sql: str, *params: object) -> None:
        self.last.append((sql, params))

    async def execute_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        self._execute_many(sql, rows)


class SqliteWriter:
    """The thread that owns the writing connection.

    Changes are committed in the order of :meth:`submit`. Their ``committed``
    call-backs and futures are served on the event loop, batch by batch, in
    that order.
    """

    def __init__(self, path: str, batch_size: int, patience_seconds: float) -> None:
        self._path = path
        self._batch_size = batch_size
        self._patience_seconds = patience_seconds
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self.sizes = Spread(SIZES)
        self.commits = Spread(SHORT_SECONDS)
        self._opened = self._loop.create_future()
        self._thread = threading.Thread(target=self._work, name="altlas-chat-writer", daemon=True)
        self.batches = 0
        self.changes = 0

    async def start(self) -> None:
        self._thread.start()
        await self._opened

    def submit(self, waiting: Waiting) -> None:
        self._queue.put(waiting)

    @property
    def waiting(self) -> int:
        """How many changes wait for a transaction."""
        return self._queue.qsize()

    async def stop(self) -> None:
        """Commit what waits, then close. Nothing may be submitted afterwards."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        try:
            connection = connect(self._path, self._patience_seconds)
        except sqlite3.Error as error:
            self._loop.call_soon_threadsafe(self._opened.set_exception, translated(error))
            return
        transaction = SqliteTransaction(connection)
        self._loop.call_soon_threadsafe(self._opened.set_result, None)
        stopping = False
        batch: list[Waiting] = []
        while not stopping:
            batch, stopping = self._next_batch(len(batch))
            if batch:
                _run_batch(connection, transaction, batch, self.commits)
                self.batches += 1
                self.changes += len(batch)
                self.sizes.add(len(batch))
                self._loop.call_soon_threadsafe(serve, batch)
        connection.close()

    def _next_batch(self, last_size: int) -> tuple[list[Waiting], bool]:
        first = self._queue.get()
        if first is None:
            return [], True
        if last_size >= GATHERING_FROM:
            time.sleep(GATHERING_SECONDS)
        batch = [first]
        while len(batch) < self._batch_size:
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                break
            if following is None:
                return batch, True
            batch.append(following)
        return batch, False


def _run_batch(
    connection: sqlite3.Connection,
    transaction: SqliteTransaction,
    batch: list[Waiting],
    commits: Spread,
) -> None:
    """Run the changes of a batch in one transaction; each has its outcome afterwards."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        for place, group in enumerate(in_groups(batch)):
            _run_group(connection, transaction, group, _AGAIN if place else _AT_FIRST)
        for sql, params in transaction.last:
            connection.execute(sql, params)
        transaction.last.clear()
        made_at = time.perf_counter()
        connection.execute("COMMIT")
        commits.add(time.perf_counter() - made_at)
    except BaseException as error:  # noqa: BLE001 - the writer outlives whatever a change does
        transaction.last.clear()
        _roll_back(connection)
        fail(batch, translated(error))


def _roll_back(connection: sqlite3.Connection) -> None:
    """End the transaction; SQLite may have done so already, or be unable to write even that."""
    with contextlib.suppress(sqlite3.Error):
        if connection.in_transaction:
            connection.execute("ROLLBACK")


class _Marks(NamedTuple):
    """Statements before a group, to undo it, and to keep it."""

    begin: tuple[str, ...]
    undo: tuple[str, ...]
    keep: tuple[str, ...]


_AT_FIRST = _Marks((), ("ROLLBACK", "BEGIN IMMEDIATE"), ())
"""What comes first needs no savepoint: nothing was done before it."""

_AGAIN = _Marks(
    ("SAVEPOINT change",), ("ROLLBACK TO change", "RELEASE change"), ("RELEASE change",)
)


def _run_group(
    connection: sqlite3.Connection, transaction: SqliteTransaction, group: Group, marks: _Marks
) -> None:
    """Make a group's changes; one that fails leaves nothing behind.

    Raises:
        Exception: the whole transaction is lost (a full disk, for one).
    """
    _execute_all(connection, marks.begin)
    last = len(transaction.last)
    try:
        drive(make(transaction, group))
    except Exception as error:
        if not connection.in_transaction:
            raise
        _execute_all(connection, marks.undo)
        del transaction.last[last:]
        if len(group) == 1:
            group[0].outcome = Failed(translated(error))
            return
        for waiting in group:
            _run_group(connection, transaction, [waiting], _AGAIN)
    else:
        _execute_all(connection, marks.keep)


def _execute_all(connection: sqlite3.Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        connection.execute(statement)


class SqliteDatabase:
    """An embedded database: :class:`Database` on one file."""

    dialect: Dialect = "sqlite"

    def __init__(self, writer: SqliteWriter, readers: SqliteReaders) -> None:
        self.writer = writer
        self._readers = readers

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        readers: int,
        batch_size: int,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> "SqliteDatabase":
        """Open the file, which must have its schema.

        Raises:
            StorageUnavailable: the file can't be opened.
        """
        writer = SqliteWriter(str(path), batch_size, patience_seconds)
        await writer.start()
        return cls(writer, await SqliteReaders.open(str(path), readers))

    async def read(self, query: Callable[[Reader], Awaitable[T]]) -> T:
        return await self._readers.read(query)

    async def write(
        self,
        change: Callable[[Transaction], Awaitable[T]],
        *,
        lane: str,
        committed: Callable[[T], None] | None = None,
    ) -> T:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.writer.submit(Waiting(lane, committed, future, change=change))
        return await future

    async def write_together(
        self,
        bulk: Callable[[Transaction, Sequence[Item]], Awaitable[Sequence[T | Exception]]],
        item: Item,
        *,
        lane: str,
        committed: Callable[[T], None] | None = None,
    ) -> T:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.writer.submit(Waiting(lane, committed, future, bulk=bulk, item=item))
        return await future

    def workload(self) -> Workload:
        writer, readers = self.writer, self._readers
        return Workload(
            writer.sizes,
            writer.commits,
            readers.waits,
            writer.waiting,
            readers.number,
            readers.idle,
        )

    async def close(self) -> None:
        await self.writer.stop()
        await self._readers.close()
