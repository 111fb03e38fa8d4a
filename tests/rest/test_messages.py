"""Messages over HTTP: sending once, reading on from any place, changing, taking away."""

import asyncio
import uuid
from typing import Any

import pytest

from tests.support.running import Chat, Json, Person, ServeChat


def draft(room: str, text: str = "hello", **more: Any) -> Json:
    return {"conversationId": room, "clientId": str(uuid.uuid4()), "text": text, **more}


async def say(person: Person, room: str, text: str = "hello", **more: Any) -> Json:
    return await person.gets("POST", "/messages", draft(room, text, **more))


async def history(person: Person, room: str, **place: int) -> Json:
    return await person.gets("GET", f"/conversations/{room}/messages", **place)


def texts(page: Json) -> list[str]:
    return [one["text"] for one in page["items"]]


# -- sending ---------------------------------------------------------------------------------


async def test_a_message_is_where_its_location_says(chat_on_each: Chat) -> None:
    ayse, mehmet = await chat_on_each.people("ayse", "mehmet")
    room = await chat_on_each.direct(ayse, mehmet)
    async with ayse.http.post(
        f"{ayse.url}/v1/messages",
        json=draft(room),
        headers={"Authorization": f"Bearer {ayse.token}"},
    ) as response:
        sent = await response.json()
        assert response.status == 201
        location = response.headers["Location"].removeprefix("/v1")
    assert await ayse.gets("GET", location) == sent
    assert await mehmet.gets("GET", location) == sent


async def test_the_same_again_gives_the_first(chat_on_each: Chat) -> None:
    ayse, mehmet = await chat_on_each.people("ayse", "mehmet")
    room = await chat_on_each.direct(ayse, mehmet)
    body = draft(room)
    status, first = await ayse.call("POST", "/messages", body)
    assert status == 201
    for same in (body, {**body, "kind": "text", "mentions": []}):
        assert await ayse.call("POST", "/messages", same) == (200, first)
    assert len((await history(ayse, room))["items"]) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"text": "other"},
        {"kind": "emoji", "text": "👍"},
        {"mentions": ["ME"]},
        {"conversationId": "GROUP"},
        {"replyToId": "MESSAGE"},
        {"text": "", "forwardFromId": "MESSAGE"},
    ],
)
async def test_another_message_under_the_same_client_id(chat_on_each: Chat, change: Json) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room, group = await chat.direct(ayse, mehmet), await chat.group(ayse, mehmet)
    message = await say(mehmet, room, "quote me")
    body = draft(room)
    await ayse.gets("POST", "/messages", body)
    names = {"ME": ayse.user_id, "GROUP": group, "MESSAGE": message["id"]}
    changed = {
        name: [names[value[0]]] if isinstance(value, list) else names.get(value, value)
        for name, value in change.items()
    }
    status, problem = await ayse.call("POST", "/messages", {**body, **changed})
    assert (status, problem["code"]) == (409, "CLIENT_ID_REUSED")
    assert len((await history(ayse, room))["items"]) == 2
    assert await mehmet.call("POST", "/messages", body) != (200, message)


async def test_the_same_sent_many_times_at_once_is_one_message(chat_on_each: Chat) -> None:
    ayse, mehmet = await chat_on_each.people("ayse", "mehmet")
    room = await chat_on_each.direct(ayse, mehmet)
    before = await mehmet.gets("GET", "/sync")
    body = draft(room)
    answers = await asyncio.gather(*(ayse.call("POST", "/messages", body) for _ in range(12)))
    assert sorted(status for status, _ in answers) == [200] * 11 + [201]
    assert len({answer["id"] for _, answer in answers}) == 1
    changes = await mehmet.gets("GET", "/sync", cursor=before["cursor"])
    told = [event["event"] for event in changes["events"]]
    assert told == ["notification.created", "message.created"]
    assert (await mehmet.gets("GET", f"/conversations/{room}"))["unreadCount"] == 1


async def test_different_ones_under_one_client_id_at_once_are_one_message(
    chat_on_each: Chat,
) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    rooms = [await chat.direct(ayse, mehmet), await chat.group(ayse, mehmet)]
    body = draft("")
    answers = await asyncio.gather(
        *(
            ayse.call("POST", "/messages", {**body, "conversationId": room, "text": text})
            for text in "abc"
            for room in rooms
        )
    )
    assert sorted(status for status, _ in answers) == [201] + [409] * 5


