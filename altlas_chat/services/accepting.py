"""Whether a draft may become a message: who writes where, what it answers, forwards and carries."""

from collections.abc import Sequence
from typing import NamedTuple

from altlas_chat.domain.errors import (
    ChatError,
    ConversationNotFound,
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
from altlas_chat.services.access import require_message
from altlas_chat.services.drafts import carried_files, require_mentionable
from altlas_chat.storage.database import Reader, Transaction
from altlas_chat.storage.directs import DirectSide, Writer, select_writers
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
    peer: DirectSide | None = None
    """The other one's side of a direct conversation."""
    files: Sequence[Json] = ()


async def checked(tx: Transaction, posts: Sequence[Post]) -> list[Sound | ChatError]:
    """The posts that may be kept at this moment, still without files, or why not; one for each."""
    pairs = {(post.draft.conversation_id, post.actor.user_id) for post in posts}
    writers = await select_writers(tx, pairs)
    may = {pair: _may_write(writer) for pair, writer in writers.items()}
    found: list[Sound | ChatError] = []
    for post in posts:
        pair = (post.draft.conversation_id, post.actor.user_id)
        try:
            if pair not in writers:
                raise ConversationNotFound
            refusal = may[pair]
            if refusal is not None:
                raise refusal
            found.append(await _sound(tx, post, writers[pair]))
        except ChatError as error:
            found.append(error)
    return found


def _may_write(writer: Writer) -> type[ChatError] | None:
    """Why somebody can't write anything in a conversation."""
    access, peer = writer
    if access.posting == "admins" and not access.leads:
        return PostingRestricted
    if peer is None:
        return None
    audience = choice(peer.preferences, "messaging", "directMessagesFrom")
    is_taken = audience == "everyone" or (audience == "contacts" and peer.has_written)
    return UserBlocked if peer.is_apart or not is_taken else None


async def _sound(tx: Transaction, post: Post, writer: Writer) -> Sound:
    """A post whose parts are all there; most have nothing to be looked up."""
    actor, draft = post.actor, post.draft
    quoted = await _quoted(tx, actor, draft) if draft.reply_to_id else None
    source = await _forwarded(tx, actor, draft) if draft.forward_from_id else None
    if draft.mentions:
        await require_mentionable(tx, draft.conversation_id, draft.mentions)
    drops_saved = bool(writer.access.has_draft) and not post.keeps_saved
    return Sound(post, quoted, source, drops_saved, writer.peer)


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
