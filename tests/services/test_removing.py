"""A file that is deleted goes everywhere at once, and everybody who saw it hears of it."""

import asyncio

import pytest

from altlas_chat.domain.conversations import GroupUpdate
from altlas_chat.domain.errors import FileNotFound, PermissionDenied, ValidationFailed
from altlas_chat.domain.permissions import ROLE_PERMISSIONS, Actor
from altlas_chat.services import avatars, conversations, groups, messages, posting, removing
from altlas_chat.storage.database import Reader
from tests.support.files import own_file
from tests.support.world import Json, World, database, world

__all__ = ["database", "world"]


def told(world: World, kind: str = "file.deleted") -> dict[str, Json]:
    """The data of what was announced, by stream."""
    return {one.event.stream: one.data for one in world.ear.told if one.event.kind == kind}


async def delete(world: World, actor: Actor, file_id: str) -> None:
    await removing.delete_file(world.deps, actor, file_id)


async def carried(world: World, file_id: str) -> list[str]:
    """The messages that carry a file, by their rows."""

    async def query(reader: Reader) -> list[str]:
        rows = await reader.fetch_all(
            "SELECT message_id FROM message_files WHERE file_id = ?", file_id
        )
        return [row[0] for row in rows]

    return await world.deps.database.read(query)


async def test_every_conversation_that_shows_it_hears_of_it(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    direct, group = await world.direct(ayse, mehmet), await world.group(mehmet, zeynep)
    other = await world.direct(ayse, zeynep)
    first, second = await own_file(world, ayse), await own_file(world, ayse)
    sent = await world.says(ayse, direct, "", kind="image", fileIds=[first, second])
    await world.says(ayse, direct, "", kind="file", fileIds=[first])
    await world.says(mehmet, group, "", forwardFromId=sent["id"])
    gone = await world.says(ayse, other, "", kind="image", fileIds=[first])
    await messages.delete_message_for_everyone(world.deps, ayse, gone["id"])
    async with world.state_equals_events():
        await delete(world, ayse, first)
    assert told(world) == {
        f"user:{ayse.user_id}": {"fileId": first, "conversationId": None},
        f"conversation:{direct}": {"fileId": first, "conversationId": direct},
        f"conversation:{group}": {"fileId": first, "conversationId": group},
    }
    shown = [
        [one["id"] for one in message["files"]] for message in await world.history(zeynep, group)
    ]
    assert shown[-1] == [second]
    history = await world.history(mehmet, direct)
    assert [[one["id"] for one in message["files"]] for message in history] == [[second], []]
    assert (await world.view(mehmet, direct))["lastMessage"]["files"] == []


async def test_a_deleted_conversation_hears_nothing(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    group = await world.group(ayse, mehmet)
    file_id = await own_file(world, ayse)
    await world.says(ayse, group, "", kind="image", fileIds=[file_id])
    update = GroupUpdate.model_validate({"avatarFileId": file_id})
    await groups.update_group(world.deps, ayse, group, update)
    await groups.delete_group(world.deps, ayse, group)
    async with world.state_equals_events():
        await delete(world, ayse, file_id)
    assert list(told(world)) == [f"user:{ayse.user_id}"]
    assert await carried(world, file_id) == []


async def test_who_has_it_as_an_image_has_none(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    pair, other = await world.group(ayse, mehmet), await world.group(ayse, mehmet)
    file_id = await own_file(world, ayse)
    update = GroupUpdate.model_validate({"avatarFileId": file_id})
    for group in (pair, other):
        await groups.update_group(world.deps, ayse, group, update)
    await avatars.set_avatar(world.deps, ayse, file_id)
    async with world.state_equals_events():
        await delete(world, ayse, file_id)
    assert told(world, "user.updated")[f"user:{ayse.user_id}"]["user"]["avatarFileId"] is None
    changed = told(world, "conversation.updated")
    assert {stream: data["conversation"]["avatarFileId"] for stream, data in changed.items()} == {
        f"conversation:{pair}": None,
        f"conversation:{other}": None,
    }
    assert (await world.view(mehmet, pair))["avatarFileId"] is None
    last = (await world.history(mehmet, pair))[-1]
    assert last["content"] == {"action": "group_updated", "actorId": ayse.user_id, "name": "Çay"}


async def test_it_is_told_as_if_the_image_was_taken_away(world: World) -> None:
    """By the endpoints of the two, or with the file: the same events in the same streams."""
    (ayse,) = await world.people("ayse")
    group = await world.group(ayse)
    heard = []
    for takes_away in (True, False):
        file_id = await own_file(world, ayse)
        update = GroupUpdate.model_validate({"avatarFileId": file_id})
        await groups.update_group(world.deps, ayse, group, update)
        await avatars.set_avatar(world.deps, ayse, file_id)
        world.ear.told.clear()
        if takes_away:
            none = GroupUpdate.model_validate({"avatarFileId": None})
            await avatars.set_avatar(world.deps, ayse, None)
            await groups.update_group(world.deps, ayse, group, none)
        else:
            await delete(world, ayse, file_id)
        heard.append(
            [
                (one.event.kind, one.event.stream, sorted(one.event.facts), one.event.actor_id)
                for one in world.ear.told
                if one.event.kind != "file.deleted"
            ]
        )
    assert heard[0] == heard[1]


async def test_moderators_may_and_the_owner_hears(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    file_id = await own_file(world, ayse)
    await world.says(ayse, room, "", kind="image", fileIds=[file_id])
    with pytest.raises(PermissionDenied):
        await delete(world, mehmet, file_id)
    stranger = await world.person("zeynep")
    with pytest.raises(FileNotFound):
        await delete(world, stranger, file_id)
    moderator = Actor(stranger.user_id, "moderator", ROLE_PERMISSIONS["moderator"], None)
    async with world.state_equals_events():
        await delete(world, moderator, file_id)
    assert set(told(world)) == {f"user:{ayse.user_id}", f"conversation:{room}"}
    with pytest.raises(FileNotFound):
        await delete(world, moderator, file_id)


async def test_what_was_cleared_is_not_brought_back(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    file_id = await own_file(world, ayse)
    await world.says(ayse, room, "", kind="image", fileIds=[file_id])
    await conversations.clear_conversation(world.deps, mehmet, room)
    async with world.state_equals_events():
        await delete(world, ayse, file_id)
    assert await world.history(mehmet, room) == []


async def test_the_same_draft_again_after_its_file_was_deleted(world: World) -> None:
    """Its sender may have missed the answer: the message is there, and no other is made."""
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    draft = world.draft(room, "bak", kind="image", fileIds=[await own_file(world, ayse)])
    first = await posting.post_message(world.deps, ayse, draft)
    await delete(world, ayse, draft.file_ids[0])
    again = await posting.post_message(world.deps, ayse, draft)
    assert (again.is_repeat, again.json["id"], again.json["files"]) == (True, first.json["id"], [])
    with pytest.raises(ValidationFailed):
        await world.says(ayse, room, "bak", kind="image", fileIds=draft.file_ids)


async def test_sending_and_deleting_at_once(world: World) -> None:
    """Whichever is first: no message has a file that is gone, and each is told what became of it."""
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    rooms = [await world.direct(ayse, one) for one in (mehmet, zeynep)]
    rooms += [await world.group(ayse, mehmet), await world.group(ayse, zeynep)]
    source = await world.group(ayse, mehmet)
    async with world.state_equals_events():
        for _ in range(10):
            file_id = await own_file(world, ayse)
            first = await world.says(ayse, source, "", kind="image", fileIds=[file_id])
            elsewhere = await world.group(mehmet)
            drafts = [world.draft(room, "", kind="file", fileIds=[file_id]) for room in rooms]
            forward = world.draft(elsewhere, "", forwardFromId=first["id"])
            *sent, passed, deleted = await asyncio.gather(
                *(posting.post_message(world.deps, ayse, draft) for draft in drafts),
                posting.post_message(world.deps, mehmet, forward),
                delete(world, ayse, file_id),
                return_exceptions=True,
            )
            assert deleted is None
            assert isinstance(passed, posting.SentMessage), passed
            for one in sent:
                assert isinstance(one, (posting.SentMessage, ValidationFailed)), one
            assert await carried(world, file_id) == []
            known = {one.message.message_id for one in sent if isinstance(one, posting.SentMessage)}
            kept = {message["id"] for room in rooms for message in await world.history(ayse, room)}
            assert known <= kept


async def test_two_delete_it_at_once(world: World) -> None:
    (ayse,) = await world.people("ayse")
    file_id = await own_file(world, ayse)
    async with world.state_equals_events():
        both = await asyncio.gather(
            *(delete(world, ayse, file_id) for _ in range(2)), return_exceptions=True
        )
    assert all(one is None or isinstance(one, FileNotFound) for one in both)
    assert len(told(world)) == 1
