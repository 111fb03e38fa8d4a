"""PostgreSQL: a pool, row locks, and lanes that keep one caller's order.

Changes of one lane run one after another; lanes run side by side. Changes
that wait in a lane share a transaction, a savepoint each. Where two lanes
want the same rows, PostgreSQL makes one wait, and ends a deadlock by failing
one of the batches, which is then run again, change by change.
"""

import asyncio
import logging
import time
import zlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

import asyncpg

from altlas_chat.figures import SHORT_SECONDS, SIZES, Spread, Workload
from altlas_chat.storage.database import (
    PATIENCE_SECONDS,
    CommitInDoubt,
    Dialect,
    Item,
    Reader,
    Row,
    StorageUnavailable,
    Transaction,
    UniqueViolated,
)
from altlas_chat.storage.waiting import Failed, Group, Waiting, fail, in_groups, make, serve

log = logging.getLogger(__name__)

T = TypeVar("T")
Connection = Any
"""asyncpg's connection or the pool's proxy of one; asyncpg gives them no common type."""

LANES = 4
ATTEMPTS = 5
CLOSING_SECONDS = 5.0
_AGAIN = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_AWAY = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InternalClientError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
)


@lru_cache(maxsize=2048)
def numbered(sql: str) -> str:
    """The statement with ``$1``, ``$2``, … for its ``?`` placeholders."""
    first, *others = sql.split("?")
    return first + "".join(f"${place}{part}" for place, part in enumerate(others, 1))


def _rows_changed(command_tag: str) -> int:
    count = command_tag.rsplit(" ", 1)[-1]
    return int(count) if count.isdigit() else 0


class PostgresTransaction:
    """A connection in a transaction, seen by a change or a query."""

    dialect: Dialect = "postgresql"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def fetch_one(self, sql: str, *params: object) -> Row | None:
        return cast("Row | None", await self._connection.fetchrow(numbered(sql), *params))

    async def fetch_all(self, sql: str, *params: object) -> list[Row]:
        return cast("list[Row]", await self._connection.fetch(numbered(sql), *params))

    async def execute(self, sql: str, *params: object) -> int:
        try:
            return _rows_changed(await self._connection.execute(numbered(sql), *params))
        except asyncpg.UniqueViolationError as error:
            raise UniqueViolated(error.constraint_name or "") from error

    async def insert(self, sql: str, *params: object) -> int:
        await self.execute(sql, *params)
        return 0

    async def execute_last(self, sql: str, *params: object) -> None:
        await self.execute(sql, *params)

    async def execute_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        await self._connection.executemany(numbered(sql), rows)


class _Lane:
    """One queue of changes, and the task that empties it."""

    def __init__(
        self, pool: "asyncpg.Pool[Any]", batch_size: int, sizes: Spread, commits: Spread
    ) -> None:
        self._pool = pool
        self._sizes = sizes
        self._commits = commits
        self._batch_size = batch_size
        self._queue: deque[Waiting] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many changes wait for a transaction."""
        return len(self._queue)

    def submit(self, waiting: Waiting) -> None:
        self._queue.append(waiting)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._empty())

    async def drained(self) -> None:
        if self._task is not None:
            await self._task

    def give_up(self) -> None:
        """Raise what waits, as not taken."""
        if self._task is not None:
            self._task.cancel()

    async def _empty(self) -> None:
        try:
            while self._queue:
                size = min(self._batch_size, len(self._queue))
                await self._commit([self._queue.popleft() for _ in range(size)])
        finally:
            self._task = None
            left = [self._queue.popleft() for _ in range(len(self._queue))]
            _fail(left, StorageUnavailable("changes were given up"))

    async def _commit(self, batch: list[Waiting]) -> None:
        self._sizes.add(len(batch))
        try:
            await self._run(batch)
        except _AGAIN as error:
            log.info("changes are made again, one by one: %s", error)
            for waiting in batch:
                await self._commit_alone(waiting)
        except _AWAY as error:
            _fail(batch, StorageUnavailable(str(error)))
        except Exception as error:  # noqa: BLE001 - whoever waits must be told
            _fail(batch, error)
        except BaseException as error:
            _fail(batch, error)
            raise
        else:
            serve(batch)

    async def _commit_alone(self, waiting: Waiting) -> None:
        for attempt in range(ATTEMPTS):
            try:
                await self._run([waiting])
            except _AGAIN as error:
                if attempt == ATTEMPTS - 1:
                    _fail([waiting], StorageUnavailable(str(error)))
            except _AWAY as error:
                _fail([waiting], StorageUnavailable(str(error)))
                return
            except Exception as error:  # noqa: BLE001 - whoever waits must be told
                _fail([waiting], error)
                return
            else:
                serve([waiting])
                return

    async def _run(self, batch: list[Waiting]) -> None:
        """Make a batch's changes; those without an error are durable when this returns."""
        is_made = False
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                transaction = PostgresTransaction(connection)
                for group in in_groups(batch):
                    await _run_group(connection, transaction, group)
                is_made, made_at = True, time.perf_counter()
            self._commits.add(time.perf_counter() - made_at)
        except _AWAY as error:
            if not is_made:
                raise
            _doubt(batch, error)


