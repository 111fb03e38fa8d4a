"""Avatars over HTTP: who may choose one, who sees it, and for how long it is good."""

from pathlib import Path

import pytest

from tests.rest.test_files import fetch, png, upload
from tests.support.images import photograph, read
from tests.support.running import Chat, ServeChat


@pytest.fixture
async def chat(database_url: str, serve_chat: ServeChat, tmp_path: Path) -> Chat:
    """On each database, with a folder of its own."""
    return await serve_chat(database=database_url, files=str(tmp_path / "bytes"))


async def test_everybody_sees_a_persons_avatar(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    path = f"/v1/users/{ayse.user_id}/avatar"
    assert (await fetch(mehmet, path))[0] == 404
    _, file = await upload(ayse, photograph(), "evde.jpg")
    wire = await ayse.connects()
    for _ in range(2):
        me = await ayse.gets("PUT", "/users/me/avatar", {"fileId": file["id"]})
        assert me["avatarFileId"] == file["id"]
    heard = await wire.next_of("user.updated")
    assert heard["data"]["user"]["avatarFileId"] == file["id"]
    status, body, headers = await fetch(mehmet, path)
    assert status == 200
    assert read(body).size == (300, 400)
    assert headers["Content-Type"] == "image/webp"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    # Neither the place nor what its owner calls it.
    assert not read(body).getexif()
    assert "evde" not in headers["Content-Disposition"]
    assert (await fetch(mehmet, f"/v1/files/{file['id']}"))[0] == 404
    for _ in range(2):
        await ayse.gets("DELETE", "/users/me/avatar")
    assert (await fetch(mehmet, path))[0] == 404


async def test_it_is_good_for_a_day_where_the_address_names_it(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    group = await chat.group(ayse, mehmet)
    ids = [(await upload(ayse, data))[1]["id"] for data in (photograph(), png(5, 5))]
    for path, body in (
        (f"/v1/users/{ayse.user_id}/avatar", lambda one: ("/users/me/avatar", {"fileId": one})),
        (
            f"/v1/conversations/{group}/avatar",
            lambda one: (f"/groups/{group}", {"avatarFileId": one}),
        ),
    ):
        etags = []
        for file_id in ids:
            await ayse.gets("PUT", *body(file_id))
            status, image, headers = await fetch(mehmet, f"{path}?fileId={file_id}")
            assert (status, headers["Cache-Control"]) == (200, "private, max-age=86400, immutable")
            etags.append(headers["ETag"])
        assert etags[0] != etags[1]
        for address in (path, f"{path}?fileId={ids[0]}"):
            status, present, headers = await fetch(mehmet, address)
            assert (status, present) == (200, image)
            assert (headers["ETag"], headers["Cache-Control"]) == (etags[1], "private, no-cache")
            for known, expected in ((etags[1], 304), (etags[0], 200)):
                found, _, _ = await fetch(mehmet, address, **{"If-None-Match": known})
                assert found == expected
        status, whole, headers = await fetch(mehmet, path, Range="bytes=0-3")
        assert (status, whole, headers["Accept-Ranges"]) == (200, image, "none")


async def test_only_an_own_image_with_a_preview_is_taken(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    group = await chat.group(ayse, mehmet)
    for person, data, expected, code in (
        (ayse, b"merhaba", 422, "NOT_AN_IMAGE"),
        (ayse, b"BM\x3a\0\0\0\0\0\0\0", 422, "NOT_AN_IMAGE"),
        (ayse, photograph()[:-1000], 422, "NO_PREVIEW"),
        (mehmet, photograph(), 404, "FILE_NOT_FOUND"),
    ):
        _, file = await upload(person, data)
        for path, name in (("/users/me/avatar", "fileId"), (f"/groups/{group}", "avatarFileId")):
            status, problem = await ayse.call("PUT", path, {name: file["id"]})
            assert status == expected, (path, data[:9])
            told = problem.get("errors") or [{"code": problem["code"], "pointer": f"/{name}"}]
            assert [(one["code"], one["pointer"]) for one in told] == [(code, f"/{name}")]
    assert (await fetch(mehmet, f"/v1/users/{ayse.user_id}/avatar"))[0] == 404


async def test_members_see_a_groups_avatar(chat: Chat) -> None:
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    group = await chat.group(ayse, mehmet)
    _, file = await upload(ayse, png(3, 2))
    view = await ayse.gets("PUT", f"/groups/{group}", {"avatarFileId": file["id"]})
    assert view["avatarFileId"] == file["id"]
    path = f"/v1/conversations/{group}/avatar"
    assert read((await fetch(mehmet, path))[1]).size == (3, 2)
    assert (await fetch(zeynep, path))[0] == 404
    status, _ = await mehmet.call("PUT", f"/groups/{group}", {"avatarFileId": file["id"]})
    assert status == 404
    view = await ayse.gets("PUT", f"/groups/{group}", {"avatarFileId": None})
    assert view["avatarFileId"] is None
    assert (await fetch(mehmet, path))[0] == 404
