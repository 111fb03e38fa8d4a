"""A group whose only owner's account was closed gets another owner."""

from altlas_chat.domain.events import conversation_stream
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.membership import tell_role
from altlas_chat.services.notifying import Notice, notify
from altlas_chat.services.system_messages import post_system_message
from altlas_chat.storage import members, streams


async def pass_on_groups(deps: Deps, actor_id: str | None, user_id: str) -> None:
    """Give each group that has no active owner but this closed account to somebody else.

    The administrator who came first, or else the member who came first,
    becomes its owner; the closed account stays an administrator of it. A
    group of closed accounts stays as it is. Doing it again changes nothing,
    so what was interrupted can be repeated.
    """
    found = await deps.database.read(
        lambda reader: members.select_left_alone(reader, user_id, None)
    )
    for group_id in found:
        await _pass_on(deps, actor_id, user_id, group_id)


async def _pass_on(deps: Deps, actor_id: str | None, user_id: str, group_id: str) -> None:
    stream, message_id = conversation_stream(group_id), deps.ids.new()

    async def change(change: Change) -> None:
        await streams.lock_streams(change.tx, [stream])
        if not await members.select_left_alone(change.tx, user_id, group_id):
            return
        heir = await members.select_heir(change.tx, group_id)
        if heir is None:
            return
        for member_id, role in ((heir, "owner"), (user_id, "admin")):
            await members.update_role(change.tx, group_id, member_id, role)
            await tell_role(change, group_id, member_id)
        facts = {"userIds": [heir], "role": "owner"}
        await post_system_message(change, group_id, message_id, "role_changed", facts)
        told = Notice(heir, "role_changed", actor_id, group_id, facts={"role": "owner"})
        await notify(deps.ids, change, [told])

    await commit_change(deps, stream, change, actor_id=actor_id)
