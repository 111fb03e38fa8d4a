"""What the rest of the program relies on: bytes under keys, whatever keeps them.

A key is written once and never again with other bytes, so whoever has one may
keep what it says for ever.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

CHUNK_BYTES = 256 * 1024
"""How much of a file is in memory at a time."""


class BlobsUnavailable(Exception):
    """The bytes can't be kept or read at the moment: no room, no right, no answer."""


class Blobs(Protocol):
    """Keeps the bytes of files."""

    def incoming(self) -> Path:
        """A folder on this machine for what comes in; made when it is not there.

        Raises:
            BlobsUnavailable: it can't be made.
        """

    async def forget_old_incoming(self, before: int) -> None:
        """Remove what came in before a moment (UTC milliseconds) and was not kept."""

    def listed(self) -> AsyncIterator[tuple[str, int]]:
        """Every key that is kept, with when it was (UTC milliseconds), in no order.

        Raises:
            BlobsUnavailable: they can't be listed.
        """

    def close(self) -> None:
        """Remove what came in and was not kept."""

    async def keep(self, source: Path, key: str) -> None:
        """Make the file ``source`` durable under ``key``; ``source`` may be gone afterwards.

        Raises:
            BlobsUnavailable: it is not kept.
        """

    def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from ``start`` until before ``end``, in parts of about ``CHUNK_BYTES``.

        Raises:
            BlobsUnavailable: they are not there, or can't be read.
        """

    async def delete(self, key: str) -> None:
        """Forget a key; one that is not there is forgotten already.

        Raises:
            BlobsUnavailable: it may still be there.
        """


def forget_older(folder: Path, before: int) -> None:
    """Remove the files of a folder that were last written before a moment (UTC milliseconds)."""
    with suppress(FileNotFoundError):
        for path in folder.iterdir():
            with suppress(OSError):
                if path.stat().st_mtime * 1000 < before:
                    path.unlink()
