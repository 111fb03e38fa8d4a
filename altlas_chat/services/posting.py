"""Posting a message: the busiest thing that a server does.

What waits at the same moment is kept together, in one change: a conversation
that gets eight messages moves its stream once, and not eight times. Whether
they may be kept decides :mod:`.accepting`, :mod:`.keeping` writes them.
"""

from collections.abc import Sequence

from altlas_chat.domain.errors import (
    ChatError,
    ClientIdReused,
    MessageDeleted,
    MessageNotFound,
    PostingRestricted,
    UserBlocked,
    ValidationFailed,
)
from altlas_chat.domain.events import conversation_stream, user_stream
from altlas_chat.domain.messages import MessageDraft
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.accepting import Post, Sound, carries, checked, concerned, with_files
from altlas_chat.services.changes import Change, Done, commit_together
from altlas_chat.services.deps import Deps
from altlas_chat.services.drafts import check_draft
from altlas_chat.services.keeping import SentMessage, keep
from altlas_chat.storage import bulk, members, messages
from altlas_chat.storage.database import Reader, Transaction, UniqueViolated

_OF_THE_MOMENT = (
    PostingRestricted,
    UserBlocked,
    MessageNotFound,
    MessageDeleted,
    ValidationFailed,
)
"""Refusals that a draft may meet though it was taken before."""


async def post_message(deps: Deps, actor: Actor, draft: MessageDraft) -> SentMessage:
    """Keep one message and let every member hear of it.

    The message and its event become durable in one step, and no socket is
    told before that. A draft repeated with the same ``client_id`` gives back
    the first message in its present form and is not announced again, also
    where it would not be taken any more.

    Raises:
        ConversationNotFound: the actor does not belong to the conversation.
        PostingRestricted: only the group's administrators may post.
        UserBlocked: the two people of a direct conversation can't write to each other.
        MessageTooLong: the text is over ``Settings.max_message_characters``.
        ClientIdReused: another draft was sent under this ``client_id``.
        MessageNotFound: what it answers or forwards is not there for the actor.
        ValidationFailed: there is nothing in it, or a mentioned person is no member.
    """
    check_draft(draft, deps.settings.max_message_characters)
    stream = conversation_stream(draft.conversation_id)
    fingerprint = draft.fingerprint()
    post = Post(
        actor, draft, stream, deps.ids.new(), fingerprint, deps.clock.now_ms(), ids=deps.ids
    )
    try:
        sent = await commit_together(deps, stream, _keep_posts, post)
    except UniqueViolated as error:
        known = await _sent_before(deps, actor, draft, fingerprint)
        if known is None:
            raise ClientIdReused from error
        return known
    except _OF_THE_MOMENT:
        known = await _sent_before(deps, actor, draft, fingerprint)
        if known is None:
            raise
        return known
    deps.typists.end(draft.conversation_id, actor.user_id)
    return sent


async def post_in_change(
    deps: Deps, change: Change, actor: Actor, draft: MessageDraft
) -> SentMessage:
    """Like :func:`post_message`, as a part of ``change``, with which it becomes durable.

    The caller holds the conversation's stream and knows that nothing was sent
    under this ``client_id``. A draft that was saved meanwhile stays.

    Raises:
        ChatError: what :func:`post_message` refuses.
    """
    check_draft(draft, deps.settings.max_message_characters)
    stream = conversation_stream(draft.conversation_id)
    post = Post(
        actor,
        draft,
        stream,
        deps.ids.new(),
        draft.fingerprint(),
        change.at,
        keeps_saved=True,
        ids=deps.ids,
    )
    outcome = (await _keep_posts(change.tx, [post]))[0]
    if isinstance(outcome, Exception):
        raise outcome
    sent, announcements = outcome
    change.tell(announcements)
    return sent


async def check_post(tx: Transaction, actor: Actor, draft: MessageDraft) -> None:
    """Refuse what the conversation would not take at this moment.

    Raises:
        ChatError: what :func:`post_message` refuses.
    """
    stream = conversation_stream(draft.conversation_id)
    found = await checked(tx, [Post(actor, draft, stream, "", "", 0)])
    refused = await with_files(tx, found[0])
    if isinstance(refused, ChatError):
        raise refused


async def _keep_posts(
    tx: Transaction, posts: Sequence[Post]
) -> list[Done[SentMessage] | Exception]:
    """Keep those posts that may be kept; an outcome for each."""
    places = await bulk.select_places(tx, {post.stream for post in posts}, hold=True)
    found = await checked(tx, posts)
    if any(carries(one) for one in found):
        # Whoever deletes a file holds the streams first, and then the file.
        people = {user_id for one in found for user_id in concerned(one)}
        await bulk.select_places(tx, map(user_stream, people), hold=True)
        found = [await with_files(tx, one) for one in found]
    kept = await keep(tx, places, [one for one in found if isinstance(one, Sound)])
    in_turn = iter(kept)
    return [next(in_turn) if isinstance(one, Sound) else one for one in found]


async def _sent_before(
    deps: Deps, actor: Actor, draft: MessageDraft, fingerprint: str
) -> SentMessage | None:
    """The message that this very draft became earlier."""

    async def query(reader: Reader) -> SentMessage | None:
        sent = await messages.select_sent(reader, actor.user_id, draft.client_id)
        if sent is None or sent[1] != fingerprint:
            return None
        message = sent[0]
        lowest = await members.select_lowest_pointers(
            reader, message.conversation_id, actor.user_id
        )
        return SentMessage(message, message.as_json(lowest.state_of(message)), is_repeat=True)

    return await deps.database.read(query)
