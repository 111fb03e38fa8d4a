"""Groups: who belongs, in which role, and what each may do."""

from collections.abc import Sequence

from altlas_chat.domain.conversations import (
    Conversation,
    GroupDraft,
    GroupUpdate,
    MembersToAdd,
    Role,
)
from altlas_chat.domain.errors import (
    AlreadyAMember,
    FieldError,
    LastOwner,
    MemberNotFound,
    PermissionDenied,
    UserNotFound,
    ValidationFailed,
)
from altlas_chat.domain.events import Json, conversation_stream, user_stream
from altlas_chat.domain.language import Phrase, say
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.access import require_group
from altlas_chat.services.avatars import require_avatar
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.conversations import begin, member_views, view_of
from altlas_chat.services.deps import Deps
from altlas_chat.services.membership import (
    dissolve,
    group_of,
    invitations,
    join,
    part,
    tell_joined,
    tell_role,
)
from altlas_chat.services.notifying import Notice, notify
from altlas_chat.services.privacy import require_none_blocked
from altlas_chat.services.system_messages import post_system_message
from altlas_chat.services.unassigning import unassign_open_tasks
from altlas_chat.storage import accounts, conversations, members, streams
from altlas_chat.storage.database import Reader
from altlas_chat.storage.members import Access, NewMember


async def create_group(deps: Deps, actor: Actor, draft: GroupDraft) -> Json:
    """Make a group whose owner is the actor; every member hears of it.

    Raises:
        UserNotFound: somebody to be added does not exist; ``errors`` says who.
        UserBlocked: there is a block between the actor and somebody; ``errors`` says who.
        ValidationFailed: there would be more than ``Settings.max_group_members``.
    """
    others = sorted(set(draft.member_ids) - {actor.user_id})
    _require_room(deps, 1 + len(others), "/memberIds")
    conversation_id, message_id = deps.ids.new(), deps.ids.new()
    everybody = [actor.user_id, *others]

    async def change(change: Change) -> Json:
        tx = change.tx
        await streams.lock_streams(tx, [user_stream(user_id) for user_id in everybody])
        await _require_people(tx, draft.member_ids, "/memberIds")
        await require_none_blocked(tx, actor.user_id, draft.member_ids, "/memberIds")
        group = _new_group(draft, conversation_id, change, len(everybody))
        await begin(change, group, None)
        rows = [
            NewMember(
                user_id,
                "owner" if user_id == actor.user_id else "member",
                change.at,
                1,
                actor.user_id,
                0,
            )
            for user_id in everybody
        ]
        await members.insert_members(tx, conversation_id, rows)
        facts = {"userIds": everybody, "name": group.name}
        await post_system_message(change, conversation_id, message_id, "group_created", facts)
        own = await view_of(tx, actor.user_id, conversation_id)
        await tell_joined(change, own, rows)
        await notify(deps.ids, change, invitations(change, conversation_id, others))
        return own.as_json()

    return await commit_change(
        deps, conversation_stream(conversation_id), change, actor_id=actor.user_id
    )


def _new_group(
    draft: GroupDraft, conversation_id: str, change: Change, member_count: int
) -> Conversation:
    return Conversation(
        conversation_id=conversation_id,
        kind="group",
        name=draft.name,
        description=draft.description,
        avatar_file_id=None,
        created_by=str(change.actor_id),
        posting=draft.permissions.posting,
        inviting=draft.permissions.inviting,
        editing=draft.permissions.editing,
        member_count=member_count,
        created_at=change.at,
        updated_at=change.at,
    )


def _require_room(deps: Deps, count: int, pointer: str) -> None:
    most = deps.settings.max_group_members
    if count > most:
        detail = say("A group may have {limit} members.", limit=most)
        raise ValidationFailed(detail, errors=[FieldError("TOO_MANY", detail, pointer)])


async def _require_people(reader: Reader, user_ids: Sequence[str], pointer: str) -> None:
    people = await accounts.select_users(reader, user_ids)
    missing = [
        FieldError("USER_NOT_FOUND", say("no such person"), f"{pointer}/{place}")
        for place, user_id in enumerate(user_ids)
        if user_id not in people or not people[user_id].is_active
    ]
    if missing:
        raise UserNotFound(say("Not everybody who is named exists."), errors=missing)


async def get_group(deps: Deps, actor: Actor, group_id: str) -> Json:
    """A group as the actor sees it.

    Raises:
        ConversationNotFound: there is none for the actor.
        NotAGroup: it is a direct conversation.
    """

    async def query(reader: Reader) -> Json:
        await require_group(reader, actor, group_id)
        return (await view_of(reader, actor.user_id, group_id)).as_json()

    return await deps.database.read(query)


