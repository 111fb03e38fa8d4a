"""Files that messages carry: whose they may be, who sees them, and how long."""

from typing import Any

import pytest

from altlas_chat.domain.errors import FileNotFound, ValidationFailed
from altlas_chat.domain.permissions import Actor
from altlas_chat.services import (
    conversations,
    due,
    files,
    groups,
    messages,
    posting,
    removing,
    scheduled,
)
from altlas_chat.storage import uploads
from tests.support.files import own_file
from tests.support.world import World

Json = dict[str, Any]


def ids(message: Json) -> list[str]:
    return [file["id"] for file in message["files"]]


async def reads(world: World, actor: Actor, file_id: str) -> bool:
    try:
        await files.readable_file(world.deps, actor, file_id)
    except FileNotFound:
        return False
    return True


async def test_files_come_in_their_order_live_and_later(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    carried = [await own_file(world, ayse) for _ in range(3)][::-1]
    async with world.state_equals_events():
        sent = await world.says(ayse, room, "", kind="image", fileIds=carried)
    assert ids(sent) == carried
    assert ids((await world.history(mehmet, room))[0]) == carried
    assert ids((await world.view(mehmet, room))["lastMessage"]) == carried


async def test_the_same_draft_again_is_the_same_message(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    draft = world.draft(room, kind="file", fileIds=[await own_file(world, ayse, "archive")])
    first = await posting.post_message(world.deps, ayse, draft)
    again = await posting.post_message(world.deps, ayse, draft)
    assert again.is_repeat
    assert ids(again.json) == ids(first.json) == draft.file_ids


async def test_what_can_not_be_sent(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    image, other = await own_file(world, ayse), await own_file(world, mehmet)
    zipped = await own_file(world, ayse, "archive")
    for more, pointer in (
        ({"kind": "file", "fileIds": [image, other]}, "/fileIds/1"),
        ({"kind": "file", "fileIds": ["none"]}, "/fileIds/0"),
        ({"kind": "image", "fileIds": [image, zipped]}, "/fileIds/1"),
        ({"kind": "voice", "fileIds": [image], "content": {"durationMs": 5}}, "/fileIds/0"),
        ({"kind": "image"}, "/fileIds"),
        ({"kind": "text", "fileIds": [image]}, "/fileIds"),
        ({"kind": "voice", "fileIds": [image]}, "/content"),
    ):
        with pytest.raises(ValidationFailed) as refused:
            await world.says(ayse, room, **more)
        assert [one.pointer for one in refused.value.errors] == [pointer]
    assert await world.history(ayse, room) == []


async def test_a_recording_has_its_length_and_a_waveform_or_none(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    for content in ({"durationMs": 900}, {"durationMs": 900, "waveform": [0, 255]}):
        sound = await own_file(world, ayse, "audio")
        sent = await world.says(ayse, room, "", kind="voice", fileIds=[sound], content=content)
        assert sent["content"] == content


async def test_only_who_sees_a_message_sees_its_file(world: World) -> None:
    ayse, mehmet, zeynep, ali = await world.people("ayse", "mehmet", "zeynep", "ali")
    room = await world.group(ayse, mehmet, zeynep)
    file_id = await own_file(world, ayse)
    assert not await reads(world, mehmet, file_id)
    sent = await world.says(ayse, room, kind="image", fileIds=[file_id])
    assert [await reads(world, one, file_id) for one in (ayse, mehmet, zeynep, ali)] == [
        True,
        True,
        True,
        False,
    ]
    await messages.delete_message_for_me(world.deps, zeynep, sent["id"])
    assert not await reads(world, zeynep, file_id)
    await groups.leave_group(world.deps, mehmet, room)
    assert not await reads(world, mehmet, file_id)


async def test_a_cleared_conversation_shows_no_files(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    file_id = await own_file(world, ayse)
    await world.says(ayse, room, kind="image", fileIds=[file_id])
    await conversations.clear_conversation(world.deps, mehmet, room)
    assert not await reads(world, mehmet, file_id)


async def test_a_message_deleted_for_everyone_lets_go_of_its_files(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    file_id = await own_file(world, ayse)
    sent = await world.says(ayse, room, kind="image", fileIds=[file_id])
    async with world.state_equals_events():
        await messages.delete_message_for_everyone(world.deps, ayse, sent["id"])
    assert ids((await world.history(mehmet, room))[0]) == []
    assert not await reads(world, mehmet, file_id)
    assert await reads(world, ayse, file_id)


async def test_a_forwarded_message_brings_its_files(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room, other = await world.direct(ayse, mehmet), await world.direct(mehmet, zeynep)
    file_id = await own_file(world, ayse)
    sent = await world.says(ayse, room, kind="image", fileIds=[file_id])
    passed = await world.says(mehmet, other, "", forwardFromId=sent["id"])
    assert (passed["kind"], ids(passed)) == ("image", [file_id])
    assert await reads(world, zeynep, file_id)


async def test_a_message_for_later_keeps_its_files(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    file_id = await own_file(world, ayse)
    draft = world.draft(
        room, kind="image", fileIds=[file_id], scheduledAt="2026-12-01T10:00:00.000Z"
    )
    kept, _ = await scheduled.schedule_message(world.deps, ayse, draft)
    assert kept.draft["fileIds"] == [file_id]
    world.clock.forward(300 * 24 * 3600)
    await due.send_due(world.deps)
    assert ids((await world.history(mehmet, room))[0]) == [file_id]


async def test_a_message_for_later_is_held_to_the_same(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    own, foreign = await own_file(world, ayse), await own_file(world, mehmet)
    at = "2026-12-01T10:00:00.000Z"
    draft = world.draft(room, kind="file", fileIds=[own, foreign], scheduledAt=at)
    with pytest.raises(ValidationFailed) as refused:
        await scheduled.schedule_message(world.deps, ayse, draft)
    assert [one.pointer for one in refused.value.errors] == ["/fileIds/1"]
    draft = world.draft(room, kind="file", fileIds=[own], scheduledAt=at)
    kept, _ = await scheduled.schedule_message(world.deps, ayse, draft)
    await removing.delete_file(world.deps, ayse, own)
    world.clock.forward(300 * 24 * 3600)
    async with world.state_equals_events():
        await due.send_due(world.deps)
    failed = await scheduled.get_scheduled(world.deps, ayse, kept.scheduled_id)
    assert (failed.state, failed.failed_code) == ("failed", "VALIDATION_ERROR")
    assert await world.history(mehmet, room) == []


async def test_a_deleted_file_is_gone_from_its_messages(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    first, second = await own_file(world, ayse), await own_file(world, ayse)
    sent = await world.says(ayse, room, kind="image", fileIds=[first, second])
    found = await files.readable_file(world.deps, ayse, first)
    await world.deps.database.write(lambda tx: uploads.delete_file(tx, found.file), lane="files")
    assert ids(await messages.get_message(world.deps, mehmet, sent["id"])) == [second]
