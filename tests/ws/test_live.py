"""What connected devices hear: everything that is theirs, in order, and nothing else."""

import asyncio
import uuid
from typing import Any

from tests.support.running import Chat, Json, Person, Wire


def draft(room: str, text: str = "hello", **more: Any) -> Json:
    return {"conversationId": room, "clientId": str(uuid.uuid4()), "text": text, **more}


async def say(person: Person, room: str, text: str = "hello", **more: Any) -> Json:
    return await person.gets("POST", "/messages", draft(room, text, **more))


async def heard_until_quiet(wire: Wire) -> list[Json]:
    """Everything that a device was told so far: what comes before the answer to a ping."""
    name = str(uuid.uuid4())
    await wire.sends("ping", {}, name)
    frames = []
    while (frame := await wire.next()).get("id") != name:
        frames.append(frame)
    return frames


async def events(wire: Wire) -> list[str]:
    return [frame["event"] for frame in await heard_until_quiet(wire)]


async def test_everybody_hears_everything_in_one_order(chat_on_each: Chat) -> None:
    chat = chat_on_each
    people = await chat.people("ayse", "mehmet", "zeynep", "ali")
    group = await chat.group(*people)
    wires = [await person.connects() for person in people for _ in range(2)]
    senders = [
        asyncio.create_task(say(person, group, f"{person.user_id} {number}"))
        for number in range(15)
        for person in people
    ]
    sent = [await sender for sender in senders]
    found = []
    for wire in wires:
        frames = [await wire.next_of("message.created") for _ in sent]
        found.append([(frame["seq"], frame["data"]["message"]["text"]) for frame in frames])
        assert await events(wire) == []
    assert all(one == found[0] for one in found)
    seqs = [seq for seq, _ in found[0]]
    assert seqs == list(range(seqs[0], seqs[0] + len(sent)))
    assert sorted(found[0]) == sorted((message["seq"], message["text"]) for message in sent)


