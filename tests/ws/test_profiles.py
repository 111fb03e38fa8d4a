"""A changed profile is told to everybody who shares a conversation, once, and to nobody else."""

from tests.support.running import Chat, Json, Wire
from tests.ws.test_live import heard_until_quiet

GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"


async def profiles(wire: Wire) -> list[Json]:
    frames = await heard_until_quiet(wire)
    return [one["data"] for one in frames if one["event"] == "user.profile_updated"]


async def test_it_is_told_once_however_many_conversations_are_shared(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet, zeynep, stranger = await chat.people("ayse", "mehmet", "zeynep", "stranger")
    await chat.direct(ayse, mehmet)
    for number in range(5):
        await chat.group(ayse, mehmet, zeynep, name=f"g{number}")
    own, phone, laptop, third, foreign = [
        await one.connects() for one in (ayse, mehmet, mehmet, zeynep, stranger)
    ]
    await ayse.gets("PUT", "/users/me", {"displayName": "Ayşe", "bio": "çay"})
    data = {"userId": ayse.user_id, "displayName": "Ayşe", "bio": "çay", "avatarFileId": None}
    for wire in (phone, laptop, third):
        assert await profiles(wire) == [data]
    for wire in (own, foreign):
        assert await profiles(wire) == []
    # The same again, and what others do not see, is nothing to tell.
    await ayse.gets("PUT", "/users/me", {"displayName": "Ayşe", "language": "tr"})
    assert await profiles(phone) == []


async def test_another_image_is_told(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    await chat.direct(ayse, mehmet)
    wire = await mehmet.connects()
    image = await ayse.uploads(GIF, "a.gif")
    await ayse.gets("PUT", "/users/me/avatar", {"fileId": image["id"]})
    assert [one["avatarFileId"] for one in await profiles(wire)] == [image["id"]]
    await ayse.gets("DELETE", f"/files/{image['id']}")
    assert [one["avatarFileId"] for one in await profiles(wire)] == [None]


async def test_who_shares_no_conversation_any_more_hears_nothing(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    group = await chat.group(ayse, mehmet)
    wire = await mehmet.connects()
    await ayse.gets("DELETE", f"/groups/{group}/members/{mehmet.user_id}")
    await ayse.gets("PUT", "/users/me", {"bio": "not for mehmet"})
    assert await profiles(wire) == []
