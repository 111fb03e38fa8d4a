"""Who writes where: told to the other members, as far as both let each other know."""

from collections.abc import Collection

from altlas_chat.domain.errors import PostingRestricted
from altlas_chat.domain.permissions import Actor
from altlas_chat.realtime.listener import Listener
from altlas_chat.services.access import require_member
from altlas_chat.services.deps import Deps
from altlas_chat.services.privacy import kept_from
from altlas_chat.storage.database import Reader


async def start_typing(deps: Deps, actor: Actor, device: Listener, conversation_id: str) -> None:
    """The actor writes; the other members hear of it, those of them who may know.

    It ends with :func:`stop_typing`, with a message, with the device, when the
    actor leaves, and by itself after ``Settings.typing_seconds`` without
    another word.

    Raises:
        ConversationNotFound: the actor does not belong to the conversation.
        PostingRestricted: only the group's administrators may post.
    """

    async def query(reader: Reader) -> Collection[str] | None:
        access = await require_member(reader, actor, conversation_id)
        if access.posting == "admins" and not access.leads:
            raise PostingRestricted
        return await kept_from(reader, actor.user_id, conversation_id)

    # Noted before it is read who may know: what ends it meanwhile, a stop for one, holds.
    typing = deps.typists.begin(device, conversation_id)
    may_not_know = None
    try:
        may_not_know = await deps.database.read(query)
    finally:
        if typing is not None and may_not_know is None:
            deps.typists.stop(device, conversation_id)
    if typing is not None and may_not_know is not None:
        deps.typists.tell(typing, may_not_know)


async def stop_typing(deps: Deps, actor: Actor, device: Listener, conversation_id: str) -> None:
    """The actor writes no longer; if that is so already, nothing changes.

    Raises:
        ConversationNotFound: the actor does not belong to the conversation.
    """
    deps.typists.stop(device, conversation_id)
    await deps.database.read(lambda reader: require_member(reader, actor, conversation_id))
