"""Conversations as their members see them, and each member's own side of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from altlas_chat.domain.accounts import User
from altlas_chat.domain.conversations import (
    Conversation,
    ConversationView,
    Membership,
    OpenDirect,
    SettingsUpdate,
)
from altlas_chat.domain.errors import (
    ConversationNotFound,
    FieldError,
    UserNotFound,
    ValidationFailed,
)
from altlas_chat.domain.events import Json, conversation_stream, user_stream
from altlas_chat.domain.language import say
from altlas_chat.domain.messages import state_at
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.times import moment
from altlas_chat.services.access import require_member
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import NOBODY_THERE, Deps, Presence
from altlas_chat.services.notifying import read_those_of
from altlas_chat.services.paging import decoded_place, page_cursor
from altlas_chat.services.privacy import (
    direct_key,
    hides_read,
    members_shown,
    people_views,
    require_reachable,
)
from altlas_chat.storage import accounts, conversations, marks, members, messages, streams
from altlas_chat.storage.conversations import ListPlace, ListQuery, Standing
from altlas_chat.storage.database import Reader, UniqueViolated
from altlas_chat.storage.members import NewMember

# -- views -------------------------------------------------------------------------


async def conversation_views(
    reader: Reader,
    viewer_id: str,
    presence: Presence,
    conversation_ids: Sequence[str] | None = None,
) -> list[ConversationView]:
    """The viewer's conversations (those named, or all), the latest active first.

    As many queries for a thousand as for one. Those that the viewer does not
    belong to are left out. ``presence`` tells who is there, as far as each
    lets the viewer know.
    """
    standings = await conversations.select_standings(reader, viewer_id, conversation_ids)
    return await _views(reader, viewer_id, presence, standings)


async def _views(
    reader: Reader, viewer_id: str, presence: Presence, standings: Sequence[Standing]
) -> list[ConversationView]:
    ids = [one.conversation.conversation_id for one in standings]
    direct = [i for i, one in zip(ids, standings, strict=True) if one.conversation.kind == "direct"]
    last = await _last_messages(reader, viewer_id, ids)
    peers = await conversations.select_peers(reader, viewer_id, direct)
    people = await people_views(reader, viewer_id, peers.values(), presence)
    return [
        ConversationView(
            conversation=one.conversation,
            membership=one.membership,
            seq=one.seq,
            unread_count=one.unread_count,
            last_message=last.get(one.conversation.conversation_id),
            peer=_peer_of(one, peers, people),
            last_activity_at=one.last_activity_at,
        )
        for one in standings
    ]


def _peer_of(one: Standing, peers: Mapping[str, User], people: Mapping[str, Json]) -> Json | None:
    peer = peers.get(one.conversation.conversation_id)
    return None if peer is None else people[peer.user_id]


async def _last_messages(
    reader: Reader, viewer_id: str, conversation_ids: Sequence[str]
) -> dict[str, Json]:
    last_ids = await conversations.select_last_message_ids(reader, viewer_id, conversation_ids)
    found = await messages.select_messages(reader, last_ids.values())
    reached = await conversations.select_reached(reader, list(found))
    is_blind = await hides_read(reader, viewer_id)
    views = {}
    for message in found.values():
        delivered, read = reached.get(message.message_id, (0, 0))
        state = state_at(message.seq, (delivered, 0 if is_blind else read))
        views[message.conversation_id] = message.as_json(state)
    return views


async def view_of(
    reader: Reader, viewer_id: str, conversation_id: str, presence: Presence = NOBODY_THERE
) -> ConversationView:
    """One conversation as a member sees it; only of a direct one ``presence`` tells anything.

    Raises:
        ConversationNotFound: there is none for the viewer.
    """
    views = await conversation_views(reader, viewer_id, presence, [conversation_id])
    if not views:
        raise ConversationNotFound
    return views[0]


async def shared_views(reader: Reader, conversation_ids: Sequence[str]) -> dict[str, Json]:
    """The parts of conversations that are the same for all members, by id."""
    found = {}
    for conversation_id in conversation_ids:
        conversation = await conversations.select_conversation(reader, conversation_id)
        if conversation is not None:
            found[conversation_id] = conversation.as_json()
    return found


async def member_views(
    reader: Reader, wanted: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Json]:
    """Members by conversation and person, as everybody may see them; who left is left out."""
    found = {}
    for conversation_id, user_id in wanted:
        member = await members.select_member(reader, conversation_id, user_id)
        if member is not None:
            found[conversation_id, user_id] = member.as_json()
    return found


# -- opening and reading -------------------------------------------------------------


async def open_direct(deps: Deps, actor: Actor, request: OpenDirect) -> tuple[Json, bool]:
    """The direct conversation with a person, and whether it is new.

    There is one for each two people, whoever opens it, however often.

    Raises:
        UserNotFound: there is no such person, or the account is closed.
        UserBlocked: the two can't begin to write to each other directly.
        ValidationFailed: it is the actor himself.
    """
    peer_id = request.user_id
    if peer_id == actor.user_id:
        detail = say("A direct conversation is with somebody else.")
        raise ValidationFailed(detail, errors=[FieldError("ONESELF", detail, "/userId")])
    key = direct_key(actor.user_id, peer_id)
    known = await deps.database.read(lambda reader: _known_direct(deps, reader, actor, key))
    if known is not None:
        return known, False
    conversation_id = deps.ids.new()

    async def change(change: Change) -> Json:
        await _begin_direct(deps, change, (actor.user_id, peer_id), conversation_id, key)
        return (await view_of(change.tx, actor.user_id, conversation_id, deps.presence)).as_json()

    try:
        stream = conversation_stream(conversation_id)
        return await commit_change(deps, stream, change, actor_id=actor.user_id), True
    except UniqueViolated:
        known = await deps.database.read(lambda reader: _known_direct(deps, reader, actor, key))
        if known is None:
            raise
        return known, False


async def _known_direct(deps: Deps, reader: Reader, actor: Actor, key: str) -> Json | None:
    conversation_id = await conversations.select_direct(reader, key)
    if conversation_id is None:
        return None
    return (await view_of(reader, actor.user_id, conversation_id, deps.presence)).as_json()


async def _begin_direct(
    deps: Deps, change: Change, pair: tuple[str, str], conversation_id: str, key: str
) -> None:
    tx, (user_id, peer_id) = change.tx, pair
    await streams.lock_streams(tx, [user_stream(user_id), user_stream(peer_id)])
    people = await accounts.select_users(tx, (user_id, peer_id))
    peer = people.get(peer_id)
    if peer is None or not peer.is_active:
        raise UserNotFound(errors=[FieldError("USER_NOT_FOUND", say("no such person"), "/userId")])
    await require_reachable(tx, user_id, peer_id)
    conversation = Conversation(
        conversation_id=conversation_id,
        kind="direct",
        name=None,
        description=None,
        avatar_file_id=None,
        created_by=user_id,
        posting="members",
        inviting="members",
        editing="members",
        member_count=2,
        created_at=change.at,
        updated_at=change.at,
    )
    await begin(change, conversation, key)
    both = [NewMember(one, "member", change.at, 1, user_id, 0) for one in (user_id, peer_id)]
    await members.insert_members(tx, conversation_id, both)
    for one in sorted((user_id, peer_id)):
        view = await view_of(tx, one, conversation_id, deps.presence)
        await announce_joined(change, one, view)


async def begin(change: Change, conversation: Conversation, direct_key: str | None) -> None:
    """Keep a new conversation with its stream, and record its beginning there.

    Raises:
        UniqueViolated: the two people have a direct conversation already.
    """
    stream = conversation_stream(conversation.conversation_id)
    await conversations.insert_conversation(change.tx, conversation, direct_key)
    await streams.insert_stream(change.tx, stream, change.at)
    facts = {"conversationId": conversation.conversation_id}
    data = {"conversation": conversation.as_json()}
    await change.announce(stream, "conversation.created", facts, data)


async def announce_joined(change: Change, user_id: str, view: ConversationView) -> None:
    """Tell a person's devices of a conversation that they hear from now on."""
    facts = {"conversationId": view.conversation_id, "seq": view.seq}
    data = {"conversation": view.as_json()}
    await change.announce(user_stream(user_id), "conversation.joined", facts, data)


