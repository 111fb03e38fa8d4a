"""Bytes in a store that speaks S3's language."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from altlas_chat.blobs.store import CHUNK_BYTES, BlobsUnavailable, forget_older


@dataclass(frozen=True, slots=True)
class S3Access:
    """Where a store is and who asks; what is None is found as other programs of AWS find it."""

    endpoint: str | None = None
    region: str | None = None
    access_key: str | None = None
    secret_key: str | None = None


class S3Blobs:
    """Keeps each key as an object below a prefix of a bucket."""

    def __init__(self, url: str, access: S3Access) -> None:
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        config = {
            "endpoint": access.endpoint,
            "region": access.region,
            "access_key_id": access.access_key,
            "secret_access_key": access.secret_key,
        }
        given = {name: value for name, value in config.items() if value is not None}
        is_plain = (access.endpoint or "").startswith("http://")
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            client_options={"allow_http": is_plain, "timeout": "30s"},
            retry_config={"max_retries": 3},
            **given,  # type: ignore[arg-type]
        )
        self._incoming: Path | None = None

    def incoming(self) -> Path:
        try:
            if self._incoming is None:
                self._incoming = Path(tempfile.mkdtemp(prefix="altlas-chat-"))
        except OSError as error:
            raise BlobsUnavailable(str(error.strerror)) from error
        return self._incoming

    async def forget_old_incoming(self, before: int) -> None:
        if self._incoming is not None:
            await asyncio.to_thread(forget_older, self._incoming, before)

    async def listed(self) -> AsyncIterator[tuple[str, int]]:
        try:
            async for some in obstore.list(self._store):
                for one in some:
                    yield str(one["path"]), int(one["last_modified"].timestamp() * 1000)
        except (BaseError, OSError) as error:
            raise BlobsUnavailable(_said(error)) from error

    def close(self) -> None:
        if self._incoming is not None:
            shutil.rmtree(self._incoming, ignore_errors=True)
            self._incoming = None

    async def keep(self, source: Path, key: str) -> None:
        try:
            await obstore.put_async(self._store, key, source)
        except (BaseError, OSError) as error:
            raise BlobsUnavailable(_said(error)) from error

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        try:
            found = await obstore.get_async(self._store, key, options={"range": (start, end)})
            async for part in found.stream(min_chunk_size=CHUNK_BYTES):
                yield bytes(part)
        except (BaseError, OSError) as error:
            raise BlobsUnavailable(_said(error)) from error

    async def delete(self, key: str) -> None:
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise BlobsUnavailable(_said(error)) from error


def _said(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