async def test_what_was_taken_once_stays_taken_though_it_would_be_refused_now(
    chat_on_each: Chat,
) -> None:
    chat = chat_on_each
    owner, member, gone = await chat.people("owner", "member", "gone")
    group = await chat.group(owner, member, gone)
    quoted = await say(owner, group, "quote me")
    bodies = [
        draft(group),
        draft(group, mentions=[gone.user_id]),
        draft(group, replyToId=quoted["id"]),
        draft(group, "", forwardFromId=quoted["id"]),
    ]
    sent = [await member.gets("POST", "/messages", body) for body in bodies]
    await owner.gets("PUT", f"/groups/{group}", {"permissions": {"posting": "admins"}})
    await owner.gets("DELETE", f"/groups/{group}/members/{gone.user_id}")
    await owner.gets("DELETE", f"/messages/{quoted['id']}")
    await member.gets("DELETE", f"/messages/{quoted['id']}", scope="me")
    for body, first in zip(bodies, sent, strict=True):
        status, again = await member.call("POST", "/messages", body)
        assert (status, again.get("id")) == (200, first["id"]), again
    status, problem = await member.call("POST", "/messages", draft(group))
    assert (status, problem["code"]) == (403, "POSTING_RESTRICTED")


# -- reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 10, 50])
async def test_paging_back_and_forth_meets_every_message_once(
    chat_on_each: Chat, limit: int
) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    # Other events take places, too: places of messages are not dense.
    for number in range(7):
        message = await say((ayse, mehmet)[number % 2], room, f"{number}")
        if number % 3 == 0:
            author = (ayse, mehmet)[number % 2]
            await author.gets("PUT", f"/messages/{message['id']}", {"text": f"{number}!"})
    everything = await history(ayse, room)
    assert (everything["hasBefore"], everything["hasAfter"]) == (False, False)

    page = await history(ayse, room, limit=limit)
    found = page["items"]
    assert page["hasAfter"] is False
    while page["hasBefore"]:
        page = await history(ayse, room, limit=limit, before=found[0]["seq"])
        assert page["hasAfter"] is True
        found = page["items"] + found
    assert found == everything["items"]

    page = await history(ayse, room, limit=limit, after=0)
    found = page["items"]
    assert page["hasBefore"] is False
    while page["hasAfter"]:
        page = await history(ayse, room, limit=limit, after=found[-1]["seq"])
        assert page["hasBefore"] is True
        found += page["items"]
    assert found == everything["items"]


