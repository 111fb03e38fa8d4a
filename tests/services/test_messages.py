"""What can be done with messages, by whom, and what everybody hears of it."""

import asyncio

import pytest

from altlas_chat.domain.errors import (
    ClientIdReused,
    ConversationNotFound,
    EditWindowClosed,
    MessageDeleted,
    MessageNotFound,
    MessageTooLong,
    PermissionDenied,
    PostingRestricted,
    ValidationFailed,
)
from altlas_chat.domain.messages import MessageEdit
from altlas_chat.services import groups, messages, posting, receipts
from altlas_chat.services.messages import Place
from tests.support.world import World


def edit(text: str, **more: object) -> MessageEdit:
    return MessageEdit.model_validate({"text": text, **more})


async def test_a_message_reaches_everybody_and_the_log(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    async with world.state_equals_events():
        sent = await world.says(ayse, room, "merhaba")
    assert [one["text"] for one in await world.history(mehmet, room)] == ["merhaba"]
    assert sent["state"] == "sent"
    assert (await world.view(mehmet, room))["unreadCount"] == 1
    assert (await world.view(ayse, room))["unreadCount"] == 0


async def test_a_repeated_send_is_one_message(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    draft = world.draft(room)
    async with world.state_equals_events():
        sent = await asyncio.gather(
            *(posting.post_message(world.deps, ayse, draft) for _ in range(5))
        )
    assert len({one.message.message_id for one in sent}) == 1
    assert sorted(one.is_repeat for one in sent) == [False, True, True, True, True]
    assert len(await world.history(ayse, room)) == 1
    assert [one.event.kind for one in world.ear.told].count("message.created") == 1


async def test_another_message_under_the_same_client_id_is_an_error(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    draft = world.draft(room, "first")
    await posting.post_message(world.deps, ayse, draft)
    other = draft.model_copy(update={"text": "second"})
    with pytest.raises(ClientIdReused):
        await posting.post_message(world.deps, ayse, other)
    assert [one["text"] for one in await world.history(ayse, room)] == ["first"]


async def test_two_people_may_use_the_same_client_id(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    draft = world.draft(room)
    await posting.post_message(world.deps, ayse, draft)
    await posting.post_message(world.deps, mehmet, draft)
    assert len(await world.history(ayse, room)) == 2


async def test_many_at_once_get_dense_places(world: World) -> None:
    people = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(*people)
    async with world.state_equals_events():
        await asyncio.gather(*(world.says(people[n % 3], room, f"{n}") for n in range(40)))
    seqs = [one["seq"] for one in await world.history(people[0], room)]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


async def test_what_is_posted_at_once_counts_as_if_one_after_another(world: World) -> None:
    people = await world.people("ayse", "mehmet", "zeynep")
    rooms = [await world.group(*people), await world.direct(*people[:2])]
    async with world.state_equals_events():
        await asyncio.gather(
            *(world.says(people[n % 7 % 2], rooms[n % 5 % 2], f"{n}") for n in range(60))
        )
    for room, members in ((rooms[0], people), (rooms[1], people[:2])):
        history = [one for one in await world.history(people[0], room) if one["senderId"]]
        for person in members:
            membership = (view := await world.view(person, room))["membership"]
            unread = [
                one
                for one in history
                if one["seq"] > membership["readSeq"] and one["senderId"] != person.user_id
            ]
            assert view["unreadCount"] == len(unread)
            own = [one for one in history if one["seq"] <= membership["readSeq"]]
            assert all(one["senderId"] == person.user_id for one in own)


async def test_of_what_is_posted_at_once_each_fails_alone(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room, closed = (
        await world.direct(ayse, mehmet),
        await world.group(ayse, mehmet, permissions={"posting": "admins"}),
    )
    elsewhere = await world.says(ayse, closed)
    first = world.draft(room, "first")
    posts = [
        (ayse, first),
        (zeynep, world.draft(room, "a stranger's")),
        (mehmet, world.draft(closed, "not an administrator's")),
        (mehmet, world.draft(room, "second")),
        (ayse, first),
        (ayse, first.model_copy(update={"text": "another under the same id"})),
        (ayse, world.draft(room, "a reply", replyToId=elsewhere["id"])),
        (ayse, world.draft(room, "third")),
    ]
    async with world.state_equals_events():
        found = await asyncio.gather(
            *(posting.post_message(world.deps, *post) for post in posts), return_exceptions=True
        )
    names = [type(one).__name__ for one in found]
    assert names == [
        "SentMessage",
        "ConversationNotFound",
        "PostingRestricted",
        "SentMessage",
        "SentMessage",
        "ClientIdReused",
        "MessageNotFound",
        "SentMessage",
    ]
    assert found[4].is_repeat
    assert found[4].as_json() == found[0].as_json()
    history = await world.history(mehmet, room)
    assert [one["text"] for one in history] == ["first", "second", "third"]
    assert [one["seq"] for one in history] == [2, 3, 4]


async def test_a_stranger_may_not_post_and_is_told_nothing(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.direct(ayse, mehmet)
    with pytest.raises(ConversationNotFound):
        await world.says(zeynep, room)
    with pytest.raises(ConversationNotFound):
        await world.history(zeynep, room)


async def test_only_administrators_post_where_the_group_says_so(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet, permissions={"posting": "admins"})
    with pytest.raises(PostingRestricted):
        await world.says(mehmet, room)
    await world.says(ayse, room)


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"text": ""}, "/text"),
        ({"text": " \n"}, "/text"),
        ({"kind": "location", "text": ""}, "/content"),
        ({"content": {"latitude": 1.0, "longitude": 2.0}}, "/content"),
        ({"mentions": ["nobody"]}, "/mentions/0"),
    ],
)
async def test_what_is_no_message_is_refused(
    world: World, more: dict[str, object], pointer: str
) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    async with world.state_equals_events():
        with pytest.raises(ValidationFailed) as caught:
            await world.says(ayse, room, **more)
    assert caught.value.errors[0].pointer == pointer


async def test_a_text_over_the_limit_is_refused(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    await world.says(ayse, room, "x" * 4000)
    with pytest.raises(MessageTooLong):
        await world.says(ayse, room, "x" * 4001)


async def test_replies_quote_and_follow_what_they_quote(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    first = await world.says(ayse, room, "soru")
    async with world.state_equals_events():
        reply = await world.says(mehmet, room, "cevap", replyToId=first["id"])
    assert reply["replyTo"]["text"] == "soru"
    assert reply["threadRootId"] == first["id"]
    async with world.state_equals_events():
        await messages.edit_message(world.deps, ayse, first["id"], edit("yeni soru"))
    async with world.state_equals_events():
        await messages.delete_message_for_everyone(world.deps, ayse, first["id"])
    quoted = (await world.history(ayse, room))[-1]["replyTo"]
    assert (quoted["text"], quoted["isDeleted"]) == ("", True)


async def test_a_reply_stays_in_its_conversation(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    here, there = await world.direct(ayse, mehmet), await world.direct(ayse, zeynep)
    other = await world.says(ayse, there)
    with pytest.raises(MessageNotFound):
        await world.says(ayse, here, replyToId=other["id"])
    with pytest.raises(MessageNotFound):
        await world.says(mehmet, here, replyToId=other["id"])


async def test_forwarding_brings_the_content_of_what_one_can_see(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    here, there = await world.direct(ayse, mehmet), await world.direct(mehmet, zeynep)
    first = await world.says(ayse, here, "haber")
    async with world.state_equals_events():
        forwarded = await world.says(mehmet, there, "", forwardFromId=first["id"])
    assert forwarded["text"] == "haber"
    assert forwarded["forwardedFrom"]["senderId"] == ayse.user_id
    with pytest.raises(MessageNotFound):
        await world.says(zeynep, there, "", forwardFromId=first["id"])
    await messages.delete_message_for_everyone(world.deps, ayse, first["id"])
    with pytest.raises(MessageDeleted):
        await world.says(mehmet, there, "", forwardFromId=first["id"])


async def test_editing_changes_the_text_for_everybody_and_keeps_the_old_one(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    sent = await world.says(ayse, room, "bir")
    async with world.state_equals_events():
        await messages.edit_message(world.deps, ayse, sent["id"], edit("iki"))
    async with world.state_equals_events():
        changed = await messages.edit_message(world.deps, ayse, sent["id"], edit("üç"))
    assert (changed["text"], changed["editCount"]) == ("üç", 2)
    forms = await messages.list_edits(world.deps, mehmet, sent["id"])
    assert [form.text for form in forms] == ["bir", "iki"]


async def test_editing_to_the_same_text_is_not_told(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    sent = await world.says(ayse, room, "bir")
    async with world.state_equals_events():
        same = await messages.edit_message(world.deps, ayse, sent["id"], edit("bir"))
    assert same["editCount"] == 0
    assert world.ear.told == []


async def test_only_the_author_edits_and_only_for_a_while(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    sent = await world.says(ayse, room)
    with pytest.raises(PermissionDenied):
        await messages.edit_message(world.deps, mehmet, sent["id"], edit("x"))
    world.clock.forward(world.deps.settings.edit_window_seconds + 1)
    with pytest.raises(EditWindowClosed):
        await messages.edit_message(world.deps, ayse, sent["id"], edit("x"))


async def test_deleting_for_everyone_leaves_a_place_without_content(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    sent = await world.says(ayse, room, "sır")
    await messages.edit_message(world.deps, ayse, sent["id"], edit("daha sır"))
    _, cursor = await world.known_to(mehmet)
    async with world.state_equals_events():
        await messages.delete_message_for_everyone(world.deps, ayse, sent["id"])
    left = (await world.history(mehmet, room))[0]
    assert (left["text"], left["seq"]) == ("", sent["seq"])
    assert left["deletedAt"] is not None
    assert await messages.list_edits(world.deps, mehmet, sent["id"]) == []
    assert "sır" not in str(await world.replayed(mehmet, cursor))
    with pytest.raises(MessageDeleted):
        await messages.edit_message(world.deps, ayse, sent["id"], edit("yine"))
    async with world.state_equals_events():
        await messages.delete_message_for_everyone(world.deps, ayse, sent["id"])
    assert world.ear.told == []


async def test_who_may_delete_for_everyone(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    moderator = await world.person("denetci", "moderator")
    room = await world.group(ayse, mehmet, zeynep)
    sent = await world.says(mehmet, room)
    with pytest.raises(PermissionDenied):
        await messages.delete_message_for_everyone(world.deps, zeynep, sent["id"])
    await messages.delete_message_for_everyone(world.deps, ayse, sent["id"])
    again = await world.says(mehmet, room)
    await messages.delete_message_for_everyone(world.deps, moderator, again["id"])
    direct = await world.direct(ayse, mehmet)
    mine = await world.says(ayse, direct)
    with pytest.raises(PermissionDenied):
        await messages.delete_message_for_everyone(world.deps, mehmet, mine["id"])


async def test_deleting_for_oneself_hides_it_from_oneself_only(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    await world.says(ayse, room, "bir")
    sent = await world.says(ayse, room, "iki")
    async with world.state_equals_events():
        await messages.delete_message_for_me(world.deps, mehmet, sent["id"])
    assert [one["text"] for one in await world.history(mehmet, room)] == ["bir"]
    assert [one["text"] for one in await world.history(ayse, room)] == ["bir", "iki"]
    assert (await world.view(mehmet, room))["lastMessage"]["text"] == "bir"
    with pytest.raises(MessageNotFound):
        await messages.get_message(world.deps, mehmet, sent["id"])


async def test_mentions_are_members_and_change_with_an_edit(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet)
    async with world.state_equals_events():
        sent = await world.says(ayse, room, "@mehmet", mentions=[mehmet.user_id])
    assert sent["mentions"] == [mehmet.user_id]
    with pytest.raises(ValidationFailed):
        await world.says(ayse, room, "@zeynep", mentions=[zeynep.user_id])
    async with world.state_equals_events():
        changed = await messages.edit_message(
            world.deps, ayse, sent["id"], edit("kimse", mentions=[])
        )
    assert changed["mentions"] == []


async def test_history_goes_by_place_in_both_directions(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    seqs = [(await world.says(ayse, room, f"{n}"))["seq"] for n in range(20)]

    async def part(limit: int, **place: int) -> tuple[list[int], bool, bool]:
        page = await messages.list_messages(world.deps, mehmet, room, Place(**place), limit)
        return [one["seq"] for one in page["items"]], page["hasBefore"], page["hasAfter"]

    assert await part(5) == (seqs[-5:], True, False)
    assert await part(5, before=seqs[5]) == (seqs[:5], False, True)
    assert await part(5, after=seqs[14]) == (seqs[15:], True, False)
    assert await part(4, after=seqs[2]) == (seqs[3:7], True, True)
    assert await part(6, around=seqs[10]) == (seqs[7:13], True, True)
    assert await part(50) == (seqs, False, False)
    assert await part(5, after=seqs[-1]) == ([], True, False)
    assert await part(5, before=1) == ([], False, True)


async def test_who_left_sees_and_does_nothing_there_any_more(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    sent = await world.says(mehmet, room)
    await groups.leave_group(world.deps, mehmet, room)
    with pytest.raises(ConversationNotFound):
        await world.says(mehmet, room)
    with pytest.raises(MessageNotFound):
        await messages.get_message(world.deps, mehmet, sent["id"])
    with pytest.raises(MessageNotFound):
        await messages.edit_message(world.deps, mehmet, sent["id"], edit("x"))
    with pytest.raises(MessageNotFound):
        await messages.delete_message_for_everyone(world.deps, mehmet, sent["id"])


async def test_somebody_mentioned_twice_is_mentioned_once(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    twice = [mehmet.user_id, ayse.user_id, mehmet.user_id]
    async with world.state_equals_events():
        sent = await world.says(ayse, room, "@mehmet @mehmet", mentions=twice)
        edited = await messages.edit_message(
            world.deps, ayse, sent["id"], edit("@mehmet!", mentions=twice)
        )
    assert sent["mentions"] == edited["mentions"] == [mehmet.user_id, ayse.user_id]


async def test_a_repeated_send_gives_the_present_form(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    draft = world.draft(room, "first")
    sent = (await posting.post_message(world.deps, ayse, draft)).as_json()
    await messages.edit_message(world.deps, ayse, sent["id"], edit("second"))
    await receipts.mark_read(world.deps, mehmet, room, sent["seq"] + 1)
    again = (await posting.post_message(world.deps, ayse, draft)).as_json()
    assert (again["id"], again["text"], again["state"]) == (sent["id"], "second", "read")