async def test_commands_of_one_socket_keep_their_order(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    sending, listening = await ayse.connects(), await mehmet.connects()
    count = 300
    for number in range(count):
        await sending.sends("message.send", draft(room, f"{number}"), number)
    texts = [
        (await listening.next_of("message.created"))["data"]["message"]["text"]
        for _ in range(count)
    ]
    assert texts == [f"{number}" for number in range(count)]
    replies = [await sending.next_of("reply") for _ in range(count)]
    assert sorted(reply["id"] for reply in replies) == list(range(count))


async def test_each_command_gets_one_answer_with_its_id(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    wire = await ayse.connects()
    names: list[Any] = ["text", 5, 0, -1, 2**53, "", "x" * 64, "çay"]
    frames: list[tuple[str, Any]] = [
        ("message.send", draft(room)),
        ("message.send", {}),
        ("message.send", None),
        ("nonsense", {}),
        ("typing.start", {}),
        ("ping", {}),
        ("auth", {"token": "x"}),
    ]
    for event, data in frames:
        for name in names:
            await wire.sends(event, data, name)
        answers = [await wire.next_of("reply", "error", "pong") for _ in names]
        assert sorted(map(repr, names)) == sorted(repr(answer["id"]) for answer in answers)
    assert await heard_until_quiet(wire) == []


async def test_a_wrong_envelope_is_answered_with_its_id_where_it_has_one(chat: Chat) -> None:
    wire = await (await chat.person("ayse")).connects()
    for frame, name in (
        ('{"event":5,"id":"a"}', "a"),
        ('{"id":7}', 7),
        ('{"event":"ping","more":1,"id":"b"}', "b"),
        ('{"event":"ping","id":{}}', None),
        ('{"event":"ping","id":1.5}', None),
        ('{"event":"ping","id":true}', None),
        ('{"event":"ping","id":"' + "x" * 65 + '"}', None),
        ("[]", None),
        ("{", None),
    ):
        await wire.ws.send_str(frame)
        error = await wire.next()
        assert (error["event"], error.get("id")) == ("error", name), frame


async def test_two_devices_of_one_person(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    phone, laptop, other = await ayse.connects(), await ayse.connects(), await mehmet.connects()
    reply = await phone.asks("message.send", draft(room, "from the phone"))
    message = reply["data"]["message"]
    assert (await laptop.next_of("message.created"))["data"]["message"]["id"] == message["id"]
    await other.asks("conversation.read", {"conversationId": room, "seq": message["seq"]})
    receipt = (await laptop.next_of("receipt.updated"))["data"]
    assert (receipt["userId"], receipt["readSeq"]) == (mehmet.user_id, message["seq"])
    back = await say(mehmet, room, "an answer")
    await phone.asks("conversation.read", {"conversationId": room, "seq": back["seq"]})
    read = await laptop.next_of("conversation.read")
    assert (read["data"]["readSeq"], read["data"]["unreadCount"]) == (back["seq"], 0)
    assert read["stream"] == f"user:{ayse.user_id}"
    await phone.asks("message.delete", {"messageId": back["id"], "scope": "me"})
    assert (await laptop.next_of("message.hidden"))["data"]["messageId"] == back["id"]
    await ayse.gets("PUT", f"/conversations/{room}/settings", {"isFavourite": True})
    settings = await laptop.next_of("conversation.settings_updated")
    assert settings["data"]["membership"]["isFavourite"] is True
    await ayse.gets("PUT", "/users/me", {"bio": "çay"})
    assert (await laptop.next_of("user.updated"))["data"]["user"]["bio"] == "çay"
    assert (await phone.next_of("user.updated"))["data"]["user"]["bio"] == "çay"
    # The other person heard of none of what is not his.
    told = await events(other)
    assert not {"message.hidden", "conversation.settings_updated", "user.updated"} & set(told)
    assert told.count("conversation.read") <= 1


async def test_edits_and_deletions_reach_everybody(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    message = await say(ayse, room, "a secret")
    sending, listening = await ayse.connects(), await mehmet.connects()
    await sending.asks("message.edit", {"messageId": message["id"], "text": "changed"})
    edited = (await listening.next_of("message.updated"))["data"]["message"]
    assert (edited["text"], edited["editCount"]) == ("changed", 1)
    await sending.asks("message.delete", {"messageId": message["id"]})
    gone = (await listening.next_of("message.deleted"))["data"]["message"]
    assert (gone["text"], gone["deletedAt"] is None) == ("", False)


async def test_who_is_added_hears_from_then_on(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    group = await chat.group(ayse, mehmet)
    await say(ayse, group, "before")
    phone, laptop = await zeynep.connects(), await zeynep.connects()
    assert await events(phone) == []
    await ayse.gets("POST", f"/groups/{group}/members", {"userIds": [zeynep.user_id]})
    await say(ayse, group, "after")
    for wire in (phone, laptop):
        joined = await wire.next_of("conversation.joined")
        view = joined["data"]["conversation"]
        heard = await wire.next_of("message.created")
        assert heard["data"]["message"]["text"] == "after"
        assert heard["seq"] == view["seq"] + 1
    reply = await phone.asks("message.send", draft(group, "thanks"))
    assert reply["event"] == "reply"
    assert (await laptop.next_of("message.created"))["data"]["message"]["text"] == "thanks"


async def test_who_is_removed_hears_no_more(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    group = await chat.group(ayse, mehmet, zeynep)
    removed, staying = await zeynep.connects(), await mehmet.connects()
    await ayse.gets("DELETE", f"/groups/{group}/members/{zeynep.user_id}")
    left = await removed.next_of("conversation.left")
    assert (left["data"]["conversationId"], left["data"]["reason"]) == (group, "removed")
    message = await say(ayse, group, "not for zeynep")
    await staying.asks("conversation.read", {"conversationId": group, "seq": message["seq"]})
    await ayse.gets("PUT", f"/messages/{message['id']}", {"text": "still not"})
    assert await events(removed) == ["notification.all_read"]  # of the invitation
    assert "message.updated" in await events(staying)
    error = await removed.asks("message.send", draft(group))
    assert error["data"]["code"] == "CONVERSATION_NOT_FOUND"
    error = await removed.asks("message.edit", {"messageId": message["id"], "text": "x"})
    assert error["data"]["code"] == "MESSAGE_NOT_FOUND"
    await ayse.gets("POST", f"/groups/{group}/members", {"userIds": [zeynep.user_id]})
    again = await say(ayse, group, "welcome back")
    assert (await removed.next_of("message.created"))["data"]["message"]["id"] == again["id"]


async def test_coming_and_going_while_others_write(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    group = await chat.group(ayse, mehmet)
    wire = await zeynep.connects()
    place = f"/groups/{group}/members"

    async def write() -> None:
        for number in range(60):
            await say(mehmet, group, f"{number}")

    writing = asyncio.create_task(write())
    for _ in range(8):
        await ayse.gets("POST", place, {"userIds": [zeynep.user_id]})
        await ayse.gets("DELETE", f"{place}/{zeynep.user_id}")
    await ayse.gets("POST", place, {"userIds": [zeynep.user_id]})
    await writing
    await say(mehmet, group, "the end")
    position = -1
    own = 0
    texts: list[str] = []
    while texts[-1:] != ["the end"]:
        frame = await wire.next()
        if frame["event"] == "conversation.joined":
            position = frame["data"]["conversation"]["seq"]
        elif frame["event"] == "conversation.left":
            position = -1
        elif frame.get("stream") == f"conversation:{group}":
            assert position >= 0, f"heard {frame} of a group that she is not in"
            assert frame["seq"] == position + 1, (position, frame)
            position = frame["seq"]
            if frame["event"] == "message.created":
                texts.append(frame["data"]["message"]["text"])
        if frame.get("stream") == f"user:{zeynep.user_id}":
            assert own in (0, frame["seq"] - 1)
            own = frame["seq"]


async def test_a_group_that_is_deleted_is_over_for_all(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    group = await chat.group(ayse, mehmet)
    wire = await mehmet.connects()
    await ayse.gets("DELETE", f"/groups/{group}")
    left = await wire.next_of("conversation.left")
    assert left["data"] == {"conversationId": group, "reason": "deleted"}
    assert await events(wire) == ["notification.all_read"]


async def test_a_stranger_hears_nothing(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet, stranger = await chat.people("ayse", "mehmet", "stranger")
    room = await chat.direct(ayse, mehmet)
    wire = await stranger.connects()
    message = await say(ayse, room, "private")
    await mehmet.gets("PUT", f"/messages/{message['id']}/read")
    await ayse.gets("DELETE", f"/messages/{message['id']}")
    assert await events(wire) == []


async def test_a_repeated_send_is_heard_once(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    sending, listening = await ayse.connects(), await mehmet.connects()
    body = draft(room)
    for number in range(6):
        await sending.sends("message.send", body, number)
    replies = [await sending.next_of("reply") for _ in range(6)]
    assert len({reply["data"]["message"]["id"] for reply in replies}) == 1
    assert sorted(reply["data"]["isRepeat"] for reply in replies) == [False] + [True] * 5
    status, message = await ayse.call("POST", "/messages", body)
    assert (status, message["id"]) == (200, replies[0]["data"]["message"]["id"])
    assert sorted(await events(listening)) == ["message.created", "notification.created"]
    error = await sending.asks("message.send", {**body, "text": "other"}, "x")
    assert error["data"]["code"] == "CLIENT_ID_REUSED"
