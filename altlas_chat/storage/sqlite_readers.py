"""Connections of SQLite for reading: several, each with a read transaction for one reading."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

import aiosqlite

from altlas_chat.figures import SHORT_SECONDS, Spread
from altlas_chat.storage.database import PATIENCE_SECONDS, Dialect, Reader, Row
from altlas_chat.storage.sqlite_connections import PRAGMAS, translated

T = TypeVar("T")


class SqliteReader:
    """A reader's connection, in a read transaction."""

    dialect: Dialect = "sqlite"

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def fetch_one(self, sql: str, *params: object) -> Row | None:
        rows = await self.fetch_all(sql, *params)
        return rows[0] if rows else None

    async def fetch_all(self, sql: str, *params: object) -> list[Row]:
        try:
            rows = await self._connection.execute_fetchall(sql, params)
        except sqlite3.Error as error:
            raise translated(error) from error
        return cast("list[Row]", rows)


class SqliteReaders:
    """Connections that are lent to one reading at a time."""

    def __init__(self, connections: list[aiosqlite.Connection]) -> None:
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self.waits = Spread(SHORT_SECONDS)
        self._idle: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        for connection in connections:
            self._idle.put_nowait(connection)

    @classmethod
    async def open(cls, path: str, number: int) -> "SqliteReaders":
        return cls([await _open_reader(path) for _ in range(number)])

    @property
    def number(self) -> int:
        return len(self._connections)

    @property
    def idle(self) -> int:
        return self._idle.qsize()

    async def read(self, query: Callable[[Reader], Awaitable[T]]) -> T:
        """Run ``query`` in a read transaction of its own: see :meth:`Database.read`."""
        asked_at = self._loop.time()
        connection = await self._idle.get()
        self.waits.add(self._loop.time() - asked_at)
        try:
            await connection.execute_fetchall("BEGIN")
            result = await query(SqliteReader(connection))
            await connection.execute_fetchall("COMMIT")
        except BaseException as error:
            # Also when the reading is called off, and again while it is: the
            # connection's thread goes on, and has to be waited for.
            await asyncio.shield(self._give_back(connection))
            if isinstance(error, sqlite3.Error):
                raise translated(error) from error
            raise
        self._idle.put_nowait(connection)
        return result

    async def _give_back(self, connection: aiosqlite.Connection) -> None:
        """Let others read with a connection whose reading broke off."""
        try:
            await connection.rollback()
        finally:
            self._idle.put_nowait(connection)

    async def close(self) -> None:
        for connection in self._connections:
            await connection.close()


async def _open_reader(path: str) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(
        path, timeout=PATIENCE_SECONDS, isolation_level=None, cached_statements=512
    )
    for pragma in (*PRAGMAS, "PRAGMA query_only = ON"):
        await connection.execute_fetchall(pragma)
    return connection
