"""What people may know of each other, kept everywhere; and blocks, of which the blocked hear nothing."""

from typing import Any

import pytest

from altlas_chat.domain.conversations import MembersToAdd, OpenDirect
from altlas_chat.domain.cursor import Cursor
from altlas_chat.domain.errors import UserBlocked, UserNotFound, ValidationFailed
from altlas_chat.domain.messages import MessageEdit
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.preferences import DEFAULTS, PreferencesUpdate
from altlas_chat.domain.tasks import TaskDraft, TaskUpdate
from altlas_chat.services import (
    blocks,
    conversations,
    groups,
    messages,
    posting,
    preferences,
    privacy,
    receipts,
    sync,
    tasks,
    users,
)
from altlas_chat.storage.accounts import update_last_seen
from tests.support.world import Json, World


async def wishes(world: World, actor: Actor, part: str, **settings: Any) -> Json:
    update = PreferencesUpdate.model_validate({part: settings})
    return await preferences.update_preferences(world.deps, actor, update)


async def seen_of(world: World, viewer: Actor, other: Actor) -> list[bool]:
    """Whether the other's last-seen time is told: alone, as a member, as a peer."""
    found = [(await users.get_user(world.deps, viewer, other.user_id))["lastSeenAt"] is not None]
    page = await conversations.list_conversations(
        world.deps, viewer, conversations.Listing(), None, 200
    )
    for view in page["items"]:
        shown = await conversations.list_members(world.deps, viewer, view["id"], None, 200)
        for member in shown["items"]:
            if member["userId"] == other.user_id:
                found.append(member["user"]["lastSeenAt"] is not None)
        if view["peer"] is not None and view["peer"]["id"] == other.user_id:
            found.append(view["peer"]["lastSeenAt"] is not None)
    return found


async def all_seen_once(world: World) -> None:
    seen = {actor.user_id: world.clock.now_ms() for actor in world.actors.values()}
    await world.deps.database.write(lambda tx: update_last_seen(tx, seen), lane="test")


