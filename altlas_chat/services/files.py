"""Uploading and reading files: who may, and what is kept of them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from altlas_chat.blobs.store import BlobsUnavailable
from altlas_chat.domain.errors import (
    ConversationNotFound,
    FileNotFound,
    PostingRestricted,
    ServiceUnavailable,
    StorageFull,
)
from altlas_chat.domain.events import Event, Json, user_stream
from altlas_chat.domain.files import (
    FileLinkRequest,
    KeptFile,
    StoredBytes,
    StoredFile,
    Variant,
    clean_name,
)
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.times import rfc3339
from altlas_chat.services.access import require_member
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.receiving import Received, make_preview, receive
from altlas_chat.storage import accounts, streams, uploads
from altlas_chat.storage.database import CommitInDoubt, Reader

log = logging.getLogger(__name__)

PREVIEW_ENDING = ".webp"
"""What the key of a preview has after the key of its bytes."""


async def upload_file(
    deps: Deps, actor: Actor, conversation_id: str | None, name: str, parts: AsyncIterator[bytes]
) -> StoredFile:
    """Keep a file that comes in parts; its bytes are durable before it is known.

    No more than one part is in memory. Nothing of it stays when ``parts``
    raises, and nothing when it is refused. An image has its preview when this
    returns, if one can be made; the owner's devices hear of the file.

    Raises:
        ConversationNotFound: the actor does not belong to the conversation.
        PostingRestricted: only the group's administrators may post there.
        FileTooLarge: it is over ``Settings.max_file_bytes``, or an image over
            ``Settings.max_image_bytes``.
        FileTypeNotSupported: it is a program.
        StorageFull: the owner's files have ``Settings.user_storage_bytes``, or would with it.
        ValidationFailed: it is empty, or an image with too many pixels.
        ServiceUnavailable: there is no room, or its place can't be reached.
    """
    if conversation_id is not None:
        await _require_place(deps, actor, conversation_id)
    if deps.settings.user_storage_bytes:
        await deps.database.read(lambda reader: _require_room(deps, reader, actor.user_id, 1))
    file_id = deps.ids.new()
    try:
        path = (await asyncio.to_thread(deps.blobs.incoming)) / file_id
        shown = path.with_name(f"{file_id}{PREVIEW_ENDING}")
        try:
            received = await receive(deps.settings, path, parts)
            received = received._replace(content=await make_preview(deps, received, path, shown))
            file = _stored(deps, actor, file_id, received, conversation_id, clean_name(name))
            key = f"{file.sha256[:2]}/{file.sha256}-{file_id}"
            await deps.blobs.keep(path, key)
            preview = await _keep_preview(deps, shown, f"{key}{PREVIEW_ENDING}")
        finally:
            for left in (path, shown):
                left.unlink(missing_ok=True)
    except (BlobsUnavailable, OSError) as error:
        log.warning("a file can't be kept: %s", error)
        raise ServiceUnavailable(say("The file can't be kept at the moment.")) from error
    return await _know(deps, file, key, preview)


async def _keep_preview(deps: Deps, shown: Path, key: str) -> StoredBytes | None:
    """Make a preview durable, if there is one; without it a file is as good."""
    try:
        size = (await asyncio.to_thread(shown.stat)).st_size
        await deps.blobs.keep(shown, key)
    except FileNotFoundError:
        return None
    except BlobsUnavailable as error:
        log.warning("a preview can't be kept: %s", error)
        return None
    return StoredBytes(key, size)


async def _require_room(deps: Deps, reader: Reader, owner_id: str, size_bytes: int) -> None:
    limit = deps.settings.user_storage_bytes
    if not limit:
        return
    used = await uploads.sum_sizes(reader, owner_id)
    if used + size_bytes > limit:
        raise StorageFull(
            say(
                "Your files have {used} of {limit} bytes; this one does not fit.",
                used=used,
                limit=limit,
            )
        )


async def _require_place(deps: Deps, actor: Actor, conversation_id: str) -> None:
    access = await deps.database.read(lambda reader: require_member(reader, actor, conversation_id))
    if access.posting == "admins" and not access.leads:
        raise PostingRestricted


def _stored(
    deps: Deps,
    actor: Actor,
    file_id: str,
    received: Received,
    conversation_id: str | None,
    name: str,
) -> StoredFile:
    content = received.content
    return StoredFile(
        file_id=file_id,
        owner_id=actor.user_id,
        conversation_id=conversation_id,
        name=name,
        media_type=content.media_type,
        kind=content.kind,
        size_bytes=received.size_bytes,
        sha256=received.sha256,
        width=content.width,
        height=content.height,
        duration_ms=None,
        has_preview=False,
        created_at=deps.clock.now_ms(),
    )


async def _know(deps: Deps, file: StoredFile, key: str, preview: StoredBytes | None) -> StoredFile:
    """Write the rows of a file, which its owner's devices hear of; as it is kept.

    Bytes that are there already are not kept twice.
    """
    stream = user_stream(file.owner_id)

    async def change(change: Change) -> tuple[StoredFile, list[str]]:
        await streams.lock_streams(change.tx, [stream])  # one upload of a person after another
        await _require_room(deps, change.tx, file.owner_id, file.size_bytes)
        kept, unused = await uploads.insert_file(change.tx, file, key, preview)
        facts = {"fileId": kept.file_id, "conversationId": kept.conversation_id}
        await change.announce(stream, "file.ready", facts, {**facts, "file": kept.as_json()})
        return kept, unused

    unused = [key] if preview is None else [key, preview.key]
    try:
        kept, unused = await commit_change(deps, stream, change, actor_id=file.owner_id)
    except (CommitInDoubt, asyncio.CancelledError):
        unused = []  # The rows may name the bytes; a sweep finds out.
        raise
    finally:
        for one in unused:
            await forget_bytes(deps, one)
    return kept


async def file_data(reader: Reader, viewer_id: str, events: Sequence[Event]) -> list[Json]:
    """The data of uploads in a replay: the files, or the ids of those that are gone."""
    found = await uploads.select_files(reader, sorted({one.facts["fileId"] for one in events}))
    own = {file_id: file for file_id, file in found.items() if file.owner_id == viewer_id}
    return [
        {**one.facts, "file": own[one.facts["fileId"]].as_json()}
        if one.facts["fileId"] in own
        else one.facts
        for one in events
    ]


async def forget_bytes(deps: Deps, key: str) -> None:
    """Remove bytes that no row names; what can't be removed now is left."""
    try:
        await deps.blobs.delete(key)
    except BlobsUnavailable as error:
        log.warning("the bytes %s can't be removed: %s", key, error)


