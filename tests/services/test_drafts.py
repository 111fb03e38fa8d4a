"""Drafts follow a person across devices, and go when they are sent."""

import pytest

from altlas_chat.domain.drafts import DraftUpdate
from altlas_chat.domain.errors import ConversationNotFound, MessageNotFound, MessageTooLong
from altlas_chat.domain.permissions import Actor
from altlas_chat.services import groups, posting, saved_drafts
from tests.support.world import Json, World


async def save(world: World, actor: Actor, room: str, text: str, **more: object) -> Json:
    update = DraftUpdate.model_validate({"text": text, **more}, by_alias=True, by_name=False)
    return (await saved_drafts.save_draft(world.deps, actor, room, update)).as_json()


async def kept(world: World, actor: Actor) -> list[Json]:
    return list((await saved_drafts.list_drafts(world.deps, actor, None, 50))["items"])


async def test_a_draft_is_on_all_devices(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room, group = await world.direct(ayse, mehmet), await world.group(ayse, mehmet)
    asked = await world.says(mehmet, room)
    empty = {"conversationId": room, "text": "", "replyToId": None, "updatedAt": None}
    assert (await saved_drafts.get_draft(world.deps, ayse, room)).as_json() == empty
    async with world.state_equals_events():
        await save(world, ayse, room, "yar")
        first = await save(world, ayse, room, "yarın", replyToId=asked["id"])
        second = await save(world, ayse, group, "herkese")
    assert (await saved_drafts.get_draft(world.deps, ayse, room)).as_json() == first
    assert await kept(world, ayse) == [second, first]
    assert await kept(world, mehmet) == []
    page = await saved_drafts.list_drafts(world.deps, ayse, None, 1)
    assert page["items"] == [second]
    page = await saved_drafts.list_drafts(world.deps, ayse, page["nextCursor"], 1)
    assert (page["items"], page["nextCursor"]) == ([first], None)


async def test_the_same_draft_again_is_not_told(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    async with world.state_equals_events():
        first = await save(world, ayse, room, "yarın")
        assert await save(world, ayse, room, "yarın") == first
    assert [one.event.kind for one in world.ear.told] == ["draft.updated"]


async def test_an_empty_draft_and_a_dropped_one_are_none(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    await save(world, ayse, room, "yarın")
    async with world.state_equals_events():
        await save(world, ayse, room, "")
        await save(world, ayse, room, "")
    assert [one.event.kind for one in world.ear.told] == ["draft.deleted"]
    async with world.state_equals_events():
        await save(world, ayse, room, "yine")
        for _ in range(2):
            await saved_drafts.delete_draft(world.deps, ayse, room)
    assert [one.event.kind for one in world.ear.told] == ["draft.updated", "draft.deleted"]
    assert await kept(world, ayse) == []


async def test_what_is_sent_is_no_draft_any_more(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    await save(world, ayse, room, "yarın")
    await save(world, mehmet, room, "ben de")
    draft = world.draft(room, "yarın")
    async with world.state_equals_events():
        await posting.post_message(world.deps, ayse, draft)
    assert await kept(world, ayse) == []
    assert len(await kept(world, mehmet)) == 1
    await save(world, ayse, room, "sonra")
    async with world.state_equals_events():
        await posting.post_message(world.deps, ayse, draft)
    assert len(await kept(world, ayse)) == 1, "a repeated send is no new message"


async def test_a_draft_stays_behind_in_a_group_that_one_leaves(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    group = await world.group(mehmet, ayse)
    await save(world, ayse, group, "yarın")
    async with world.state_equals_events():
        await groups.leave_group(world.deps, ayse, group)
    assert await kept(world, ayse) == []
    with pytest.raises(ConversationNotFound):
        await save(world, ayse, group, "yarın")
    with pytest.raises(ConversationNotFound):
        await saved_drafts.get_draft(world.deps, ayse, group)
    with pytest.raises(ConversationNotFound):
        await saved_drafts.delete_draft(world.deps, ayse, group)


async def test_a_draft_that_could_be_no_message_is_refused(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room, other = await world.direct(ayse, mehmet), await world.group(ayse, mehmet)
    elsewhere = await world.says(mehmet, other)
    with pytest.raises(MessageTooLong):
        await save(world, ayse, room, "x" * 4001)
    for target in (elsewhere["id"], "nothing"):
        with pytest.raises(MessageNotFound):
            await save(world, ayse, room, "yarın", replyToId=target)
    assert await kept(world, ayse) == []
