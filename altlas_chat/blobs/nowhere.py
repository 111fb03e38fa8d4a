"""No place for bytes: for what works with the services and has no files."""

from collections.abc import AsyncIterator
from pathlib import Path

from altlas_chat.blobs.store import BlobsUnavailable

_SAID = "there is no place for files here"


class NoBlobs:
    """Keeps nothing, and says so."""

    def incoming(self) -> Path:
        raise BlobsUnavailable(_SAID)

    async def forget_old_incoming(self, before: int) -> None:
        """Nothing came in."""

    async def listed(self) -> AsyncIterator[tuple[str, int]]:
        nothing: tuple[tuple[str, int], ...] = ()
        for one in nothing:
            yield one

    def close(self) -> None:
        """Nothing came in."""

    async def keep(self, source: Path, key: str) -> None:
        del source, key
        raise BlobsUnavailable(_SAID)

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        if key or start < end:
            raise BlobsUnavailable(_SAID)
        yield b""

    async def delete(self, key: str) -> None:
        """Nothing is kept here."""
