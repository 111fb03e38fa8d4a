"""Deleting files: who may, and who hears of it.

A file can be in the messages of any number of conversations and be somebody's
or a group's image. The streams of all of them are held before the file is, as
everywhere (posting, choosing an image, uploading), so nobody waits for each other.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from altlas_chat.domain.accounts import User
from altlas_chat.domain.errors import FileNotFound, PermissionDenied, ServiceUnavailable
from altlas_chat.domain.events import Announcement, Event, Json, conversation_stream, user_stream
from altlas_chat.domain.files import KeptFile, StoredFile
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.avatars import renew_avatar
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.files import forget_bytes, readable_file
from altlas_chat.services.groups import renew_group
from altlas_chat.services.passing import tell_profile
from altlas_chat.storage import accounts, bulk, conversations, sweeping, uploads
from altlas_chat.storage.uploads import Uses

ATTEMPTS = 10
"""How often a file is looked for that is sent to yet another conversation meanwhile."""

KeptBy = Literal["", "avatar", "any"]
"""Which uses of a file keep it: none, being an image of somebody, or also being in a message."""


async def delete_file(deps: Deps, actor: Actor, file_id: str) -> None:
    """Remove a file for good, from all messages too; its bytes go when no other file has them.

    Its owner hears of it, and all conversations with a message that carried it.
    Who or what had it as an image has none.

    Raises:
        FileNotFound: there is none for the actor.
        PermissionDenied: it is somebody else's, and the actor does not moderate.
        ServiceUnavailable: it is sent to ever more conversations at this moment.
    """
    found = await _deletable(deps, actor, file_id)
    await remove_file(deps, file_id, found.file.owner_id, actor_id=actor.user_id)


async def _deletable(deps: Deps, actor: Actor, file_id: str) -> KeptFile:
    if not actor.may("content:moderate"):
        found = await readable_file(deps, actor, file_id)
        if found.file.owner_id != actor.user_id:
            raise PermissionDenied(say("Only its owner can delete a file."))
        return found
    any_file = await deps.database.read(lambda reader: uploads.select_file(reader, file_id))
    if any_file is None:
        raise FileNotFound
    return any_file


class _Removal(NamedTuple):
    """What came of an attempt: whether the file is removed, and keys that nobody needs now."""

    is_removed: bool
    unused: Sequence[str] = ()
    imageless: User | None = None
    """Whose image it was."""


async def remove_file(
    deps: Deps,
    file_id: str,
    owner_id: str,
    *,
    actor_id: str | None,
    unless_used: KeptBy = "",
) -> bool:
    """Remove a file for good; False if it is gone, or used in a way that keeps it.

    All of it is one change, told as by :func:`delete_file`.

    Raises:
        ServiceUnavailable: it is sent to ever more conversations at this moment.
    """
    own = user_stream(owner_id)
    held: set[str] = set()

    async def change(change: Change) -> _Removal | None:
        await bulk.select_places(change.tx, {own, *map(conversation_stream, held)}, hold=True)
        await uploads.hold_alone(change.tx, file_id)
        uses = await uploads.select_uses(change.tx, file_id)
        if not _all_of(uses) <= held:
            return None
        return await _removed(deps, change, file_id, uses, unless_used)

    for _ in range(ATTEMPTS):
        held |= _all_of(await deps.database.read(lambda one: uploads.select_uses(one, file_id)))
        removal = await commit_change(deps, own, change, actor_id=actor_id)
        if removal is not None:
            for key in removal.unused:
                await forget_bytes(deps, key)
            if removal.imageless is not None:
                await tell_profile(deps, removal.imageless)
            return removal.is_removed
    raise ServiceUnavailable(say("The file is being sent at this moment."))


def _all_of(uses: Uses) -> set[str]:
    return {*uses.carried_in, *uses.avatar_of}


async def _removed(
    deps: Deps, change: Change, file_id: str, uses: Uses, unless_used: KeptBy
) -> _Removal:
    """Remove a file whose uses' streams are held, and that nobody else holds."""
    tx = change.tx
    kept = await uploads.select_file(tx, file_id)
    if kept is None:
        return _Removal(is_removed=False)
    if unless_used and await sweeping.is_used(tx, file_id, messages=unless_used == "any"):
        return _Removal(is_removed=False)
    imageless = await _take_image_away(deps, change, kept.file, uses.avatar_of)
    unused = await uploads.delete_file(tx, kept.file)
    streams = {
        user_stream(kept.file.owner_id): kept.file.conversation_id,
        **{conversation_stream(one): one for one in uses.carried_in},
    }
    facts = {
        stream: {"fileId": file_id, "conversationId": where} for stream, where in streams.items()
    }
    await _announce(change, facts)
    return _Removal(True, unused, imageless)


async def _take_image_away(
    deps: Deps, change: Change, file: StoredFile, group_ids: Sequence[str]
) -> User | None:
    """Tell of people and groups whose image is no more, as if it had been taken away by them.

    Gives the person whose image it was.
    """
    owner = await accounts.select_user(change.tx, file.owner_id)
    imageless = None
    if owner is not None and owner.avatar_file_id == file.file_id:
        await renew_avatar(change, owner, None)
        imageless = owner._replace(avatar_file_id=None, updated_at=change.at)
    for group_id in group_ids:
        group = await conversations.select_conversation(change.tx, group_id)
        if group is not None:
            await renew_group(change, group._replace(avatar_file_id=None), deps.ids.new())
    return imageless


async def _announce(change: Change, facts: dict[str, Json]) -> None:
    """Write ``file.deleted`` into each of the streams, in as many queries for a thousand."""
    places = await bulk.select_places(change.tx, facts)
    moved = [place._replace(seq=place.seq + 1, changed_at=change.at) for place in places.values()]
    events = [
        Event(
            place.stream,
            place.seq,
            "file.deleted",
            change.at,
            change.actor_id,
            facts[place.stream],
        )
        for place in moved
    ]
    await bulk.update_places(change.tx, moved)
    await bulk.insert_events(change.tx, events)
    change.tell([Announcement(event, event.facts) for event in events])
