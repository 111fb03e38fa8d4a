"""What was shared in a conversation: the files of what a member can see there, the newest first."""

import pytest

from altlas_chat.domain.errors import ConversationNotFound, CursorInvalid
from altlas_chat.domain.files import FileKind
from altlas_chat.domain.permissions import Actor
from altlas_chat.services import conversations, files, gallery, groups, messages, removing
from altlas_chat.services.paging import page_cursor
from tests.support.files import own_file
from tests.support.world import Json, World, database, world

__all__ = ["database", "world"]


async def page(
    world: World,
    actor: Actor,
    room: str,
    kind: FileKind | None = None,
    cursor: str | None = None,
    limit: int = 200,
) -> Json:
    return await gallery.list_shared(world.deps, actor, room, kind, cursor, limit)


async def shared(
    world: World, actor: Actor, room: str, kind: FileKind | None = None, limit: int = 200
) -> list[str]:
    """The ids of all pages."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        one = await page(world, actor, room, kind, cursor, limit)
        assert len(one["items"]) == limit or one["nextCursor"] is None
        found += [item["id"] for item in one["items"]]
        cursor = one["nextCursor"]
        if cursor is None:
            return found


async def posted(
    world: World, actor: Actor, room: str, *kinds: str, kind: str = "file"
) -> tuple[Json, list[str]]:
    """A message with new files of these kinds, and their ids."""
    ids = [await own_file(world, actor, one) for one in kinds]
    return await world.says(actor, room, "", kind=kind, fileIds=ids), ids


async def test_files_of_messages_the_newest_first_on_pages_of_any_size(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    expected: list[str] = []
    for number in (1, 3, 2, 4):
        await world.says(mehmet, room)
        _, ids = await posted(world, ayse, room, *["image"] * number)
        expected += ids
    await own_file(world, ayse)
    other, _ = await posted(world, ayse, await world.group(ayse, mehmet), "image")
    for limit in (1, 2, 3, 10, 11, 200):
        assert await shared(world, mehmet, room, limit=limit) == expected[::-1]
    item = (await page(world, mehmet, room))["items"][0]
    last = (await world.history(mehmet, room))[-1]
    assert item == {
        **last["files"][-1],
        "messageId": last["id"],
        "messageSeq": last["seq"],
        "senderId": ayse.user_id,
        "sharedAt": last["createdAt"],
    }
    assert item["conversationId"] == room != other["conversationId"]


async def test_one_kind_among_others(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    of_kind: dict[str, list[str]] = {"image": [], "audio": [], "document": [], "archive": []}
    for kinds in (("image", "document", "image"), ("archive",), ("audio", "image")):
        _, ids = await posted(world, ayse, room, *kinds)
        for kind, file_id in zip(kinds, ids, strict=True):
            of_kind[kind].append(file_id)
    for kind, ids in of_kind.items():
        assert await shared(world, mehmet, room, kind, limit=1) == ids[::-1]  # type: ignore[arg-type]
    assert await shared(world, mehmet, room, "video") == []


async def test_the_same_file_in_several_messages_and_conversations(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room, other = await world.group(ayse, mehmet), await world.group(mehmet)
    sent, (file_id,) = await posted(world, ayse, room, "image")
    await world.says(ayse, room, "", kind="file", fileIds=[file_id])
    passed = await world.says(mehmet, other, "", forwardFromId=sent["id"])
    assert await shared(world, mehmet, room) == [file_id] * 2
    (item,) = (await page(world, mehmet, other))["items"]
    assert (item["id"], item["ownerId"], item["senderId"]) == (
        file_id,
        ayse.user_id,
        mehmet.user_id,
    )
    assert (item["messageId"], item["conversationId"]) == (passed["id"], other)


async def test_only_what_the_member_can_see(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet, zeynep)
    _, (cleared,) = await posted(world, ayse, room, "image")
    await conversations.clear_conversation(world.deps, mehmet, room)
    deleted, _ = await posted(world, ayse, room, "image", "image")
    hidden, (unseen,) = await posted(world, ayse, room, "image")
    _, (gone, left) = await posted(world, ayse, room, "image", "image")
    await messages.delete_message_for_everyone(world.deps, ayse, deleted["id"])
    await messages.delete_message_for_me(world.deps, mehmet, hidden["id"])
    await removing.delete_file(world.deps, ayse, gone)
    assert await shared(world, mehmet, room) == [left]
    assert await shared(world, mehmet, room, "image", limit=1) == [left]
    assert await shared(world, zeynep, room) == [left, unseen, cleared]


async def test_who_does_not_belong_there_finds_nothing(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet)
    await posted(world, ayse, room, "image")
    await groups.leave_group(world.deps, mehmet, room)
    for actor in (mehmet, zeynep):
        with pytest.raises(ConversationNotFound):
            await page(world, actor, room)


async def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    (ayse,) = await world.people("ayse")
    room = await world.group(ayse)
    for cursor in ("x", page_cursor(1), page_cursor("a", 1), page_cursor(1, 2, 3)):
        with pytest.raises(CursorInvalid):
            await page(world, ayse, room, cursor=cursor)


async def test_a_file_says_where_it_is_seen(world: World) -> None:
    """Nobody is told of a conversation that he does not belong to."""
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room, other = await world.direct(ayse, mehmet), await world.direct(mehmet, zeynep)
    sent, (file_id,) = await posted(world, ayse, room, "image", kind="image")
    async with world.state_equals_events():
        passed = await world.says(mehmet, other, "", forwardFromId=sent["id"])
    assert [one["conversationId"] for one in sent["files"]] == [room]
    assert [one["conversationId"] for one in passed["files"]] == [other]
    seen = {}
    for actor in (ayse, mehmet, zeynep):
        found = await files.readable_file(world.deps, actor, file_id)
        seen[actor.user_id] = found.file.conversation_id
    assert seen == {ayse.user_id: None, mehmet.user_id: room, zeynep.user_id: other}
