"""Both places for bytes, a folder and an S3-compatible store, by the same tests."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from altlas_chat.blobs.folder import FolderBlobs
from altlas_chat.blobs.s3 import S3Blobs
from altlas_chat.blobs.store import Blobs, BlobsUnavailable
from tests.support.s3 import Bucket


@pytest.fixture(params=["folder", "s3"])
async def blobs(
    request: pytest.FixtureRequest, bucket: Bucket, tmp_path: Path
) -> AsyncIterator[Blobs]:
    if request.param == "folder":
        yield FolderBlobs(tmp_path / "files")
        return
    there = S3Blobs(bucket.url, bucket.access)
    yield there
    there.close()


async def read(blobs: Blobs, key: str, start: int, end: int) -> bytes:
    return b"".join([part async for part in blobs.read(key, start, end)])


async def test_what_is_kept_is_read(blobs: Blobs) -> None:
    data = bytes(range(256)) * 40_000
    source = blobs.incoming() / "one"
    source.write_bytes(data)
    await blobs.keep(source, "ab/abc-1")
    assert await read(blobs, "ab/abc-1", 0, len(data)) == data
    assert await read(blobs, "ab/abc-1", 250, 300_000) == data[250:300_000]


async def test_what_is_forgotten_is_gone(blobs: Blobs) -> None:
    source = blobs.incoming() / "one"
    source.write_bytes(b"merhaba")
    await blobs.keep(source, "ab/abc-1")
    await blobs.delete("ab/abc-1")
    await blobs.delete("ab/abc-1")
    with pytest.raises(BlobsUnavailable):
        await read(blobs, "ab/abc-1", 0, 7)


async def test_keys_are_listed_with_their_age(blobs: Blobs) -> None:
    source = blobs.incoming() / "one"
    source.write_bytes(b"merhaba")
    begun = source.stat().st_mtime
    await blobs.keep(source, "cd/cde-1")
    found = dict([one async for one in blobs.listed()])
    assert abs(found["cd/cde-1"] / 1000 - begun) < 60
    await blobs.delete("cd/cde-1")
    assert "cd/cde-1" not in [key async for key, _ in blobs.listed()]


async def test_what_came_in_and_was_left_is_removed(blobs: Blobs) -> None:
    old, new = blobs.incoming() / "old", blobs.incoming() / "new"
    for path in (old, new):
        path.write_bytes(b"mer")
    os.utime(old, (1_000, 1_000))
    await blobs.forget_old_incoming(2_000_000)
    assert (old.exists(), new.exists()) == (False, True)


async def test_what_is_not_there_can_not_be_kept(blobs: Blobs) -> None:
    with pytest.raises(BlobsUnavailable):
        await blobs.keep(blobs.incoming() / "nothing", "ab/abc-2")


def test_what_a_crash_left_is_removed(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    (blobs.incoming() / "half").write_bytes(b"mer")
    blobs.forget_incoming()
    assert list(blobs.incoming().iterdir()) == []
