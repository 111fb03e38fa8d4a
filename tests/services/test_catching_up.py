"""What a device that was away is told, and that it knows the same as a fresh one then."""

import pytest

from altlas_chat.domain.cursor import Cursor
from altlas_chat.domain.messages import MessageEdit
from altlas_chat.domain.permissions import Actor
from altlas_chat.services import conversations, messages, receipts, sync
from altlas_chat.storage import members
from altlas_chat.storage.database import PATIENCE_SECONDS
from tests.support.world import World, assert_same


async def assert_caught_up(world: World, actor: Actor, known: object, cursor: str) -> None:
    """The replay brings what was ``known`` at ``cursor`` to what is true now."""
    fresh, _ = await world.known_to(actor)
    for frame in await world.replayed(actor, cursor):
        known.apply(frame)
    assert_same(known, fresh, actor.user_id)


async def test_a_message_that_another_device_hid_meanwhile_stays_hidden(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    await world.says(mehmet, room, "stays")
    known, cursor = await world.known_to(ayse)
    sent = await world.says(mehmet, room, "goes")
    await messages.delete_message_for_me(world.deps, ayse, sent["id"])
    await assert_caught_up(world, ayse, known, cursor)


async def test_a_hidden_message_that_is_edited_stays_hidden(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    sent = await world.says(mehmet, room, "goes")
    await messages.delete_message_for_me(world.deps, ayse, sent["id"])
    known, cursor = await world.known_to(ayse)
    edit = MessageEdit.model_validate({"text": "goes still"})
    await messages.edit_message(world.deps, mehmet, sent["id"], edit)
    await messages.delete_message_for_everyone(world.deps, mehmet, sent["id"])
    await assert_caught_up(world, ayse, known, cursor)


async def test_what_was_cleared_meanwhile_does_not_come_back(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    known, cursor = await world.known_to(ayse)
    first = await world.says(mehmet, room, "first")
    await conversations.clear_conversation(world.deps, ayse, room)
    await messages.delete_message_for_everyone(world.deps, mehmet, first["id"])
    await world.says(mehmet, room, "second")
    await assert_caught_up(world, ayse, known, cursor)


async def test_an_edit_of_a_cleared_message_does_not_bring_it_back(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    first = await world.says(mehmet, room, "first")
    await conversations.clear_conversation(world.deps, ayse, room)
    known, cursor = await world.known_to(ayse)
    edit = MessageEdit.model_validate({"text": "first, again"})
    await messages.edit_message(world.deps, mehmet, first["id"], edit)
    await assert_caught_up(world, ayse, known, cursor)


async def test_a_pointer_that_waited_for_a_lock_is_told(world: World) -> None:
    """It says when it was asked for; a snapshot may be taken before it is durable."""
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    sent = await world.says(ayse, room)
    at = world.clock.now_ms()
    world.clock.forward(PATIENCE_SECONDS)
    _, cursor = await world.known_to(ayse)
    await world.deps.database.write(
        lambda tx: members.update_delivered(tx, room, mehmet.user_id, sent["seq"], at),
        lane="test",
    )
    changes = await sync.changes_after(world.deps, ayse, Cursor.decode(cursor), limit=10)
    assert isinstance(changes, sync.Changes)
    assert [one.data["deliveredSeq"] for one in changes.receipts] == [sent["seq"]]


async def test_more_moved_pointers_than_are_told_ask_for_a_fresh_start(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "RECEIPT_LIMIT", 2)
    people = await world.people("ayse", "mehmet", "zeynep", "can")
    ayse = people[0]
    room = await world.group(*people)
    world.clock.forward(60)
    _, cursor = await world.known_to(ayse)
    sent = await world.says(ayse, room)
    for reader in people[1:3]:
        await receipts.mark_read(world.deps, reader, room, sent["seq"])
    changes = await sync.changes_after(world.deps, ayse, Cursor.decode(cursor), limit=10)
    assert isinstance(changes, sync.Changes)
    assert len(changes.receipts) == 2
    await receipts.mark_read(world.deps, people[3], room, sent["seq"])
    assert await sync.changes_after(
        world.deps, ayse, Cursor.decode(cursor), limit=10
    ) == sync.Resync("too_far_behind")
