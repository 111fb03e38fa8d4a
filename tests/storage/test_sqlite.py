"""The writer commits what waits together, each change whole or not at all."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from altlas_chat.storage.database import Reader, StorageUnavailable, Transaction, UniqueViolated
from altlas_chat.storage.sqlite import SqliteDatabase
from tests.support.pausing import Pause


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "notes.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE notes (note TEXT PRIMARY KEY, place INTEGER)")
    connection.commit()
    connection.close()
    return path


@pytest.fixture
async def notes(path: Path) -> AsyncIterator[SqliteDatabase]:
    database = await SqliteDatabase.open(path, readers=2, batch_size=8)
    yield database
    await database.close()


def noting(note: str, place: int = 0) -> Callable[[Transaction], Awaitable[str]]:
    async def change(tx: Transaction) -> str:
        await tx.execute("INSERT INTO notes (note, place) VALUES (?, ?)", note, place)
        return note

    return change


async def all_notes(database: SqliteDatabase) -> list[str]:
    async def query(reader: Reader) -> list[str]:
        return [row[0] for row in await reader.fetch_all("SELECT note FROM notes ORDER BY note")]

    return await database.read(query)


async def test_what_is_written_is_read(notes: SqliteDatabase) -> None:
    assert await notes.write(noting("one"), lane="a") == "one"
    assert await all_notes(notes) == ["one"]


async def test_changes_that_wait_are_committed_together(notes: SqliteDatabase) -> None:
    await asyncio.gather(*(notes.write(noting(f"{n:02}"), lane="a") for n in range(40)))
    assert len(await all_notes(notes)) == 40
    assert notes.writer.changes == 40
    assert notes.writer.batches < 40


async def test_a_failed_change_leaves_nothing_and_harms_no_neighbour(notes: SqliteDatabase) -> None:
    async def half(tx: Transaction) -> None:
        await tx.execute("INSERT INTO notes (note, place) VALUES ('half', 1)")
        raise ValueError("changed my mind")

    outcomes = await asyncio.gather(
        notes.write(noting("before"), lane="a"),
        notes.write(half, lane="a"),
        notes.write(noting("after"), lane="a"),
        return_exceptions=True,
    )
    assert outcomes[0] == "before"
    assert isinstance(outcomes[1], ValueError)
    assert outcomes[2] == "after"
    assert await all_notes(notes) == ["after", "before"]


async def test_a_repeated_key_is_told_apart(notes: SqliteDatabase) -> None:
    await notes.write(noting("one"), lane="a")
    with pytest.raises(UniqueViolated) as caught:
        await notes.write(noting("one"), lane="a")
    assert "note" in caught.value.key


async def test_commits_are_told_in_order_before_any_caller_goes_on(notes: SqliteDatabase) -> None:
    told: list[str] = []

    async def write(note: str) -> list[str]:
        await notes.write(noting(note), lane="a", committed=told.append)
        return list(told)

    seen = await asyncio.gather(*(write(f"{n:02}") for n in range(30)))
    assert told == [f"{n:02}" for n in range(30)]
    for n, known in enumerate(seen):
        assert f"{n:02}" in known


async def test_a_change_that_awaits_something_else_is_refused(notes: SqliteDatabase) -> None:
    async def sleepy(tx: Transaction) -> None:
        await tx.execute("INSERT INTO notes (note, place) VALUES ('sleepy', 1)")
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="awaited something other"):
        await notes.write(sleepy, lane="a")
    assert await all_notes(notes) == []


async def test_a_full_disk_is_an_error_and_loses_nothing_else(
    path: Path, notes: SqliteDatabase
) -> None:
    await notes.write(noting("kept"), lane="a")

    async def limit(tx: Transaction) -> None:
        pages = await tx.fetch_one("PRAGMA page_count")
        assert pages is not None
        await tx.fetch_one(f"PRAGMA max_page_count = {pages[0]}")

    await notes.write(limit, lane="a")
    big = [notes.write(noting("x" * 50_000 + str(n)), lane="a") for n in range(4)]
    outcomes = await asyncio.gather(*big, return_exceptions=True)
    assert all(isinstance(outcome, StorageUnavailable) for outcome in outcomes)

    async def unlimit(tx: Transaction) -> None:
        await tx.fetch_one("PRAGMA max_page_count = 1073741823")

    await notes.write(unlimit, lane="a")
    await notes.write(noting("later"), lane="a")
    assert await all_notes(notes) == ["kept", "later"]


async def test_closing_finishes_what_waits(path: Path) -> None:
    database = await SqliteDatabase.open(path, readers=1, batch_size=2)
    writes = [asyncio.ensure_future(database.write(noting(f"{n}"), lane="a")) for n in range(9)]
    await asyncio.sleep(0)
    await database.close()
    assert [await write for write in writes] == [f"{n}" for n in range(9)]


async def test_a_reading_that_is_called_off_stops_at_its_next_statement(
    notes: SqliteDatabase,
) -> None:
    pause, ended = Pause(), asyncio.Event()
    loop, reached = asyncio.get_running_loop(), []

    async def query(reader: Reader) -> None:
        try:
            await reader.fetch_all("SELECT note FROM notes")
            await pause.here(reader)
            await reader.fetch_all("SELECT place FROM notes")
            reached.append("the second statement")
        finally:
            loop.call_soon_threadsafe(ended.set)

    reading = asyncio.create_task(notes.read(query))
    await pause.reached()
    assert notes.workload().idle == 1
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await all_notes(notes) == []  # by the other connection
    pause.go_on()
    await asyncio.wait_for(ended.wait(), 10)
    assert reached == []
    assert await asyncio.gather(*(all_notes(notes) for _ in range(4))) == [[]] * 4


async def test_a_reading_that_awaits_something_else_is_refused(notes: SqliteDatabase) -> None:
    async def sleepy(reader: Reader) -> None:
        await reader.fetch_all("SELECT note FROM notes")
        await asyncio.sleep(0)

    for _ in range(3):  # more than there are connections
        with pytest.raises(RuntimeError, match="awaited something other"):
            await notes.read(sleepy)
    assert await all_notes(notes) == []


async def test_an_error_of_a_reading_is_told_and_the_next_one_goes_on(
    notes: SqliteDatabase,
) -> None:
    async def bad(reader: Reader) -> None:
        await reader.fetch_all("SELECT note FROM notes")
        raise ValueError("of no use")

    for _ in range(3):
        with pytest.raises(ValueError, match="of no use"):
            await notes.read(bad)
        with pytest.raises(StorageUnavailable):
            await notes.read(lambda reader: reader.fetch_all("SELECT nothing FROM nowhere"))
    await notes.write(noting("later"), lane="a")
    assert await asyncio.gather(*(all_notes(notes) for _ in range(4))) == [["later"]] * 4


async def test_closing_finishes_the_readings_that_wait_and_takes_no_others(path: Path) -> None:
    database = await SqliteDatabase.open(path, readers=1, batch_size=2)
    readings = [asyncio.ensure_future(all_notes(database)) for _ in range(5)]
    await asyncio.sleep(0)
    await database.close()
    assert await asyncio.gather(*readings) == [[]] * 5
    with pytest.raises(StorageUnavailable, match="closed"):
        await all_notes(database)


async def test_a_reader_cannot_write(notes: SqliteDatabase) -> None:
    async def query(reader: Reader) -> None:
        await reader.fetch_all("INSERT INTO notes (note) VALUES ('by a reader')")

    with pytest.raises(StorageUnavailable):
        await notes.read(query)