async def get_conversation(deps: Deps, actor: Actor, conversation_id: str) -> Json:
    """One conversation as the actor sees it.

    Raises:
        ConversationNotFound: there is none for the actor.
    """
    view = await deps.database.read(
        lambda reader: view_of(reader, actor.user_id, conversation_id, deps.presence)
    )
    return view.as_json()


@dataclass(frozen=True, slots=True)
class Listing:
    """Which of the own conversations, and in which order: ``name`` is a filter of the contract."""

    name: str | None = None
    by_name: bool = False


async def list_conversations(
    deps: Deps, actor: Actor, listing: Listing, cursor: str | None, limit: int
) -> Json:
    """A page of the actor's conversations, the latest active first, or by name.

    Names are in Turkish order; a direct conversation is called like the other
    person. Archived ones are in the list of archived ones only.

    Raises:
        CursorInvalid: the page's cursor is none, or of the other order.
    """
    kind = str if listing.by_name else int
    after = None if cursor is None else ListPlace(*decoded_place(cursor, kind, str))
    wanted = ListQuery(actor.user_id, listing.name, listing.by_name, after, at=deps.clock.now_ms())

    async def query(reader: Reader) -> Json:
        found = await conversations.select_page(reader, wanted, limit + 1)
        standings = [one for one, _ in found[:limit]]
        views = await _views(reader, actor.user_id, deps.presence, standings)
        following = page_cursor(*found[limit - 1][1]) if len(found) > limit else None
        return {"items": [view.as_json() for view in views], "nextCursor": following}

    return await deps.database.read(query)


