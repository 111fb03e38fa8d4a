"""Groups: who may what, who hears what, and that one is never without an owner."""

import asyncio

import pytest

from altlas_chat.domain.conversations import GroupDraft, GroupUpdate, MembersToAdd
from altlas_chat.domain.errors import (
    AlreadyAMember,
    ChatError,
    ConversationNotFound,
    LastOwner,
    MemberNotFound,
    NotAGroup,
    PermissionDenied,
    UserNotFound,
    ValidationFailed,
)
from altlas_chat.domain.permissions import Actor
from altlas_chat.services import groups
from tests.support.world import World


def to_add(*people: Actor) -> MembersToAdd:
    return MembersToAdd.model_validate({"userIds": [one.user_id for one in people]})


def update(**values: object) -> GroupUpdate:
    return GroupUpdate.model_validate(values)


async def role(world: World, actor: Actor, room: str) -> str:
    return str((await world.view(actor, room))["membership"]["role"])


async def test_a_new_group_is_in_everybodys_list(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    async with world.state_equals_events():
        room = await world.group(ayse, mehmet, zeynep, description="sabah")
    view = await world.view(mehmet, room)
    assert (view["name"], view["description"], view["memberCount"]) == ("Çay", "sabah", 3)
    assert (await role(world, ayse, room), await role(world, mehmet, room)) == ("owner", "member")
    assert view["unreadCount"] == 0
    assert view["lastMessage"]["content"]["action"] == "group_created"


async def test_who_does_not_exist_is_named(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    draft = GroupDraft.model_validate({"name": "x", "memberIds": [mehmet.user_id, "nobody"]})
    with pytest.raises(UserNotFound) as caught:
        await groups.create_group(world.deps, ayse, draft)
    assert [error.pointer for error in caught.value.errors] == ["/memberIds/1"]


async def test_adding_tells_old_and_new_members(world: World) -> None:
    ayse, mehmet, zeynep, can = await world.people("ayse", "mehmet", "zeynep", "can")
    room = await world.group(ayse, mehmet)
    await world.says(ayse, room, "önceki")
    async with world.state_equals_events():
        added = await groups.add_members(world.deps, ayse, room, to_add(mehmet, zeynep, can))
    assert {one["userId"] for one in added} == {zeynep.user_id, can.user_id}
    view = await world.view(zeynep, room)
    assert (view["memberCount"], view["unreadCount"]) == (4, 0)
    assert any(one["text"] == "önceki" for one in await world.history(zeynep, room))
    async with world.state_equals_events():
        await world.says(ayse, room, "hoş geldin")
    assert (await world.view(zeynep, room))["unreadCount"] == 1
    with pytest.raises(AlreadyAMember):
        await groups.add_members(world.deps, ayse, room, to_add(zeynep))


async def test_who_may_invite(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    closed = await world.group(ayse, mehmet, permissions={"inviting": "admins"})
    with pytest.raises(PermissionDenied):
        await groups.add_members(world.deps, mehmet, closed, to_add(zeynep))
    open_ = await world.group(ayse, mehmet)
    await groups.add_members(world.deps, mehmet, open_, to_add(zeynep))
    with pytest.raises(UserNotFound):
        request = MembersToAdd.model_validate({"userIds": ["nobody"]})
        await groups.add_members(world.deps, ayse, open_, request)


async def test_a_group_has_its_largest_size(world: World) -> None:
    people = await world.people("ayse", "mehmet", "zeynep", "can")
    small = world.deps.settings.__class__(max_group_members=3)
    object.__setattr__(world.deps, "settings", small)
    room = await world.group(*people[:3])
    with pytest.raises(ValidationFailed):
        await groups.add_members(world.deps, people[0], room, to_add(people[3]))
    with pytest.raises(ValidationFailed):
        await world.group(*people)


async def test_removing(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet, zeynep)
    with pytest.raises(PermissionDenied):
        await groups.remove_member(world.deps, mehmet, room, zeynep.user_id)
    async with world.state_equals_events():
        await groups.remove_member(world.deps, ayse, room, zeynep.user_id)
    with pytest.raises(ConversationNotFound):
        await world.view(zeynep, room)
    assert (await world.view(ayse, room))["memberCount"] == 2
    with pytest.raises(MemberNotFound):
        await groups.remove_member(world.deps, ayse, room, zeynep.user_id)


async def test_an_administrator_removes_no_owner(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    await groups.set_role(world.deps, ayse, room, mehmet.user_id, "admin")
    with pytest.raises(PermissionDenied):
        await groups.remove_member(world.deps, mehmet, room, ayse.user_id)


async def test_leaving_and_coming_back(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    async with world.state_equals_events():
        await groups.leave_group(world.deps, mehmet, room)
    async with world.state_equals_events():
        await groups.add_members(world.deps, ayse, room, to_add(mehmet))
    assert (await world.view(mehmet, room))["memberCount"] == 2


async def test_the_last_owner_stays_until_there_is_another(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    with pytest.raises(LastOwner):
        await groups.leave_group(world.deps, ayse, room)
    with pytest.raises(LastOwner):
        await groups.set_role(world.deps, ayse, room, ayse.user_id, "member")
    async with world.state_equals_events():
        await groups.set_role(world.deps, ayse, room, mehmet.user_id, "owner")
    async with world.state_equals_events():
        await groups.leave_group(world.deps, ayse, room)
    assert await role(world, mehmet, room) == "owner"


async def test_the_last_to_leave_closes_the_group(world: World) -> None:
    ayse = await world.person("ayse")
    room = await world.group(ayse)
    async with world.state_equals_events():
        await groups.leave_group(world.deps, ayse, room)
    with pytest.raises(ConversationNotFound):
        await world.view(ayse, room)


async def test_two_owners_who_leave_at_once_do_not_leave_it_alone(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet, zeynep)
    await groups.set_role(world.deps, ayse, room, mehmet.user_id, "owner")
    outcomes = await asyncio.gather(
        groups.leave_group(world.deps, ayse, room),
        groups.leave_group(world.deps, mehmet, room),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["LastOwner", "NoneType"]


async def test_two_administrators_who_remove_each_other(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet, zeynep)
    for one in (mehmet, zeynep):
        await groups.set_role(world.deps, ayse, room, one.user_id, "admin")
    outcomes = await asyncio.gather(
        groups.remove_member(world.deps, mehmet, room, zeynep.user_id),
        groups.remove_member(world.deps, zeynep, room, mehmet.user_id),
        return_exceptions=True,
    )
    refused = [one for one in outcomes if one is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], ChatError)


async def test_changing_a_group(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet, permissions={"editing": "admins"})
    with pytest.raises(PermissionDenied):
        await groups.update_group(world.deps, mehmet, room, update(name="Kahve"))
    async with world.state_equals_events():
        await groups.update_group(world.deps, ayse, room, update(name="Kahve", description="öğlen"))
    async with world.state_equals_events():
        await groups.update_group(
            world.deps, ayse, room, update(permissions={"editing": "members"}, description=None)
        )
    view = await world.view(mehmet, room)
    assert (view["name"], view["description"]) == ("Kahve", None)
    assert view["permissions"]["editing"] == "members"
    async with world.state_equals_events():
        await groups.update_group(world.deps, mehmet, room, update(name="Kahve"))
    assert world.ear.told == []
    with pytest.raises(PermissionDenied):
        await groups.update_group(
            world.deps, mehmet, room, update(permissions={"posting": "admins"})
        )


async def test_deleting_a_group_takes_it_from_everybody(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    with pytest.raises(PermissionDenied):
        await groups.delete_group(world.deps, mehmet, room)
    async with world.state_equals_events():
        await groups.delete_group(world.deps, ayse, room)
    for one in (ayse, mehmet):
        with pytest.raises(ConversationNotFound):
            await world.view(one, room)


async def test_a_direct_conversation_is_no_group(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.direct(ayse, mehmet)
    for attempt in (
        groups.get_group(world.deps, ayse, room),
        groups.update_group(world.deps, ayse, room, update(name="x")),
        groups.delete_group(world.deps, ayse, room),
        groups.add_members(world.deps, ayse, room, to_add(zeynep)),
        groups.remove_member(world.deps, ayse, room, mehmet.user_id),
        groups.leave_group(world.deps, ayse, room),
        groups.set_role(world.deps, ayse, room, mehmet.user_id, "admin"),
    ):
        with pytest.raises(NotAGroup):
            await attempt
