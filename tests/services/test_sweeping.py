"""Files that nobody uses go by themselves; what is used, and what is on its way, stays."""

import asyncio
import dataclasses
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from altlas_chat.blobs.folder import FolderBlobs
from altlas_chat.blobs.s3 import S3Blobs
from altlas_chat.domain.conversations import GroupUpdate
from altlas_chat.domain.errors import FileNotFound
from altlas_chat.domain.permissions import Actor
from altlas_chat.services import avatars, files, groups, removing, sweeping
from altlas_chat.storage.database import Transaction
from tests.rest.test_files import png
from tests.support.images import photograph
from tests.support.s3 import Bucket
from tests.support.world import World, database, world

__all__ = ["database", "world"]

HOUR, DAY = 3600, 86_400


@pytest.fixture
def folder(world: World, tmp_path: Path) -> Path:
    settings = dataclasses.replace(world.deps.settings, unsent_file_hours=24, file_retention_days=0)
    world.deps = dataclasses.replace(
        world.deps, blobs=FolderBlobs(tmp_path / "bytes"), settings=settings
    )
    return tmp_path / "bytes"


def kept(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def parts(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def upload(world: World, actor: Actor, data: bytes = b"merhaba") -> str:
    return (await files.upload_file(world.deps, actor, None, "a.txt", parts(data))).file_id


async def execute(world: World, sql: str, *values: object) -> None:
    async def change(tx: Transaction) -> None:
        await tx.execute(sql, *values)

    await world.deps.database.write(change, lane="test")


async def carried(world: World, actor: Actor, other: Actor, file_id: str) -> str:
    """A message with the file; its id."""
    room = await world.direct(actor, other)
    message = await world.says(actor, room, kind="file", fileIds=[file_id])
    return str(message["id"])


async def test_what_was_never_sent_goes_after_its_hours(world: World, folder: Path) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    unsent, sent = await upload(world, ayse, b"one"), await upload(world, ayse, b"two")
    await carried(world, ayse, mehmet, sent)
    world.clock.forward(23 * HOUR)
    assert await sweeping.sweep_files(world.deps) == 0
    world.clock.forward(2 * HOUR)
    async with world.state_equals_events():
        assert await sweeping.sweep_files(world.deps) == 1
        told = [(one.event.kind, one.event.stream, one.data) for one in world.ear.told]
    expected = {"fileId": unsent, "conversationId": None}
    assert told == [("file.deleted", f"user:{ayse.user_id}", expected)]
    assert [path.read_bytes() for path in kept(folder)] == [b"two"]
    assert await sweeping.sweep_files(world.deps) == 0


async def test_a_message_deleted_for_everyone_carries_nothing(world: World, folder: Path) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    message_id = await carried(world, ayse, mehmet, await upload(world, ayse))
    await execute(world, "UPDATE messages SET deleted_at = 1 WHERE message_id = ?", message_id)
    world.clock.forward(2 * DAY)
    assert await sweeping.sweep_files(world.deps) == 1
    assert kept(folder) == []


async def test_what_a_deleted_group_had_goes(world: World, folder: Path) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    group, other = await world.group(ayse, mehmet), await world.group(ayse, mehmet)
    shown, sent, also_elsewhere = [await upload(world, ayse, one) for one in (b"1", b"2", b"3")]
    await execute(
        world,
        "UPDATE conversations SET avatar_file_id = ? WHERE conversation_id = ?",
        shown,
        group,
    )
    await world.says(ayse, group, kind="file", fileIds=[sent, also_elsewhere])
    await world.says(ayse, other, kind="file", fileIds=[also_elsewhere])
    world.clock.forward(2 * DAY)
    assert await sweeping.sweep_files(world.deps) == 0
    await groups.delete_group(world.deps, ayse, group)
    async with world.state_equals_events():
        assert await sweeping.sweep_files(world.deps) == 2
    assert [path.read_bytes() for path in kept(folder)] == [b"3"]


async def test_a_retention_takes_files_out_of_all_messages(world: World, folder: Path) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room, other = await world.direct(ayse, mehmet), await world.group(mehmet, zeynep)
    file_id = await upload(world, ayse)
    sent = await world.says(ayse, room, kind="file", fileIds=[file_id])
    await world.says(mehmet, other, "", forwardFromId=sent["id"])
    settings = dataclasses.replace(world.deps.settings, file_retention_days=30)
    world.deps = dataclasses.replace(world.deps, settings=settings)
    world.clock.forward(31 * DAY)
    young = await upload(world, ayse, b"young")
    await world.says(ayse, room, kind="file", fileIds=[young])
    async with world.state_equals_events():
        assert await sweeping.sweep_files(world.deps) == 1
    told = {one.event.stream: one.data["conversationId"] for one in world.ear.told}
    assert told == {
        f"user:{ayse.user_id}": None,
        f"conversation:{room}": room,
        f"conversation:{other}": other,
    }
    assert [one.event.actor_id for one in world.ear.told] == [None] * 3
    assert (await world.history(zeynep, other))[-1]["files"] == []
    assert [path.read_bytes() for path in kept(folder)] == [b"young"]


async def test_an_avatar_stays(world: World, folder: Path) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    group = await world.group(ayse, mehmet)
    own, of_group = await upload(world, ayse, b"one"), await upload(world, ayse, b"two")
    await execute(world, "UPDATE users SET avatar_file_id = ? WHERE user_id = ?", own, ayse.user_id)
    await execute(
        world,
        "UPDATE conversations SET avatar_file_id = ? WHERE conversation_id = ?",
        of_group,
        group,
    )
    settings = dataclasses.replace(world.deps.settings, file_retention_days=1)
    world.deps = dataclasses.replace(world.deps, settings=settings)
    world.clock.forward(40 * DAY)
    assert await sweeping.sweep_files(world.deps) == 0
    assert len(kept(folder)) == 2


async def test_every_file_goes_after_its_days(world: World, folder: Path) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    await carried(world, ayse, mehmet, await upload(world, ayse))
    world.clock.forward(40 * DAY)
    assert await sweeping.sweep_files(world.deps) == 0
    settings = dataclasses.replace(world.deps.settings, file_retention_days=30)
    world.deps = dataclasses.replace(world.deps, settings=settings)
    assert await sweeping.sweep_files(world.deps) == 1
    assert kept(folder) == []


async def test_many_are_walked_through(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    ayse, mehmet = await world.people("ayse", "mehmet")
    ids = [await upload(world, ayse, b"%d" % number) for number in range(5)]
    await carried(world, ayse, mehmet, ids[1])
    world.clock.forward(2 * DAY)
    assert await sweeping.sweep_files(world.deps) == 4
    assert len(kept(folder)) == 1


async def test_bytes_that_come_again_meanwhile_stay(world: World, folder: Path) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    for _ in range(10):
        await upload(world, ayse)
        world.clock.forward(2 * DAY)
        removed, again = await asyncio.gather(
            sweeping.sweep_files(world.deps), upload(world, mehmet)
        )
        assert removed == 1
        found = await files.readable_file(world.deps, mehmet, again)
        whole = [part async for part in world.deps.blobs.read(found.storage_key, 0, 7)]
        assert b"".join(whole) == b"merhaba"
        assert len(kept(folder)) == 1
        await removing.delete_file(world.deps, mehmet, again)
        assert kept(folder) == []


async def test_bytes_that_nobody_knows_go_after_a_day(world: World, folder: Path) -> None:
    (ayse,) = await world.people("ayse")
    await upload(world, ayse)
    (known,) = kept(folder)
    lost = known.with_name(f"{known.name[:64]}-{world.deps.ids.new()}")
    young = known.with_name(f"{known.name[:64]}-{world.deps.ids.new()}")
    foreign = folder / "ab" / "something else"
    half, whole = folder / "incoming" / "half", folder / "incoming" / "on-its-way"
    foreign.parent.mkdir(exist_ok=True)
    now = world.clock.now_ms() / 1000
    for path, age in ((lost, 2 * DAY), (young, HOUR), (foreign, 2 * DAY), (half, 2 * DAY)):
        path.write_bytes(b"merhaba")
        os.utime(path, (now - age, now - age))
    whole.write_bytes(b"mer")
    os.utime(known, (now - 2 * DAY, now - 2 * DAY))
    assert await sweeping.sweep_bytes(world.deps) == 1
    assert kept(folder) == sorted([known, young, foreign, whole])


async def test_a_preview_stays_as_long_as_its_image(world: World, folder: Path) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    async with world.state_equals_events():
        shown = await upload(world, ayse, photograph())
    await world.says(ayse, await world.direct(ayse, mehmet), kind="image", fileIds=[shown])
    unsent = await upload(world, ayse, png(5, 5))
    (of_shown, of_unsent) = [
        path for one in (shown, unsent) for path in folder.rglob(f"*-{one}.webp")
    ]
    lost = of_shown.with_name(of_shown.name.replace(shown, world.deps.ids.new()))
    young = of_shown.with_name(of_shown.name.replace(shown, world.deps.ids.new()))
    now = world.clock.now_ms() / 1000
    for path in (lost, young):
        path.write_bytes(b"preview")
    for path in kept(folder):
        age = HOUR if path == young else 2 * DAY
        os.utime(path, (now - age, now - age))
    assert await sweeping.sweep_bytes(world.deps) == 1
    assert (of_shown.exists(), of_unsent.exists(), lost.exists(), young.exists()) == (
        True,
        True,
        False,
        True,
    )
    world.clock.forward(2 * DAY)
    assert await sweeping.sweep_files(world.deps) == 1
    assert [path for path in kept(folder) if path.suffix == ".webp"] == sorted([of_shown, young])


async def test_in_a_bucket_previews_go_with_their_images(world: World, bucket: Bucket) -> None:
    (ayse,) = await world.people("ayse")
    world.deps = dataclasses.replace(world.deps, blobs=S3Blobs(bucket.url, bucket.access))
    await upload(world, ayse, photograph())
    keys = [key async for key, _ in world.deps.blobs.listed()]
    assert len(keys) == 2
    await execute(world, "UPDATE files SET has_preview = FALSE")
    await execute(world, "UPDATE blobs SET preview_key = NULL")
    world.clock.forward(365 * DAY)
    assert await sweeping.sweep_bytes(world.deps) == 1
    assert [key async for key, _ in world.deps.blobs.listed()] == [min(keys)]
    assert await sweeping.sweep_files(world.deps) == 1
    assert [key async for key, _ in world.deps.blobs.listed()] == []
    world.deps.blobs.close()


async def test_an_image_is_an_avatar_or_gone_and_never_both(world: World, folder: Path) -> None:
    (ayse,) = await world.people("ayse")
    group = await world.group(ayse)
    kept_ones = 0
    for number in range(10):
        file_id = await upload(world, ayse, png(2 + number, 3))
        world.clock.forward(2 * DAY)
        update = GroupUpdate.model_validate({"avatarFileId": file_id})
        of_person, of_group, _ = await asyncio.gather(
            avatars.set_avatar(world.deps, ayse, file_id),
            groups.update_group(world.deps, ayse, group, update),
            sweeping.sweep_files(world.deps),
            return_exceptions=True,
        )
        for chosen in (of_person, of_group):
            if isinstance(chosen, FileNotFound):
                continue
            assert not isinstance(chosen, BaseException), chosen
            assert chosen["avatarFileId"] == file_id
            assert (await files.readable_file(world.deps, ayse, file_id)).preview is not None
            kept_ones += 1
        await avatars.set_avatar(world.deps, ayse, None)
        nothing = GroupUpdate.model_validate({"avatarFileId": None})
        await groups.update_group(world.deps, ayse, group, nothing)
    assert kept_ones > 0
