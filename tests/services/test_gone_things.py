"""What the log says of things that are gone: their ids and small facts, and nothing else."""

from altlas_chat.domain.conversations import MembersToAdd
from altlas_chat.services import groups
from tests.support.world import Json, World


def of_kind(frames: list[Json], kind: str) -> Json:
    (frame,) = [one for one in frames if one["event"] == kind]
    data: Json = frame["data"]
    return data


async def test_a_member_who_left_is_told_of_by_id(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet)
    _, cursor = await world.known_to(ayse)
    invitation = MembersToAdd.model_validate({"userIds": [zeynep.user_id]})
    await groups.add_members(world.deps, ayse, room, invitation)
    await groups.set_role(world.deps, ayse, room, zeynep.user_id, "admin")
    await groups.remove_member(world.deps, ayse, room, zeynep.user_id)

    replayed = await world.replayed(ayse, cursor)
    who = {"conversationId": room, "userId": zeynep.user_id}
    assert of_kind(replayed, "member.added") == {**who, "memberCount": 3}
    assert of_kind(replayed, "member.updated") == who
    assert of_kind(replayed, "member.removed") == {**who, "reason": "removed", "memberCount": 2}


async def test_a_conversation_that_was_left_is_told_of_by_id(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    _, cursor = await world.known_to(mehmet)
    room = await world.group(ayse, mehmet, name="Gizli")
    seq = (await world.view(mehmet, room))["seq"]
    await groups.leave_group(world.deps, mehmet, room)

    replayed = await world.replayed(mehmet, cursor)
    assert of_kind(replayed, "conversation.joined") == {"conversationId": room, "seq": seq}
    assert of_kind(replayed, "conversation.left") == {"conversationId": room, "reason": "left"}
    assert "Gizli" not in str(replayed)


async def test_a_group_that_was_deleted_is_told_of_by_id(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    _, cursor = await world.known_to(mehmet)
    room = await world.group(ayse, mehmet, name="Gizli")
    await groups.delete_group(world.deps, ayse, room)

    replayed = await world.replayed(mehmet, cursor)
    assert of_kind(replayed, "conversation.joined")["conversationId"] == room
    assert of_kind(replayed, "conversation.left")["reason"] == "deleted"
    assert "Gizli" not in str(replayed)
