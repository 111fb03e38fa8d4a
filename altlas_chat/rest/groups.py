"""Handlers of groups and their members, one for each operationId."""

from aiohttp import web

from altlas_chat.domain.conversations import GroupDraft, GroupUpdate, MembersToAdd, RoleChange
from altlas_chat.rest.call import Call, answer, done
from altlas_chat.services import groups


async def create_group(call: Call) -> web.Response:
    group = await groups.create_group(call.deps, call.actor, await call.body(GroupDraft))
    return answer(group, 201, {"Location": f"{call.deps.settings.base_path}/groups/{group['id']}"})


async def get_group(call: Call) -> web.Response:
    return answer(await groups.get_group(call.deps, call.actor, call.path("groupId")))


async def update_group(call: Call) -> web.Response:
    update = await call.body(GroupUpdate)
    return answer(await groups.update_group(call.deps, call.actor, call.path("groupId"), update))


async def delete_group(call: Call) -> web.Response:
    await groups.delete_group(call.deps, call.actor, call.path("groupId"))
    return done()


async def add_members(call: Call) -> web.Response:
    request = await call.body(MembersToAdd)
    added = await groups.add_members(call.deps, call.actor, call.path("groupId"), request)
    return answer({"items": added}, 201)


async def remove_member(call: Call) -> web.Response:
    group_id, user_id = call.path("groupId"), call.path("userId")
    await groups.remove_member(call.deps, call.actor, group_id, user_id)
    return done()


async def set_member_role(call: Call) -> web.Response:
    change = await call.body(RoleChange)
    group_id, user_id = call.path("groupId"), call.path("userId")
    return answer(await groups.set_role(call.deps, call.actor, group_id, user_id, change.role))


async def leave_group(call: Call) -> web.Response:
    await groups.leave_group(call.deps, call.actor, call.path("groupId"))
    return done()
