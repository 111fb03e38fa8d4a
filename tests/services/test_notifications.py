"""Who is told of what, in which words, and what is left of it when its cause is gone."""

import asyncio

import pytest

from altlas_chat.domain.accounts import ProfileUpdate
from altlas_chat.domain.conversations import MembersToAdd, SettingsUpdate
from altlas_chat.domain.errors import CursorInvalid, NotificationNotFound
from altlas_chat.domain.messages import MessageEdit
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.preferences import PreferencesUpdate
from altlas_chat.services import (
    blocks,
    conversations,
    groups,
    messages,
    notifications,
    preferences,
    receipts,
    users,
)
from altlas_chat.storage.database import Transaction
from altlas_chat.storage.notifications import (
    MOST_COUNTED,
    Notification,
    insert_notifications,
    select_notifications,
)
from tests.support.world import Json, World


async def told(world: World, actor: Actor, *, unread_only: bool = False) -> list[Json]:
    """The actor's notifications, the newest first."""
    page = await notifications.list_notifications(
        world.deps, actor, None, 200, unread_only=unread_only
    )
    return list(page["items"])


async def kinds(world: World, actor: Actor) -> list[str]:
    return [one["kind"] for one in await told(world, actor)]


async def unread(world: World, actor: Actor) -> int:
    return int((await notifications.count_notifications(world.deps, actor))["unread"])


async def sets(world: World, actor: Actor, room: str, **settings: object) -> None:
    update = SettingsUpdate.model_validate(settings)
    await conversations.update_settings(world.deps, actor, room, update)


async def test_each_is_told_of_what_is_said_to_the_person(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet, zeynep)
    first = await world.says(mehmet, room, "kim gelir?")
    async with world.state_equals_events():
        await world.says(ayse, room, "ben", replyToId=first["id"])
        await world.says(ayse, room, "@zeynep?", mentions=[zeynep.user_id, ayse.user_id])
        await world.says(ayse, room, "bu herkese")
    assert await kinds(world, mehmet) == ["reply", "invitation"]
    assert await kinds(world, zeynep) == ["mention", "invitation"]
    assert await kinds(world, ayse) == []
    mention = (await told(world, zeynep))[0]
    assert mention["title"] == "ayse mentioned you in Çay"
    assert mention["text"] == "@zeynep?"
    assert (mention["actorId"], mention["conversationId"]) == (ayse.user_id, room)


async def test_who_is_mentioned_and_answered_is_told_once(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    first = await world.says(mehmet, room)
    await world.says(ayse, room, replyToId=first["id"], mentions=[mehmet.user_id])
    assert await kinds(world, mehmet) == ["mention", "invitation"]


async def test_of_direct_messages_there_is_one_until_it_is_read(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    async with world.state_equals_events():
        for _ in range(5):
            last = await world.says(ayse, room, mentions=[mehmet.user_id])
    assert await kinds(world, mehmet) == ["direct_message"]
    async with world.state_equals_events():
        await receipts.mark_read(world.deps, mehmet, room, last["seq"])
    assert await unread(world, mehmet) == 0
    async with world.state_equals_events():
        await world.says(ayse, room)
    assert await unread(world, mehmet) == 1
    assert await kinds(world, mehmet) == ["direct_message", "direct_message"]


async def test_reading_a_conversation_reads_what_it_gave_rise_to_up_to_there(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room, other = await world.group(ayse, mehmet), await world.group(ayse, mehmet)
    first = await world.says(ayse, room, mentions=[mehmet.user_id])
    await world.says(ayse, room, mentions=[mehmet.user_id])
    async with world.state_equals_events():
        await receipts.mark_read(world.deps, mehmet, room, first["seq"])
    left = await told(world, mehmet, unread_only=True)
    assert [(one["kind"], one["conversationId"]) for one in left] == [
        ("mention", room),
        ("invitation", other),
    ]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"notifications": "all"}, ["mention", "reply"]),
        ({"notifications": "mentions"}, ["mention", "reply"]),
        ({"notifications": "none"}, []),
        ({"mutedUntil": "2100-01-01T00:00:00Z"}, []),
        ({"mutedUntil": "2020-01-01T00:00:00Z"}, ["mention", "reply"]),
        ({"mutedUntil": None}, ["mention", "reply"]),
    ],
)
async def test_the_settings_of_a_conversation_hold(
    world: World, settings: Json, expected: list[str]
) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    await sets(world, mehmet, room, **settings)
    first = await world.says(mehmet, room)
    await world.says(ayse, room, replyToId=first["id"])
    await world.says(ayse, room, mentions=[mehmet.user_id])
    assert await kinds(world, mehmet) == [*expected, "invitation"]


