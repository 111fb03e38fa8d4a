"""Taking the bytes of a file in: limits while they come, what they are, a preview of them."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from altlas_chat.blobs.previewing import MEDIA_TYPES, TooManyPixels
from altlas_chat.domain.errors import (
    FieldError,
    FileTooLarge,
    FileTypeNotSupported,
    ValidationFailed,
)
from altlas_chat.domain.files import HEAD_BYTES, MAX_SIDE, Content, content_of, is_program
from altlas_chat.domain.language import say
from altlas_chat.services.deps import Deps
from altlas_chat.settings import Settings


class Received(NamedTuple):
    """What came in, and what it is."""

    sha256: str
    size_bytes: int
    content: Content


async def receive(settings: Settings, path: Path, parts: AsyncIterator[bytes]) -> Received:
    """Write what comes to ``path``, which is new, one part in memory at a time.

    Raises:
        FileTooLarge: it is over ``Settings.max_file_bytes``, or an image over
            ``Settings.max_image_bytes``.
        FileTypeNotSupported: it is a program.
        ValidationFailed: it is empty, or says that it has too many pixels.
        OSError: it can't be written.
    """
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
    return Received(digest.hexdigest(), size, content)


async def make_preview(deps: Deps, received: Received, path: Path, target: Path) -> Content:
    """Write a preview of what was received at ``path``, if it is an image of which one can be made.

    There is one if ``target`` is there afterwards. What the file is comes back,
    with the sides that an image has when it is seen, if that was found out.

    Raises:
        ValidationFailed: it is an image with too many pixels.
    """
    content, limit = received.content, deps.settings.max_image_pixels
    if content.media_type not in MEDIA_TYPES:
        return content
    try:
        sides = await deps.previews.make(path, target, limit)
    except TooManyPixels as error:
        raise _too_many_pixels(error.count, limit) from error
    if sides is None:
        await asyncio.to_thread(target.unlink, missing_ok=True)
        return content
    if max(sides) > MAX_SIDE:
        return content._replace(width=None, height=None)
    return content._replace(width=sides.width, height=sides.height)


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
        raise _too_many_pixels(pixels, settings.max_image_pixels)
    return content


def _too_many_pixels(count: int, limit: int) -> ValidationFailed:
    detail = say("The image has {count} pixels; {limit} are allowed.", count=count, limit=limit)
    return ValidationFailed(detail, errors=[FieldError("TOO_MANY_PIXELS", detail, "/file")])


def _limit(settings: Settings, content: Content) -> int:
    if content.kind == "image":
        return min(settings.max_image_bytes, settings.max_file_bytes)
    return settings.max_file_bytes


def _too_large(limit: int) -> FileTooLarge:
    return FileTooLarge(say("At most {limit} bytes are taken.", limit=limit))
