"""Avatars over HTTP: who may choose one, who sees it."""

from tests.rest.test_files import fetch, png, upload
from tests.support.running import Chat


async def test_everybody_sees_a_persons_avatar(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    path = f"/v1/users/{ayse.user_id}/avatar"
    assert (await fetch(mehmet, path))[0] == 404
    _, file = await upload(ayse, png(3, 2), "ben.png")
    wire = await ayse.connects()
    for _ in range(2):
        me = await ayse.gets("PUT", "/users/me/avatar", {"fileId": file["id"]})
        assert me["avatarFileId"] == file["id"]
    heard = await wire.next_of("user.updated")
    assert heard["data"]["user"]["avatarFileId"] == file["id"]
    status, body, headers = await fetch(mehmet, path)
    assert (status, body) == (200, png(3, 2))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (await fetch(mehmet, path, **{"If-None-Match": headers["ETag"]}))[0] == 304
    for _ in range(2):
        await ayse.gets("DELETE", "/users/me/avatar")
    assert (await fetch(mehmet, path))[0] == 404


async def test_only_an_own_image_is_taken(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    _, text = await upload(ayse, b"merhaba")
    _, others = await upload(mehmet, png(3, 2))
    status, _ = await ayse.call("PUT", "/users/me/avatar", {"fileId": text["id"]})
    assert status == 422
    status, _ = await ayse.call("PUT", "/users/me/avatar", {"fileId": others["id"]})
    assert status == 404


async def test_members_see_a_groups_avatar(chat: Chat) -> None:
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    group = await chat.group(ayse, mehmet)
    _, file = await upload(ayse, png(3, 2))
    view = await ayse.gets("PUT", f"/groups/{group}", {"avatarFileId": file["id"]})
    assert view["avatarFileId"] == file["id"]
    path = f"/v1/conversations/{group}/avatar"
    assert (await fetch(mehmet, path))[1] == png(3, 2)
    assert (await fetch(zeynep, path))[0] == 404
    status, _ = await mehmet.call("PUT", f"/groups/{group}", {"avatarFileId": file["id"]})
    assert status == 404
    view = await ayse.gets("PUT", f"/groups/{group}", {"avatarFileId": None})
    assert view["avatarFileId"] is None
    assert (await fetch(mehmet, path))[0] == 404