async def list_members(
    deps: Deps, actor: Actor, conversation_id: str, cursor: str | None, limit: int
) -> Json:
    """A page of a conversation's members, by user id.

    Raises:
        ConversationNotFound: there is none for the actor.
        CursorInvalid: the page's cursor is none.
    """
    (after,) = ("",) if cursor is None else decoded_place(cursor, str)

    async def query(reader: Reader) -> Json:
        await require_member(reader, actor, conversation_id)
        found = await members.select_members(reader, conversation_id, after, limit + 1)
        items = await members_shown(reader, actor.user_id, found[:limit], deps.presence)
        following = page_cursor(items[-1]["userId"]) if len(found) > limit else None
        return {"items": items, "nextCursor": following}

    return await deps.database.read(query)


# -- one member's own side ------------------------------------------------------------


async def update_settings(
    deps: Deps, actor: Actor, conversation_id: str, update: SettingsUpdate
) -> Json:
    """Change the actor's own settings of a conversation; the actor's devices hear of it.

    What is left out stays. The same again changes nothing.

    Raises:
        ConversationNotFound: there is none for the actor.
        ValidationFailed: ``mutedUntil`` is no moment.
    """
    stream = user_stream(actor.user_id)
    wanted = _wanted_settings(update)

    async def change(change: Change) -> Json:
        await streams.lock_streams(change.tx, [stream, conversation_stream(conversation_id)])
        view = await view_of(change.tx, actor.user_id, conversation_id, deps.presence)
        changed = view.membership._replace(**wanted)
        if changed != view.membership:
            await _keep_settings(change, stream, conversation_id, changed, actor.user_id)
        return view._replace(membership=changed).as_json()

    return await commit_change(deps, stream, change, actor_id=actor.user_id)


def _wanted_settings(update: SettingsUpdate) -> dict[str, Any]:
    given = update.model_dump(exclude_unset=True)
    wanted = {name: value for name, value in given.items() if value is not None}
    if "muted_until" in given:
        until = update.muted_until
        wanted["muted_until"] = None if until is None else moment(until, "/mutedUntil")
    return wanted


async def _keep_settings(
    change: Change, stream: str, conversation_id: str, membership: Membership, user_id: str
) -> None:
    await conversations.update_settings(change.tx, conversation_id, user_id, membership)
    facts = {"conversationId": conversation_id, "membership": membership.as_json()}
    await change.announce(stream, "conversation.settings_updated", facts, facts)


async def archive_conversation(deps: Deps, actor: Actor, conversation_id: str) -> None:
    """Put a conversation away for the actor; others see it as before.

    Raises:
        ConversationNotFound: there is none for the actor.
    """
    await update_settings(
        deps, actor, conversation_id, SettingsUpdate.model_validate({"isArchived": True})
    )


async def clear_conversation(deps: Deps, actor: Actor, conversation_id: str) -> None:
    """Delete a conversation for the actor: what was written so far is out of sight.

    It is in the actor's list again when somebody writes in it. Others see it
    as before.

    Raises:
        ConversationNotFound: there is none for the actor.
    """
    own, stream = user_stream(actor.user_id), conversation_stream(conversation_id)

    async def change(change: Change) -> None:
        await streams.lock_streams(change.tx, [own, stream])
        await require_member(change.tx, actor, conversation_id)
        position = await streams.select_position(change.tx, stream)
        await conversations.update_cleared(change.tx, conversation_id, actor.user_id, change.at)
        await marks.delete_stars_of(change.tx, actor.user_id, conversation_id)
        cleared_seq = 0 if position is None else position[0]
        facts = {"conversationId": conversation_id, "clearedSeq": cleared_seq}
        await change.announce(own, "conversation.cleared", facts, facts)
        await read_those_of(change, actor.user_id, conversation_id, cleared_seq)

    await commit_change(deps, stream, change, actor_id=actor.user_id)
