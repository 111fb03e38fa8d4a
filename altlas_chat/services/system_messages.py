"""Messages that nobody wrote: what happened to a group, in its history.

They say what happened by ``content`` (who did what to whom), so that each
client can tell it in its reader's language; the text is for those that can't. It
is kept, and told in events, in ``Settings.default_language``, as an event is
framed once for all; who reads over REST gets it in the own language (:func:`retell`).
They are never unread.
"""

from collections.abc import Sequence
from typing import Any

from altlas_chat.domain.events import Json, conversation_stream
from altlas_chat.domain.language import render, say
from altlas_chat.domain.messages import Message
from altlas_chat.services.changes import Change
from altlas_chat.storage import messages

TEXTS = {
    "group_created": say("The group was created"),
    "members_added": say("Members were added"),
    "member_removed": say("A member was removed"),
    "member_left": say("A member left"),
    "group_updated": say("The group was changed"),
    "role_changed": say("A role was changed"),
    "message_pinned": say("A message was pinned"),
    "message_unpinned": say("A message was unpinned"),
    "task_created": say("A task was made"),
    "task_completed": say("A task was completed"),
}

_HOLDING_MESSAGES = frozenset(
    {"items", "lastMessage", "message", "conversations", "events", "data", "snapshot"}
)
"""Under which names an answer has messages, or what has some."""


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
        text=render(TEXTS[action], change.language),
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


def system_messages_of(body: Any) -> list[Json]:
    """The system messages in what is about to be answered, wherever messages stand."""
    if isinstance(body, list):
        return [message for one in body for message in system_messages_of(one)]
    if not isinstance(body, dict):
        return []
    if body.get("kind") == "system":
        return [body]
    return [
        message
        for key in _HOLDING_MESSAGES & body.keys()
        for message in system_messages_of(body[key])
    ]


def retell(system_messages: Sequence[Json], language: str) -> None:
    """Put the text of system messages into a reader's language; of those that have one."""
    for message in system_messages:
        sentence = TEXTS.get((message.get("content") or {}).get("action", ""))
        if sentence is not None and message["text"]:
            message["text"] = render(sentence, language)