@pytest.mark.parametrize(
    ("level", "expected"), [("all", "direct_message"), ("mentions", "mention"), ("none", None)]
)
async def test_the_settings_of_a_direct_conversation_hold(
    world: World, level: str, expected: str | None
) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    await sets(world, mehmet, room, notifications=level)
    await world.says(ayse, room, mentions=[mehmet.user_id])
    assert await kinds(world, mehmet) == ([] if expected is None else [expected])


async def test_who_wants_no_mentions_is_told_of_none(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    update = PreferencesUpdate.model_validate({"notifications": {"mentions": False}})
    await preferences.update_preferences(world.deps, mehmet, update)
    await world.says(ayse, room, mentions=[mehmet.user_id])
    assert await kinds(world, mehmet) == ["invitation"]
    # An answer is no mention, also where it mentions whom it answers.
    first = await world.says(mehmet, room)
    async with world.state_equals_events():
        await world.says(ayse, room, replyToId=first["id"], mentions=[mehmet.user_id])
    assert await kinds(world, mehmet) == ["reply", "invitation"]
    await world.says(ayse, room, replyToId=first["id"])
    assert await kinds(world, mehmet) == ["reply", "reply", "invitation"]


@pytest.mark.parametrize("blocker", ["ayse", "mehmet"])
async def test_behind_a_block_nobody_is_told_either_way(world: World, blocker: str) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    first = await world.says(mehmet, room)
    one, other = (ayse, mehmet) if blocker == "ayse" else (mehmet, ayse)
    await blocks.block_user(world.deps, one, other.user_id)
    await world.says(ayse, room, mentions=[mehmet.user_id])
    await world.says(ayse, room, replyToId=first["id"])
    await world.says(mehmet, room, mentions=[ayse.user_id])
    assert await kinds(world, mehmet) == ["invitation"]
    assert await kinds(world, ayse) == []
    assert len(await world.history(mehmet, room)) == 5  # a group is still everybody's


async def test_an_edit_tells_those_who_are_newly_mentioned(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet, zeynep)
    sent = await world.says(ayse, room, mentions=[mehmet.user_id])
    edit = MessageEdit(text="ikiniz", mentions=[mehmet.user_id, zeynep.user_id])
    async with world.state_equals_events():
        await messages.edit_message(world.deps, ayse, sent["id"], edit)
    assert await kinds(world, mehmet) == ["mention", "invitation"]
    assert await kinds(world, zeynep) == ["mention", "invitation"]


async def test_members_are_told_of_invitations_and_roles(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet)
    async with world.state_equals_events():
        await groups.add_members(
            world.deps, ayse, room, MembersToAdd.model_validate({"userIds": [zeynep.user_id]})
        )
        await groups.set_role(world.deps, ayse, room, zeynep.user_id, "admin")
    assert [one["title"] for one in await told(world, zeynep)] == [
        "You are an administrator of the group Çay now",
        "ayse added you to the group Çay",
    ]


async def test_words_are_of_the_present_and_nothing_comes_back(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    _, cursor = await world.known_to(mehmet)
    edited = await world.says(ayse, room, "önce", mentions=[mehmet.user_id])
    deleted = await world.says(ayse, room, "gizli", mentions=[mehmet.user_id])
    hidden = await world.says(ayse, room, "gizli", mentions=[mehmet.user_id])
    await messages.edit_message(world.deps, ayse, edited["id"], MessageEdit(text="sonra"))
    async with world.state_equals_events():
        await messages.delete_message_for_everyone(world.deps, ayse, deleted["id"])
        await messages.delete_message_for_me(world.deps, mehmet, hidden["id"])
    texts = [one["text"] for one in await told(world, mehmet)]
    assert texts == ["", "", "sonra", ""]
    frames = await world.replayed(mehmet, cursor)
    created = [one["data"] for one in frames if one["event"] == "notification.created"]
    assert [one["notification"]["text"] for one in created] == ["sonra", "", ""]
    assert [one["unread"] for one in created] == [2, 3, 4]


async def test_who_left_is_told_neither_text_nor_name(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    await world.says(ayse, room, "gizli", mentions=[mehmet.user_id])
    async with world.state_equals_events():
        await groups.leave_group(world.deps, mehmet, room)
    found = await told(world, mehmet)
    assert [one["text"] for one in found] == ["", ""]
    assert not any("Çay" in one["title"] for one in found)
    assert await unread(world, mehmet) == 0


async def test_a_cleared_conversation_has_nothing_left_to_look_at(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    await world.says(ayse, room, "gizli")
    async with world.state_equals_events():
        await conversations.clear_conversation(world.deps, mehmet, room)
    assert [(one["text"], one["readAt"] is None) for one in await told(world, mehmet)] == [
        ("", False)
    ]


async def test_it_is_told_in_the_readers_language(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    await users.update_profile(world.deps, mehmet, ProfileUpdate(language="tr"))
    room = await world.direct(ayse, mehmet)
    world.ear.told.clear()
    await world.says(ayse, room)
    data = [one.data for one in world.ear.told if one.event.kind == "notification.created"]
    assert data[0]["notification"]["title"] != "New message from ayse"
    assert "ayse" in data[0]["notification"]["title"]


async def test_reading_one_and_reading_all(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    rooms = [await world.group(ayse, mehmet) for _ in range(3)]
    assert len(rooms) == await unread(world, mehmet)
    newest, middle, oldest = await told(world, mehmet)
    async with world.state_equals_events():
        read = await notifications.read_notification(world.deps, mehmet, newest["id"])
        again = await notifications.read_notification(world.deps, mehmet, newest["id"])
    assert read["readAt"] is not None
    assert again == read
    world.ear.told.clear()
    async with world.state_equals_events():
        until = await _created_at(world, mehmet, oldest["id"])
        counts = await notifications.read_all_notifications(world.deps, mehmet, until)
    assert counts == {"unread": 1, "byKind": {"invitation": 1}}
    assert [one["id"] for one in await told(world, mehmet, unread_only=True)] == [middle["id"]]
    async with world.state_equals_events():
        assert (await notifications.read_all_notifications(world.deps, mehmet, None)) == {
            "unread": 0,
            "byKind": {},
        }
    world.ear.told.clear()
    await notifications.read_all_notifications(world.deps, mehmet, None)
    assert world.ear.told == []


async def _created_at(world: World, actor: Actor, notification_id: str) -> int:
    found = await world.deps.database.read(
        lambda reader: select_notifications(reader, [notification_id])
    )
    return found[notification_id].created_at


async def test_nobody_reads_anothers(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    await world.group(ayse, mehmet)
    (one,) = await told(world, mehmet)
    with pytest.raises(NotificationNotFound):
        await notifications.read_notification(world.deps, ayse, one["id"])
    with pytest.raises(NotificationNotFound):
        await notifications.read_notification(world.deps, ayse, "nothing")


async def test_a_list_goes_on_where_it_ended(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    for _ in range(5):
        await world.group(ayse, mehmet)
    whole = [one["id"] for one in await told(world, mehmet)]
    found: list[str] = []
    cursor = None
    for _ in range(3):
        page = await notifications.list_notifications(
            world.deps, mehmet, cursor, 2, unread_only=True
        )
        found += [one["id"] for one in page["items"]]
        cursor = page["nextCursor"]
    assert found == whole
    assert cursor is None
    with pytest.raises(CursorInvalid):
        await notifications.list_notifications(world.deps, mehmet, "x", 2, unread_only=False)


async def test_many_at_once_are_told_in_order(world: World) -> None:
    """Messages that are kept together: each person's stream is dense, each count is the next."""
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet, zeynep)
    mentions = [mehmet.user_id, zeynep.user_id]
    async with world.state_equals_events():
        await asyncio.gather(*(world.says(ayse, room, mentions=mentions) for _ in range(12)))
    assert await unread(world, mehmet) == await unread(world, zeynep) == 13


async def test_who_reads_none_of_them_is_told_of_a_thousand_and_not_counted_to_the_end(
    world: World,
) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    at = world.clock.now_ms()
    left = MOST_COUNTED - 1 - await unread(world, mehmet)

    async def fill(tx: Transaction) -> None:
        rows = [
            Notification(
                f"n{number}", mehmet.user_id, "reply", ayse.user_id, room, None, None, {}, at, None
            )
            for number in range(left)
        ]
        await insert_notifications(tx, rows)

    await world.deps.database.write(fill, lane="filling")
    _, cursor = await world.known_to(mehmet)
    async with world.state_equals_events():
        for text in ("bir", "iki", "üç"):
            await world.says(ayse, room, text, mentions=[mehmet.user_id])
    frames = await world.replayed(mehmet, cursor)
    created = [one["data"] for one in frames if one["event"] == "notification.created"]
    assert [one["unread"] for one in created] == [MOST_COUNTED] * 3
    counts = await notifications.count_notifications(world.deps, mehmet)
    # Of 1,002 the newest are counted: the three, and as many others as make a thousand.
    assert counts == {"unread": 1000, "byKind": {"mention": 3, "reply": 997}}
