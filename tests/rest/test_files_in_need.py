"""Files when there is no room, and when the same bytes come and go at once."""

import asyncio
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.rest.test_files import fetch, kept, upload
from tests.support.images import photograph
from tests.support.running import Chat, Person, ServeChat

MIB = 1 << 20


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file of this process grows beyond ``size``: writing fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
async def chat(database_url: str, serve_chat: ServeChat, tmp_path: Path) -> Chat:
    """On each database, with a folder of its own: on PostgreSQL the usual one is everybody's."""
    return await serve_chat(database=database_url, files=str(tmp_path / "bytes"))


async def test_without_room_nothing_half_is_kept(chat: Chat) -> None:
    (ayse,) = await chat.people("ayse")
    large = b"\0" * (12 * MIB)
    with room_for(8 * MIB):
        status, problem = await upload(ayse, large)
        assert (status, problem["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert problem["detail"] == "The file can't be kept at the moment."
        assert kept(chat) == []
        assert (await upload(ayse, b"small"))[0] == 201
    status, file = await upload(ayse, large)
    assert (status, file["sizeBytes"]) == (201, len(large))
    assert (await fetch(ayse, f"/v1/files/{file['id']}"))[1] == large


@pytest.mark.parametrize("data", [b"merhaba" * 1000, photograph()], ids=["text", "image"])
async def test_the_same_bytes_come_and_go_at_once(chat: Chat, data: bytes) -> None:
    people = await chat.people("ayse", "mehmet", "zeynep")

    async def comes_and_goes(person: Person) -> None:
        for _ in range(8):
            status, file = await upload(person, data)
            path = f"/v1/files/{file['id']}"
            assert (status, (await fetch(person, path))[:2]) == (201, (200, data))
            found, _, _ = await fetch(person, f"{path}/preview")
            assert found == (200 if file["hasPreview"] else 404)
            assert file["hasPreview"] == (data == photograph())
            assert (await fetch(person, path, "DELETE"))[0] == 204

    await asyncio.gather(*map(comes_and_goes, people))
    assert kept(chat) == []
