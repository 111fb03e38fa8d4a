"""Reactions, pins, stars and threads: what hangs on messages, and what everybody hears of it."""

import pytest

from altlas_chat.domain.errors import (
    MessageDeleted,
    MessageNotFound,
    PermissionDenied,
    UserBlocked,
    ValidationFailed,
)
from altlas_chat.domain.messages import MessageEdit
from altlas_chat.services import blocks, conversations, groups, marks, messages, notifications
from altlas_chat.services.marks import MAX_PINS
from altlas_chat.storage.database import Reader
from altlas_chat.storage.messages import Span, select_span
from tests.support.world import World

FAMILY, TURKEY, KEYCAP, DARK_THUMB = "👨‍👩‍👧", "🇹🇷", "1️⃣", "👍🏿"


async def test_reactions_are_in_every_form_of_a_message(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    sent = await world.says(ayse, room)
    async with world.state_equals_events():
        for actor, emoji in ((mehmet, FAMILY), (ayse, TURKEY), (ayse, FAMILY), (mehmet, KEYCAP)):
            found = await marks.add_reaction(world.deps, actor, sent["id"], emoji)
    expected = [
        {"emoji": FAMILY, "count": 2, "userIds": [mehmet.user_id, ayse.user_id]},
        {"emoji": TURKEY, "count": 1, "userIds": [ayse.user_id]},
        {"emoji": KEYCAP, "count": 1, "userIds": [mehmet.user_id]},
    ]
    assert found == expected
    assert (await world.history(mehmet, room))[0]["reactions"] == expected
    assert (await world.view(ayse, room))["lastMessage"]["reactions"] == expected
    shown = await messages.get_message(world.deps, ayse, sent["id"])
    assert shown["reactions"] == expected
    assert await marks.list_reactions(world.deps, ayse, sent["id"]) == expected


async def test_a_reaction_again_or_taken_back_twice_is_told_once(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    sent = await world.says(ayse, room)
    async with world.state_equals_events():
        for _ in range(2):
            await marks.add_reaction(world.deps, mehmet, sent["id"], "❤")
        await marks.add_reaction(world.deps, mehmet, sent["id"], "❤️")
    assert [one.event.kind for one in world.ear.told if "reaction" in one.event.kind] == [
        "reaction.added"
    ]
    async with world.state_equals_events():
        for _ in range(2):
            left = await marks.remove_reaction(world.deps, mehmet, sent["id"], "❤")
    assert left == []
    assert [one.event.kind for one in world.ear.told] == ["reaction.removed"]
    assert (await world.history(ayse, room))[0]["reactions"] == []


@pytest.mark.parametrize(
    "text",
    ["", "a", "1", "#", "merhaba", "👍👍", "👍a", "🏽", "🇹", "👍" * 300, "\x00", "‍", " 👍", "©x"],
)
async def test_what_is_not_one_emoji_is_refused(world: World, text: str) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    sent = await world.says(ayse, await world.direct(ayse, mehmet))
    for act in (marks.add_reaction, marks.remove_reaction):
        with pytest.raises(ValidationFailed) as refused:
            await act(world.deps, mehmet, sent["id"], text)
        assert refused.value.errors[0].parameter == "emoji"


async def test_nothing_is_hung_on_what_is_deleted_or_nobodys(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    group = await world.group(ayse, mehmet)
    created = (await world.history(ayse, group))[0]
    assert created["kind"] == "system"
    sent = await world.says(ayse, group)
    with pytest.raises(MessageNotFound):
        await marks.add_reaction(world.deps, zeynep, sent["id"], "👍")
    await messages.delete_message_for_everyone(world.deps, ayse, sent["id"])
    for message in (created, sent):
        with pytest.raises(MessageDeleted):
            await marks.add_reaction(world.deps, mehmet, message["id"], "👍")
        with pytest.raises(MessageDeleted):
            await marks.set_pinned(world.deps, mehmet, message["id"], pinned=True)
    with pytest.raises(MessageDeleted):
        await marks.star_message(world.deps, mehmet, sent["id"])


async def test_the_different_emoji_of_a_message_are_limited(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "MAX_DIFFERENT_REACTIONS", 2)
    ayse, mehmet = await world.people("ayse", "mehmet")
    sent = await world.says(ayse, await world.direct(ayse, mehmet))
    for emoji in ("👍", DARK_THUMB):
        await marks.add_reaction(world.deps, ayse, sent["id"], emoji)
    with pytest.raises(ValidationFailed):
        await marks.add_reaction(world.deps, mehmet, sent["id"], TURKEY)
    await marks.add_reaction(world.deps, mehmet, sent["id"], "👍")


async def test_a_pin_is_for_all_and_the_history_says_so(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    first, second = await world.says(ayse, room), await world.says(mehmet, room)
    async with world.state_equals_events():
        for sent in (first, second, first):
            shown = await marks.set_pinned(world.deps, mehmet, sent["id"], pinned=True)
            assert shown["isPinned"]
    page = await marks.list_pins(world.deps, ayse, room, None, 1)
    assert [one["id"] for one in page["items"]] == [second["id"]]
    page = await marks.list_pins(world.deps, ayse, room, page["nextCursor"], 1)
    assert ([one["id"] for one in page["items"]], page["nextCursor"]) == ([first["id"]], None)
    told = [one["content"] for one in await world.history(ayse, room) if one["kind"] == "system"]
    assert [(one["action"], one["messageId"]) for one in told] == [
        ("message_pinned", first["id"]),
        ("message_pinned", second["id"]),
    ]
    async with world.state_equals_events():
        for _ in range(2):
            await marks.set_pinned(world.deps, ayse, second["id"], pinned=False)
    page = await marks.list_pins(world.deps, ayse, room, None, 9)
    assert [one["id"] for one in page["items"]] == [first["id"]]


async def test_who_may_edit_the_group_may_pin(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    group = await world.group(ayse, mehmet, permissions={"editing": "admins"})
    sent = await world.says(mehmet, group)
    for pinned in (True, False):
        with pytest.raises(PermissionDenied):
            await marks.set_pinned(world.deps, mehmet, sent["id"], pinned=pinned)
        with pytest.raises(MessageNotFound):
            await marks.set_pinned(world.deps, zeynep, sent["id"], pinned=pinned)
    async with world.state_equals_events():
        await marks.set_pinned(world.deps, ayse, sent["id"], pinned=True)


async def test_a_conversation_has_so_many_pins(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_PINS == 100
    monkeypatch.setattr(marks, "MAX_PINS", 1)
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    first, second = await world.says(ayse, room), await world.says(ayse, room)
    await marks.set_pinned(world.deps, ayse, first["id"], pinned=True)
    with pytest.raises(ValidationFailed):
        await marks.set_pinned(world.deps, ayse, second["id"], pinned=True)
    assert not (await messages.get_message(world.deps, ayse, second["id"]))["isPinned"]


async def test_stars_are_ones_own(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    first, second = await world.says(ayse, room), await world.says(mehmet, room)
    async with world.state_equals_events():
        for sent in (second, first, second):
            await marks.star_message(world.deps, ayse, sent["id"])
    assert {one.event.stream for one in world.ear.told} == {f"user:{ayse.user_id}"}
    assert len(world.ear.told) == 2
    page = await marks.list_starred(world.deps, ayse, None, 1)
    assert [one["id"] for one in page["items"]] == [first["id"]]
    page = await marks.list_starred(world.deps, ayse, page["nextCursor"], 1)
    assert ([one["id"] for one in page["items"]], page["nextCursor"]) == ([second["id"]], None)
    assert (await marks.list_starred(world.deps, mehmet, None, 9))["items"] == []
    async with world.state_equals_events():
        for _ in range(2):
            await marks.unstar_message(world.deps, ayse, first["id"])
    assert len(world.ear.told) == 1


async def test_a_star_goes_with_what_it_is_on(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room, group = await world.direct(ayse, mehmet), await world.group(mehmet, ayse)
    deleted, hidden = await world.says(mehmet, room), await world.says(mehmet, room)
    cleared, left = await world.says(mehmet, room), await world.says(mehmet, group)
    for sent in (deleted, hidden, cleared, left):
        await marks.star_message(world.deps, ayse, sent["id"])

    async def starred() -> int:
        return len((await marks.list_starred(world.deps, ayse, None, 9))["items"])

    async with world.state_equals_events():
        await messages.delete_message_for_everyone(world.deps, mehmet, deleted["id"])
    assert await starred() == 3
    async with world.state_equals_events():
        await messages.delete_message_for_me(world.deps, ayse, hidden["id"])
    assert await starred() == 2
    async with world.state_equals_events():
        await conversations.clear_conversation(world.deps, ayse, room)
    assert await starred() == 1
    async with world.state_equals_events():
        await groups.leave_group(world.deps, ayse, group)
    assert await starred() == 0


async def test_deleting_for_everyone_takes_all_marks_away(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    sent = await world.says(ayse, room)
    await marks.add_reaction(world.deps, mehmet, sent["id"], "👍")
    await marks.set_pinned(world.deps, mehmet, sent["id"], pinned=True)
    await marks.star_message(world.deps, mehmet, sent["id"])
    async with world.state_equals_events():
        await messages.delete_message_for_everyone(world.deps, ayse, sent["id"])
    shown = await messages.get_message(world.deps, mehmet, sent["id"])
    assert (shown["reactions"], shown["isPinned"]) == ([], False)
    assert (await marks.list_pins(world.deps, mehmet, room, None, 9))["items"] == []

    async def rows(reader: Reader) -> list[int]:
        counts = []
        for table in ("reactions", "pins", "stars"):
            row = await reader.fetch_one(f"SELECT count(*) FROM {table}")
            counts.append(row[0] if row else -1)
        return counts

    assert await world.deps.database.read(rows) == [0, 0, 0]


async def test_a_whole_life_replayed_is_the_present(world: World) -> None:
    """From a cursor before everything: each event shows the present form, and all add up."""
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    async with world.state_equals_events():
        root = await world.says(ayse, room, "kök")
        reply = await world.says(mehmet, room, "yanıt", replyToId=root["id"])
        await marks.add_reaction(world.deps, mehmet, root["id"], "👍")
        await marks.set_pinned(world.deps, mehmet, root["id"], pinned=True)
        edit = MessageEdit.model_validate({"text": "kök, düzeltildi"})
        await messages.edit_message(world.deps, ayse, root["id"], edit)
        await world.says(ayse, room, "bir daha", replyToId=reply["id"])
        await marks.set_pinned(world.deps, mehmet, root["id"], pinned=False)
        await marks.remove_reaction(world.deps, mehmet, root["id"], "👍")
        await marks.add_reaction(world.deps, ayse, reply["id"], "👍")
        await messages.delete_message_for_everyone(world.deps, mehmet, reply["id"])
    shown = await messages.get_message(world.deps, ayse, root["id"])
    assert (shown["replyCount"], shown["reactions"], shown["isPinned"]) == (1, [], False)


async def test_a_thread_has_a_root_a_count_and_a_list(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet)
    root = await world.says(ayse, room)
    async with world.state_equals_events():
        first = await world.says(mehmet, room, "bir", replyToId=root["id"])
        second = await world.says(ayse, room, "iki", replyToId=first["id"])
    assert {first["threadRootId"], second["threadRootId"]} == {root["id"]}
    assert (await world.history(ayse, room))[1]["replyCount"] == 2
    page = await messages.list_replies(world.deps, mehmet, root["id"], None, 1)
    assert [one["id"] for one in page["items"]] == [first["id"]]
    page = await messages.list_replies(world.deps, mehmet, root["id"], page["nextCursor"], 1)
    assert ([one["id"] for one in page["items"]], page["nextCursor"]) == ([second["id"]], None)
    assert (await messages.list_replies(world.deps, ayse, first["id"], None, 9))["items"] == []
    with pytest.raises(MessageNotFound):
        await messages.list_replies(world.deps, zeynep, root["id"], None, 9)


async def test_a_deleted_reply_is_not_counted_and_keeps_its_place(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    root = await world.says(ayse, room)
    reply = await world.says(mehmet, room, replyToId=root["id"])
    await world.says(mehmet, room, replyToId=root["id"])
    async with world.state_equals_events():
        for _ in range(2):
            await messages.delete_message_for_everyone(world.deps, mehmet, reply["id"])
    assert (await world.history(ayse, room))[0]["replyCount"] == 1
    page = await messages.list_replies(world.deps, ayse, root["id"], None, 9)
    assert [one["deletedAt"] is None for one in page["items"]] == [False, True]


async def test_replies_hidden_from_oneself_are_not_listed(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    root = await world.says(ayse, room)
    reply = await world.says(mehmet, room, replyToId=root["id"])
    await messages.delete_message_for_me(world.deps, ayse, reply["id"])
    assert (await messages.list_replies(world.deps, ayse, root["id"], None, 9))["items"] == []
    assert len((await messages.list_replies(world.deps, mehmet, root["id"], None, 9))["items"]) == 1


async def test_as_many_queries_for_many_messages_as_for_one(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    for _ in range(30):
        sent = await world.says(ayse, room)
        await marks.add_reaction(world.deps, mehmet, sent["id"], "👍")

    async def queries(limit: int) -> int:
        counted = 0

        class Counting:
            def __init__(self, reader: Reader) -> None:
                self._reader, self.dialect = reader, reader.dialect

            async def fetch_one(self, sql: str, *params: object) -> object:
                nonlocal counted
                counted += 1
                return await self._reader.fetch_one(sql, *params)

            async def fetch_all(self, sql: str, *params: object) -> object:
                nonlocal counted
                counted += 1
                return await self._reader.fetch_all(sql, *params)

        async def query(reader: Reader) -> int:
            span = Span(room, ayse.user_id, 0, 10**9)
            found = await select_span(Counting(reader), span, limit, newest_first=True)  # type: ignore[arg-type]
            assert all(one.reactions for one in found)
            return len(found)

        assert await world.deps.database.read(query) == limit
        return counted

    assert await queries(1) == await queries(30) == 2


async def test_the_author_is_notified_of_a_reaction_of_another(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    sent = await world.says(ayse, await world.direct(ayse, mehmet))
    async with world.state_equals_events():
        for actor in (mehmet, mehmet, ayse):
            await marks.add_reaction(world.deps, actor, sent["id"], "👍")
    told = [one for one in world.ear.told if one.event.kind == "notification.created"]
    assert [(one.event.stream, one.data["notification"]["kind"]) for one in told] == [
        (f"user:{ayse.user_id}", "reaction")
    ]


async def test_between_two_who_are_blocked_nothing_is_hung_on_messages(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room, group = await world.direct(ayse, mehmet), await world.group(ayse, mehmet)
    direct, common = await world.says(ayse, room), await world.says(ayse, group)
    pinned = await world.says(ayse, room)
    await marks.set_pinned(world.deps, ayse, pinned["id"], pinned=True)
    await blocks.block_user(world.deps, ayse, mehmet.user_id)
    for actor in (ayse, mehmet):
        with pytest.raises(UserBlocked):
            await marks.add_reaction(world.deps, actor, direct["id"], "👍")
        for message, is_pinned in ((direct, True), (pinned, False)):
            with pytest.raises(UserBlocked):
                await marks.set_pinned(world.deps, actor, message["id"], pinned=is_pinned)
    async with world.state_equals_events():
        await marks.add_reaction(world.deps, mehmet, common["id"], "👍")
        await marks.set_pinned(world.deps, mehmet, common["id"], pinned=True)
    assert not [one for one in world.ear.told if one.event.kind == "notification.created"]


async def test_a_reaction_that_flaps_is_notified_once_until_it_is_read(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    sent = await world.says(ayse, room)
    for _ in range(5):
        await marks.add_reaction(world.deps, mehmet, sent["id"], "👍")
        await marks.remove_reaction(world.deps, mehmet, sent["id"], "👍")
    assert (await notifications.count_notifications(world.deps, ayse))["unread"] == 1
    await notifications.read_all_notifications(world.deps, ayse, None)
    await marks.add_reaction(world.deps, mehmet, sent["id"], "👍")
    assert (await notifications.count_notifications(world.deps, ayse))["unread"] == 1
