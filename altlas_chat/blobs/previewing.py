"""Previews of images, each made by a process of its own that is held to limits."""

import asyncio
import logging
import sys
from pathlib import Path

LONGEST_SIDE = 512
"""Of a preview, in pixels."""

MEDIA_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What previews are made of."""

_AT_ONCE = 2
_MAX_BYTES = 1024 * 1024 * 1024
_SECONDS = 10
_WORKER = Path(__file__).with_name("preview_worker.py")

log = logging.getLogger(__name__)


class Previews:
    """Makes previews, a few at a time; the others wait."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def make(self, source: Path, target: Path, max_pixels: int) -> bool:
        """Write a WebP of the image ``source``; False if none can be made of it.

        Takes at most 10 s of a processor and 20 s, and 1 GiB of memory, none of
        it of this process.
        """
        numbers = (LONGEST_SIDE, max_pixels, _MAX_BYTES, _SECONDS)
        async with self._free:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                str(_WORKER),
                str(source),
                str(target),
                *map(str, numbers),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                env={},
            )
            try:
                async with asyncio.timeout(2 * _SECONDS):
                    _, said = await process.communicate()
            except TimeoutError:
                log.warning("a preview took too long")
                return False
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        if process.returncode:
            log.info(
                "no preview (%s): %s", process.returncode, said[-200:].decode(errors="replace")
            )
        return process.returncode == 0