async def readable_file(deps: Deps, actor: Actor, file_id: str) -> KeptFile:
    """A file that the actor may read: his own, or one that a message he sees carries.

    Raises:
        FileNotFound: there is none for the actor.
    """

    async def query(reader: Reader) -> KeptFile:
        return await _require_readable(reader, actor.user_id, file_id)

    return await deps.database.read(query)


async def _require_readable(reader: Reader, user_id: str, file_id: str) -> KeptFile:
    found = await uploads.select_file(reader, file_id)
    if found is None:
        raise FileNotFound
    if found.file.owner_id == user_id:
        return found
    where = await uploads.select_seen_in(reader, user_id, file_id)
    if where is None:
        raise FileNotFound
    return found._replace(file=found.file._replace(conversation_id=where))


async def make_link(deps: Deps, actor: Actor, file_id: str, request: FileLinkRequest) -> Json:
    """A link that opens a file for whoever has it, as long as the actor may read the file.

    Raises:
        FileNotFound: there is none for the actor, or it has no preview and that is asked for.
    """
    found = await readable_file(deps, actor, file_id)
    if request.variant == "preview" and found.preview is None:
        raise FileNotFound
    until = deps.clock.now_ms() // 1000 + request.expires_in_seconds
    signature = deps.credentials.link_token(actor.user_id, file_id, request.variant, until)
    return {
        "url": f"{deps.settings.base_path}/signed-files/{signature}",
        "expiresAt": rfc3339(until * 1000),
    }


async def linked_file(deps: Deps, signature: str) -> tuple[KeptFile, Variant]:
    """What a link opens: a file, and whether it itself or its preview.

    Raises:
        FileNotFound: it is none of ours, its time is over, or who made it may
            not read the file any more, or is closed.
    """
    claims = deps.credentials.opened_link(signature)
    if claims is None:
        raise FileNotFound
    user_id, file_id, variant = claims

    async def query(reader: Reader) -> KeptFile:
        maker = await accounts.select_user(reader, user_id)
        if maker is None or not maker.is_active:
            raise FileNotFound
        return await _require_readable(reader, user_id, file_id)

    try:
        found = await deps.database.read(query)
    except ConversationNotFound as error:
        raise FileNotFound from error
    return found, variant
