"""Bytes in a folder of this machine."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from altlas_chat.blobs.store import CHUNK_BYTES, BlobsUnavailable, forget_older


class FolderBlobs:
    """Keeps each key as a file of its own; only the owner of the process can read them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def incoming(self) -> Path:
        return _made(self._folder / "incoming")

    def forget_incoming(self) -> None:
        """Remove what was left by uploads that a crash cut."""
        with suppress(OSError):
            for path in (self._folder / "incoming").iterdir():
                path.unlink()

    async def forget_old_incoming(self, before: int) -> None:
        await asyncio.to_thread(forget_older, self._folder / "incoming", before)

    async def listed(self) -> AsyncIterator[tuple[str, int]]:
        try:
            for folder in await asyncio.to_thread(_listed, self._folder):
                for path in await asyncio.to_thread(_listed, folder):
                    with suppress(FileNotFoundError):
                        at = int(path.stat().st_mtime * 1000)
                        yield f"{folder.name}/{path.name}", at
        except OSError as error:
            raise BlobsUnavailable(str(error.strerror)) from error

    def close(self) -> None:
        self.forget_incoming()

    async def keep(self, source: Path, key: str) -> None:
        await asyncio.to_thread(self._keep, source, key)

    def _keep(self, source: Path, key: str) -> None:
        target = self._folder / key
        _made(target.parent)
        try:
            with source.open("rb") as file:
                os.fsync(file.fileno())
            source.replace(target)
            _sync_folder(target.parent)
            _sync_folder(target.parent.parent)
        except OSError as error:
            raise BlobsUnavailable(str(error.strerror)) from error

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread((self._folder / key).open, "rb", 0)
        except OSError as error:
            raise BlobsUnavailable(str(error.strerror)) from error
        with file:
            file.seek(start)
            while start < end:
                part = await asyncio.to_thread(file.read, min(CHUNK_BYTES, end - start))
                if not part:
                    raise BlobsUnavailable("the file is shorter than it was")
                start += len(part)
                yield part

    async def delete(self, key: str) -> None:
        try:
            await asyncio.to_thread((self._folder / key).unlink, missing_ok=True)
        except OSError as error:
            raise BlobsUnavailable(str(error.strerror)) from error


def _listed(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BlobsUnavailable(str(error.strerror)) from error
    return folder


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, on systems that let it be opened."""
    with suppress(PermissionError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
