"""Pointers move forward only; counts are right; others hear of it in passing."""

import asyncio
from dataclasses import replace

import pytest

from altlas_chat.domain.errors import ConversationNotFound, MessageNotFound, ValidationFailed
from altlas_chat.services import messages, receipts
from tests.services.test_privacy import wishes
from tests.support.world import World


async def test_reading_takes_away_what_is_unread(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    sent = [await world.says(ayse, room, f"{n}") for n in range(5)]
    async with world.state_equals_events():
        progress = await receipts.mark_read(world.deps, mehmet, room, sent[2]["seq"])
    assert progress.pointers.unread_count == 2
    async with world.state_equals_events():
        await receipts.mark_message_read(world.deps, mehmet, sent[4]["id"])
    assert (await world.view(mehmet, room))["unreadCount"] == 0


async def test_a_pointer_never_moves_back(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    sent = [await world.says(ayse, room, f"{n}") for n in range(3)]
    await receipts.mark_read(world.deps, mehmet, room, sent[2]["seq"])
    async with world.state_equals_events():
        progress = await receipts.mark_read(world.deps, mehmet, room, sent[0]["seq"])
    assert progress.pointers.read_seq == sent[2]["seq"]
    assert world.ear.told == []
    delivered = await receipts.mark_delivered(world.deps, mehmet, room, sent[1]["seq"])
    assert delivered.pointers.delivered_seq == sent[2]["seq"]


async def test_a_place_that_is_not_reached_yet_is_refused(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    for mark in (receipts.mark_read, receipts.mark_delivered):
        with pytest.raises(ValidationFailed):
            await mark(world.deps, mehmet, room, 1000)


async def test_strangers_mark_nothing(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.direct(ayse, mehmet)
    sent = await world.says(ayse, room)
    for mark in (receipts.mark_read, receipts.mark_delivered):
        with pytest.raises(ConversationNotFound):
            await mark(world.deps, zeynep, room, 1)
    for mark_one in (receipts.mark_message_read, receipts.mark_message_delivered):
        with pytest.raises(MessageNotFound):
            await mark_one(world.deps, zeynep, sent["id"])
    with pytest.raises(MessageNotFound):
        await receipts.list_receipts(world.deps, zeynep, sent["id"])


async def test_the_state_is_what_all_others_have_reached(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet, zeynep)
    sent = await world.says(ayse, room)

    async def state() -> str:
        return str((await messages.get_message(world.deps, ayse, sent["id"]))["state"])

    assert await state() == "sent"
    await receipts.mark_delivered(world.deps, mehmet, room, sent["seq"])
    assert await state() == "sent"
    await receipts.mark_read(world.deps, zeynep, room, sent["seq"])
    assert await state() == "delivered"
    await receipts.mark_read(world.deps, mehmet, room, sent["seq"])
    assert await state() == "read"
    assert (await world.view(mehmet, room))["lastMessage"]["state"] == "read"


async def test_each_recipient_with_the_time(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet, zeynep)
    sent = await world.says(ayse, room)
    await receipts.mark_read(world.deps, mehmet, room, sent["seq"])
    found = {
        one["userId"]: one for one in await receipts.list_receipts(world.deps, ayse, sent["id"])
    }
    assert set(found) == {mehmet.user_id, zeynep.user_id}
    assert found[mehmet.user_id]["state"] == "read"
    assert found[mehmet.user_id]["readAt"] is not None
    assert found[zeynep.user_id] == {
        "userId": zeynep.user_id,
        "state": "sent",
        "deliveredAt": None,
        "readAt": None,
    }


async def test_posting_reads_nothing_of_others(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    first = await world.says(ayse, room, "okudun mu")
    async with world.state_equals_events():
        await world.says(mehmet, room, "cevap")
    assert (await world.view(mehmet, room))["unreadCount"] == 1
    assert (await messages.get_message(world.deps, ayse, first["id"]))["state"] == "sent"
    async with world.state_equals_events():
        await receipts.mark_read(world.deps, mehmet, room, first["seq"])
    assert (await world.view(mehmet, room))["unreadCount"] == 0
    async with world.state_equals_events():
        await world.says(mehmet, room, "bir daha")
    assert (await world.view(mehmet, room))["unreadCount"] == 0


async def test_counts_stay_right_through_everything(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet, zeynep)
    async with world.state_equals_events():
        await world.says(ayse, room, "1")
        await world.says(mehmet, room, "2")
        middle = await world.says(ayse, room, "3")
        await receipts.mark_read(world.deps, mehmet, room, middle["seq"])
        await world.says(mehmet, room, "4")
        await world.says(zeynep, room, "5")
        await world.says(mehmet, room, "6")
    assert (await world.view(mehmet, room))["unreadCount"] == 1
    assert (await world.view(zeynep, room))["unreadCount"] == 5
    assert (await world.view(ayse, room))["unreadCount"] == 4


async def test_others_hear_in_passing_and_own_devices_in_the_log(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    sent = await world.says(ayse, room)
    world.ear.told.clear()
    await receipts.mark_read(world.deps, mehmet, room, sent["seq"])
    assert {one.event.stream for one in world.ear.told} == {f"user:{mehmet.user_id}"}
    (stream, passing), *_ = world.ear.passing
    assert stream == f"conversation:{room}"
    assert passing.data["readSeq"] == sent["seq"]


async def test_in_a_large_group_the_authors_of_what_was_reached_hear_it(world: World) -> None:
    ayse, mehmet, zeynep, can = await world.people("ayse", "mehmet", "zeynep", "can")
    room = await world.group(ayse, mehmet, zeynep, can)
    world.deps = replace(
        world.deps, settings=replace(world.deps.settings, receipts_to_all_members=3)
    )
    first = await world.says(ayse, room, "1")
    second = await world.says(mehmet, room, "2")
    third = await world.says(zeynep, room, "3")
    for mark in (receipts.mark_delivered, receipts.mark_read):
        world.ear.among.clear()
        for one in (second, third, first):
            await mark(world.deps, can, room, one["seq"])
        assert world.ear.among == [
            (set(), {ayse.user_id, mehmet.user_id}),
            (set(), {zeynep.user_id}),
        ]


async def test_in_a_large_group_who_hides_it_is_told_as_little(world: World) -> None:
    ayse, mehmet, zeynep, can = await world.people("ayse", "mehmet", "zeynep", "can")
    room = await world.group(ayse, mehmet, zeynep, can)
    world.deps = replace(
        world.deps, settings=replace(world.deps.settings, receipts_to_all_members=3)
    )
    for one in (ayse, zeynep):
        await wishes(world, one, "privacy", readReceipts=False)
    sent = await world.says(ayse, room, "1")
    world.ear.among.clear()
    world.ear.passing.clear()
    await receipts.mark_read(world.deps, can, room, sent["seq"])
    whole, less = zip(world.ear.passing, world.ear.among, strict=True)
    assert whole[1] == ({ayse.user_id, zeynep.user_id}, {ayse.user_id})
    assert whole[0][1].data["readSeq"] == sent["seq"]
    assert less[1] == (set(), {ayse.user_id})
    assert less[0][1].data["readSeq"] == 0


async def test_many_readers_at_once(world: World) -> None:
    people = await world.people("ayse", "mehmet", "zeynep", "can")
    room = await world.group(*people)
    sent = [await world.says(people[0], room, f"{n}") for n in range(6)]
    async with world.state_equals_events():
        await asyncio.gather(
            *(
                receipts.mark_read(world.deps, reader, room, one["seq"])
                for reader in people[1:]
                for one in sent
            )
        )
    for reader in people[1:]:
        assert (await world.view(reader, room))["unreadCount"] == 0
