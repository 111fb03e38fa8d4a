"""Readings of SQLite: several connections of aiosqlite, each with a thread of its own.

A reading is run in one go, from its ``BEGIN`` to its ``COMMIT``, in the thread
of a connection that is free: threads are crossed twice for it, however many
statements it has (docs/decisions/0003-storage-access.md).
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Generic, TypeVar, cast

import aiosqlite

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


class _Reading(Generic[T]):
    """A query, and whether anybody still waits for its outcome."""

    __slots__ = ("is_called_off", "query")

    def __init__(self, query: Callable[[Reader], Awaitable[T]]) -> None:
        self.query = query
        self.is_called_off = False

    def _is_unwanted(self) -> bool:
        return self.is_called_off

    def run(self, connection: sqlite3.Connection) -> T:
        """Read in a transaction of its own, which is over afterwards, whatever happens."""
        try:
            connection.execute("BEGIN")
            result = drive(self.query(SqliteReader(connection, self._is_unwanted)))
            connection.execute("COMMIT")
        except BaseException as error:
            with contextlib.suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise translated(error) from error
            raise
        return result


class _Connection(aiosqlite.Connection):
    """A connection in whose thread a whole reading is one piece of work."""

    async def run(self, reading: _Reading[T]) -> T:
        return cast("T", await self._in_thread(reading.run, self._conn))

    async def settled(self) -> None:
        """Return when everything that was begun in the thread is over."""
        await self._in_thread(int)

    def _in_thread(self, work: Callable[..., Any], *given: object) -> Awaitable[Any]:
        """What aiosqlite does for each of its statements."""
        return cast("Awaitable[Any]", self._execute(work, *given))  # type: ignore[no-untyped-call]


class SqliteReaders:
    """Connections that read, each one reading at a time."""

    def __init__(self) -> None:
        self._connections: list[_Connection] = []
        self._idle: asyncio.LifoQueue[_Connection] = asyncio.LifoQueue()
        self._settling: set[asyncio.Task[None]] = set()
        self._unanswered = 0
        self._all_answered: asyncio.Future[None] | None = None
        self._is_closed = False
        self.waits = Spread(SHORT_SECONDS)

    @classmethod
    async def open(cls, path: str, number: int) -> "SqliteReaders":
        """So many connections to a file.

        Raises:
            StorageUnavailable: it can't be opened.
        """
        readers = cls()
        try:
            for _ in range(number):
                connection = _Connection(partial(_open_reader, path), iter_chunk_size=64)
                await connection
                readers._connections.append(connection)
                readers._idle.put_nowait(connection)
        except sqlite3.Error as error:
            await readers.close()
            raise translated(error) from error
        return readers

    @property
    def number(self) -> int:
        return len(self._connections)

    @property
    def idle(self) -> int:
        """How many have nothing to do."""
        return self._idle.qsize()

    async def read(self, query: Callable[[Reader], Awaitable[T]]) -> T:
        """Run ``query`` in a read transaction of its own: see :meth:`Database.read`."""
        if self._is_closed:
            raise StorageUnavailable("the database is closed")
        self._unanswered += 1
        try:
            asked_at = time.perf_counter()
            connection = await self._idle.get()
            self.waits.add(time.perf_counter() - asked_at)
            return await self._read_by(connection, _Reading(query))
        finally:
            self._unanswered -= 1
            if not self._unanswered and self._all_answered is not None:
                self._all_answered.set_result(None)

    async def _read_by(self, connection: _Connection, reading: _Reading[T]) -> T:
        try:
            result = await connection.run(reading)
        except asyncio.CancelledError:
            # Its thread goes on until the next statement; nobody else shall wait for that.
            reading.is_called_off = True
            task = asyncio.get_running_loop().create_task(self._settle(connection))
            self._settling.add(task)
            task.add_done_callback(self._settling.discard)
            raise
        except BaseException:
            self._idle.put_nowait(connection)
            raise
        self._idle.put_nowait(connection)
        return result

    async def _settle(self, connection: _Connection) -> None:
        await connection.settled()
        self._idle.put_nowait(connection)

    async def close(self) -> None:
        """Finish the readings that wait, then close."""
        self._is_closed = True
        if self._unanswered:
            self._all_answered = asyncio.get_running_loop().create_future()
            await self._all_answered
        await asyncio.gather(*self._settling)
        for connection in self._connections:
            await connection.close()


def _open_reader(path: str) -> sqlite3.Connection:
    connection = connect(path, PATIENCE_SECONDS)
    connection.execute("PRAGMA query_only = ON")
    return connection
