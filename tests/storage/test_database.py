"""What both databases promise to whoever reads and changes."""

import asyncio

import pytest

from altlas_chat.storage.database import Database, Reader, Transaction
from altlas_chat.storage.meta import insert_meta_once, select_meta
from altlas_chat.storage.postgresql import PostgresDatabase
from tests.support.pausing import Pause
from tests.support.postgres import fresh_database


async def note(database: Database, name: str, value: object = "x", lane: str = "a") -> object:
    async def change(tx: Transaction) -> str:
        await tx.execute("INSERT INTO meta (name, value) VALUES (?, ?)", name, value)
        return name

    return await database.write(change, lane=lane)


async def noted(database: Database) -> list[str]:
    rows = await database.read(
        lambda reader: reader.fetch_all("SELECT name FROM meta ORDER BY name")
    )
    return [row[0] for row in rows]


@pytest.mark.parametrize("value", ["\ud800", "a\ud800b", 2**63, 2**70, -(2**63) - 1, object()])
async def test_what_the_database_cannot_take_harms_no_neighbour(
    database: Database, value: object
) -> None:
    async def bad(tx: Transaction) -> None:
        await tx.execute("INSERT INTO meta (name, value) VALUES (?, ?)", "half", "done")
        await tx.execute("UPDATE streams SET seq = ? WHERE stream = 'none'", value)
        await tx.execute("UPDATE meta SET value = ? WHERE name = 'none'", value)

    outcomes = await asyncio.gather(
        note(database, "1"),
        database.write(bad, lane="a"),
        note(database, "2"),
        database.write(bad, lane="b"),
        note(database, "3"),
        return_exceptions=True,
    )
    assert [one for one in outcomes if not isinstance(one, Exception)] == ["1", "2", "3"]
    assert await noted(database) == ["1", "2", "3"]
    assert isinstance(outcomes[1], Exception)


async def test_changes_of_one_lane_are_made_in_the_order_of_the_calls(database: Database) -> None:
    order: list[int] = []

    async def change(tx: Transaction, number: int) -> int:
        await insert_meta_once(tx, "last", f"{number}")
        await tx.execute("UPDATE meta SET value = ? WHERE name = 'last'", f"{number}")
        return number

    await asyncio.gather(
        *(
            database.write(
                lambda tx, number=number: change(tx, number),  # type: ignore[misc]
                lane="a",
                committed=order.append,
            )
            for number in range(200)
        )
    )
    assert order == list(range(200))
    assert await database.read(lambda reader: select_meta(reader, "last")) == "199"


async def test_everything_in_one_reading_is_of_one_moment(database: Database) -> None:
    pause = Pause()

    async def query(reader: Reader) -> tuple[object, object]:
        first = await select_meta(reader, "name")
        await pause.here(reader)
        return first, await select_meta(reader, "name")

    reading = asyncio.create_task(database.read(query))
    await pause.reached()
    await note(database, "name")
    pause.go_on()
    assert await reading == (None, None)
    assert await database.read(lambda reader: select_meta(reader, "name")) == "x"


@pytest.mark.parametrize("turns", range(12))
async def test_a_reading_that_is_called_off_harms_no_later_one(
    database: Database, turns: int
) -> None:
    async def query(reader: Reader) -> None:
        for _ in range(3):
            await reader.fetch_all("SELECT name FROM meta")

    for _ in range(12):  # more than there are connections
        reading = asyncio.create_task(database.read(query))
        for _ in range(turns):
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    async with asyncio.timeout(10):
        assert await asyncio.gather(*(noted(database) for _ in range(12))) == [[]] * 12
        await note(database, "later")
        assert await asyncio.gather(*(noted(database) for _ in range(12))) == [["later"]] * 12


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
async def test_a_change_whose_caller_went_away_is_made_or_not_but_never_half(
    database: Database, turns: int
) -> None:
    async def change(tx: Transaction) -> None:
        await tx.execute("INSERT INTO meta (name, value) VALUES ('one', 'x')")
        await tx.execute("INSERT INTO meta (name, value) VALUES ('two', 'x')")

    writing = asyncio.create_task(database.write(change, lane="a"))
    for _ in range(turns):
        await asyncio.sleep(0)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    await note(database, "after")
    assert await noted(database) in (["after"], ["after", "one", "two"])


async def test_a_deadlock_on_postgresql_is_solved_and_both_changes_are_made() -> None:
    runs = 0
    one_is_under_way = asyncio.Event()
    both_hold_one = asyncio.Barrier(2)

    async def change(tx: Transaction, names: str) -> None:
        nonlocal runs
        runs += 1
        one_is_under_way.set()
        for name in names:
            await tx.execute("UPDATE meta SET value = value || ? WHERE name = ?", names, name)
            if runs <= 2 and name == names[0]:
                await both_hold_one.wait()

    with fresh_database() as url:
        database = await PostgresDatabase.open(url, pool_size=5, batch_size=8)
        try:
            await note(database, "x")
            await note(database, "y")
            first = asyncio.create_task(database.write(lambda tx: change(tx, "xy"), lane="first"))
            await one_is_under_way.wait()  # what waits at the same moment is made together
            await database.write(lambda tx: change(tx, "yx"), lane="second")
            await first
            assert runs > 2, "there was no deadlock"
            for name in "xy":
                value = await database.read(lambda reader, name=name: select_meta(reader, name))  # type: ignore[misc]
                assert sorted(str(value)) == sorted("x" + "xy" + "yx")
        finally:
            await database.close()


async def test_on_postgresql_what_waits_for_a_commit_is_made_in_one_transaction() -> None:
    is_under_way, goes_on = asyncio.Event(), asyncio.Event()

    async def slow(tx: Transaction) -> None:
        is_under_way.set()
        await goes_on.wait()

    with fresh_database() as url:
        database = await PostgresDatabase.open(url, pool_size=5, batch_size=64)
        try:
            first = asyncio.create_task(database.write(slow, lane="slow"))
            await is_under_way.wait()
            others = [
                asyncio.create_task(note(database, f"{number:02}", lane=f"lane {number}"))
                for number in range(30)
            ]
            await asyncio.sleep(0)
            goes_on.set()
            await asyncio.gather(first, *others)
            batches = database.workload().batches
            assert (sum(batches.counts), batches.total) == (2, 31)
            assert len(await noted(database)) == 30
        finally:
            await database.close()
