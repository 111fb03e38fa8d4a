"""Files over HTTP: what goes in comes out, and nothing that is dangerous does."""

import hashlib
import io
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from altlas_chat.services import administration
from altlas_chat.services.administration import OPERATOR
from tests.support.images import claiming, written
from tests.support.running import Chat, Person

Json = dict[str, Any]


def png(width: int, height: int) -> bytes:
    """A black image."""
    return written(Image.new("L", (width, height)))


async def upload(
    person: Person, data: bytes, name: str = "not.txt", said: str = "text/plain", **query: str
) -> tuple[int, Json]:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("file", io.BytesIO(data), filename=name, content_type=said)
    headers = {"Authorization": f"Bearer {person.token}"}
    url = f"{person.url}/v1/files"
    async with person.http.post(url, data=form, headers=headers, params=query) as response:
        return response.status, await response.json()


async def fetch(
    person: Person, path: str, method: str = "GET", **headers: str
) -> tuple[int, bytes, Any]:
    headers.setdefault("Authorization", f"Bearer {person.token}")
    async with person.http.request(method, f"{person.url}{path}", headers=headers) as response:
        return response.status, await response.read(), response.headers


def kept(chat: Chat) -> list[Path]:
    folder = Path(chat.running.parts.deps.blobs.incoming()).parent
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_what_goes_in_comes_out(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    data = bytes(range(1, 128)) * 9_000
    status, file = await upload(ayse, data, "sözleşme.bin")
    assert (status, file["sizeBytes"]) == (201, len(data))
    assert file["sha256"] == hashlib.sha256(data).hexdigest()
    assert await ayse.gets("GET", f"/files/{file['id']}/info") == file
    path = f"/v1/files/{file['id']}"
    status, body, headers = await fetch(ayse, path)
    assert (status, body) == (200, data)
    assert "filename*=UTF-8''s%C3%B6zle%C5%9Fme.bin" in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    status, body, again = await fetch(ayse, path, "HEAD")
    assert (status, body, again["Content-Length"]) == (200, b"", str(len(data)))
    assert (await fetch(ayse, path, **{"If-None-Match": headers["ETag"]}))[0] == 304
    assert (await fetch(mehmet, path))[0] == 404


@pytest.mark.parametrize(
    ("wanted", "status", "part"),
    [
        ("bytes=2-4", 206, slice(2, 5)),
        ("bytes=7-", 206, slice(7, None)),
        ("bytes=-3", 206, slice(-3, None)),
        ("bytes=-300", 206, slice(0, None)),
        ("bytes=5-900", 206, slice(5, None)),
        ("bytes=0-0", 206, slice(0, 1)),
        ("bytes=1-2,4-5", 200, slice(0, None)),
        ("bytes=4-2", 200, slice(0, None)),
        ("lines=1-2", 200, slice(0, None)),
    ],
)
async def test_ranges(chat: Chat, wanted: str, status: int, part: slice) -> None:
    (ayse,) = await chat.people("ayse")
    _, file = await upload(ayse, b"0123456789")
    path = f"/v1/files/{file['id']}"
    found, body, headers = await fetch(ayse, path, Range=wanted)
    assert (found, body) == (status, b"0123456789"[part])
    other = await fetch(ayse, path, Range=wanted, **{"If-Range": '"other"'})
    assert (other[0], other[1]) == (200, b"0123456789")
    same = await fetch(ayse, path, Range=wanted, **{"If-Range": headers["ETag"]})
    assert same[0] == status


async def test_a_range_outside_the_file(chat: Chat) -> None:
    (ayse,) = await chat.people("ayse")
    _, file = await upload(ayse, b"0123456789")
    for wanted in ("bytes=10-", "bytes=99-100", "bytes=-0"):
        assert (await fetch(ayse, f"/v1/files/{file['id']}", Range=wanted))[0] == 416


@pytest.mark.parametrize(
    ("data", "media_type", "way"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "text/plain", "att"),
        (b"<!doctype html><script>alert(1)</script>", "text/plain", "att"),
        (png(3, 2), "image/png", "inl"),
        (b"GIF89a\x03\x00\x02\x00/*<script>alert(1)</script>*/", "image/gif", "inl"),
        (b"%PDF-1.7 <html>", "application/pdf", "att"),
        (b"PK\x03\x04 nothing else", "application/zip", "att"),
        (b"\x00\x01\x02", "application/octet-stream", "att"),
    ],
)
async def test_the_content_says_what_it_is(
    chat: Chat, data: bytes, media_type: str, way: str
) -> None:
    (ayse,) = await chat.people("ayse")
    _, file = await upload(ayse, data, "photo.html", "text/html")
    assert file["mediaType"] == media_type
    _, _, headers = await fetch(ayse, f"/v1/files/{file['id']}")
    assert headers["Content-Type"].partition(";")[0] == media_type
    assert headers["Content-Disposition"].startswith(way)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\boot.ini", "boot.ini"),
        ("foto\u202egnp.exe", "fotognp.exe"),
        ("a\u2066b\u200fc.txt", "abc.txt"),
        ("ş" * 300 + ".pdf", "ş" * 251 + ".pdf"),
        ("..", "file"),
    ],
)
async def test_names_are_cleaned(chat: Chat, name: str, clean: str) -> None:
    (ayse,) = await chat.people("ayse")
    status, file = await upload(ayse, b"merhaba", name)
    assert (status, file["name"]) == (201, clean)


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "VALIDATION_ERROR"),
        (claiming(50_000, 50_000), 422, "VALIDATION_ERROR"),
        (b"MZ\x90\x00", 415, "FILE_TYPE_NOT_SUPPORTED"),
        (b"\x7fELF\x02", 415, "FILE_TYPE_NOT_SUPPORTED"),
    ],
)
async def test_what_is_refused_leaves_nothing(
    chat: Chat, data: bytes, status: int, code: str
) -> None:
    (ayse,) = await chat.people("ayse")
    found, problem = await upload(ayse, data)
    assert (found, problem["code"]) == (status, code)
    assert kept(chat) == []


