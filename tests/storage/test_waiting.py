"""What is made together, and that nobody's order suffers from it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from altlas_chat.storage.database import Transaction, UniqueViolated
from altlas_chat.storage.sqlite import SqliteDatabase
from altlas_chat.storage.waiting import Waiting, in_groups


async def one_bulk(tx: Transaction, items: Sequence[str]) -> list[str]:
    raise AssertionError("only its name counts")


async def other_bulk(tx: Transaction, items: Sequence[str]) -> list[str]:
    raise AssertionError("only its name counts")


async def single(tx: Transaction) -> None:
    raise AssertionError("only its name counts")


def grouped(words: str) -> str:
    """Groups of a batch: ``b`` and ``o`` are bulks, ``s`` a single change; then the lane."""
    batch = []
    for word in words.split():
        kind, lane = word
        bulk = {"b": one_bulk, "o": other_bulk, "s": None}[kind]
        change = single if kind == "s" else None
        batch.append(Waiting(lane, None, None, change=change, bulk=bulk, item=word))  # type: ignore[arg-type]
    return " | ".join(" ".join(one.item for one in group) for group in in_groups(batch))


@pytest.mark.parametrize(
    ("batch", "groups"),
    [
        ("b1", "b1"),
        ("b1 b2 b1", "b1 b2 b1"),
        ("s1 s1", "s1 | s1"),
        # A single change of another lane is no hindrance, one of the same lane is.
        ("b1 s2 b1", "b1 b1 | s2"),
        ("b1 s1 b1", "b1 | s1 | b1"),
        ("b1 s1 b2", "b1 b2 | s1"),
        # After that a new group takes whoever comes.
        ("b1 s1 b1 b2 b1", "b1 | s1 | b1 b2 b1"),
        ("s1 b1 b2 s2 b1", "s1 | b1 b2 b1 | s2"),
        # Two bulks are two groups.
        ("b1 o1 b2 o2", "b1 b2 | o1 o2"),
        ("b1 o1 b1", "b1 | o1 | b1"),
        ("b1 o1 b1 o2 b2 o1", "b1 | o1 o2 | b1 b2 | o1"),
    ],
)
def test_bulks_come_together_and_lanes_keep_their_order(batch: str, groups: str) -> None:
    assert grouped(batch) == groups
    for lane in "12":
        before = [word for word in batch.split() if word[1] == lane]
        after = [word for word in groups.replace("| ", "").split() if word[1] == lane]
        assert after == before


@pytest.fixture
async def notes(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    path = tmp_path / "notes.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE notes (place INTEGER PRIMARY KEY, note TEXT UNIQUE)")
    connection.commit()
    connection.close()
    database = await SqliteDatabase.open(path, readers=1, batch_size=16)
    yield database
    await database.close()


class Keeper:
    """A bulk that keeps notes, and remembers how it was called."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    async def keep(self, tx: Transaction, items: Sequence[str]) -> list[str | Exception]:
        self.calls.append(list(items))
        outcomes: list[str | Exception] = []
        for item in items:
            if item.startswith("refused"):
                outcomes.append(ValueError(item))
                continue
            await tx.execute("INSERT INTO notes (note) VALUES (?)", item)
            outcomes.append(item.upper())
        return outcomes


async def kept(notes: SqliteDatabase) -> list[str]:
    rows = await notes.read(
        lambda reader: reader.fetch_all("SELECT note FROM notes ORDER BY place")
    )
    return [row[0] for row in rows]


async def keep_all(notes: SqliteDatabase, keeper: Keeper, *items: str) -> list[object]:
    told: list[str] = []
    bulk = keeper.keep
    found = await asyncio.gather(
        *(notes.write_together(bulk, item, lane="a", committed=told.append) for item in items),
        return_exceptions=True,
    )
    assert told == [one for one in found if isinstance(one, str)]
    return list(found)


async def test_those_that_wait_are_made_in_one_call(notes: SqliteDatabase) -> None:
    keeper = Keeper()
    words = [f"n{n:02}" for n in range(20)]
    assert await keep_all(notes, keeper, *words) == [word.upper() for word in words]
    assert await kept(notes) == words
    assert len(keeper.calls) < 20
    assert [item for call in keeper.calls for item in call] == words


async def test_a_refused_item_is_told_and_the_others_are_kept(notes: SqliteDatabase) -> None:
    found = await keep_all(notes, Keeper(), "a", "refused b", "c", "refused d", "e")
    assert [str(one) for one in found] == ["A", "refused b", "C", "refused d", "E"]
    assert await kept(notes) == ["a", "c", "e"]


async def test_a_bulk_that_raises_is_run_for_each_alone(notes: SqliteDatabase) -> None:
    keeper = Keeper()
    found = await keep_all(notes, keeper, "a", "b", "c", "b", "d")
    assert isinstance(found[3], UniqueViolated)
    assert [one for one in found if isinstance(one, str)] == ["A", "B", "C", "D"]
    assert await kept(notes) == ["a", "b", "c", "d"]
    assert ["b"] in keeper.calls
