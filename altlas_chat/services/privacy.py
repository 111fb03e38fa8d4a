"""What people may know of each other: the one place of the rules of privacy.

A thing is seen when both let the other see theirs: who hides a thing does not
see it of others either. A person's *contacts* are those to whom the person
has written directly, so that nobody makes himself a contact of somebody by
writing to them. Between two people of whom one blocks the other, nothing is
seen either way.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import orjson

from altlas_chat.domain.accounts import User
from altlas_chat.domain.conversations import Member
from altlas_chat.domain.errors import FieldError, UserBlocked
from altlas_chat.domain.events import Json
from altlas_chat.domain.language import say
from altlas_chat.domain.preferences import EVERYTHING, NOTHING, Sight, choice
from altlas_chat.services.deps import Presence
from altlas_chat.storage import blocks, preferences
from altlas_chat.storage.database import Reader
from altlas_chat.storage.directs import select_direct_sides


def direct_key(one: str, other: str) -> str:
    """The key of the direct conversation of two people, whoever opens it."""
    return orjson.dumps(sorted((one, other))).decode()


async def sights(reader: Reader, viewer_id: str, user_ids: Iterable[str]) -> dict[str, Sight]:
    """What the viewer may know of each of these people, in three queries for any number.

    For presence ask for ``presence``, for being told that somebody writes
    for ``typing``. Of oneself one knows everything.
    """
    others = set(user_ids) - {viewer_id}
    found = {viewer_id: EVERYTHING}
    if not others:
        return found
    kept = await preferences.select_preferences(reader, {viewer_id, *others})
    documents = {user_id: one.document for user_id, one in kept.items()}
    apart = await blocks.select_apart(reader, viewer_id, others)
    writers = await _writers(reader, viewer_id, others, documents)
    mine = _audiences(documents.get(viewer_id))
    for other in others:
        if other in apart:
            found[other] = NOTHING
            continue
        theirs = _audiences(documents.get(other))
        if mine == theirs == _ALL_OF_ALL:
            found[other] = EVERYTHING
            continue
        sides = ((mine, (viewer_id, other)), (theirs, (other, viewer_id)))
        found[other] = Sight(
            last_seen=all(_reaches(one.last_seen, pair, writers) for one, pair in sides),
            presence=all(_reaches(one.presence, pair, writers) for one, pair in sides),
            typing=mine.typing and theirs.typing,
        )
    return found


class _Audiences(NamedTuple):
    """Whom a person lets see what."""

    last_seen: str
    presence: str
    typing: bool


_ALL_OF_ALL = _Audiences("everyone", "everyone", typing=True)


def _audiences(document: Json | None) -> _Audiences:
    if document is None:
        return _USUAL
    return _Audiences(
        choice(document, "privacy", "lastSeen"),
        choice(document, "privacy", "presence"),
        typing=choice(document, "privacy", "typing"),
    )


_USUAL = _audiences({})
"""Those of who chose nothing."""


def _reaches(audience: str, pair: tuple[str, str], writers: set[tuple[str, str]]) -> bool:
    """Whether the second of two people is in an audience of the first."""
    return audience == "everyone" or (audience == "contacts" and pair in writers)


async def kept_from(reader: Reader, user_id: str, conversation_id: str) -> set[str] | None:
    """The members who may not know that a person writes there; None if nobody may.

    In two queries, however many members there are.
    """
    kept = await preferences.select_of_members(reader, conversation_id)
    documents = {member_id: one.document for member_id, one in kept.items()}
    hiding = {
        member_id
        for member_id, document in documents.items()
        if not choice(document, "privacy", "typing")
    }
    if user_id in hiding:
        return None
    return hiding | await blocks.select_apart_in(reader, user_id, conversation_id)


async def _writers(
    reader: Reader, viewer_id: str, others: Collection[str], documents: Mapping[str, Json]
) -> set[tuple[str, str]]:
    """Who has written to whom; asked only of those of whom it matters."""
    matters = (
        others
        if _asks_for_contacts(documents.get(viewer_id))
        else [other for other in others if _asks_for_contacts(documents.get(other))]
    )
    keys = {direct_key(viewer_id, other): other for other in matters}
    if not keys:
        return set()
    found = await preferences.select_writers(reader, keys)
    pairs = set()
    for key, writer_id in found:
        other = keys[key]
        pairs.add((writer_id, viewer_id if writer_id == other else other))
    return pairs


def _asks_for_contacts(document: Json | None) -> bool:
    audiences = _audiences(document)
    return "contacts" in (audiences.last_seen, audiences.presence)


async def people_views(
    reader: Reader, viewer_id: str, people: Iterable[User], presence: Presence
) -> dict[str, Json]:
    """People as the viewer may see them: ``User`` of the contract, by id."""
    shown = {user.user_id: user for user in people}
    seen = await sights(reader, viewer_id, shown)
    return {user_id: _shown(user, seen[user_id], presence) for user_id, user in shown.items()}


def _shown(user: User, sight: Sight, presence: Presence) -> Json:
    view = user.as_json(shows_last_seen=sight.last_seen)
    if sight.presence:
        view["presence"] = presence.state_of(user.user_id)
    return view


async def members_shown(
    reader: Reader, viewer_id: str, found: Sequence[Member], presence: Presence
) -> list[Json]:
    """Members as the viewer may see them, in the order given."""
    people = await people_views(reader, viewer_id, [member.user for member in found], presence)
    viewer_hides = await hides_read(reader, viewer_id)
    views = []
    for member in found:
        is_own = member.user.user_id == viewer_id
        shows_read = is_own or not (viewer_hides or member.hides_read)
        view = member.as_json(shows_read=shows_read)
        views.append({**view, "user": people[member.user.user_id]})
    return views


async def hides_read(reader: Reader, user_id: str) -> bool:
    """Whether a person hides what was read, and so is not told it of others."""
    kept = await preferences.select_preferences(reader, [user_id])
    document = kept[user_id].document if user_id in kept else None
    return not choice(document, "privacy", "readReceipts")


async def blocked_with(reader: Reader, user_id: str, others: Collection[str]) -> set[str]:
    """Those of ``others`` between whom and the person there is a block, whoever made it."""
    return await blocks.select_apart(reader, user_id, others)


async def require_reachable(reader: Reader, user_id: str, peer_id: str) -> None:
    """Refuse to begin a direct conversation with who can't be written to.

    The refusal is the same for a block of either side and for who takes no
    direct messages from this person, so that it tells nobody of a block.

    Raises:
        UserBlocked: there is a block, or the peer does not take messages from the person.
    """
    if await blocks.select_apart(reader, user_id, [peer_id]):
        raise UserBlocked
    kept = await preferences.select_preferences(reader, [peer_id])
    document = kept[peer_id].document if peer_id in kept else None
    audience = choice(document, "messaging", "directMessagesFrom")
    if audience == "contacts":
        writers = await preferences.select_writers(reader, [direct_key(user_id, peer_id)])
        if peer_id in {writer_id for _, writer_id in writers}:
            return
    if audience != "everyone":
        raise UserBlocked


async def require_not_apart(reader: Reader, user_id: str, conversation_id: str) -> None:
    """Refuse to say something in a direct conversation with a block between the two.

    Raises:
        UserBlocked: there is one, whoever made it.
    """
    sides = await select_direct_sides(reader, {conversation_id})
    peer = sides.get((conversation_id, user_id))
    if peer is not None and peer.is_apart:
        raise UserBlocked


async def require_none_blocked(
    reader: Reader,
    user_id: str,
    others: Sequence[str],
    pointer: str,
    present: Collection[str] = (),
) -> None:
    """Refuse to bring people together between whom there is a block, but those ``present``.

    Raises:
        UserBlocked: with an entry for each of them.
    """
    apart = await blocks.select_apart(reader, user_id, others) - set(present)
    if apart:
        detail = say("This person can't be added by you.")
        raise UserBlocked(
            errors=[
                FieldError("USER_BLOCKED", detail, f"{pointer}/{place}")
                for place, other in enumerate(others)
                if other in apart
            ]
        )
