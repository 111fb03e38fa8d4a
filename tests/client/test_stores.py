"""Where drafts are kept while they wait."""

from pathlib import Path

import pytest

from altlas_chat.client.stores import Entry, FileStore, MemoryStore, Store


def entry(number: int, text: str = "çay") -> Entry:
    return Entry(f"c{number}", "ayse", number, {"conversationId": "1", "text": text})


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore() if request.param == "memory" else FileStore(tmp_path / "drafts")


async def test_what_was_put_is_there_until_it_is_removed(store: Store) -> None:
    assert await store.all() == []
    for number in range(3):
        await store.put(entry(number))
    await store.put(entry(1, "kahve"))
    await store.remove("c0")
    await store.remove("never there")
    assert await store.all() == [entry(1, "kahve"), entry(2)]


async def test_a_file_is_read_by_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "drafts"
    first = FileStore(path)
    for number in range(4):
        await first.put(entry(number, "iki\nsatır\u2028ve \u0085"))
    await first.remove("c2")
    second = FileStore(path)
    assert [one.number for one in await second.all()] == [0, 1, 3]
    assert (await second.all())[0] == entry(0, "iki\nsatır\u2028ve \u0085")
    assert path.stat().st_mode & 0o077 == 0, "others may read it"
    assert [one.name for one in tmp_path.iterdir()] == ["drafts"]


@pytest.mark.parametrize("size", range(1, 60, 7))
async def test_a_process_that_stopped_while_it_wrote_loses_nothing_else(
    tmp_path: Path, size: int
) -> None:
    path = tmp_path / "drafts"
    await FileStore(path).put(entry(1))
    whole = path.read_bytes()
    await FileStore(path).put(entry(2))
    path.write_bytes(path.read_bytes()[: len(whole) + size])
    again = FileStore(path)
    assert await again.all() == [entry(1)]
    await again.put(entry(3))
    assert await FileStore(path).all() == [entry(1), entry(3)]
