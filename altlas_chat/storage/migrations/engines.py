"""A migration's connection: one transaction, alone, and checked before it commits.

SQLite begins with ``BEGIN IMMEDIATE``, because Python's driver would otherwise
commit around each ``CREATE`` and leave half a migration behind. Its foreign
keys are off meanwhile, because rebuilding a table drops the old one, and that
would delete what points to it; they are checked before the commit instead.
On PostgreSQL an advisory lock makes a second migration wait for the first.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from altlas_chat.storage.files import make_private

T = TypeVar("T")

ADVISORY_LOCK = 0x616C746C61730001
"""PostgreSQL's name for "a migration of altlas-chat is under way"."""

BUSY_TIMEOUT_SECONDS = 30.0
CONNECT_TIMEOUT_SECONDS = 15.0
LOCK_TIMEOUT_MS = 15_000


class DamagedDatabase(Exception):
    """What the checks of a database found; nothing of the migration was kept."""


def on_sqlite(path: str, work: Callable[[Connection], T], *, checking: Callable[[], None]) -> T:
    """Run ``work`` in one transaction; the file is made if it is not there.

    ``checking`` is called before the checks, which read the whole file.

    Raises:
        DamagedDatabase: foreign keys point nowhere or the file is damaged.
        sqlalchemy.exc.DBAPIError: the database refused something.
    """

    def opened() -> sqlite3.Connection:
        make_private(path)
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        connection.execute("PRAGMA foreign_keys = OFF")
        return connection

    engine = create_engine("sqlite://", creator=opened, poolclass=NullPool)
    event.listen(engine, "begin", _begin_immediate)
    with engine.begin() as connection:
        result = work(connection)
        checking()
        _check_sqlite(connection)
    return result


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _check_sqlite(connection: Connection) -> None:
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)
    if lost:
        tables = ", ".join(sorted({f"{row[0]} → {row[2]}" for row in lost}))
        raise DamagedDatabase(f"rows point to rows that are not there ({tables})")
    report = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(5)")]
    if report != ["ok"]:
        raise DamagedDatabase("; ".join(report))


def on_postgresql(
    url: str, work: Callable[[Connection], T], *, waiting: Callable[[], None] | None = None
) -> T:
    """Run ``work`` in one transaction.

    With ``waiting`` no other migration runs meanwhile; it is called if there
    is one to wait for, and other locks are waited for only briefly, so that a
    running server is not held up by a migration that is held up itself.
    Without it nothing is locked. No event loop may run in this thread.

    Raises:
        OSError: nobody answers at the address.
        asyncpg.PostgresError: the server refuses the connection.
        asyncpg.ClientConfigurationError: the URL is not valid.
        sqlalchemy.exc.DBAPIError: the database refused something.
    """

    def locked(connection: Connection) -> T:
        if waiting is not None:
            _take_lock(connection, waiting)
        return work(connection)

    return asyncio.run(_on_postgresql(url, locked))


async def _on_postgresql(url: str, work: Callable[[Connection], T]) -> T:
    async def connected() -> Any:
        try:
            return await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_SECONDS)
        except ValueError as error:
            raise asyncpg.ClientConfigurationError(f"the URL is not valid: {error}") from error

    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=connected, poolclass=NullPool
    )
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _take_lock(connection: Connection, waiting: Callable[[], None]) -> None:
    taken = connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({ADVISORY_LOCK})")
    if not taken.scalar_one():
        waiting()
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
