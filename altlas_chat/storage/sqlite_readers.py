"""Readings of SQLite: several threads, each with a connection of its own.

A reading is run in one go, from its ``BEGIN`` to its ``COMMIT``, in the thread
that is free first: threads are crossed twice for it, however many statements it
has (docs/decisions/0003-storage-access.md).
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from altlas_chat.figures import SHORT_SECONDS, Spread
from altlas_chat.storage.database import PATIENCE_SECONDS, Dialect, Reader, Row, StorageUnavailable
from altlas_chat.storage.driving import drive
from altlas_chat.storage.sqlite_connections import connect, translated

T = TypeVar("T")


class SqliteReader:
    """A reader's connection, in a read transaction. Nothing here ever waits.

    ``is_unwanted`` tells that nobody waits for what is read; it then breaks off.
    """

    dialect: Dialect = "sqlite"

    def __init__(
        self, connection: sqlite3.Connection, is_unwanted: Callable[[], bool] | None = None
    ) -> None:
        self._execute = connection.execute
        self._is_unwanted = is_unwanted

    async def fetch_one(self, sql: str, *params: object) -> Row | None:
        if self._is_unwanted is not None and self._is_unwanted():
            raise asyncio.CancelledError
        return cast("Row | None", self._execute(sql, params).fetchone())

    async def fetch_all(self, sql: str, *params: object) -> list[Row]:
        if self._is_unwanted is not None and self._is_unwanted():
            raise asyncio.CancelledError
        return self._execute(sql, params).fetchall()


class _Reading:
    """A query in the queue, what became of it, and who waits for that."""

    __slots__ = ("asked_at", "begun_at", "error", "future", "query", "result")

    def __init__(
        self, query: Callable[[Reader], Awaitable[Any]], future: asyncio.Future[Any]
    ) -> None:
        self.query = query
        self.future = future
        self.result: Any = None
        self.error: BaseException | None = None
        self.asked_at = self.begun_at = time.perf_counter()

    def run(self, connection: sqlite3.Connection) -> None:
        """Read in a transaction of its own, which is over afterwards, whatever happens."""
        self.begun_at = time.perf_counter()
        try:
            connection.execute("BEGIN")
            self.result = drive(self.query(SqliteReader(connection, self.future.cancelled)))
            connection.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - the thread outlives whatever a query does
            self.error = translated(error)
            with contextlib.suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")


class SqliteReaders:
    """Threads that read, each one reading at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[_Reading | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self.waits = Spread(SHORT_SECONDS)
        self._is_closed = False
        self._unanswered = 0

    @classmethod
    async def open(cls, path: str, number: int) -> "SqliteReaders":
        """So many connections to a file.

        Raises:
            StorageUnavailable: it can't be opened.
        """
        readers = cls()
        try:
            for _ in range(number):
                readers._begin(_open_reader(path))
        except sqlite3.Error as error:
            await readers.close()
            raise translated(error) from error
        return readers

    def _begin(self, connection: sqlite3.Connection) -> None:
        name = f"altlas-chat-reader-{len(self._threads) + 1}"
        thread = threading.Thread(target=self._work, args=(connection,), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self, connection: sqlite3.Connection) -> None:
        while (reading := self._queue.get()) is not None:
            if not reading.future.cancelled():
                reading.run(connection)
            self._loop.call_soon_threadsafe(self._tell, reading)
            del reading  # what was read is not kept until the next one comes
        connection.close()

    def _tell(self, reading: _Reading) -> None:
        """Give the outcome to who waits, on the event loop."""
        self.waits.add(reading.begun_at - reading.asked_at)
        if reading.future.done():
            return
        if reading.error is None:
            reading.future.set_result(reading.result)
        else:
            reading.future.set_exception(reading.error)

    @property
    def number(self) -> int:
        return len(self._threads)

    @property
    def idle(self) -> int:
        """How many have nothing to do."""
        return max(0, len(self._threads) - self._unanswered)

    async def read(self, query: Callable[[Reader], Awaitable[T]]) -> T:
        """Run ``query`` in a read transaction of its own: see :meth:`Database.read`."""
        if self._is_closed:
            raise StorageUnavailable("the database is closed")
        future: asyncio.Future[T] = self._loop.create_future()
        self._unanswered += 1
        try:
            self._queue.put(_Reading(query, future))
            return await future
        finally:
            self._unanswered -= 1

    async def close(self) -> None:
        """Finish the readings that wait, then close."""
        self._is_closed = True
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)


def _open_reader(path: str) -> sqlite3.Connection:
    connection = connect(path, PATIENCE_SECONDS)
    connection.execute("PRAGMA query_only = ON")
    return connection
