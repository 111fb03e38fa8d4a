"""Uploading, reading and deleting files: who may, and what is kept of them."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from altlas_chat.blobs.store import BlobsUnavailable
from altlas_chat.domain.errors import (
    ConversationNotFound,
    FieldError,
    FileNotFound,
    FileTooLarge,
    FileTypeNotSupported,
    PermissionDenied,
    PostingRestricted,
    ServiceUnavailable,
    ValidationFailed,
)
from altlas_chat.domain.events import Json, user_stream
from altlas_chat.domain.files import (
    HEAD_BYTES,
    Content,
    FileLinkRequest,
    StoredFile,
    clean_name,
    content_of,
    is_program,
)
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.times import rfc3339
from altlas_chat.services.access import require_member
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.settings import Settings
from altlas_chat.storage import streams, sweeping, uploads
from altlas_chat.storage.database import CommitInDoubt, Reader

log = logging.getLogger(__name__)


class KeptFile(NamedTuple):
    """A file that may be read, and the key of its bytes."""

    file: StoredFile
    storage_key: str


async def upload_file(
    deps: Deps, actor: Actor, conversation_id: str | None, name: str, parts: AsyncIterator[bytes]
) -> StoredFile:
    """Keep a file that comes in parts; its bytes are durable before it is known.

    No more than one part is in memory. Nothing of it stays when ``parts``
    raises, and nothing when it is refused.

    Raises:
        ConversationNotFound: the actor does not belong to the conversation.
        PostingRestricted: only the group's administrators may post there.
        FileTooLarge: it is over ``Settings.max_file_bytes``, or an image over
            ``Settings.max_image_bytes``.
        FileTypeNotSupported: it is a program.
        ValidationFailed: it is empty, or an image with too many pixels.
        ServiceUnavailable: there is no room, or its place can't be reached.
    """
    if conversation_id is not None:
        await _require_place(deps, actor, conversation_id)
    file_id = deps.ids.new()
    try:
        path = (await asyncio.to_thread(deps.blobs.incoming)) / file_id
        try:
            received = await _received(deps.settings, path, parts)
            key = f"{received.sha256[:2]}/{received.sha256}-{file_id}"
            file = _stored(deps, actor, file_id, received, conversation_id, clean_name(name))
            await deps.blobs.keep(path, key)
        finally:
            with suppress(FileNotFoundError):
                path.unlink()
    except (BlobsUnavailable, OSError) as error:
        log.warning("a file can't be kept: %s", error)
        raise ServiceUnavailable(say("The file can't be kept at the moment.")) from error
    await _know(deps, file, key)
    return file


async def _require_place(deps: Deps, actor: Actor, conversation_id: str) -> None:
    access = await deps.database.read(lambda reader: require_member(reader, actor, conversation_id))
    if access.posting == "admins" and not access.leads:
        raise PostingRestricted


class _Received(NamedTuple):
    sha256: str
    size_bytes: int
    content: Content


async def _received(settings: Settings, path: Path, parts: AsyncIterator[bytes]) -> _Received:
    """Write what comes to ``path``."""
    digest, head, size, limit = hashlib.sha256(), b"", 0, settings.max_file_bytes
    content: Content | None = None
    with await asyncio.to_thread(path.open, "xb", 0) as file:
        async for part in parts:
            size += len(part)
            if len(head) < HEAD_BYTES:
                head += part[: HEAD_BYTES - len(head)]
            elif content is None:
                content = _checked(settings, head)
                limit = _limit(settings, content)
            if size > limit:
                raise _too_large(limit)
            await asyncio.to_thread(_write, file, digest, part)
    if not size:
        raise ValidationFailed(
            say("The file is empty."),
            errors=[FieldError("EMPTY", say("The file is empty."), pointer="/file")],
        )
    content = content or _checked(settings, head)
    if size > (limit := _limit(settings, content)):
        raise _too_large(limit)
    return _Received(digest.hexdigest(), size, content)


def _write(file: BinaryIO, digest: "hashlib._Hash", part: bytes) -> None:
    digest.update(part)
    rest = memoryview(part)
    while rest:
        rest = rest[file.write(rest) :]


def _checked(settings: Settings, head: bytes) -> Content:
    if is_program(head):
        raise FileTypeNotSupported(say("Programs are not taken."))
    content = content_of(head)
    pixels = (content.width or 0) * (content.height or 0)
    if pixels > settings.max_image_pixels:
        detail = say(
            "The image has {count} pixels; {limit} are allowed.",
            count=pixels,
            limit=settings.max_image_pixels,
        )
        raise ValidationFailed(detail, errors=[FieldError("TOO_MANY_PIXELS", detail, "/file")])
    return content


def _limit(settings: Settings, content: Content) -> int:
    if content.kind == "image":
        return min(settings.max_image_bytes, settings.max_file_bytes)
    return settings.max_file_bytes


def _too_large(limit: int) -> FileTooLarge:
    return FileTooLarge(say("At most {limit} bytes are taken.", limit=limit))


def _stored(
    deps: Deps,
    actor: Actor,
    file_id: str,
    received: _Received,
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


async def _know(deps: Deps, file: StoredFile, key: str) -> None:
    """Write the rows of a file; bytes that are there already are not kept twice."""
    try:
        is_new = await deps.database.write(
            lambda tx: uploads.insert_file(tx, file, key), lane=f"blob:{file.sha256}"
        )
    except CommitInDoubt:
        raise  # The rows may name the bytes; a sweep finds out.
    except BaseException:
        await forget_bytes(deps, key)
        raise
    if not is_new:
        await forget_bytes(deps, key)


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
    if found[0].owner_id != user_id and not await uploads.can_see(reader, user_id, file_id):
        raise FileNotFound
    return KeptFile(*found)


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

    async def change(change: Change) -> tuple[bool, str | None]:
        await streams.lock_streams(change.tx, [stream])
        kept = await uploads.select_file(change.tx, file_id)
        if kept is None:
            return False, None
        if unless_used and await sweeping.is_used(
            change.tx, file_id, messages=unless_used == "any"
        ):
            return False, None
        unused = await uploads.delete_file(change.tx, kept[0])
        facts = {"fileId": file_id, "conversationId": kept[0].conversation_id}
        await change.announce(stream, "file.deleted", facts, facts)
        return True, unused

    is_removed, unused = await commit_change(deps, stream, change, actor_id=actor_id)
    if unused is not None:
        await forget_bytes(deps, unused)
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
    return KeptFile(*any_file)


async def make_link(deps: Deps, actor: Actor, file_id: str, request: FileLinkRequest) -> Json:
    """A link that opens a file for whoever has it, as long as the actor may read the file.

    Raises:
        FileNotFound: there is none for the actor, or it has no preview and that is asked for.
    """
    found = await readable_file(deps, actor, file_id)
    if request.variant == "preview" and not found.file.has_preview:
        raise FileNotFound
    until = deps.clock.now_ms() // 1000 + request.expires_in_seconds
    signature = deps.credentials.link_token(actor.user_id, file_id, until)
    return {
        "url": f"{deps.settings.base_path}/signed-files/{signature}",
        "expiresAt": rfc3339(until * 1000),
    }


async def linked_file(deps: Deps, signature: str) -> KeptFile:
    """What a link opens.

    Raises:
        FileNotFound: it is none of ours, its time is over, or who made it may
            not read the file any more.
    """
    claims = deps.credentials.opened_link(signature)
    if claims is None:
        raise FileNotFound
    user_id, file_id = claims

    async def query(reader: Reader) -> KeptFile:
        return await _require_readable(reader, user_id, file_id)

    try:
        return await deps.database.read(query)
    except ConversationNotFound as error:
        raise FileNotFound from error
