"""Who writes is told to those who may know, and told to be over however it ends."""

import asyncio

import pytest

from tests.support.running import Chat, Json, Person, ServeChat, Wire
from tests.support.waiting import until
from tests.ws.test_live import draft, events, heard_until_quiet

KINDS = ("typing.started", "typing.stopped")


async def typing_heard(wire: Wire) -> list[Json]:
    return [frame for frame in await heard_until_quiet(wire) if frame["event"] in KINDS]


async def start(wire: Wire, room: str) -> Json:
    return await wire.asks("typing.start", {"conversationId": room})


async def stop(wire: Wire, room: str) -> Json:
    return await wire.asks("typing.stop", {"conversationId": room})


async def test_start_and_stop_are_told_to_the_others(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet, zeynep, stranger = await chat.people("ayse", "mehmet", "zeynep", "stranger")
    group = await chat.group(ayse, mehmet, zeynep)
    phone, laptop = await ayse.connects(), await ayse.connects()
    hearing = [await one.connects() for one in (mehmet, mehmet, zeynep)]
    deaf = [phone, laptop, await stranger.connects()]
    assert (await start(phone, group))["data"] == {}
    for wire in hearing:
        told = await wire.next_of("typing.started")
        about = {"conversationId": group, "userId": ayse.user_id}
        assert told["data"] == {**about, "expiresInSeconds": 6}
        assert "seq" not in told
    assert (await stop(phone, group))["data"] == {}
    assert (await stop(phone, group))["data"] == {}
    for wire in hearing:
        assert (await wire.next_of("typing.stopped"))["data"] == about
        assert await typing_heard(wire) == []
    for wire in deaf:
        assert await typing_heard(wire) == []
    assert len(chat.running.parts.deps.typists) == 0


async def test_a_message_ends_it(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    phone, other = await ayse.connects(), await mehmet.connects()
    for by_rest in (False, True):
        await start(phone, room)
        await other.next_of("typing.started")
        if by_rest:
            await ayse.gets("POST", "/messages", draft(room))
        else:
            await phone.asks("message.send", draft(room))
        told = [one["event"] for one in await heard_until_quiet(other)]
        assert told.index("message.created") < told.index("typing.stopped")


async def test_it_is_told_again_and_is_over_without_a_word(serve_chat: ServeChat) -> None:
    chat = await serve_chat(typing_seconds=1)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    phone, other = await ayse.connects(), await mehmet.connects()
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for _ in range(5):
        await start(phone, room)
    assert (await other.next_of(*KINDS))["event"] == "typing.started"
    # What was repeated at once is told once more, when half of the time is over.
    assert (await other.next_of(*KINDS))["event"] == "typing.started"
    assert loop.time() - begun > 0.4
    assert (await other.next_of(*KINDS))["event"] == "typing.stopped"
    assert loop.time() - begun > 0.9
    assert await typing_heard(other) == []


async def test_a_socket_that_ends_ends_it(serve_chat: ServeChat) -> None:
    chat = await serve_chat(typing_seconds=60)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    phone, laptop, other = await ayse.connects(), await ayse.connects(), await mehmet.connects()
    await start(phone, room)
    await start(laptop, room)
    await phone.ws.close()
    hub = chat.running.parts.hub
    await until(lambda: len(hub.listeners_of(ayse.user_id)) == 1)
    # The laptop said so last.
    assert [one["event"] for one in await typing_heard(other)] == ["typing.started"]
    await laptop.ws.close()
    assert (await other.next_of("typing.stopped"))["data"]["userId"] == ayse.user_id
    assert len(chat.running.parts.deps.typists) == 0


async def test_who_leaves_or_is_put_out_writes_no_more(
    database_url: str, serve_chat: ServeChat
) -> None:
    chat = await serve_chat(database=database_url, typing_seconds=60)
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    group = await chat.group(ayse, mehmet, zeynep)
    wire, other = await mehmet.connects(), await zeynep.connects()
    await start(wire, group)
    await other.next_of("typing.started")
    await ayse.gets("DELETE", f"/groups/{group}/members/{mehmet.user_id}")
    await other.next_of("typing.stopped")
    refused = await start(wire, group)
    assert refused["data"]["code"] == "CONVERSATION_NOT_FOUND"
    assert (await stop(wire, group))["data"]["code"] == "CONVERSATION_NOT_FOUND"
    assert await typing_heard(other) == []
    assert len(chat.running.parts.deps.typists) == 0


async def test_who_may_not_post_may_not_say_that_he_writes(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    group = await chat.group(ayse, mehmet)
    wire, other = await mehmet.connects(), await ayse.connects()
    await start(wire, group)
    await other.next_of("typing.started")
    await ayse.gets("PUT", f"/groups/{group}", {"permissions": {"posting": "admins"}})
    assert (await start(wire, group))["data"]["code"] == "POSTING_RESTRICTED"
    await other.next_of("typing.stopped")
    assert (await start(other, group))["event"] == "reply"


@pytest.mark.parametrize("blocker", [0, 1])
async def test_a_block_is_silence(chat_on_each: Chat, blocker: int) -> None:
    chat = chat_on_each
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    room = await chat.direct(ayse, mehmet)
    group = await chat.group(zeynep, ayse, mehmet)
    wires = [await one.connects() for one in (ayse, mehmet)]
    third = await zeynep.connects()
    await start(wires[0], room)
    await wires[1].next_of("typing.started")
    sides: list[Person] = [ayse, mehmet]
    await sides[blocker].gets("PUT", f"/users/me/blocks/{sides[1 - blocker].user_id}")
    # What was told before is told to be over; from then on there is nothing.
    await wires[1].next_of("typing.stopped")
    for wire in wires:
        for place in (room, group):
            assert (await start(wire, place))["data"] == {}
            assert (await stop(wire, place))["data"] == {}
    for wire in wires:
        assert await typing_heard(wire) == []
    assert len(await typing_heard(third)) == 4


@pytest.mark.parametrize("hider", [0, 1])
async def test_who_hides_it_neither_tells_nor_hears(chat_on_each: Chat, hider: int) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    wire, other = await ayse.connects(), await mehmet.connects()
    await (ayse, mehmet)[hider].gets("PUT", "/preferences", {"privacy": {"typing": False}})
    assert (await start(wire, room))["data"] == {}
    assert await typing_heard(other) == []
    await (ayse, mehmet)[hider].gets("PUT", "/preferences", {"privacy": {"typing": True}})
    await start(wire, room)
    await other.next_of("typing.started")
    # Hidden while it goes on: over for who writes, and nothing more for who hears.
    await (ayse, mehmet)[hider].gets("PUT", "/preferences", {"privacy": {"typing": False}})
    await stop(wire, room)
    told = [one["event"] for one in await typing_heard(other)]
    assert told == (["typing.stopped"] if hider == 0 else [])


async def test_a_stop_that_follows_at_once_holds(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    wire, other = await ayse.connects(), await mehmet.connects()
    for number in range(50):
        await wire.sends("typing.start", {"conversationId": room}, 2 * number)
        await wire.sends("typing.stop", {"conversationId": room}, 2 * number + 1)
    for _ in range(100):
        await wire.next_of("reply")
    told = [one["event"] for one in await typing_heard(other)]
    assert told.count("typing.started") == told.count("typing.stopped")
    assert len(chat.running.parts.deps.typists) == 0


async def test_one_device_writes_in_some_conversations_only(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    groups = [await chat.group(ayse, mehmet, name=f"g{number}") for number in range(20)]
    wire, other = await ayse.connects(), await mehmet.connects()
    for group in groups:
        await start(wire, group)
    assert len(chat.running.parts.deps.typists) == 16
    told = await typing_heard(other)
    over = [one["data"]["conversationId"] for one in told if one["event"] == "typing.stopped"]
    assert over == groups[:4]


async def test_wrong_data_is_refused(chat: Chat) -> None:
    wire = await (await chat.person("ayse")).connects()
    for name in ("typing.start", "typing.stop"):
        for bad in (
            {},
            {"conversationId": 5},
            {"conversationId": ""},
            {"conversationId": "x", "y": 1},
        ):
            assert (await wire.asks(name, bad))["data"]["code"] == "VALIDATION_ERROR", bad
        unknown = await wire.asks(name, {"conversationId": "nowhere"})
        assert unknown["data"]["code"] == "CONVERSATION_NOT_FOUND"
    assert await events(wire) == []
