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
    UserBlocked,
    ValidationFailed,
)
from altlas_chat.domain.events import Announcement, Event, Json, conversation_stream, user_stream
from altlas_chat.domain.language import say
from altlas_chat.domain.messages import Message, MessageDraft, Quoted
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.preferences import choice
from altlas_chat.services.access import require_member, require_message
from altlas_chat.services.changes import Change, Done, commit_together
from altlas_chat.services.deps import Deps
from altlas_chat.services.drafts import carried_files, check_draft, require_mentionable
from altlas_chat.services.notifying import Notice, notify_together, wants
from altlas_chat.services.saved_drafts import drop_draft
from altlas_chat.services.threads import thread_of
from altlas_chat.storage import bulk, marks, members, messages
from altlas_chat.storage.bulk import Place
from altlas_chat.storage.database import Reader, Transaction, UniqueViolated
from altlas_chat.storage.directs import DirectSide, select_direct_sides
from altlas_chat.storage.members import Access, OwnMessages
from altlas_chat.system import Ids

_OF_THE_MOMENT = (
    PostingRestricted,
    UserBlocked,
    MessageNotFound,
    MessageDeleted,
    ValidationFailed,
)
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
        UserBlocked: the two people of a direct conversation can't write to each other.
        MessageTooLong: the text is over ``Settings.max_message_characters``.
        ClientIdReused: another draft was sent under this ``client_id``.
        MessageNotFound: what it answers or forwards is not there for the actor.
        ValidationFailed: there is nothing in it, or a mentioned person is no member.
    """
    check_draft(draft, deps.settings.max_message_characters)
    stream = conversation_stream(draft.conversation_id)
    fingerprint = draft.fingerprint()
    post = _Post(
        actor, draft, stream, deps.ids.new(), fingerprint, deps.clock.now_ms(), ids=deps.ids
    )
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
    post = _Post(
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
    checked = await _checked(tx, [_Post(actor, draft, stream, "", "", 0)])
    found = await _with_files(tx, checked[0])
    if isinstance(found, ChatError):
        raise found


class _Post(NamedTuple):
    """A draft on its way to become a message."""

    actor: Actor
    draft: MessageDraft
    stream: str
    message_id: str
    fingerprint: str
    at: int
    keeps_saved: bool = False
    ids: Ids | None = None


class _Sound(NamedTuple):
    """A post that may be kept, with the messages that it answers or forwards."""

    post: _Post
    quoted: Message | None
    source: Message | None
    drops_saved: bool = False
    is_direct: bool = False
    peer: DirectSide | None = None
    """The other one's side of a direct conversation."""
    files: Sequence[Json] = ()


async def _keep_posts(
    tx: Transaction, posts: Sequence[_Post]
) -> list[Done[SentMessage] | Exception]:
    """Keep those posts that may be kept; an outcome for each."""
    places = await bulk.select_places(tx, {post.stream for post in posts}, hold=True)
    checked = await _checked(tx, posts)
    if any(_carries(one) for one in checked):
        # Whoever deletes a file holds the streams first, and then the file.
        people = {user_id for one in checked for user_id in _concerned(one)}
        await bulk.select_places(tx, map(user_stream, people), hold=True)
        checked = [await _with_files(tx, one) for one in checked]
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
            drops_saved = bool(access.has_draft) and not post.keeps_saved
            found.append(_Sound(post, quoted, source, drops_saved, not access.is_group))
    return await _with_peers(tx, found)


async def _with_peers(tx: Transaction, found: list[_Sound | ChatError]) -> list[_Sound | ChatError]:
    """The same, where messages of direct conversations know the other one, or are refused."""
    direct = {
        one.post.draft.conversation_id for one in found if isinstance(one, _Sound) and one.is_direct
    }
    if not direct:
        return found
    sides = await select_direct_sides(tx, direct)
    return [
        _with_peer(one, sides) if isinstance(one, _Sound) and one.is_direct else one
        for one in found
    ]


def _with_peer(one: _Sound, sides: Mapping[tuple[str, str], DirectSide]) -> _Sound | ChatError:
    peer = sides.get((one.post.draft.conversation_id, one.post.actor.user_id))
    if peer is None:
        return one
    audience = choice(peer.preferences, "messaging", "directMessagesFrom")
    is_taken = audience == "everyone" or (audience == "contacts" and peer.has_written)
    if peer.is_apart or not is_taken:
        return UserBlocked()
    return one._replace(peer=peer)


