"""Previews of images, each made by a process of its own that is held to limits."""

import asyncio
import importlib.util
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from altlas_chat.blobs import preview_worker

LONGEST_SIDE = 512
"""Of a preview, in pixels."""

PREVIEW_TYPE = "image/webp"

MEDIA_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What previews are made of."""

log = logging.getLogger(__name__)


class TooManyPixels(Exception):
    """An image has more pixels than are taken; ``count`` says how many."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} pixels")
        self.count = count


class Sides(NamedTuple):
    """How wide and high an image is when it is turned as it is meant, in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What one preview may take; the bytes are those of its process, none are the server's."""

    max_bytes: int = 1024 * 1024 * 1024
    cpu_seconds: int = 10
    seconds: float = 20
    patience_seconds: float = 30
    """How long it may wait for its turn."""
    at_once: int = 2


class Previews:
    """Makes previews, a few at a time; the others wait for their turn."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._turns = asyncio.Semaphore(self._limits.at_once)

    async def make(self, source: Path, target: Path, max_pixels: int) -> Sides | None:
        """Write a WebP of the image ``source`` (of an animation, its first picture).

        None if none can be made: it is no whole image, its limits or its turn
        were too far, or there is no Pillow. Half a target may be left then.

        Raises:
            TooManyPixels: the image has more than ``max_pixels``, or says so.
        """
        try:
            async with asyncio.timeout(self._limits.patience_seconds):
                await self._turns.acquire()
        except TimeoutError:
            log.warning("an image waited too long for its preview, and has none")
            return None
        try:
            return await self._made(source, target, max_pixels)
        except (OSError, TimeoutError) as error:
            log.warning("no preview: %s", str(error) or "it took too long")
            return None
        finally:
            self._turns.release()

    async def _made(self, source: Path, target: Path, max_pixels: int) -> Sides | None:
        numbers = (LONGEST_SIDE, max_pixels, self._limits.max_bytes, self._limits.cpu_seconds)
        # Alone: no environment, which may hold secrets, and no folders of ours to import from.
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            preview_worker.__file__,
            str(source),
            str(target),
            *map(str, numbers),
            _folder_of_pillow(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={},
            start_new_session=True,  # Ctrl-C is for the server, which lets uploads end.
        )
        try:
            async with asyncio.timeout(self._limits.seconds):
                told, said = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return _verdict(process.returncode, told, said)


def _verdict(code: int | None, told: bytes, said: bytes) -> Sides | None:
    if code == preview_worker.MADE:
        return Sides(*map(int, told.split()))
    if code == preview_worker.TOO_MANY_PIXELS:
        raise TooManyPixels(int(told))
    is_the_image = code == preview_worker.NO_IMAGE or (code is not None and code < 0)
    level = logging.INFO if is_the_image else logging.WARNING
    log.log(level, "no preview (%s): %s", code, said[-200:].decode(errors="replace").strip())
    return None


def _folder_of_pillow() -> str:
    """Where Pillow is, which the server never loads itself."""
    found = importlib.util.find_spec("PIL")
    return "" if found is None or found.origin is None else str(Path(found.origin).parents[1])
