"""Receipts and unread counts over HTTP."""

import asyncio
import uuid

from tests.support.running import Chat, Json, Person


async def say(person: Person, room: str, text: str = "hello") -> Json:
    body = {"conversationId": room, "clientId": str(uuid.uuid4()), "text": text}
    return await person.gets("POST", "/messages", body)


async def unread(person: Person, room: str) -> int:
    return int((await person.gets("GET", f"/conversations/{room}"))["unreadCount"])


async def state(person: Person, message: Json) -> str:
    return str((await person.gets("GET", f"/messages/{message['id']}"))["state"])


async def test_from_sent_to_delivered_to_read(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    group = await chat.group(ayse, mehmet, zeynep)
    message = await say(ayse, group)
    place = f"/messages/{message['id']}"
    assert await state(ayse, message) == "sent"
    await mehmet.gets("PUT", f"{place}/delivered")
    assert await state(ayse, message) == "sent"
    await zeynep.gets("PUT", f"{place}/read")
    assert await state(ayse, message) == "delivered"
    progress = await mehmet.gets("PUT", f"{place}/read")
    assert progress == {
        "conversationId": group,
        "readSeq": message["seq"],
        "deliveredSeq": message["seq"],
        "unreadCount": 0,
    }
    assert await state(ayse, message) == "read"
    receipts = (await ayse.gets("GET", f"{place}/receipts"))["items"]
    assert sorted((one["userId"], one["state"]) for one in receipts) == sorted(
        (person.user_id, "read") for person in (mehmet, zeynep)
    )
    assert all(one["readAt"] and one["deliveredAt"] for one in receipts)


async def test_counts_of_what_is_unread(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    first = await say(ayse, room)
    second = await say(ayse, room)
    assert (await unread(mehmet, room), await unread(ayse, room)) == (2, 0)
    progress = await mehmet.gets("PUT", f"/conversations/{room}/read", {"seq": first["seq"]})
    assert progress["unreadCount"] == 1
    await say(mehmet, room, "an answer does not read what is before it")
    assert (await unread(mehmet, room), await unread(ayse, room)) == (1, 1)
    await mehmet.gets("PUT", f"/conversations/{room}/read", {"seq": second["seq"]})
    assert await unread(mehmet, room) == 0
    back = await mehmet.gets("PUT", f"/conversations/{room}/read", {"seq": 0})
    assert (back["readSeq"] >= second["seq"], back["unreadCount"]) == (True, 0)
    await ayse.gets("DELETE", f"/messages/{first['id']}")
    assert await unread(mehmet, room) == 0


async def test_delivery_says_nothing_of_reading(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    message = await say(ayse, room)
    progress = await mehmet.gets("PUT", f"/conversations/{room}/delivered", {"seq": message["seq"]})
    assert (progress["deliveredSeq"], progress["unreadCount"]) == (message["seq"], 1)
    back = await mehmet.gets("PUT", f"/conversations/{room}/delivered", {"seq": 0})
    assert back == progress


async def test_pointers_from_many_devices_at_once_end_at_the_furthest(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    seqs = [(await say(ayse, room))["seq"] for _ in range(10)]
    await asyncio.gather(
        *(
            mehmet.gets("PUT", f"/conversations/{room}/{how}", {"seq": seq})
            for seq in [*seqs[::2], *seqs[::-1]]
            for how in ("read", "delivered")
        )
    )
    view = await mehmet.gets("GET", f"/conversations/{room}")
    assert (view["membership"]["readSeq"], view["unreadCount"]) == (seqs[-1], 0)


async def test_what_system_messages_say_is_never_unread(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    group = await chat.group(ayse, mehmet)
    await ayse.gets("PUT", f"/groups/{group}", {"name": "new name"})
    await ayse.gets("POST", f"/groups/{group}/members", {"userIds": [zeynep.user_id]})
    assert [await unread(person, group) for person in (ayse, mehmet, zeynep)] == [0, 0, 0]
    await say(ayse, group)
    assert [await unread(person, group) for person in (ayse, mehmet, zeynep)] == [0, 1, 1]
