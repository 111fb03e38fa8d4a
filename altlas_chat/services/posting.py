"""Posting a message: the busiest thing that a server does.

What waits at the same moment is kept together, in one change: a conversation
that gets eight messages moves its stream once, and not eight times.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from altlas_chat.domain.errors import (
    ChatError,
    ClientIdReused,
    MessageDeleted,
    MessageNotFound,
    PostingRestricted,
    ValidationFailed,
)
from altlas_chat.domain.events import Announcement, Event, Json, conversation_stream
from altlas_chat.domain.language import say
from altlas_chat.domain.messages import Message, MessageDraft, Quoted
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.access import require_member, require_message
from altlas_chat.services.changes import Done, commit_together
from altlas_chat.services.deps import Deps
from altlas_chat.services.drafts import check_draft, require_mentionable
from altlas_chat.storage import bulk, members, messages
from altlas_chat.storage.bulk import Place
from altlas_chat.storage.database import Reader, Transaction, UniqueViolated
from altlas_chat.storage.members import Access, OwnMessages

_OF_THE_MOMENT = (PostingRestricted, MessageNotFound, MessageDeleted, ValidationFailed)
"""Refusals that a draft may meet though it was taken before."""


class SentMessage(NamedTuple):
    """A message as its sender gets it back."""

    message: Message
    json: Json
    is_repeat: bool

    def as_json(self) -> Json:
        return self.json


async def post_message(deps: Deps, actor: Actor, draft: MessageDraft) -> SentMessage:
    """Keep one message and let every member hear of it.

    The message and its event become durable in one step, and no socket is
    told before that. A draft repeated with the same ``client_id`` gives back
    the first message in its present form and is not announced again, also
    where it would not be taken any more.

    Raises:
        ConversationNotFound: the actor does not belong to the conversation.
        PostingRestricted: only the group's administrators may post.
        MessageTooLong: the text is over ``Settings.max_message_characters``.
        ClientIdReused: another draft was sent under this ``client_id``.
        MessageNotFound: what it answers or forwards is not there for the actor.
        ValidationFailed: there is nothing in it, or a mentioned person is no member.
    """
    check_draft(draft, deps.settings.max_message_characters)
    stream = conversation_stream(draft.conversation_id)
    fingerprint = draft.fingerprint()
    post = _Post(actor, draft, stream, deps.ids.new(), fingerprint, deps.clock.now_ms())
    try:
        return await commit_together(deps, stream, _keep_posts, post)
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


class _Post(NamedTuple):
    """A draft on its way to become a message."""

    actor: Actor
    draft: MessageDraft
    stream: str
    message_id: str
    fingerprint: str
    at: int


class _Sound(NamedTuple):
    """A post that may be kept, with the messages that it answers or forwards."""

    post: _Post
    quoted: Message | None
    source: Message | None


async def _keep_posts(
    tx: Transaction, posts: Sequence[_Post]
) -> list[Done[SentMessage] | Exception]:
    """Keep those posts that may be kept; an outcome for each."""
    places = await bulk.select_places(tx, {post.stream for post in posts}, hold=True)
    checked = await _checked(tx, posts)
    kept = await _kept(tx, places, [one for one in checked if isinstance(one, _Sound)])
    in_turn = iter(kept)
    return [next(in_turn) if isinstance(one, _Sound) else one for one in checked]


async def _checked(tx: Transaction, posts: Sequence[_Post]) -> list[_Sound | ChatError]:
    found: list[_Sound | ChatError] = []
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
            found.append(_Sound(post, quoted, source))
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


class _Line:
    """A stream while messages are put into it, one after another."""

    __slots__ = ("at", "position", "runs", "seq", "stream")

    def __init__(self, place: Place) -> None:
        self.stream = place.stream
        self.seq = place.seq
        self.position = place.message_count
        self.at = place.changed_at
        self.runs: list[OwnMessages] = []

    def put(self, one: _Sound) -> Message:
        """The message, in the next place."""
        self.seq += 1
        self.position += 1
        self.at = max(self.at, one.post.at)
        message = _message(one, self.seq, self.position)
        if not self.runs or self.runs[-1].user_id != message.sender_id:
            sender_id = one.post.actor.user_id
            self.runs.append(OwnMessages(message.conversation_id, sender_id, self.position))
        self.runs[-1].last_position = self.position
        self.runs[-1].last_seq = self.seq
        return message

    def place(self) -> Place:
        return Place(self.stream, self.seq, self.position, self.seq, self.at)


async def _kept(
    tx: Transaction, places: Mapping[str, Place], sound: Sequence[_Sound]
) -> list[Done[SentMessage]]:
    """Give the posts the next places of their streams, and write everything that belongs to them.

    Nobody else moves a stream since ``places`` were read.
    """
    if not sound:
        return []
    lines = {one.post.stream: _Line(places[one.post.stream]) for one in sound}
    made = [lines[one.post.stream].put(one) for one in sound]
    await bulk.update_places(tx, [line.place() for line in lines.values()])
    fingerprints = [one.post.fingerprint for one in sound]
    await bulk.insert_messages(tx, list(zip(made, fingerprints, strict=True)))
    if any(message.mentions for message in made):
        await bulk.insert_mentions(tx, made)
    await members.count_own_messages(tx, [run for line in lines.values() for run in line.runs])
    events = [_event(one.post.stream, message) for one, message in zip(sound, made, strict=True)]
    await bulk.insert_events(tx, events)
    return [_done(message, event) for message, event in zip(made, events, strict=True)]


def _message(one: _Sound, seq: int, position: int) -> Message:
    post, quoted, source = one
    draft = post.draft
    content = None if draft.content is None else draft.content.model_dump(by_alias=True)
    return Message(
        message_id=post.message_id,
        conversation_id=draft.conversation_id,
        seq=seq,
        position=position,
        sender_id=post.actor.user_id,
        client_id=draft.client_id,
        kind=draft.kind if source is None else source.kind,
        text=draft.text if source is None else source.text,
        content=content if source is None else source.content,
        mentions=draft.mentions,
        quoted=None if quoted is None else _quote(quoted),
        forwarded_from=None if source is None else _origin(source),
        thread_root_id=None if quoted is None else quoted.thread_root_id or quoted.message_id,
        created_at=post.at,
        edited_at=None,
        edit_count=0,
        deleted_at=None,
    )


def _quote(message: Message) -> Quoted:
    return Quoted(
        message.message_id, message.sender_id, message.kind, message.text, message.deleted_at
    )


def _origin(message: Message) -> Json:
    return {
        "messageId": message.message_id,
        "conversationId": message.conversation_id,
        "senderId": message.sender_id,
    }


def _event(stream: str, message: Message) -> Event:
    facts = {"messageId": message.message_id}
    at, sender_id = message.created_at, message.sender_id
    return Event(stream, message.seq, "message.created", at, sender_id, facts)


def _done(message: Message, event: Event) -> Done[SentMessage]:
    json = message.as_json()
    sent = SentMessage(message, json, is_repeat=False)
    return sent, [Announcement(event, {"message": json})]


async def _sent_before(
    deps: Deps, actor: Actor, draft: MessageDraft, fingerprint: str
) -> SentMessage | None:
    """The message that this very draft became earlier."""

    async def query(reader: Reader) -> SentMessage | None:
        sent = await messages.select_sent(reader, actor.user_id, draft.client_id)
        if sent is None or sent[1] != fingerprint:
            return None
        message = sent[0]
        lowest = await members.select_lowest_pointers(reader, message.conversation_id)
        return SentMessage(message, message.as_json(lowest.state_of(message)), is_repeat=True)

    return await deps.database.read(query)
