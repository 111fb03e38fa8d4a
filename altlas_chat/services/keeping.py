"""Keeping what was accepted: the messages, in their places, and everything that belongs to them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from altlas_chat.domain.events import Announcement, Event, Json, user_stream
from altlas_chat.domain.messages import Message, Quoted
from altlas_chat.services.accepting import Post, Sound
from altlas_chat.services.changes import Change, Done
from altlas_chat.services.notifying import Notice, notify_together, wants
from altlas_chat.services.saved_drafts import drop_draft
from altlas_chat.services.threads import thread_of
from altlas_chat.storage import bulk, marks
from altlas_chat.storage.bulk import Place
from altlas_chat.storage.database import Transaction
from altlas_chat.storage.members import OwnMessages
from altlas_chat.storage.posts import Posts, insert_posts


class SentMessage(NamedTuple):
    """A message as its sender gets it back."""

    message: Message
    json: Json
    is_repeat: bool

    def as_json(self) -> Json:
        return self.json


class _Line:
    """A stream while messages are put into it, one after another."""

    __slots__ = ("at", "position", "runs", "seq", "stream")

    def __init__(self, place: Place) -> None:
        self.stream = place.stream
        self.seq = place.seq
        self.position = place.message_count
        self.at = place.changed_at
        self.runs: list[OwnMessages] = []

    def put(self, one: Sound) -> Message:
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


async def keep(
    tx: Transaction, places: Mapping[str, Place], sound: Sequence[Sound]
) -> list[Done[SentMessage]]:
    """Give the posts the next places of their streams, and write everything that belongs to them.

    One outcome for each, in their order. Nobody else moves a stream since ``places`` were read.
    """
    if not sound:
        return []
    lines = {one.post.stream: _Line(places[one.post.stream]) for one in sound}
    made = [lines[one.post.stream].put(one) for one in sound]
    events = [_event(one.post.stream, message) for one, message in zip(sound, made, strict=True)]
    fingerprints = [one.post.fingerprint for one in sound]
    posts = Posts(
        list(zip(made, fingerprints, strict=True)),
        [line.place() for line in lines.values()],
        [run for line in lines.values() for run in line.runs],
        events,
    )
    await insert_posts(tx, posts)
    if any(message.mentions for message in made):
        await bulk.insert_mentions(tx, made)
    if any(message.files for message in made):
        await bulk.insert_files(tx, made)
    counts = await marks.count_replies(tx, made, 1)
    done = [_done(message, event, counts) for message, event in zip(made, events, strict=True)]
    await _tell_people(tx, sound, done)
    return done


async def _tell_people(
    tx: Transaction, sound: Sequence[Sound], done: Sequence[Done[SentMessage]]
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


def _notices(one: Sound, message: Message) -> list[Notice]:
    """Who is to be told of a message, each once; most messages of groups tell nobody."""
    if (one.peer is None or one.peer.is_told) and one.quoted is None and not message.mentions:
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


def _message(one: Sound, seq: int, position: int) -> Message:
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


async def _drop_saved(tx: Transaction, post: Post) -> list[Announcement]:
    """What was begun in the conversation is sent; the sender's devices hear that it is gone."""
    told: list[Announcement] = []
    change = Change(tx, post.at, post.actor.user_id, told)
    await drop_draft(change, post.actor.user_id, post.draft.conversation_id)
    return told
