"""How much one person's files may have together, on each database."""

import asyncio
from pathlib import Path

import pytest

from tests.rest.test_files import kept, upload
from tests.support.running import Chat, ServeChat


@pytest.fixture
async def chat(database_url: str, serve_chat: ServeChat, tmp_path: Path) -> Chat:
    return await serve_chat(
        database=database_url, files=str(tmp_path / "bytes"), user_storage_bytes=100
    )


async def test_what_does_not_fit_is_refused_and_leaves_nothing(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    status, first = await upload(ayse, b"x" * 60)
    assert status == 201
    status, problem = await upload(ayse, b"y" * 41)
    assert (status, problem["code"]) == (409, "STORAGE_FULL")
    assert problem["detail"] == "Your files have 60 of 100 bytes; this one does not fit."
    assert len(kept(chat)) == 1
    # The same bytes are kept once, and count for each file.
    assert (await upload(ayse, b"x" * 60))[0] == 409
    assert (await upload(mehmet, b"x" * 60))[0] == 201
    assert (await upload(ayse, b"y" * 40))[0] == 201
    await ayse.gets("DELETE", f"/files/{first['id']}")
    assert (await upload(ayse, b"z" * 60))[0] == 201


async def test_who_has_no_room_at_all_is_told_before_anything_is_read(chat: Chat) -> None:
    (ayse,) = await chat.people("ayse")
    assert (await upload(ayse, b"x" * 100))[0] == 201
    program = b"MZ" + bytes(100)
    assert (await upload(ayse, program))[1]["code"] == "STORAGE_FULL"
    await ayse.gets("PUT", "/users/me", {"language": "tr"})
    _, problem = await upload(ayse, program)
    assert problem["title"] == "Dosyalarınız için yer kalmadı"
    assert problem["detail"] == "Dosyalarınız 100 baytın 100 baytını kullanıyor; bu dosya sığmıyor."


async def test_uploads_at_once_do_not_pass_the_limit_together(chat: Chat) -> None:
    (ayse,) = await chat.people("ayse")
    files = [bytes([65 + number]) * 30 for number in range(10)]
    outcomes = await asyncio.gather(*(upload(ayse, one) for one in files))
    assert sorted(status for status, _ in outcomes) == [201] * 3 + [409] * 7
    assert len(kept(chat)) == 3
