"""PostgreSQL: a pool, row locks, and lanes that keep one caller's order.

Changes of one lane are made one after another; others run side by side, in up
to ``WRITERS`` transactions. What waits shares a transaction, a savepoint each
where there is more than one kind. Where two want the same rows, PostgreSQL
makes one wait, and ends a deadlock by failing one of the batches, which is
then run again, change by change.
"""

import asyncio
import logging
import time
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
from altlas_chat.storage.lanes import Lanes
from altlas_chat.storage.waiting import Failed, Group, Waiting, fail, in_groups, make, serve

log = logging.getLogger(__name__)

T = TypeVar("T")
Connection = Any
"""asyncpg's connection or the pool's proxy of one; asyncpg gives them no common type."""

WRITERS = 4
"""So many transactions at a time make changes, each with a connection of its own."""
ANOTHER_AFTER_SECONDS = 0.02
"""What waits for so long gets a transaction of its own beside those that are under way."""
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


class _Writers:
    """Tasks that make what waits, each batch in a transaction of its own."""

    def __init__(self, pool: "asyncpg.Pool[Any]", batch_size: int) -> None:
        self._pool = pool
        self._batch_size = batch_size
        self._queue = Lanes()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_starting = False
        self._later: asyncio.TimerHandle | None = None
        self.sizes = Spread(SIZES)
        self.commits = Spread(SHORT_SECONDS)

    @property
    def waiting(self) -> int:
        """How many changes wait for a transaction."""
        return self._queue.size

    def submit(self, waiting: Waiting) -> None:
        self._queue.put(waiting)
        if not self._tasks or self._queue.size >= self._batch_size:
            self._start_another()
        elif self._later is None:
            loop = asyncio.get_running_loop()
            self._later = loop.call_later(ANOTHER_AFTER_SECONDS, self._start_later)

    def _start_later(self) -> None:
        self._later = None
        self._start_another()

    def _start_another(self) -> None:
        """Let one more task begin, in the next turn of the event loop, if there is work for it."""
        if self._is_starting or len(self._tasks) >= WRITERS or not self._queue.has_free:
            return
        self._is_starting = True
        task = asyncio.get_running_loop().create_task(self._empty())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drained(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)

    def give_up(self) -> None:
        """Raise what waits, as not taken."""
        _fail(self._queue.take_all(), StorageUnavailable("changes were given up"))
        for task in self._tasks:
            task.cancel()

    async def _empty(self) -> None:
        self._is_starting = False
        while batch := self._queue.take(self._batch_size):
            if self._later is not None:  # who waits from now on has waited for nothing yet
                self._later.cancel()
                self._later = None
            self._start_another()
            try:
                await self._commit(batch)
            except BaseException:
                _fail(self._queue.take_all(), StorageUnavailable("changes were given up"))
                raise
            finally:
                self._queue.let_on(batch)

    async def _commit(self, batch: list[Waiting]) -> None:
        self.sizes.add(len(batch))
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
        groups = in_groups(batch)
        async with self._pool.acquire() as connection:
            if len(groups) == 1:
                if await _made_alone(connection, groups[0], self.commits):
                    return
                groups = [[waiting] for waiting in batch]
            await _make_all(connection, groups, self.commits)


async def _made_alone(connection: Connection, group: Group, commits: Spread) -> bool:
    """Make a group's changes in a transaction, which needs no savepoint; durable then.

    False if one of several raised: nothing is kept, and each is to be made for itself.
    """
    is_made = False
    try:
        async with connection.transaction():
            await make(PostgresTransaction(connection), group)
            is_made, made_at = True, time.perf_counter()
        commits.add(time.perf_counter() - made_at)
    except _AGAIN:
        raise
    except _AWAY as error:
        if not is_made:
            raise
        _doubt(group, error)
    except Exception as error:  # noqa: BLE001 - it is told to who made the change
        if len(group) > 1:
            return False
        group[0].outcome = Failed(error)
    return True


async def _make_all(connection: Connection, groups: Sequence[Group], commits: Spread) -> None:
    """Make the changes of several groups in one transaction, a savepoint each; durable then."""
    is_made = False
    try:
        async with connection.transaction():
            transaction = PostgresTransaction(connection)
            for group in groups:
                await _run_group(connection, transaction, group)
            is_made, made_at = True, time.perf_counter()
        commits.add(time.perf_counter() - made_at)
    except _AWAY as error:
        if not is_made:
            raise
        _doubt([waiting for group in groups for waiting in group], error)


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


async def _left_as_it_is(_: Connection) -> None:
    """Nothing is left in a session that another one would see: no setting, no lock, no cursor."""


class PostgresDatabase:
    """A PostgreSQL database: :class:`Database` on a pool of connections."""

    dialect: Dialect = "postgresql"

    def __init__(self, pool: "asyncpg.Pool[Any]", batch_size: int) -> None:
        self._pool = pool
        self._writers = _Writers(pool, batch_size)
        self._waits = Spread(SHORT_SECONDS)

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
                max_size=max(pool_size, WRITERS + 1),
                timeout=patience_seconds,
                reset=_left_as_it_is,
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
        self._writers.submit(Waiting(lane, committed, future, change=change))
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
        self._writers.submit(Waiting(lane, committed, future, bulk=bulk, item=item))
        return await future

    def workload(self) -> Workload:
        writers, pool = self._writers, self._pool
        return Workload(
            writers.sizes,
            writers.commits,
            self._waits,
            writers.waiting,
            pool.get_size(),
            pool.get_idle_size(),
        )

    async def close(self) -> None:
        finishing = asyncio.get_running_loop().create_task(self._finish())
        done, _ = await asyncio.wait({finishing}, timeout=CLOSING_SECONDS)
        if done:
            await finishing
            return
        log.warning("PostgreSQL does not answer: what waits for it is given up")
        self._pool.terminate()
        self._writers.give_up()
        await asyncio.wait({finishing}, timeout=CLOSING_SECONDS)

    async def _finish(self) -> None:
        await self._writers.drained()
        await self._pool.close()
