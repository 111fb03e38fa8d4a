"""Who may do what in a conversation. Whoever does not belong to it is told nothing of it."""

from altlas_chat.domain.errors import ConversationNotFound, MessageNotFound, NotAGroup
from altlas_chat.domain.messages import Message
from altlas_chat.domain.permissions import Actor
from altlas_chat.storage import members, messages
from altlas_chat.storage.database import Reader
from altlas_chat.storage.members import Access


async def require_member(reader: Reader, actor: Actor, conversation_id: str) -> Access:
    """The actor's standing in a conversation.

    Raises:
        ConversationNotFound: there is none, or the actor does not belong to it.
    """
    access = await members.select_access(reader, conversation_id, actor.user_id)
    if access is None:
        raise ConversationNotFound
    return access


async def require_group(reader: Reader, actor: Actor, conversation_id: str) -> Access:
    """Like :func:`require_member`, for a group.

    Raises:
        ConversationNotFound: there is none, or the actor does not belong to it.
        NotAGroup: it is a direct conversation.
    """
    access = await require_member(reader, actor, conversation_id)
    if not access.is_group:
        raise NotAGroup
    return access


async def require_message(reader: Reader, actor: Actor, message_id: str) -> tuple[Message, Access]:
    """A message that the actor can see, and the actor's standing where it is.

    Raises:
        MessageNotFound: there is none, it is hidden or cleared by the actor, or it is in a
            conversation that the actor does not belong to.
    """
    message = await messages.select_message(reader, message_id)
    if message is None:
        raise MessageNotFound
    access = await members.select_access(reader, message.conversation_id, actor.user_id)
    if access is None or message.seq <= access.cleared_seq:
        raise MessageNotFound
    if await messages.is_hidden(reader, actor.user_id, message_id):
        raise MessageNotFound
    return message, access
