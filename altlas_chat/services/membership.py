"""What it means for a group that somebody comes, goes or gets another role: rows and events.

Whether they may is decided before (:mod:`.groups`); the caller holds the
streams of the group and of the people.
"""

from collections.abc import Sequence

from altlas_chat.domain.conversations import Conversation, ConversationView, Membership
from altlas_chat.domain.errors import ConversationNotFound
from altlas_chat.domain.events import conversation_stream, user_stream
from altlas_chat.services.changes import Change
from altlas_chat.services.conversations import announce_joined
from altlas_chat.services.notifying import NO_END, Notice, read_those_of
from altlas_chat.storage import conversations, members, streams
from altlas_chat.storage.database import Reader
from altlas_chat.storage.members import NewMember


async def tell_joined(
    change: Change, seen_by_one: ConversationView, joined: Sequence[NewMember]
) -> None:
    """Tell the new members' devices; a new member's view differs by the membership only."""
    for new in sorted(joined, key=lambda one: one.user_id):
        membership = Membership(
            new.role, new.joined_at, new.joined_seq, new.joined_seq, "all", None, False, False
        )
        view = seen_by_one._replace(membership=membership, unread_count=0)
        await announce_joined(change, new.user_id, view)


def invitations(change: Change, group_id: str, user_ids: Sequence[str]) -> list[Notice]:
    """That somebody was brought in, for each of them."""
    return [Notice(user_id, "invitation", change.actor_id, group_id) for user_id in user_ids]


async def group_of(reader: Reader, group_id: str) -> Conversation:
    """A group as its row says it.

    Raises:
        ConversationNotFound: there is none.
    """
    group = await conversations.select_conversation(reader, group_id)
    if group is None:
        raise ConversationNotFound
    return group


async def dissolve(change: Change, group_id: str) -> None:
    """Delete a group for everybody; the members' own streams are held here."""
    everybody = await members.select_member_ids(change.tx, group_id)
    await streams.lock_streams(change.tx, [user_stream(user_id) for user_id in everybody])
    await conversations.delete_conversation(change.tx, group_id, change.at)
    facts = {"conversationId": group_id}
    stream = conversation_stream(group_id)
    await change.announce(stream, "conversation.deleted", facts, facts)
    for user_id in everybody:
        await _tell_left(change, group_id, user_id, "deleted")


async def _tell_left(change: Change, group_id: str, user_id: str, reason: str) -> None:
    """Tell a person's devices that the group is gone for them; what it gave rise to is read."""
    facts = {"conversationId": group_id, "reason": reason}
    await change.announce(user_stream(user_id), "conversation.left", facts, facts)
    await read_those_of(change, user_id, group_id, NO_END)


async def join(change: Change, group: Conversation, user_id: str) -> NewMember:
    """Keep the membership, and record it in the group's stream."""
    group_id = group.conversation_id
    stream = conversation_stream(group_id)
    position = await change.take_place(stream)
    new = NewMember(
        user_id, "member", change.at, position.seq, change.actor_id, position.message_count
    )
    await members.insert_members(change.tx, group_id, [new])
    facts = {
        "conversationId": group_id,
        "userId": user_id,
        "memberCount": group.member_count,
    }
    member = await members.select_member(change.tx, group_id, user_id)
    data = {
        "conversationId": group_id,
        "member": None if member is None else member.as_json(),
        "memberCount": group.member_count,
    }
    await change.record(stream, position.seq, "member.added", facts, data)
    return new


async def part(change: Change, group_id: str, user_id: str, reason: str) -> None:
    """Take somebody out of a group, and tell the others and the person."""
    group = await group_of(change.tx, group_id)
    group = group._replace(member_count=group.member_count - 1)
    await members.delete_member(change.tx, group_id, user_id)
    await conversations.update_conversation(change.tx, group)
    facts = {
        "conversationId": group_id,
        "userId": user_id,
        "reason": reason,
        "memberCount": group.member_count,
    }
    await change.announce(conversation_stream(group_id), "member.removed", facts, facts)
    await _tell_left(change, group_id, user_id, reason)


async def tell_role(change: Change, group_id: str, user_id: str) -> None:
    """Announce the role that a member has now."""
    member = await members.select_member(change.tx, group_id, user_id)
    facts = {"conversationId": group_id, "userId": user_id}
    data = {
        "conversationId": group_id,
        "member": None if member is None else member.as_json(),
    }
    await change.announce(conversation_stream(group_id), "member.updated", facts, data)