async def update_group(deps: Deps, actor: Actor, group_id: str, update: GroupUpdate) -> Json:
    """Change a group's name, description, avatar or permissions. The same again changes nothing.

    Raises:
        ConversationNotFound: there is none for the actor.
        NotAGroup: it is a direct conversation.
        PermissionDenied: the actor may not edit this group; permissions are
            for its owner and administrators.
        FileNotFound: the actor has no such file.
        ValidationFailed: the avatar is no image, or has no preview.
    """
    stream, message_id = conversation_stream(group_id), deps.ids.new()

    async def change(change: Change) -> Json:
        await streams.lock_streams(change.tx, [stream, user_stream(actor.user_id)])
        access = await require_group(change.tx, actor, group_id)
        _require_may(
            access, access.editing, say("Only a group's owner and administrators may change it.")
        )
        if update.permissions is not None:
            _require_may(
                access,
                "admins",
                say("Only a group's owner and administrators may change its permissions."),
            )
        if update.avatar_file_id is not None:
            await require_avatar(change.tx, actor, update.avatar_file_id, "/avatarFileId")
        group = await group_of(change.tx, group_id)
        renewed = _renewed(group, update)
        if renewed != group:
            await renew_group(change, renewed, message_id)
        return (await view_of(change.tx, actor.user_id, group_id)).as_json()

    return await commit_change(deps, stream, change, actor_id=actor.user_id)


async def renew_group(change: Change, renewed: Conversation, message_id: str) -> None:
    """Keep how a group is now; its members hear of it, and its history says so.

    The caller holds the group's stream.
    """
    renewed = renewed._replace(updated_at=change.at)
    await conversations.update_conversation(change.tx, renewed)
    group_id = renewed.conversation_id
    facts = {"conversationId": group_id}
    data = {"conversation": renewed.as_json()}
    await change.announce(conversation_stream(group_id), "conversation.updated", facts, data)
    name = {"name": renewed.name}
    await post_system_message(change, group_id, message_id, "group_updated", name)


def _renewed(group: Conversation, update: GroupUpdate) -> Conversation:
    given = update.model_dump(exclude_unset=True)
    permissions = given.pop("permissions", None) or {}
    changes = {name: value for name, value in given.items() if value is not None}
    changes |= {name: given[name] for name in ("description", "avatar_file_id") if name in given}
    changes |= {name: value for name, value in permissions.items() if value is not None}
    return group._replace(**changes)


def _require_may(access: Access, who: str, refusal: Phrase) -> None:
    if who == "admins" and not access.leads:
        raise PermissionDenied(refusal)


async def delete_group(deps: Deps, actor: Actor, group_id: str) -> None:
    """Delete a group for everybody.

    Raises:
        ConversationNotFound: there is none for the actor.
        NotAGroup: it is a direct conversation.
        PermissionDenied: the actor is not its owner.
    """
    stream = conversation_stream(group_id)

    async def change(change: Change) -> None:
        await streams.lock_streams(change.tx, [stream])
        access = await require_group(change.tx, actor, group_id)
        if access.role != "owner":
            raise PermissionDenied(say("Only its owner can delete a group."))
        await dissolve(change, group_id)

    await commit_change(deps, stream, change, actor_id=actor.user_id)


async def add_members(deps: Deps, actor: Actor, group_id: str, request: MembersToAdd) -> list[Json]:
    """Bring people into a group; those who belong to it already are passed over.

    What was written before is there for them, and counts as read. The new
    members are given.

    Raises:
        ConversationNotFound: there is none for the actor.
        NotAGroup: it is a direct conversation.
        PermissionDenied: the actor may not invite here.
        UserNotFound: somebody does not exist; ``errors`` says who.
        UserBlocked: there is a block between the actor and somebody; ``errors`` says who.
        AlreadyAMember: all of them belong to it already.
        ValidationFailed: there would be more than ``Settings.max_group_members``.
    """
    stream, message_id = conversation_stream(group_id), deps.ids.new()
    wanted = sorted(set(request.user_ids))
    affected = [stream, *(user_stream(user_id) for user_id in wanted)]

    async def change(change: Change) -> list[Json]:
        tx = change.tx
        await streams.lock_streams(tx, affected)
        access = await require_group(tx, actor, group_id)
        _require_may(
            access, access.inviting, say("Only a group's owner and administrators may invite.")
        )
        await _require_people(tx, request.user_ids, "/userIds")
        present = await members.select_present(tx, group_id, wanted)
        added = [user_id for user_id in wanted if user_id not in present]
        if not added:
            raise AlreadyAMember
        await require_none_blocked(tx, actor.user_id, request.user_ids, "/userIds", present)
        group = await group_of(tx, group_id)
        _require_room(deps, group.member_count + len(added), "/userIds")
        group = group._replace(member_count=group.member_count + len(added))
        await conversations.update_conversation(tx, group)
        joined = [await join(change, group, user_id) for user_id in added]
        facts = {"userIds": added}
        await post_system_message(change, group_id, message_id, "members_added", facts)
        view = await view_of(tx, actor.user_id, group_id)
        await tell_joined(change, view, joined)
        await notify(deps.ids, change, invitations(change, group_id, added))
        found = await member_views(tx, [(group_id, user_id) for user_id in added])
        return list(found.values())

    return await commit_change(deps, stream, change, actor_id=actor.user_id)


