"""Every command of the socket: what it does, what it answers, and whom it is refused."""

from typing import Any

import pytest

from altlas_chat.ws.commands import COMMANDS
from tests.support.running import Chat, Person, Wire

Json = dict[str, Any]


class Room:
    """Ayşe and Mehmet, a message of Ayşe's, and their sockets."""

    chat: Chat
    ayse: Person
    mehmet: Person
    room: str
    message: Json
    wire: Wire
    other: Wire


@pytest.fixture
async def room(chat_on_each: Chat) -> Room:
    one = Room()
    one.chat = chat_on_each
    one.ayse, one.mehmet = await chat_on_each.people("ayse", "mehmet")
    one.room = await chat_on_each.direct(one.ayse, one.mehmet)
    one.wire, one.other = await one.ayse.connects(), await one.mehmet.connects()
    sent = await one.wire.asks("message.send", draft(one, "merhaba"))
    one.message = sent["data"]["message"]
    await one.other.next_of("message.created")
    return one


def draft(room: Room, text: str, client_id: str = "c-1", **more: Any) -> Json:
    return {"conversationId": room.room, "clientId": client_id, "text": text, **more}


async def test_sending(room: Room) -> None:
    reply = await room.wire.asks("message.send", draft(room, "selam", "c-2"), "two")
    assert reply["id"] == "two"
    assert reply["data"]["isRepeat"] is False
    heard = await room.other.next_of("message.created")
    assert heard["data"]["message"] == reply["data"]["message"]
    assert await room.ayse.gets("GET", f"/messages/{heard['data']['message']['id']}")


async def test_sending_again_gives_the_first_message_and_nobody_hears_it_twice(room: Room) -> None:
    again = await room.wire.asks("message.send", draft(room, "merhaba"))
    assert again["data"]["isRepeat"] is True
    assert again["data"]["message"]["id"] == room.message["id"]
    other = await room.wire.asks("message.send", draft(room, "something else"))
    assert other["data"]["code"] == "CLIENT_ID_REUSED"
    await room.wire.asks("message.send", draft(room, "selam", "c-2"))
    heard = await room.other.next_of("message.created")
    assert heard["data"]["message"]["text"] == "selam"


async def test_editing(room: Room) -> None:
    edit = {"messageId": room.message["id"], "text": "selam", "mentions": None}
    reply = await room.wire.asks("message.edit", edit)
    assert reply["data"]["message"]["text"] == "selam"
    heard = await room.other.next_of("message.updated")
    assert heard["data"]["message"]["editCount"] == 1
    refused = await room.other.asks("message.edit", edit)
    assert refused["data"]["code"] == "PERMISSION_DENIED"


@pytest.mark.parametrize("scope", [{}, {"scope": "everyone"}])
async def test_deleting_for_everyone(room: Room, scope: Json) -> None:
    command = {"messageId": room.message["id"], **scope}
    refused = await room.other.asks("message.delete", command)
    assert refused["data"]["code"] == "PERMISSION_DENIED"
    reply = await room.wire.asks("message.delete", command)
    assert reply["data"] == {"messageId": room.message["id"]}
    heard = await room.other.next_of("message.deleted")
    assert heard["data"]["message"]["text"] == ""
    edit = {"messageId": room.message["id"], "text": "selam"}
    assert (await room.wire.asks("message.edit", edit))["data"]["code"] == "MESSAGE_DELETED"


async def test_deleting_for_oneself(room: Room) -> None:
    command = {"messageId": room.message["id"], "scope": "me"}
    reply = await room.other.asks("message.delete", command)
    assert reply["data"] == {"messageId": room.message["id"]}
    status, _ = await room.mehmet.call("GET", f"/messages/{room.message['id']}")
    assert status == 404
    assert await room.ayse.gets("GET", f"/messages/{room.message['id']}")
    gone = await room.other.asks("message.delete", command)
    assert gone["data"]["code"] == "MESSAGE_NOT_FOUND"


async def test_receiving_and_reading(room: Room) -> None:
    seq = room.message["seq"]
    place = {"conversationId": room.room, "seq": seq}
    reply = await room.other.asks("conversation.delivered", place)
    expected = {"conversationId": room.room, "readSeq": 0, "deliveredSeq": seq, "unreadCount": 1}
    assert {**reply["data"], "readSeq": 0} == expected
    told = await room.wire.next_of("receipt.updated")
    assert (told["data"]["userId"], told["data"]["deliveredSeq"]) == (room.mehmet.user_id, seq)
    reply = await room.other.asks("conversation.read", place)
    assert (reply["data"]["readSeq"], reply["data"]["unreadCount"]) == (seq, 0)
    told = await room.wire.next_of("receipt.updated")
    assert told["data"]["readSeq"] == seq
    too_far = {"conversationId": room.room, "seq": seq + 1000}
    for command in ("conversation.delivered", "conversation.read"):
        assert (await room.other.asks(command, too_far))["data"]["code"] == "VALIDATION_ERROR"


@pytest.mark.parametrize("command", sorted(COMMANDS))
async def test_a_command_without_its_data_is_refused_with_the_places(
    room: Room, command: str
) -> None:
    error = await room.wire.asks(command, {})
    assert error["data"]["code"] == "VALIDATION_ERROR"
    assert all(one["pointer"].startswith("/data/") for one in error["data"]["errors"])