def _carries(one: _Sound | ChatError) -> bool:
    if isinstance(one, ChatError):
        return False
    return bool(one.post.draft.file_ids or (one.source is not None and one.source.files))


async def _with_files(tx: Transaction, one: _Sound | ChatError) -> _Sound | ChatError:
    """The same with the files that it carries, which stay until the commit; or refused."""
    if isinstance(one, ChatError) or not _carries(one):
        return one
    try:
        files = await carried_files(tx, one.post.actor.user_id, one.post.draft, one.source)
    except ChatError as refusal:
        return refusal
    return one._replace(files=files)


def _concerned(one: _Sound | ChatError) -> set[str]:
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
    if any(message.files for message in made):
        await bulk.insert_files(tx, made)
    await members.count_own_messages(tx, [run for line in lines.values() for run in line.runs])
    events = [_event(one.post.stream, message) for one, message in zip(sound, made, strict=True)]
    await bulk.insert_events(tx, events)
    counts = await marks.count_replies(tx, made, 1)
    done = [_done(message, event, counts) for message, event in zip(made, events, strict=True)]
    await _tell_people(tx, sound, done)
    return done


async def _tell_people(
    tx: Transaction, sound: Sequence[_Sound], done: Sequence[Done[SentMessage]]
) -> None:
    """What the posts mean for people's own streams: saved drafts that are sent, notifications."""
    notices = [
        (place, notice)
        for place, (one, (sent, _)) in enumerate(zip(sound, done, strict=True))
        for notice in _notices(one, sent.message)
    ]
    own = {user_stream(one.post.actor.user_id) for one in sound if one.drops_saved}
    if own and notices:
        others = {user_stream(notice.user_id) for _, notice in notices}
        await bulk.select_places(tx, own | others, hold=True)  # all at once: in their order
    for one, (_, announcements) in zip(sound, done, strict=True):
        if one.drops_saved:
            announcements.extend(await _drop_saved(tx, one.post))
    ids = sound[0].post.ids
    if notices and ids is not None:
        at = max(one.post.at for one in sound)
        told = await notify_together(tx, ids, at, [notice for _, notice in notices])
        for (place, _), announcements in zip(notices, told, strict=True):
            done[place][1].extend(announcements)


def _notices(one: _Sound, message: Message) -> list[Notice]:
    """Who is to be told of a message, each once; most messages of groups tell nobody."""
    if one.peer is None and one.quoted is None and not message.mentions:
        return []
    kinds: dict[str, str] = {}
    if one.quoted is not None and one.quoted.sender_id is not None:
        kinds[one.quoted.sender_id] = "reply"
    answered = dict(kinds)
    kinds.update(dict.fromkeys(message.mentions, "mention"))
    peer = one.peer
    if peer is not None and wants(peer.level, peer.muted_until, "direct_message", one.post.at):
        kinds = {} if peer.is_told else {peer.user_id: "direct_message"}
    kinds.pop(one.post.actor.user_id, None)
    actor_id, conversation_id = one.post.actor.user_id, message.conversation_id
    return [
        Notice(
            user_id,
            kind,
            actor_id,
            conversation_id,
            message.message_id,
            otherwise=answered.get(user_id) if kind == "mention" else None,
        )
        for user_id, kind in kinds.items()
    ]


def _message(one: _Sound, seq: int, position: int) -> Message:
    post, quoted, source = one[:3]
    draft = post.draft
    content = None
    if draft.content is not None:
        without = draft.kind == "voice"  # a waveform is there or is not; a place's name may be null
        content = draft.content.model_dump(by_alias=True, exclude_none=without)
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
        files=one.files,
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


def _done(message: Message, event: Event, counts: Mapping[str, int]) -> Done[SentMessage]:
    json = message.as_json()
    sent = SentMessage(message, json, is_repeat=False)
    return sent, [Announcement(event, {"message": json, **thread_of(message, counts)})]


async def _drop_saved(tx: Transaction, post: _Post) -> list[Announcement]:
    """What was begun in the conversation is sent; the sender's devices hear that it is gone."""
    told: list[Announcement] = []
    change = Change(tx, post.at, post.actor.user_id, told)
    await drop_draft(change, post.actor.user_id, post.draft.conversation_id)
    return told


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