async def _run_group(
    connection: Connection, transaction: PostgresTransaction, group: Group
) -> None:
    """Make a group's changes; one that fails leaves nothing behind."""
    savepoint = connection.transaction()
    await savepoint.start()
    try:
        await make(transaction, group)
    except (*_AGAIN, *_AWAY):
        raise
    except Exception as error:  # noqa: BLE001 - it is told to who made the change
        await savepoint.rollback()
        if len(group) == 1:
            group[0].outcome = Failed(error)
            return
        for waiting in group:
            await _run_group(connection, transaction, [waiting])
    else:
        await savepoint.commit()


def _fail(batch: Sequence[Waiting], error: BaseException) -> None:
    fail(batch, error)
    serve(batch)


def _doubt(batch: Sequence[Waiting], error: Exception) -> None:
    """Note of changes that they may be durable, and that nobody knows."""
    for waiting in batch:
        if not isinstance(waiting.outcome, Failed):
            waiting.outcome = Failed(CommitInDoubt(str(error), waiting.outcome))


class PostgresDatabase:
    """A PostgreSQL database: :class:`Database` on a pool of connections."""

    dialect: Dialect = "postgresql"

    def __init__(self, pool: "asyncpg.Pool[Any]", batch_size: int) -> None:
        self._pool = pool
        self._sizes = Spread(SIZES)
        self._commits, self._waits = Spread(SHORT_SECONDS), Spread(SHORT_SECONDS)
        self._lanes = [_Lane(pool, batch_size, self._sizes, self._commits) for _ in range(LANES)]

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        pool_size: int,
        batch_size: int,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> "PostgresDatabase":
        """Connect; the database must have its schema.

        Raises:
            StorageUnavailable: nobody answers there, it refuses us, or the URL is none.
        """
        try:
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=max(pool_size, LANES + 1),
                timeout=patience_seconds,
                server_settings={"lock_timeout": f"{round(patience_seconds * 1000)}ms"},
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
            raise StorageUnavailable(str(error)) from error
        return cls(pool, batch_size)

    async def read(self, query: Callable[[Reader], Awaitable[T]]) -> T:
        asked_at = time.perf_counter()
        try:
            async with self._pool.acquire() as connection:
                self._waits.add(time.perf_counter() - asked_at)
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    return await query(PostgresTransaction(connection))
        except _AWAY as error:
            raise StorageUnavailable(str(error)) from error

    async def write(
        self,
        change: Callable[[Transaction], Awaitable[T]],
        *,
        lane: str,
        committed: Callable[[T], None] | None = None,
    ) -> T:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._submit(Waiting(lane, committed, future, change=change))
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
        self._submit(Waiting(lane, committed, future, bulk=bulk, item=item))
        return await future

    def _submit(self, waiting: Waiting) -> None:
        place = zlib.crc32(waiting.lane.encode()) % len(self._lanes)
        self._lanes[place].submit(waiting)

    def workload(self) -> Workload:
        waiting = sum(lane.waiting for lane in self._lanes)
        return Workload(
            self._sizes,
            self._commits,
            self._waits,
            waiting,
            self._pool.get_size(),
            self._pool.get_idle_size(),
        )

    async def close(self) -> None:
        finishing = asyncio.get_running_loop().create_task(self._finish())
        done, _ = await asyncio.wait({finishing}, timeout=CLOSING_SECONDS)
        if done:
            await finishing
            return
        log.warning("PostgreSQL does not answer: what waits for it is given up")
        self._pool.terminate()
        for lane in self._lanes:
            lane.give_up()
        await asyncio.wait({finishing}, timeout=CLOSING_SECONDS)

    async def _finish(self) -> None:
        for lane in self._lanes:
            await lane.drained()
        await self._pool.close()
