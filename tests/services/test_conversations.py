"""Direct conversations, lists of them, and each member's own side."""

import asyncio

import pytest

from altlas_chat.domain.conversations import OpenDirect, SettingsUpdate
from altlas_chat.domain.errors import (
    ConversationNotFound,
    CursorInvalid,
    UserNotFound,
    ValidationFailed,
)
from altlas_chat.domain.permissions import Actor
from altlas_chat.services import conversations, receipts
from altlas_chat.services.conversations import Listing
from tests.support.world import World


def settings(**values: object) -> SettingsUpdate:
    return SettingsUpdate.model_validate(values)


async def ids(world: World, actor: Actor, name: str | None = None) -> list[str]:
    page = await conversations.list_conversations(world.deps, actor, Listing(name), None, 50)
    return [view["id"] for view in page["items"]]


async def test_opening_twice_is_one_conversation(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    async with world.state_equals_events():
        room = await world.direct(ayse, mehmet)
    assert await world.direct(mehmet, ayse) == room
    view = await world.view(ayse, room)
    assert view["peer"]["id"] == mehmet.user_id
    assert view["permissions"] is None


async def test_opening_from_both_sides_at_once_is_one_conversation(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    async with world.state_equals_events():
        rooms = await asyncio.gather(
            *(world.direct(*pair) for pair in [(ayse, mehmet), (mehmet, ayse)] * 4)
        )
    assert len(set(rooms)) == 1


async def test_with_whom_a_conversation_cannot_be(world: World) -> None:
    ayse = await world.person("ayse")
    with pytest.raises(ValidationFailed):
        await world.direct(ayse, ayse)
    with pytest.raises(UserNotFound):
        request = OpenDirect.model_validate({"userId": "nobody"})
        await conversations.open_direct(world.deps, ayse, request)


async def test_nobody_else_sees_it(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.direct(ayse, mehmet)
    with pytest.raises(ConversationNotFound):
        await world.view(zeynep, room)
    with pytest.raises(ConversationNotFound):
        await conversations.list_members(world.deps, zeynep, room, None, 10)
    with pytest.raises(ConversationNotFound):
        await conversations.update_settings(world.deps, zeynep, room, settings(isArchived=True))
    with pytest.raises(ConversationNotFound):
        await conversations.clear_conversation(world.deps, zeynep, room)
    assert await ids(world, zeynep) == []


async def test_the_list_begins_with_the_latest_active(world: World) -> None:
    ayse, *others = await world.people("ayse", "mehmet", "zeynep", "can")
    rooms = [await world.direct(ayse, other) for other in others]
    await world.says(ayse, rooms[0])
    assert await ids(world, ayse) == [rooms[0], rooms[2], rooms[1]]


async def test_pages_of_the_list_follow_each_other(world: World) -> None:
    ayse, *others = await world.people("ayse", "mehmet", "zeynep", "can", "emma")
    rooms = [await world.direct(ayse, other) for other in others]
    seen, cursor = [], None
    while True:
        page = await conversations.list_conversations(world.deps, ayse, Listing(), cursor, 2)
        seen += [view["id"] for view in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert seen == rooms[::-1]
    for wrong in ("x", "W10", "WzEsMl0", "!!"):
        with pytest.raises(CursorInvalid):
            await conversations.list_conversations(world.deps, ayse, Listing(), wrong, 2)


async def test_filters(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    direct, group = await world.direct(ayse, mehmet), await world.group(ayse, zeynep)
    await world.says(mehmet, direct)
    assert await ids(world, ayse, "unread") == [direct]
    assert await ids(world, ayse, "direct") == [direct]
    assert await ids(world, ayse, "group") == [group]
    await conversations.update_settings(world.deps, ayse, group, settings(isFavourite=True))
    assert await ids(world, ayse, "favourite") == [group]
    far = "2099-01-01T00:00:00Z"
    await conversations.update_settings(world.deps, ayse, direct, settings(mutedUntil=far))
    assert await ids(world, ayse, "muted") == [direct]
    await conversations.archive_conversation(world.deps, ayse, group)
    assert await ids(world, ayse, "archived") == [group]
    assert await ids(world, ayse) == [direct]


async def test_settings_are_ones_own_and_reach_the_own_devices(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    async with world.state_equals_events():
        await conversations.update_settings(
            world.deps, ayse, room, settings(notifications="none", isFavourite=True)
        )
    assert [one.event.stream for one in world.ear.told] == [f"user:{ayse.user_id}"]
    assert (await world.view(mehmet, room))["membership"]["notifications"] == "all"
    async with world.state_equals_events():
        await conversations.update_settings(world.deps, ayse, room, settings(isFavourite=True))
    assert world.ear.told == []
    await conversations.update_settings(
        world.deps, ayse, room, settings(mutedUntil="2099-01-01T00:00:00+03:00")
    )
    muted = (await world.view(ayse, room))["membership"]["mutedUntil"]
    assert muted == "2098-12-31T21:00:00.000Z"
    await conversations.update_settings(world.deps, ayse, room, settings(mutedUntil=None))
    assert (await world.view(ayse, room))["membership"]["mutedUntil"] is None


@pytest.mark.parametrize(
    "moment", ["", "tomorrow", "2026-01-01", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"]
)
async def test_a_moment_that_is_none_is_refused(world: World, moment: str) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    with pytest.raises(ValidationFailed):
        await conversations.update_settings(world.deps, ayse, room, settings(mutedUntil=moment))


async def test_deleting_for_oneself_empties_it_until_somebody_writes(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    old = await world.says(ayse, room, "eski")
    await world.says(mehmet, room, "benim")
    async with world.state_equals_events():
        await conversations.clear_conversation(world.deps, mehmet, room)
    assert await ids(world, mehmet) == []
    assert await world.history(mehmet, room) == []
    assert len(await world.history(ayse, room)) == 2
    async with world.state_equals_events():
        await world.says(ayse, room, "yeni")
    assert await ids(world, mehmet) == [room]
    assert [one["text"] for one in await world.history(mehmet, room)] == ["yeni"]
    assert (await world.view(mehmet, room))["unreadCount"] == 1
    progress = await receipts.mark_read(world.deps, mehmet, room, old["seq"])
    assert progress.pointers.unread_count == 1


async def test_members_come_in_pages(world: World) -> None:
    people = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(*people)
    first = await conversations.list_members(world.deps, people[0], room, None, 2)
    rest = await conversations.list_members(world.deps, people[0], room, first["nextCursor"], 2)
    found = [one["userId"] for one in [*first["items"], *rest["items"]]]
    assert found == sorted(one.user_id for one in people)
    assert rest["nextCursor"] is None


# -- by name ----------------------------------------------------------------------------

IN_ORDER = [
    "9 Eylül",
    "Ahmet",
    "Can",
    "Çağ",
    "Dost",
    "Ilgaz",
    "İzmir",
    "Oda",
    "Öğle",
    "Sabah",
    "Şeker",
]


@pytest.mark.parametrize("limit", [1, 3, 50])
async def test_by_name_in_turkish_order_over_all_pages(world: World, limit: int) -> None:
    ayse, ahmet = await world.people("ayse", "ahmet")
    for name in reversed(IN_ORDER):
        if name != "Ahmet":
            await world.group(ayse, name=name)
    await world.direct(ayse, ahmet)
    found: list[str] = []
    cursor = None
    while True:
        page = await conversations.list_conversations(
            world.deps, ayse, Listing(by_name=True), cursor, limit
        )
        found += [view["name"] or view["peer"]["displayName"] for view in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert found == [name.lower() if name == "Ahmet" else name for name in IN_ORDER]


async def test_each_filter_in_both_orders(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    group = await world.group(ayse, mehmet)
    await world.says(mehmet, group)
    settings = SettingsUpdate.model_validate(
        {"isFavourite": True, "mutedUntil": "9999-01-01T00:00:00Z"}
    )
    await conversations.update_settings(world.deps, ayse, room, settings)
    wanted = {
        None: {room, group},
        "unread": {group},
        "direct": {room},
        "group": {group},
        "archived": set(),
        "favourite": {room},
        "muted": {room},
    }
    for name, rooms in wanted.items():
        for by_name in (False, True):
            page = await conversations.list_conversations(
                world.deps, ayse, Listing(name, by_name), None, 50
            )
            assert {view["id"] for view in page["items"]} == rooms, (name, by_name)


async def test_a_cursor_of_the_other_order_is_refused(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    await world.direct(ayse, mehmet)
    await world.group(ayse)
    for by_name in (False, True):
        page = await conversations.list_conversations(
            world.deps, ayse, Listing(by_name=by_name), None, 1
        )
        with pytest.raises(CursorInvalid):
            await conversations.list_conversations(
                world.deps, ayse, Listing(by_name=not by_name), page["nextCursor"], 1
            )