async def test_limits_hold_while_it_is_read(chat: Chat) -> None:
    (ayse,) = await chat.people("ayse")
    image = chat.running.parts.deps.settings.max_image_bytes
    status, problem = await upload(ayse, png(9, 9) + b"\0" * image)
    assert (status, problem["code"]) == (413, "FILE_TOO_LARGE")
    assert kept(chat) == []


async def test_an_upload_that_is_cut_leaves_nothing(chat: Chat) -> None:
    (ayse,) = await chat.people("ayse")
    headers = {
        "Authorization": f"Bearer {ayse.token}",
        "Content-Type": "multipart/form-data; boundary=x",
    }
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    for body in (b"", b"nothing", head, head + b"merhaba", head + b"merhaba\r\n--y--"):
        async with ayse.http.post(f"{ayse.url}/v1/files", data=body, headers=headers) as response:
            assert response.status in (400, 422), body
    assert kept(chat) == []


async def test_the_same_bytes_are_kept_once_and_as_long_as_anybody_has_them(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    _, one = await upload(ayse, b"ayni")
    _, other = await upload(mehmet, b"ayni")
    assert len(kept(chat)) == 1
    await ayse.gets("DELETE", f"/files/{one['id']}")
    assert (await fetch(mehmet, f"/v1/files/{other['id']}"))[1] == b"ayni"
    assert (await fetch(ayse, f"/v1/files/{one['id']}"))[0] == 404
    assert (await mehmet.call("DELETE", f"/files/{one['id']}"))[0] == 404
    await mehmet.gets("DELETE", f"/files/{other['id']}")
    assert kept(chat) == []


async def test_a_link_needs_no_token_and_ends_with_the_file(chat: Chat) -> None:
    (ayse,) = await chat.people("ayse")
    _, file = await upload(ayse, png(3, 2), "pano.png")
    link = await ayse.gets("POST", f"/files/{file['id']}/links", {})
    async with ayse.http.get(f"{ayse.url}{link['url']}") as response:
        assert (response.status, await response.read()) == (200, png(3, 2))
    async with ayse.http.get(f"{ayse.url}{link['url'][:-2]}") as response:
        assert response.status == 404
    await ayse.gets("DELETE", f"/files/{file['id']}")
    async with ayse.http.get(f"{ayse.url}{link['url']}") as response:
        assert response.status == 404


async def test_a_link_ends_with_the_account_of_who_made_it(chat: Chat) -> None:
    (ayse,) = await chat.people("ayse")
    _, file = await upload(ayse, png(3, 2))
    link = await ayse.gets("POST", f"/files/{file['id']}/links", {})
    await administration.deactivate_user(chat.running.parts.deps, OPERATOR, ayse.user_id)
    async with ayse.http.get(f"{ayse.url}{link['url']}") as response:
        assert response.status == 404
