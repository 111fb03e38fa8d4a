"""Previews over HTTP: which images have one, who sees it, and how long it is there."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.rest.test_files import fetch, kept, upload
from tests.support.images import claiming, hiding, overflowing, photograph, read, written
from tests.support.running import Chat, Person, ServeChat
from tests.support.s3 import Bucket


@pytest.fixture
async def chat(database_url: str, serve_chat: ServeChat, tmp_path: Path) -> Chat:
    """On each database, with a folder of its own."""
    return await serve_chat(database=database_url, files=str(tmp_path / "bytes"))


async def linked(person: Person, file_id: str, variant: str) -> tuple[int, bytes]:
    """What is behind a new link, without a token."""
    link = await person.gets("POST", f"/files/{file_id}/links", {"variant": variant})
    async with person.http.get(f"{person.url}{link['url']}") as response:
        return response.status, await response.read()


async def test_an_image_has_its_preview_when_the_upload_is_answered(chat: Chat) -> None:
    (ayse,) = await chat.people("ayse")
    status, file = await upload(ayse, photograph(), "balkon.jpg")
    assert (status, file["hasPreview"]) == (201, True)
    assert (file["width"], file["height"]) == (300, 400)
    assert await ayse.gets("GET", f"/files/{file['id']}/info") == file
    path = f"/v1/files/{file['id']}/preview"
    status, body, headers = await fetch(ayse, path)
    assert status == 200
    preview = read(body)
    assert (preview.format, preview.size) == ("WEBP", (300, 400))
    assert preview.convert("RGB").getpixel((150, 50))[2] > 200
    assert not preview.getexif()
    assert headers["Content-Type"] == "image/webp"
    assert headers["Content-Length"] == str(len(body))
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Content-Disposition"].startswith('inline; filename="balkon.webp"')
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (await fetch(ayse, f"/v1/files/{file['id']}"))[1] == photograph()


async def test_a_cache_asks_by_its_etag(chat: Chat) -> None:
    (ayse,) = await chat.people("ayse")
    _, file = await upload(ayse, photograph())
    path = f"/v1/files/{file['id']}"
    _, body, headers = await fetch(ayse, f"{path}/preview")
    own, others = headers["ETag"], (await fetch(ayse, path))[2]["ETag"]
    assert own != others
    status, nothing, headers = await fetch(ayse, f"{path}/preview", **{"If-None-Match": own})
    assert (status, nothing, headers["ETag"]) == (304, b"", own)
    assert (await fetch(ayse, f"{path}/preview", **{"If-None-Match": others}))[0] == 200
    assert (await fetch(ayse, f"{path}/preview", Range="bytes=0-3"))[:2] == (200, body)
    status, nothing, headers = await fetch(ayse, f"{path}/preview", "HEAD")
    assert (status, nothing, headers["Content-Length"]) == (200, b"", str(len(body)))


@pytest.mark.parametrize(
    "data",
    [photograph()[:-1000], b"GIF89a\x03\x00\x02\x00", b"BM\x3a\0\0\0\0\0\0\0", b"merhaba"],
    ids=["cut", "no picture", "bitmap", "text"],
)
async def test_without_a_preview_a_file_is_a_file(chat: Chat, data: bytes) -> None:
    (ayse,) = await chat.people("ayse")
    status, file = await upload(ayse, data)
    assert (status, file["hasPreview"]) == (201, False)
    assert (await fetch(ayse, f"/v1/files/{file['id']}"))[:2] == (200, data)
    assert (await fetch(ayse, f"/v1/files/{file['id']}/preview"))[0] == 404
    status, _ = await ayse.call("POST", f"/files/{file['id']}/links", {"variant": "preview"})
    assert status == 404
    assert len(kept(chat)) == 1


@pytest.mark.parametrize("lie", [claiming, hiding, overflowing])
async def test_a_bomb_is_refused(chat: Chat, lie: Callable[[int, int], bytes]) -> None:
    """The first one says so in its head; of the others only a decoder finds out."""
    (ayse,) = await chat.people("ayse")
    data = lie(50_000, 50_000)
    assert len(data) < 200_000
    status, problem = await upload(ayse, data)
    assert (status, problem["code"]) == (422, "VALIDATION_ERROR")
    assert [one["code"] for one in problem["errors"]] == ["TOO_MANY_PIXELS"]
    assert "2500000000 pixels" in problem["detail"]
    assert kept(chat) == []


async def test_who_sees_the_file_sees_its_preview(chat: Chat) -> None:
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    room = await chat.direct(ayse, mehmet)
    _, file = await upload(ayse, photograph())
    path = f"/v1/files/{file['id']}/preview"
    assert (await fetch(mehmet, path))[0] == 404
    draft = {"conversationId": room, "clientId": "1", "kind": "image", "fileIds": [file["id"]]}
    message = await ayse.gets("POST", "/messages", draft)
    assert [(one["id"], one["hasPreview"]) for one in message["files"]] == [(file["id"], True)]
    assert (await fetch(mehmet, path))[0] == 200
    assert (await fetch(zeynep, path))[0] == 404
    await ayse.gets("DELETE", f"/messages/{message['id']}", scope="everyone")
    assert (await fetch(mehmet, path))[0] == 404


async def test_a_link_opens_what_it_was_made_for(chat: Chat) -> None:
    (ayse,) = await chat.people("ayse")
    _, file = await upload(ayse, photograph())
    assert await linked(ayse, file["id"], "original") == (200, photograph())
    status, body = await linked(ayse, file["id"], "preview")
    assert (status, body) == (200, (await fetch(ayse, f"/v1/files/{file['id']}/preview"))[1])
    link = await ayse.gets("POST", f"/files/{file['id']}/links", {"variant": "preview"})
    await ayse.gets("DELETE", f"/files/{file['id']}")
    async with ayse.http.get(f"{ayse.url}{link['url']}") as response:
        assert response.status == 404


async def test_all_devices_of_the_owner_hear_of_it(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    wire = await ayse.connects()
    before = (await ayse.gets("GET", "/sync"))["cursor"]
    _, file = await upload(ayse, photograph(), conversationId=room)
    heard = await wire.next_of("file.ready")
    assert heard["stream"] == f"user:{ayse.user_id}"
    assert heard["data"] == {"fileId": file["id"], "conversationId": room, "file": file}
    missed = (await ayse.gets("GET", "/sync", cursor=before))["events"]
    assert [one["data"] for one in missed if one["event"] == "file.ready"] == [heard["data"]]
    await ayse.gets("DELETE", f"/files/{file['id']}")
    missed = (await ayse.gets("GET", "/sync", cursor=before))["events"]
    told = [one["data"] for one in missed if one["event"] == "file.ready"]
    assert told == [{"fileId": file["id"], "conversationId": room}]


async def test_the_same_image_has_one_preview_as_long_as_anybody_has_it(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    files = [(await upload(person, photograph()))[1] for person in (ayse, mehmet, mehmet)]
    assert [file["hasPreview"] for file in files] == [True, True, True]
    assert len(kept(chat)) == 2
    await ayse.gets("DELETE", f"/files/{files[0]['id']}")
    await mehmet.gets("DELETE", f"/files/{files[1]['id']}")
    assert len(kept(chat)) == 2
    path = f"/v1/files/{files[2]['id']}/preview"
    assert read((await fetch(mehmet, path))[1]).size == (300, 400)
    await mehmet.gets("DELETE", f"/files/{files[2]['id']}")
    assert kept(chat) == []


async def test_in_a_bucket_it_comes_and_goes_the_same_way(
    serve_chat: ServeChat, bucket: Bucket
) -> None:
    chat = await serve_chat(**bucket.settings)
    (ayse,) = await chat.people("ayse")
    _, file = await upload(ayse, photograph())
    assert len(await bucket.keys(chat)) == 2
    _, body, _ = await fetch(ayse, f"/v1/files/{file['id']}/preview")
    assert read(body).size == (300, 400)
    await ayse.gets("DELETE", f"/files/{file['id']}")
    assert await bucket.keys(chat) == []
    assert list(chat.running.parts.deps.blobs.incoming().iterdir()) == []


async def test_where_no_preview_can_be_made_files_are_kept(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ayse,) = await chat.people("ayse")
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    status, file = await upload(ayse, photograph())
    assert (status, file["hasPreview"], file["width"]) == (201, False, 400)
    monkeypatch.undo()
    _, again = await upload(ayse, photograph())
    assert again["hasPreview"]
    # What was told of the first one stays true.
    assert await ayse.gets("GET", f"/files/{file['id']}/info") == file
    assert (await fetch(ayse, f"/v1/files/{file['id']}/preview"))[0] == 404


async def test_many_at_once(chat: Chat) -> None:
    (ayse,) = await chat.people("ayse")
    images = [written(Image.new("RGB", (600 + n, 300), "green"), "JPEG") for n in range(8)]
    done = await asyncio.gather(*(upload(ayse, one) for one in images))
    assert [(status, file["hasPreview"], file["width"]) for status, file in done] == [
        (201, True, 600 + n) for n in range(8)
    ]