async def test_around_a_message_are_its_neighbours(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    sent = [await say(ayse, room, f"{number}") for number in range(9)]

    async def around(seq: int, limit: int) -> tuple[str, bool, bool]:
        page = await history(ayse, room, around=seq, limit=limit)
        return "".join(texts(page)), page["hasBefore"], page["hasAfter"]

    assert await around(sent[4]["seq"], 5) == ("23456", True, True)
    assert await around(sent[4]["seq"], 4) == ("2345", True, True)
    assert await around(sent[4]["seq"], 1) == ("4", True, True)
    assert await around(sent[4]["seq"], 9) == ("012345678", False, False)
    assert await around(sent[0]["seq"], 4) == ("0123", False, True)
    assert await around(sent[8]["seq"], 4) == ("678", True, False)
    assert await around(0, 4) == ("0123", False, True)
    assert await around(10**15, 4) == ("78", True, False)


async def test_places_where_nothing_is(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    for place in ({}, {"before": 0}, {"after": 0}, {"around": 0}, {"after": 2**53 - 1}):
        page = await history(ayse, room, **place)
        assert page == {"items": [], "hasBefore": False, "hasAfter": False}
    message = await say(ayse, room)
    page = await history(ayse, room, before=message["seq"])
    assert page == {"items": [], "hasBefore": False, "hasAfter": True}
    page = await history(ayse, room, after=message["seq"])
    assert page == {"items": [], "hasBefore": True, "hasAfter": False}


# -- changing --------------------------------------------------------------------------------


async def test_an_edit_is_seen_by_all_with_what_was_before(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    message = await say(ayse, room, "one")
    for text in ("two", "two", "three"):
        edited = await ayse.gets("PUT", f"/messages/{message['id']}", {"text": text})
    assert (edited["text"], edited["editCount"]) == ("three", 2)
    assert await mehmet.gets("GET", f"/messages/{message['id']}") == edited
    forms = await mehmet.gets("GET", f"/messages/{message['id']}/edits")
    assert [form["text"] for form in forms["items"]] == ["one", "two"]


async def test_an_edit_comes_in_time_or_not_at_all(serve_chat: ServeChat) -> None:
    chat = await serve_chat(edit_window_seconds=0)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    message = await say(ayse, room)
    clock = chat.running.parts.deps.clock
    sent_at = clock.now_ms()
    while clock.now_ms() <= sent_at:
        await asyncio.sleep(0)
    status, problem = await ayse.call("PUT", f"/messages/{message['id']}", {"text": "late"})
    assert (status, problem["code"]) == (409, "EDIT_WINDOW_CLOSED")
    assert (await ayse.gets("GET", f"/messages/{message['id']}"))["text"] == "hello"


async def test_many_edits_at_once_keep_every_form(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    message = await say(ayse, room, "start")
    place = f"/messages/{message['id']}"
    await asyncio.gather(*(ayse.gets("PUT", place, {"text": f"{n}"}) for n in range(10)))
    forms = (await ayse.gets("GET", f"{place}/edits"))["items"]
    assert [form["editNumber"] for form in forms] == list(range(1, 11))
    last = (await ayse.gets("GET", place))["text"]
    everything = {form["text"] for form in forms} | {last}
    assert everything == {"start", *(f"{n}" for n in range(10))}


# -- taking away -------------------------------------------------------------------------------


async def test_deleted_for_everyone_leaves_a_place(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    message = await say(ayse, room, "a secret", mentions=[mehmet.user_id])
    await ayse.gets("PUT", f"/messages/{message['id']}", {"text": "another secret"})
    reply = await say(mehmet, room, "what?", replyToId=message["id"])
    assert reply["replyTo"]["text"] == "another secret"
    place = f"/messages/{message['id']}"
    assert (await ayse.call("DELETE", place))[0] == 204
    assert (await ayse.call("DELETE", place))[0] == 204
    page = await history(mehmet, room)
    assert "secret" not in str(page)
    gone = page["items"][0]
    assert (gone["id"], gone["text"], gone["mentions"]) == (message["id"], "", [])
    assert gone["deletedAt"] is not None
    assert page["items"][1]["replyTo"] == {
        **reply["replyTo"],
        "text": "",
        "isDeleted": True,
    }
    assert (await mehmet.gets("GET", f"{place}/edits"))["items"] == []
    status, problem = await ayse.call("PUT", place, {"text": "back"})
    assert (status, problem["code"]) == (409, "MESSAGE_DELETED")
    status, problem = await mehmet.call(
        "POST", "/messages", draft(room, "", forwardFromId=gone["id"])
    )
    assert (status, problem["code"]) == (409, "MESSAGE_DELETED")
    assert "secret" not in str(await mehmet.gets("GET", "/sync"))


async def test_deleted_for_me_is_gone_for_me(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    first, second = await say(ayse, room, "first"), await say(ayse, room, "second")
    place = f"/messages/{second['id']}"
    assert (await mehmet.call("DELETE", place + "?scope=me"))[0] == 204
    assert (await mehmet.call("DELETE", place + "?scope=me"))[0] == 404
    assert texts(await history(mehmet, room)) == ["first"]
    assert texts(await history(mehmet, room, around=second["seq"])) == ["first"]
    assert (await mehmet.gets("GET", f"/conversations/{room}"))["lastMessage"]["id"] == first["id"]
    for method, path in (("GET", place), ("GET", f"{place}/edits"), ("PUT", f"{place}/read")):
        assert (await mehmet.call(method, path))[0] == 404
    assert texts(await history(ayse, room)) == ["first", "second"]


# -- replies, forwards, mentions --------------------------------------------------------------------


async def test_replies_make_a_thread(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    root = await say(ayse, room, "root")
    first = await say(mehmet, room, "first", replyToId=root["id"])
    second = await say(ayse, room, "second", replyToId=first["id"])
    assert (first["threadRootId"], second["threadRootId"]) == (root["id"], root["id"])
    assert second["replyTo"]["id"] == first["id"]


async def test_forwarding_takes_what_one_can_see_where_one_may_write(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    here, there = await chat.direct(ayse, mehmet), await chat.direct(ayse, zeynep)
    place = {"latitude": 41.01, "longitude": 28.98, "name": "İstanbul"}
    original = await say(mehmet, here, "", kind="location", content=place)
    copy = await say(ayse, there, "", forwardFromId=original["id"])
    assert (copy["kind"], copy["content"]) == ("location", place)
    assert copy["forwardedFrom"] == {
        "messageId": original["id"],
        "conversationId": here,
        "senderId": mehmet.user_id,
    }
    status, problem = await zeynep.call(
        "POST", "/messages", draft(there, "", forwardFromId=original["id"])
    )
    assert (status, problem["code"]) == (404, "MESSAGE_NOT_FOUND")
    await mehmet.gets("DELETE", f"/messages/{original['id']}")
    assert (await zeynep.gets("GET", f"/messages/{copy['id']}"))["content"] == place


async def test_members_are_mentioned_once_each(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    group = await chat.group(ayse, mehmet)
    names = [mehmet.user_id, ayse.user_id, mehmet.user_id]
    sent = await say(ayse, group, "@mehmet", mentions=names)
    assert sent["mentions"] == names[:2]
    place = f"/messages/{sent['id']}"
    edited = await ayse.gets("PUT", place, {"text": "@ayse", "mentions": names[1:2] * 2})
    assert edited["mentions"] == names[1:2]
    assert (await ayse.gets("PUT", place, {"text": "still"}))["mentions"] == names[1:2]
    assert (await ayse.gets("PUT", place, {"text": "still", "mentions": []}))["mentions"] == []
    wrong = {"text": "@zeynep", "mentions": [ayse.user_id, zeynep.user_id]}
    status, problem = await ayse.call("PUT", place, wrong)
    assert (status, problem["errors"][0]["pointer"]) == (422, "/mentions/1")
