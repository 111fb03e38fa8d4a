"""Messages that nobody wrote: what happened to a group, in its history.

They say what happened by ``content`` (who did what to whom), so that each
client can tell it in its reader's language; the text is for those that can't.
They are never unread.
"""

from altlas_chat.domain.events import Json, conversation_stream
from altlas_chat.domain.messages import Message
from altlas_chat.services.changes import Change
from altlas_chat.storage import messages

TEXTS = {
    "group_created": "The group was created",
    "members_added": "Members were added",
    "member_removed": "A member was removed",
    "member_left": "A member left",
    "group_updated": "The group was changed",
    "role_changed": "A role was changed",
}


async def post_system_message(
    change: Change, conversation_id: str, message_id: str, action: str, facts: Json
) -> None:
    """Write down in the group's history what happens in this change."""
    stream = conversation_stream(conversation_id)
    position = await change.take_place(stream)
    message = Message(
        message_id=message_id,
        conversation_id=conversation_id,
        seq=position.seq,
        position=position.message_count,
        sender_id=None,
        client_id=None,
        kind="system",
        text=TEXTS[action],
        content={"action": action, "actorId": change.actor_id, **facts},
        mentions=(),
        quoted=None,
        forwarded_from=None,
        thread_root_id=None,
        created_at=change.at,
        edited_at=None,
        edit_count=0,
        deleted_at=None,
    )
    await messages.insert_message(change.tx, message, None)
    await change.record(
        stream,
        position.seq,
        "message.created",
        {"messageId": message_id},
        {"message": message.as_json()},
    )
