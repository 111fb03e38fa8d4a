"""Deleting files: who may, and who hears of it."""

from typing import Literal

from altlas_chat.domain.errors import FileNotFound, PermissionDenied
from altlas_chat.domain.events import user_stream
from altlas_chat.domain.files import KeptFile
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.files import forget_bytes, readable_file
from altlas_chat.storage import streams, sweeping, uploads


async def delete_file(deps: Deps, actor: Actor, file_id: str) -> None:
    """Remove a file for good, from all messages too; its bytes go when no other file has them.

    Raises:
        FileNotFound: there is none for the actor.
        PermissionDenied: it is somebody else's, and the actor does not moderate.
    """
    found = await _deletable(deps, actor, file_id)
    await remove_file(deps, file_id, found.file.owner_id, actor_id=actor.user_id)


async def remove_file(
    deps: Deps,
    file_id: str,
    owner_id: str,
    *,
    actor_id: str | None,
    unless_used: Literal["", "avatar", "any"] = "",
) -> bool:
    """Remove a file for good; False if it is gone, or used in a way that keeps it.

    ``unless_used`` keeps an avatar, or also (``any``) what a message carries.
    """
    stream = user_stream(owner_id)

    async def change(change: Change) -> tuple[bool, list[str]]:
        await streams.lock_streams(change.tx, [stream])
        kept = await uploads.select_file(change.tx, file_id)
        if kept is None:
            return False, []
        if unless_used and await sweeping.is_used(
            change.tx, file_id, messages=unless_used == "any"
        ):
            return False, []
        unused = await uploads.delete_file(change.tx, kept.file)
        facts = {"fileId": file_id, "conversationId": kept.file.conversation_id}
        await change.announce(stream, "file.deleted", facts, facts)
        return True, unused

    is_removed, unused = await commit_change(deps, stream, change, actor_id=actor_id)
    for key in unused:
        await forget_bytes(deps, key)
    return is_removed


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
