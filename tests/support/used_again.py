"""Databases on PostgreSQL that one test after the other has, each as if it were new.

Making one, dropping it and its first connection cost more than most tests. What a test left
behind is deleted, and whatever deletes of rows can't bring back makes the database unfit: it
is dropped then. That is another schema, statistics, who is still connected, much that was written.
"""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

import asyncpg

T = TypeVar("T")

_ROOM_BYTES = 1024 * 1024
"""What a test may leave of dead rows to the next one."""

_TABLES = """
SELECT quote_ident(relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
"""
_LOOKS = """
SELECT array[
    (SELECT md5(string_agg(c::text, ' ' ORDER BY oid)) FROM pg_class AS c
     WHERE relnamespace = 'public'::regnamespace),
    (SELECT md5(string_agg(a::text, ' ' ORDER BY attrelid, attnum)) FROM pg_attribute AS a
     JOIN pg_class ON oid = attrelid WHERE relnamespace = 'public'::regnamespace),
    (SELECT md5(string_agg(c::text, ' ' ORDER BY oid)) FROM pg_constraint AS c),
    (SELECT md5(string_agg(t::text, ' ' ORDER BY oid)) FROM pg_trigger AS t),
    (SELECT md5(string_agg(p::text, ' ' ORDER BY oid)) FROM pg_proc AS p
     WHERE pronamespace = 'public'::regnamespace),
    (SELECT md5(string_agg(n::text, ' ' ORDER BY oid)) FROM pg_namespace AS n
     WHERE nspname NOT LIKE 'pg_temp%' AND nspname NOT LIKE 'pg_toast_temp%'),
    (SELECT md5(string_agg(s::text, ' ')) FROM pg_db_role_setting AS s),
    (SELECT string_agg(version_num, ' ') FROM alembic_version)
]
"""
"""The catalogue's rows themselves: ANALYZE shows in them, and so does TRUNCATE."""

_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_SEQUENCES = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
FROM pg_sequences WHERE last_value IS NOT NULL
"""
_SIZE = """
SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""


class BesideTests:
    """An event loop in a thread of its own, which the loops of tests know nothing of."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for ``work``; what it gives."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result()


class UsedAgain:
    """A database with the newest schema, and our own connection to it."""

    def __init__(
        self, url: str, connection: "asyncpg.Connection[Any]", tables: list[str], looks: list[str]
    ) -> None:
        self.url = url
        self._connection = connection
        self._tables = tables
        self._looks = looks
        self._bytes = 0

    @classmethod
    async def of(cls, url: str) -> "UsedAgain":
        """Of one that was just made; it must be empty."""
        connection = await asyncpg.connect(url)
        tables = [row[0] for row in await connection.fetch(_TABLES)]
        looks = await connection.fetchval(_LOOKS)
        made = cls(url, connection, tables, looks)
        made._bytes = await connection.fetchval(_SIZE)
        return made

    async def is_as_new(self) -> bool:
        """Empty it; whether it is as it was when it was made."""
        connection = self._connection
        try:
            await connection.execute(
                "SET lock_timeout = '2s'; SET session_replication_role = replica;"
                + ";".join(f"DELETE FROM {table}" for table in self._tables)
            )
            await connection.execute(_SEQUENCES)
            if await connection.fetchval(_SIZE) > self._bytes + _ROOM_BYTES:
                return False
            if await connection.fetchval(_LOOKS) != self._looks:
                return False
            return await self._is_left_alone()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            return False

    async def _is_left_alone(self) -> bool:
        """Whoever was connected is gone, or goes at once."""
        for _ in range(50):
            if not await self._connection.fetchval(_OTHERS):
                return True
            await asyncio.sleep(0.01)
        return False

    async def leave(self) -> None:
        """End our connection."""
        self._connection.terminate()