async def remove_member(deps: Deps, actor: Actor, group_id: str, user_id: str) -> None:
    """Put somebody out of a group, whose open tasks there are nobody's then.

    Oneself: the same as leaving.

    Raises:
        ConversationNotFound: there is none for the actor.
        NotAGroup: it is a direct conversation.
        PermissionDenied: only its owner and administrators may, and an owner
            can be removed by an owner only.
        MemberNotFound: the person does not belong to it.
    """
    if user_id == actor.user_id:
        await leave_group(deps, actor, group_id)
        return
    stream, message_id = conversation_stream(group_id), deps.ids.new()

    async def change(change: Change) -> bool:
        await streams.lock_streams(change.tx, [stream, user_stream(user_id)])
        access = await require_group(change.tx, actor, group_id)
        _require_may(
            access, "admins", say("Only a group's owner and administrators may remove a member.")
        )
        role = await members.select_role(change.tx, group_id, user_id)
        if role is None:
            raise MemberNotFound
        if role == "owner" and access.role != "owner":
            raise PermissionDenied(say("An owner can be removed by an owner only."))
        if not await unassign_open_tasks(change, group_id, user_id):
            return False
        facts = {"userIds": [user_id]}
        await post_system_message(change, group_id, message_id, "member_removed", facts)
        await part(change, group_id, user_id, "removed")
        return True

    while not await commit_change(deps, stream, change, actor_id=actor.user_id):
        pass  # there are more tasks than one change takes


async def leave_group(deps: Deps, actor: Actor, group_id: str) -> None:
    """Go out of a group; the open tasks there are nobody's then. The last one to go deletes it.

    Raises:
        ConversationNotFound: there is none for the actor.
        NotAGroup: it is a direct conversation.
        LastOwner: the group would be without an owner.
    """
    stream, message_id = conversation_stream(group_id), deps.ids.new()

    async def change(change: Change) -> bool:
        await streams.lock_streams(change.tx, [stream, user_stream(actor.user_id)])
        access = await require_group(change.tx, actor, group_id)
        group = await group_of(change.tx, group_id)
        if group.member_count == 1:
            await dissolve(change, group_id)
            return True
        await _require_another_owner(change.tx, group_id, access.role)
        if not await unassign_open_tasks(change, group_id, actor.user_id):
            return False
        await post_system_message(change, group_id, message_id, "member_left", {})
        await part(change, group_id, actor.user_id, "left")
        return True

    while not await commit_change(deps, stream, change, actor_id=actor.user_id):
        pass


async def _require_another_owner(reader: Reader, group_id: str, role: str) -> None:
    if role == "owner" and await members.count_owners(reader, group_id) == 1:
        raise LastOwner


async def set_role(deps: Deps, actor: Actor, group_id: str, user_id: str, role: Role) -> Json:
    """Give a member another role; the member as the others see it.

    Raises:
        ConversationNotFound: there is none for the actor.
        NotAGroup: it is a direct conversation.
        PermissionDenied: the actor is not its owner.
        MemberNotFound: the person does not belong to it.
        LastOwner: the group would be without an owner.
    """
    stream, message_id = conversation_stream(group_id), deps.ids.new()

    async def change(change: Change) -> Json:
        await streams.lock_streams(change.tx, [stream])
        access = await require_group(change.tx, actor, group_id)
        if access.role != "owner":
            raise PermissionDenied(say("Only its owner can give roles in a group."))
        before = await members.select_role(change.tx, group_id, user_id)
        if before is None:
            raise MemberNotFound
        if before != role:
            if role != "owner":
                await _require_another_owner(change.tx, group_id, before)
            await members.update_role(change.tx, group_id, user_id, role)
            await tell_role(change, group_id, user_id)
            facts = {"userIds": [user_id], "role": role}
            await post_system_message(change, group_id, message_id, "role_changed", facts)
            told = Notice(user_id, "role_changed", actor.user_id, group_id, facts={"role": role})
            await notify(deps.ids, change, [told])
        member = await members.select_member(change.tx, group_id, user_id)
        return {} if member is None else member.as_json()

    return await commit_change(deps, stream, change, actor_id=actor.user_id)
