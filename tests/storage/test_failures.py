"""What goes wrong with one change, one caller or the database itself, and what must go on."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
import pytest

from altlas_chat.storage.database import Database, Reader, StorageUnavailable, Transaction
from altlas_chat.storage.postgresql import PostgresDatabase
from altlas_chat.storage.sqlite import SqliteDatabase
from tests.support.postgres import fresh_database

PATIENCE_SECONDS = 1.5
pytestmark = pytest.mark.timeout(60)

INSERT = "INSERT INTO notes (note) VALUES (?)"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        path = tmp_path / "notes.db"
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE notes (note TEXT PRIMARY KEY)")
        connection.close()
        yield str(path)
    else:
        with fresh_database(empty=True) as made:
            yield made


@pytest.fixture
async def notes(url: str) -> AsyncIterator[Database]:
    database: Database
    if url.startswith("postgresql:"):
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE TABLE notes (note TEXT PRIMARY KEY)")
        await connection.close()
        database = await PostgresDatabase.open(
            url, pool_size=5, batch_size=8, patience_seconds=PATIENCE_SECONDS
        )
    else:
        database = await SqliteDatabase.open(
            Path(url), readers=1, batch_size=8, patience_seconds=PATIENCE_SECONDS
        )
    yield database
    await database.close()


def noting(note: str) -> Callable[[Transaction], Awaitable[str]]:
    async def change(tx: Transaction) -> str:
        await tx.execute(INSERT, note)
        return note

    return change


def failing(error: BaseException) -> Callable[[Transaction], Awaitable[str]]:
    async def change(tx: Transaction) -> str:
        await tx.execute(INSERT, "half")
        raise error

    return change


async def all_notes(database: Database) -> list[str]:
    async def query(reader: Reader) -> list[str]:
        return [row[0] for row in await reader.fetch_all("SELECT note FROM notes ORDER BY note")]

    return await database.read(query)


@pytest.mark.parametrize("error", [ValueError("x"), OverflowError("x"), RecursionError("x")])
async def test_an_error_of_ones_own_harms_no_neighbour(notes: Database, error: Exception) -> None:
    outcomes = await asyncio.gather(
        notes.write(noting("before"), lane="a"),
        notes.write(failing(error), lane="a"),
        notes.write(noting("after"), lane="a"),
        return_exceptions=True,
    )
    assert outcomes == ["before", error, "after"]
    assert await all_notes(notes) == ["after", "before"]


async def test_even_an_exit_is_told_and_the_database_goes_on(notes: Database) -> None:
    with pytest.raises(asyncio.CancelledError):
        await notes.write(failing(asyncio.CancelledError()), lane="a")
    assert await notes.write(noting("later"), lane="a") == "later"
    assert await all_notes(notes) == ["later"]


async def test_what_is_put_off_may_fail(notes: Database) -> None:
    async def change(tx: Transaction) -> None:
        await tx.execute_last(INSERT, "half a sign: \ud800")

    with pytest.raises(UnicodeEncodeError if notes.dialect == "sqlite" else Exception):
        await notes.write(change, lane="a")
    assert await notes.write(noting("later"), lane="a") == "later"


async def test_a_bulk_that_gives_too_little_keeps_nothing(notes: Database) -> None:
    async def bulk(tx: Transaction, items: Sequence[str]) -> Sequence[str]:
        for item in items:
            await tx.execute(INSERT, item)
        return items[1:]

    outcomes = await asyncio.gather(
        *(notes.write_together(bulk, word, lane="a") for word in ("one", "two", "three")),
        notes.write(noting("alone"), lane="a"),
        return_exceptions=True,
    )
    assert [type(one) for one in outcomes] == [ValueError, ValueError, ValueError, str]
    assert await all_notes(notes) == ["alone"]


async def test_who_tells_of_a_commit_may_fail(
    notes: Database, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []

    def tell(note: str) -> None:
        if note == "2":
            raise RuntimeError("cannot be told")
        told.append(note)

    words = [str(n) for n in range(20)]
    writes = [notes.write(noting(word), lane="a", committed=tell) for word in words]
    assert await asyncio.gather(*writes) == words
    assert await notes.write(noting("later"), lane="a", committed=tell) == "later"
    assert told == [word for word in words if word != "2"] + ["later"]
    assert "cannot be told" in caplog.text


async def test_a_caller_who_went_away_leaves_his_change(notes: Database) -> None:
    told: list[str] = []
    writes = [
        asyncio.ensure_future(notes.write(noting(f"{n}"), lane="a", committed=told.append))
        for n in range(9)
    ]
    await asyncio.sleep(0)
    for write in writes[::2]:
        write.cancel()
    assert await asyncio.gather(*writes[1::2]) == ["1", "3", "5", "7"]
    assert await notes.write(noting("later"), lane="a") == "later"
    assert told == [f"{n}" for n in range(9)]
    assert await all_notes(notes) == [*told, "later"]


@pytest.mark.parametrize("turns", range(6))
async def test_a_read_that_is_given_up_leaves_the_connection_to_others(
    notes: Database, turns: int
) -> None:
    await notes.write(noting("one"), lane="a")
    for _ in range(10):
        reading = asyncio.ensure_future(all_notes(notes))
        for _ in range(turns):
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        assert await all_notes(notes) == ["one"]
    await notes.write(noting("two"), lane="a")
    assert await all_notes(notes) == ["one", "two"]


@asynccontextmanager
async def somebody_elses_transaction(url: str) -> AsyncIterator[None]:
    """Somebody at the database by hand, who wrote and went for a coffee."""
    if url.startswith("postgresql:"):
        connection = await asyncpg.connect(url)
        try:
            async with connection.transaction():
                await connection.execute("LOCK TABLE notes IN EXCLUSIVE MODE")
                yield
        finally:
            await connection.close()
    else:
        with _sqlite_transaction(url):
            yield


@contextmanager
def _sqlite_transaction(path: str) -> Iterator[None]:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


async def test_a_lock_of_somebody_else_is_not_waited_for_without_end(
    notes: Database, url: str
) -> None:
    await notes.write(noting("before"), lane="a")
    async with somebody_elses_transaction(url):
        refused = await asyncio.gather(
            *(notes.write(noting(f"meanwhile {n}"), lane=f"{n}") for n in range(6)),
            return_exceptions=True,
        )
        assert {type(one) for one in refused} == {StorageUnavailable}
        assert await all_notes(notes) == ["before"]
    assert await notes.write(noting("later"), lane="a") == "later"
    assert await all_notes(notes) == ["before", "later"]


async def test_more_readers_than_connections_wait_for_each_other(notes: Database) -> None:
    async def read_and_write(number: int) -> list[str]:
        found = await all_notes(notes)
        await notes.write(noting(f"{number:03}"), lane=f"{number}")
        return found

    await asyncio.gather(*(read_and_write(number) for number in range(100)))
    assert await all_notes(notes) == [f"{number:03}" for number in range(100)]


async def test_two_lanes_that_want_each_others_rows_both_get_them(notes: Database) -> None:
    for word in ("x", "y"):
        await notes.write(noting(word), lane="a")
    lanes = {"x": "1", "y": "2"}

    def swapping(first: str, second: str) -> Callable[[Transaction], Awaitable[None]]:
        async def change(tx: Transaction) -> None:
            for one in (first, second):
                await tx.execute("UPDATE notes SET note = note WHERE note = ?", one)

        return change

    both = [("x", "y"), ("y", "x")] * 20
    await asyncio.gather(*(notes.write(swapping(*pair), lane=lanes[pair[0]]) for pair in both))
    assert await all_notes(notes) == ["x", "y"]
