"""Whether a draft may become a message: who writes where, what it answers, forwards and carries."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from altlas_chat.domain.errors import (
    ChatError,
    MessageDeleted,
    MessageNotFound,
    PostingRestricted,
    UserBlocked,
)
from altlas_chat.domain.events import Json
from altlas_chat.domain.language import say
from altlas_chat.domain.messages import Message, MessageDraft
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.preferences import choice
from altlas_chat.services.access import require_member, require_message
from altlas_chat.services.drafts import carried_files, require_mentionable
from altlas_chat.storage.database import Reader, Transaction
from altlas_chat.storage.directs import DirectSide, select_direct_sides
from altlas_chat.storage.members import Access
from altlas_chat.system import Ids


class Post(NamedTuple):
    """A draft on its way to become a message."""

    actor: Actor
    draft: MessageDraft
    stream: str
    message_id: str
    fingerprint: str
    at: int
    keeps_saved: bool = False
    ids: Ids | None = None


class Sound(NamedTuple):
    """A post that may be kept, with the messages that it answers or forwards."""

    post: Post
    quoted: Message | None
    source: Message | None
    drops_saved: bool = False
    is_direct: bool = False
    peer: DirectSide | None = None
    """The other one's side of a direct conversation."""
    files: Sequence[Json] = ()


async def checked(tx: Transaction, posts: Sequence[Post]) -> list[Sound | ChatError]:
    """The posts that may be kept at this moment, still without files, or why not; one for each."""
    found: list[Sound | ChatError] = []
    standings: dict[tuple[str, str], Access] = {}
    for post in posts:
        actor, draft = post.actor, post.draft
        try:
            access = standings.get((post.stream, actor.user_id))
            if access is None:
                access = await require_member(tx, actor, draft.conversation_id)
                standings[post.stream, actor.user_id] = access
            if access.posting == "admins" and not access.leads:
                raise PostingRestricted
            quoted = await _quoted(tx, actor, draft) if draft.reply_to_id else None
            source = await _forwarded(tx, actor, draft) if draft.forward_from_id else None
            if draft.mentions:
                await require_mentionable(tx, draft.conversation_id, draft.mentions)
        except ChatError as refusal:
            found.append(refusal)
        else:
            drops_saved = bool(access.has_draft) and not post.keeps_saved
            found.append(Sound(post, quoted, source, drops_saved, not access.is_group))
    return await _with_peers(tx, found)


async def _with_peers(tx: Transaction, found: list[Sound | ChatError]) -> list[Sound | ChatError]:
    """The same, where messages of direct conversations know the other one, or are refused."""
    direct = {
        one.post.draft.conversation_id for one in found if isinstance(one, Sound) and one.is_direct
    }
    if not direct:
        return found
    sides = await select_direct_sides(tx, direct)
    return [
        _with_peer(one, sides) if isinstance(one, Sound) and one.is_direct else one for one in found
    ]


def _with_peer(one: Sound, sides: Mapping[tuple[str, str], DirectSide]) -> Sound | ChatError:
    peer = sides.get((one.post.draft.conversation_id, one.post.actor.user_id))
    if peer is None:
        return one
    audience = choice(peer.preferences, "messaging", "directMessagesFrom")
    is_taken = audience == "everyone" or (audience == "contacts" and peer.has_written)
    if peer.is_apart or not is_taken:
        return UserBlocked()
    return one._replace(peer=peer)


def carries(one: Sound | ChatError) -> bool:
    """Whether files belong to it, its own or forwarded ones."""
    if isinstance(one, ChatError):
        return False
    return bool(one.post.draft.file_ids or (one.source is not None and one.source.files))


async def with_files(tx: Transaction, one: Sound | ChatError) -> Sound | ChatError:
    """The same with the files that it carries, which stay until the commit; or refused."""
    if isinstance(one, ChatError) or not carries(one):
        return one
    try:
        files = await carried_files(tx, one.post.actor.user_id, one.post.draft, one.source)
    except ChatError as refusal:
        return refusal
    return one._replace(files=files)


def concerned(one: Sound | ChatError) -> set[str]:
    """Whose own streams a post may move."""
    if isinstance(one, ChatError):
        return set()
    found = set(one.post.draft.mentions)
    if one.quoted is not None and one.quoted.sender_id is not None:
        found.add(one.quoted.sender_id)
    if one.peer is not None:
        found.add(one.peer.user_id)
    if one.drops_saved:
        found.add(one.post.actor.user_id)
    return found


async def _quoted(reader: Reader, actor: Actor, draft: MessageDraft) -> Message:
    message, _ = await require_message(reader, actor, str(draft.reply_to_id))
    if message.conversation_id != draft.conversation_id:
        raise MessageNotFound(say("The message that this replies to is in another conversation."))
    return message


async def _forwarded(reader: Reader, actor: Actor, draft: MessageDraft) -> Message:
    message, _ = await require_message(reader, actor, str(draft.forward_from_id))
    if message.deleted_at is not None or message.kind == "system":
        raise MessageDeleted(say("There is nothing left to forward."))
    return message