async def test_last_seen_is_told_when_both_tell_theirs(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    await world.direct(ayse, mehmet)
    await world.group(ayse, mehmet)
    await all_seen_once(world)
    assert await seen_of(world, mehmet, ayse) == [True] * 4
    await wishes(world, ayse, "privacy", lastSeen="nobody")
    assert await seen_of(world, mehmet, ayse) == [False] * 4
    assert await seen_of(world, ayse, mehmet) == [False] * 4
    assert await seen_of(world, ayse, ayse) == [True] * 3


async def test_contacts_are_those_to_whom_one_wrote(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(mehmet, ayse)
    await all_seen_once(world)
    await wishes(world, ayse, "privacy", lastSeen="contacts")
    await world.says(mehmet, room)
    assert not any(await seen_of(world, mehmet, ayse))
    await world.says(ayse, room)
    assert all(await seen_of(world, mehmet, ayse))
    assert all(await seen_of(world, ayse, mehmet))


async def test_no_event_tells_when_a_member_was_seen(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet)
    await all_seen_once(world)
    async with world.state_equals_events():
        await groups.add_members(
            world.deps, ayse, room, MembersToAdd.model_validate({"userIds": [zeynep.user_id]})
        )
        await groups.set_role(world.deps, ayse, room, mehmet.user_id, "admin")
        told = [one.data["member"] for one in world.ear.told if "member" in one.data]
    assert len(told) == 2
    assert [one["user"]["lastSeenAt"] for one in told] == [None, None]
    assert [(one["readSeq"], one["readAt"]) for one in told] == [(0, None)] * 2


@pytest.mark.parametrize("hider", ["reader", "author"])
async def test_who_hides_reading_neither_shows_nor_sees_it(world: World, hider: str) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    sent = await world.says(ayse, room)
    hides = mehmet if hider == "reader" else ayse
    await wishes(world, hides, "privacy", readReceipts=False)
    _, cursor = await world.known_to(ayse)
    await receipts.mark_read(world.deps, mehmet, room, sent["seq"])
    assert await states(world, ayse, room, sent["id"]) == {"delivered"}
    assert {one.data["readSeq"] for _, one in world.ear.passing} <= {0, sent["seq"]}
    shown = await conversations.list_members(world.deps, ayse, room, None, 10)
    other = next(one for one in shown["items"] if one["userId"] == mehmet.user_id)
    assert (other["readSeq"], other["readAt"]) == (0, None)
    assert other["deliveredSeq"] == sent["seq"]
    changes = await sync.changes_after(world.deps, ayse, Cursor.decode(cursor), limit=100)
    assert isinstance(changes, sync.Changes)
    assert [one.data["readSeq"] for one in changes.receipts] == [0]
    await wishes(world, hides, "privacy", readReceipts=True)
    assert await states(world, ayse, room, sent["id"]) == {"read"}


async def states(world: World, viewer: Actor, room: str, message_id: str) -> set[str]:
    """The message's state, wherever the viewer sees it."""
    found = {(await messages.get_message(world.deps, viewer, message_id))["state"]}
    history = await world.history(viewer, room)
    found |= {one["state"] for one in history if one["id"] == message_id}
    found.add((await world.view(viewer, room))["lastMessage"]["state"])
    rows = await receipts.list_receipts(world.deps, viewer, message_id)
    found |= {one["state"] for one in rows}
    (view,) = await world.deps.database.read(
        lambda reader: messages.present_forms(reader, [message_id], viewer.user_id)
    )
    return found | {view["state"]}


async def test_in_passing_it_is_told_to_nobody_who_hides_it(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet, zeynep)
    sent = await world.says(ayse, room)
    await wishes(world, zeynep, "privacy", readReceipts=False)
    world.ear.passing.clear()
    world.ear.among.clear()
    await receipts.mark_read(world.deps, mehmet, room, sent["seq"])
    await receipts.mark_read(world.deps, zeynep, room, sent["seq"])
    told = [
        (one.data["userId"], one.data["readSeq"], but, only)
        for (_, one), (but, only) in zip(world.ear.passing, world.ear.among, strict=True)
    ]
    assert told == [
        (mehmet.user_id, sent["seq"], {zeynep.user_id}, None),
        (mehmet.user_id, 0, set(), {zeynep.user_id}),
        (zeynep.user_id, 0, set(), None),
    ]


async def test_who_hides_reading_hides_it_in_later_conversations_too(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    await wishes(world, mehmet, "privacy", readReceipts=False)
    room = await world.group(ayse, mehmet)
    sent = await world.says(ayse, room)
    await receipts.mark_read(world.deps, mehmet, room, sent["seq"])
    assert await states(world, ayse, room, sent["id"]) == {"delivered"}


async def test_preferences_are_merged_and_the_devices_hear(world: World) -> None:
    (ayse,) = await world.people("ayse")
    before = await preferences.get_preferences(world.deps, ayse)
    assert before == {**DEFAULTS, "updatedAt": None}
    async with world.state_equals_events():
        await wishes(world, ayse, "appearance", theme="dark")
        after = await wishes(world, ayse, "privacy", lastSeen="contacts")
    assert after["appearance"] == {"theme": "dark", "density": "comfortable", "textSize": "medium"}
    assert after["privacy"]["lastSeen"] == "contacts"
    assert after["updatedAt"] is not None
    world.ear.told.clear()
    assert await wishes(world, ayse, "appearance", theme="dark") == after
    assert await wishes(world, ayse, "appearance", density="comfortable") == after
    assert world.ear.told == []


# -- blocks ------------------------------------------------------------------------


@pytest.mark.parametrize("blocker", ["ayse", "mehmet"])
async def test_a_block_stops_direct_messages_both_ways(world: World, blocker: str) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    draft = world.draft(room)
    await posting.post_message(world.deps, ayse, draft)
    one, other = (ayse, mehmet) if blocker == "ayse" else (mehmet, ayse)
    async with world.state_equals_events():
        await blocks.block_user(world.deps, one, other.user_id)
        await blocks.block_user(world.deps, one, other.user_id)
        assert [told.event.stream for told in world.ear.told] == [f"user:{one.user_id}"]
    for actor in (ayse, mehmet):
        with pytest.raises(UserBlocked):
            await world.says(actor, room)
    assert (await posting.post_message(world.deps, ayse, draft)).is_repeat
    assert await world.direct(other, one) == room
    async with world.state_equals_events():
        await blocks.unblock_user(world.deps, one, other.user_id)
        await blocks.unblock_user(world.deps, one, other.user_id)
    await world.says(ayse, room)


@pytest.mark.parametrize("blocker", ["ayse", "mehmet"])
async def test_a_block_keeps_apart(world: World, blocker: str) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    await world.person("zeynep")
    room = await world.group(ayse, world.actors["zeynep"])
    shared = await world.group(ayse, mehmet)
    await all_seen_once(world)
    one, other = (ayse, mehmet) if blocker == "ayse" else (mehmet, ayse)
    await blocks.block_user(world.deps, one, other.user_id)
    with pytest.raises(UserBlocked):
        await world.direct(ayse, mehmet)
    with pytest.raises(UserBlocked) as refused:
        await world.group(ayse, mehmet)
    assert [error.pointer for error in refused.value.errors] == ["/memberIds/0"]
    with pytest.raises(UserBlocked):
        await groups.add_members(
            world.deps, ayse, room, MembersToAdd.model_validate({"userIds": [mehmet.user_id]})
        )
    assert not any(await seen_of(world, ayse, mehmet))
    assert not any(await seen_of(world, mehmet, ayse))
    await world.says(mehmet, shared)  # a group stays a group


async def test_who_takes_no_direct_messages_refuses_like_a_block(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    await wishes(world, mehmet, "messaging", directMessagesFrom="contacts")
    with pytest.raises(UserBlocked) as by_choice:
        await world.direct(ayse, mehmet)
    await blocks.block_user(world.deps, mehmet, zeynep.user_id)
    with pytest.raises(UserBlocked) as by_block:
        await world.direct(zeynep, mehmet)
    assert by_choice.value.as_problem() == by_block.value.as_problem()
    room = await world.direct(mehmet, ayse)
    with pytest.raises(UserBlocked):
        await world.says(ayse, room)
    await world.says(mehmet, room)
    await world.says(ayse, room)
    await wishes(world, mehmet, "messaging", directMessagesFrom="nobody")
    with pytest.raises(UserBlocked):
        await world.says(ayse, room)


async def test_blocks_are_listed_the_latest_first(world: World) -> None:
    ayse, *others = await world.people("ayse", "mehmet", "zeynep", "kemal")
    for other in others:
        await blocks.block_user(world.deps, ayse, other.user_id)
    first = await blocks.list_blocks(world.deps, ayse, None, 2)
    rest = await blocks.list_blocks(world.deps, ayse, first["nextCursor"], 2)
    found = [one["user"]["id"] for one in first["items"] + rest["items"]]
    assert found == [one.user_id for one in reversed(others)]
    assert rest["nextCursor"] is None
    assert (await sync.take_snapshot(world.deps, ayse))["blockedUserIds"] == sorted(found)


async def test_a_block_is_of_somebody_else_who_exists(world: World) -> None:
    (ayse,) = await world.people("ayse")
    with pytest.raises(ValidationFailed):
        await blocks.block_user(world.deps, ayse, ayse.user_id)
    with pytest.raises(UserNotFound):
        await blocks.block_user(world.deps, ayse, "nobody")
    with pytest.raises(UserNotFound):
        await blocks.unblock_user(world.deps, ayse, "nobody")


async def test_presence_and_typing_follow_the_same_rule(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    await wishes(world, mehmet, "privacy", presence="nobody", typing=False)
    await blocks.block_user(world.deps, zeynep, ayse.user_id)
    people = [one.user_id for one in (ayse, mehmet, zeynep)]
    found = await world.deps.database.read(
        lambda reader: privacy.sights(reader, ayse.user_id, people)
    )
    assert [tuple(found[one]) for one in people] == [
        (True, True, True),
        (True, False, False),
        (False, False, False),
    ]


async def test_an_opened_conversation_is_no_way_round(world: World) -> None:
    """Opening again gives what there is; it does not begin anew for who was blocked."""
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    await blocks.block_user(world.deps, mehmet, ayse.user_id)
    request = OpenDirect.model_validate({"userId": mehmet.user_id})
    view, is_new = await conversations.open_direct(world.deps, ayse, request)
    assert (view["id"], is_new) == (room, False)


async def test_a_block_ends_what_else_could_carry_words(world: World) -> None:
    ada, can = await world.people("ada", "can")
    here = await world.direct(ada, can)
    said = await world.says(can, here)
    draft = TaskDraft.model_validate({"title": "çay al", "conversationId": here})
    task = await tasks.create_task(world.deps, can, draft)
    await blocks.block_user(world.deps, ada, can.user_id)
    async with world.state_equals_events():
        with pytest.raises(UserBlocked):
            words = MessageEdit.model_validate({"text": "yine ben"})
            await messages.edit_message(world.deps, can, said["id"], words)
        for actor in (ada, can):
            with pytest.raises(UserBlocked):
                await tasks.create_task(world.deps, actor, draft)
            with pytest.raises(UserBlocked):
                title = TaskUpdate.model_validate({"title": "yine ben"})
                await tasks.update_task(world.deps, actor, task["id"], title)
        done = TaskUpdate.model_validate({"status": "completed"})
        await tasks.update_task(world.deps, can, task["id"], done)


@pytest.mark.parametrize("blocker", ["ada", "can"])
async def test_a_block_ends_words_in_a_task_of_the_two(world: World, blocker: str) -> None:
    """A task in no conversation is seen by who made it and who has it; its words go no further."""
    ada, can = await world.people("ada", "can")
    draft = TaskDraft.model_validate({"title": "çay al", "assigneeId": can.user_id})
    task = await tasks.create_task(world.deps, ada, draft)
    one, other = (ada, can) if blocker == "ada" else (can, ada)
    await blocks.block_user(world.deps, one, other.user_id)
    async with world.state_equals_events():
        for actor in (ada, can):
            for words in ({"title": "a"}, {"description": "a"}, {"foreignJobId": "a"}):
                with pytest.raises(UserBlocked):
                    said = TaskUpdate.model_validate(words)
                    await tasks.update_task(world.deps, actor, task["id"], said)
            again = TaskUpdate.model_validate({"title": "çay al", "priority": "low"})
            await tasks.update_task(world.deps, actor, task["id"], again)
        done = TaskUpdate.model_validate({"status": "completed"})
        await tasks.update_task(world.deps, can, task["id"], done)
    await tasks.assign_task(world.deps, can, task["id"], None)
    with pytest.raises(UserBlocked):
        await tasks.assign_task(world.deps, ada, task["id"], can.user_id)
    alone = TaskUpdate.model_validate({"title": "kahve al"})
    await tasks.update_task(world.deps, ada, task["id"], alone)
