"""What the rest of the storage layer relies on: rows, readers, transactions.

A *query* is a function of a reader, a *change* one of a transaction. Each awaits
nothing else than these, and may run in another thread. A change may run more
than once before it is committed (after a deadlock, or when its batch was lost),
so it keeps no state outside its transaction.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, Protocol, TypeVar

from altlas_chat.figures import Workload

T = TypeVar("T")
Item = TypeVar("Item")

PATIENCE_SECONDS = 10.0
"""How long a change waits for a lock that somebody else holds, such as a hand at the database."""

Row = Sequence[Any]
Dialect = Literal["sqlite", "postgresql"]


class Reader(Protocol):
    """Answers queries. SQL is written with ``?`` placeholders on both databases."""

    dialect: Dialect

    async def fetch_one(self, sql: str, *params: object) -> Row | None:
        """The first row, or None."""

    async def fetch_all(self, sql: str, *params: object) -> list[Row]:
        """All rows, in the query's order."""


class Transaction(Reader, Protocol):
    """Reads and writes that become durable together or not at all."""

    async def execute(self, sql: str, *params: object) -> int:
        """Run one statement; the number of rows that it changed."""

    async def insert(self, sql: str, *params: object) -> int:
        """Insert one row; its number in the table, on a database that numbers rows."""

    async def execute_last(self, sql: str, *params: object) -> None:
        """Run a statement at the end of the transaction, after all other changes of its batch.

        For what no change reads back, such as the full-text index, which is
        much cheaper to write when nothing comes between.
        """

    async def execute_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Run one statement for each row of parameters."""


class Database(Protocol):
    """One database, embedded or not."""

    dialect: Dialect

    async def read(self, query: Callable[[Reader], Awaitable[T]]) -> T:
        """Run ``query``; everything that it reads belongs to one moment.

        Raises:
            StorageUnavailable: the database can't be read.
        """

    async def write(
        self,
        change: Callable[[Transaction], Awaitable[T]],
        *,
        lane: str,
        committed: Callable[[T], None] | None = None,
    ) -> T:
        """Run ``change`` in a transaction and return after it is durable.

        Changes of one lane are committed in the order of the calls.
        ``committed`` is called on the event loop, in commit order, before
        any caller of the same batch goes on.

        Raises:
            StorageUnavailable: the database did not take the change, or somebody
                else held a lock for longer than the database's patience.
            CommitInDoubt: it may have taken it. Who tries again must be able to
                find that out (by ``client_id``, say).
        """

    async def write_together(
        self,
        bulk: Callable[[Transaction, Sequence[Item]], Awaitable[Sequence[T | Exception]]],
        item: Item,
        *,
        lane: str,
        committed: Callable[[T], None] | None = None,
    ) -> T:
        """Like :meth:`write`, for a change that is made cheaper together with its like.

        ``bulk`` makes the changes of ``item`` and of other items that wait
        for the same ``bulk``, those of one lane in the order of the calls,
        and gives an outcome for each: its result, or the error to raise for
        an item of which nothing is to be kept. When it raises instead,
        nothing is kept, and it is run again for each item alone.
        """

    def workload(self) -> Workload:
        """What it has to do at this moment, and what it did since it was opened."""

    async def close(self) -> None:
        """Finish the changes that wait, then let go of the database."""


class StorageUnavailable(Exception):
    """The database can't be reached, is full, or is locked."""


class CommitInDoubt(StorageUnavailable):
    """The connection broke during the commit; ``outcome`` is that of the change, if it was made."""

    def __init__(self, said: str, outcome: object) -> None:
        super().__init__(said)
        self.outcome = outcome


class UniqueViolated(Exception):
    """A row with the same unique key is there already.

    ``key`` names the columns, as ``table.column, table.column`` on SQLite and
    the constraint on PostgreSQL.
    """

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key
