"""Conversations over HTTP: opening, listing while things change, one's own settings, deleting."""

import asyncio
import uuid

import pytest

from tests.support.running import Chat, Json, Person


async def say(person: Person, room: str, text: str = "hello") -> Json:
    body = {"conversationId": room, "clientId": str(uuid.uuid4()), "text": text}
    return await person.gets("POST", "/messages", body)


async def listed(person: Person, **query: object) -> list[str]:
    """The ids of all pages of a list."""
    found: list[str] = []
    page: Json = {"nextCursor": ""}
    while page["nextCursor"] is not None:
        more = {"cursor": page["nextCursor"]} if page["nextCursor"] else {}
        page = await person.gets("GET", "/conversations", **query, **more)
        found += [one["id"] for one in page["items"]]
    return found


async def test_opening_again_gives_the_same(chat_on_each: Chat) -> None:
    ayse, mehmet = await chat_on_each.people("ayse", "mehmet")
    status, opened = await ayse.call("POST", "/conversations", {"userId": mehmet.user_id})
    assert status == 201
    for one, other in ((ayse, mehmet), (mehmet, ayse)):
        status, again = await one.call("POST", "/conversations", {"userId": other.user_id})
        assert (status, again["id"]) == (200, opened["id"])
        assert again["peer"]["id"] == other.user_id


async def test_both_opening_at_once_open_one(chat_on_each: Chat) -> None:
    ayse, mehmet = await chat_on_each.people("ayse", "mehmet")
    answers = await asyncio.gather(
        *(
            one.call("POST", "/conversations", {"userId": other.user_id})
            for _ in range(6)
            for one, other in ((ayse, mehmet), (mehmet, ayse))
        )
    )
    assert len({answer["id"] for _, answer in answers}) == 1
    assert sorted(status for status, _ in answers) == [200] * 11 + [201]
    assert len(await listed(ayse)) == len(await listed(mehmet)) == 1


async def test_the_location_leads_to_it(chat_on_each: Chat) -> None:
    ayse, mehmet = await chat_on_each.people("ayse", "mehmet")
    async with ayse.http.post(
        f"{ayse.url}/v1/conversations",
        json={"userId": mehmet.user_id},
        headers={"Authorization": f"Bearer {ayse.token}"},
    ) as response:
        opened = await response.json()
        location = response.headers["Location"]
    assert await ayse.gets("GET", location.removeprefix("/v1")) == opened


async def test_filters_and_what_changes_them(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    direct, group = await chat.direct(ayse, mehmet), await chat.group(ayse, zeynep)
    assert set(await listed(ayse)) == {direct, group}
    assert await listed(ayse, filter="direct") == [direct]
    assert await listed(ayse, filter="group") == [group]
    assert await listed(ayse, filter="unread") == []
    await say(mehmet, direct)
    assert await listed(ayse, filter="unread") == [direct]
    place = f"/conversations/{direct}/settings"
    view = await ayse.gets(
        "PUT",
        place,
        {"isFavourite": True, "mutedUntil": "2099-01-01T00:00:00+03:00", "notifications": "none"},
    )
    assert view["membership"]["mutedUntil"] == "2098-12-31T21:00:00.000Z"
    assert await listed(ayse, filter="favourite") == [direct]
    assert await listed(ayse, filter="muted") == [direct]
    assert await listed(mehmet, filter="favourite") == []
    await ayse.gets("PUT", place, {"mutedUntil": None})
    assert await listed(ayse, filter="muted") == []
    await ayse.gets("PUT", place, {"mutedUntil": "2001-01-01T00:00:00Z"})
    assert await listed(ayse, filter="muted") == []
    await ayse.gets("DELETE", f"/conversations/{direct}")
    assert (await listed(ayse), await listed(ayse, filter="archived")) == ([group], [direct])
    assert await listed(ayse, filter="favourite") == []
    await ayse.gets("PUT", place, {"isArchived": False})
    assert set(await listed(ayse)) == {direct, group}


async def test_pages_repeat_nothing_and_miss_nothing_that_stays(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    groups = [await chat.group(ayse, mehmet, name=f"{number}") for number in range(9)]
    found: list[str] = []
    cursor: Json = {}
    while True:
        page = await ayse.gets("GET", "/conversations", limit=2, **cursor)
        found += [one["id"] for one in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = {"cursor": page["nextCursor"]}
        # One that was listed already comes up, and a new one begins: neither is listed later.
        await say(mehmet, found[0])
        await chat.group(mehmet, ayse, name="new")
    assert found == groups[::-1]


async def test_a_page_ends_where_it_ends(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    for number in range(4):
        await chat.group(ayse, mehmet, name=f"{number}")
    for limit in (1, 2, 3, 4, 5, 200):
        assert len(await listed(ayse, limit=limit)) == 4
    page = await ayse.gets("GET", "/conversations", limit=4)
    assert page["nextCursor"] is None


@pytest.mark.parametrize("mode", ["archive", "delete"])
async def test_deleting_is_ones_own_affair(chat_on_each: Chat, mode: str) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    await say(mehmet, room, "before")
    await ayse.gets("DELETE", f"/conversations/{room}", mode=mode)
    assert await listed(ayse) == []
    assert await listed(mehmet) == [room]
    page = await mehmet.gets("GET", f"/conversations/{room}/messages")
    assert [one["text"] for one in page["items"]] == ["before"]


async def test_a_deleted_conversation_comes_back_with_the_next_message(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    old = await say(mehmet, room, "before")
    await ayse.gets("DELETE", f"/conversations/{room}", mode="delete")
    view = await ayse.gets("GET", f"/conversations/{room}")
    assert (view["lastMessage"], view["unreadCount"]) == (None, 0)
    assert (await ayse.call("GET", f"/messages/{old['id']}"))[0] == 404
    new = await say(mehmet, room, "after")
    assert await listed(ayse) == [room]
    page = await ayse.gets("GET", f"/conversations/{room}/messages")
    assert [one["id"] for one in page["items"]] == [new["id"]]
    assert (page["hasBefore"], page["hasAfter"]) == (False, False)
    page = await ayse.gets("GET", f"/conversations/{room}/messages", around=1)
    assert [one["id"] for one in page["items"]] == [new["id"]]
    assert (await ayse.gets("GET", f"/conversations/{room}"))["unreadCount"] == 1
    status, again = await ayse.call("POST", "/conversations", {"userId": mehmet.user_id})
    assert (status, again["id"]) == (200, room)


async def test_members_come_in_pages_and_in_order(chat_on_each: Chat) -> None:
    chat = chat_on_each
    people = await chat.people(*(f"person{number}" for number in range(7)))
    group = await chat.group(*people)
    found: list[str] = []
    cursor: Json = {}
    while True:
        page = await people[0].gets("GET", f"/conversations/{group}/members", limit=3, **cursor)
        found += [member["userId"] for member in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = {"cursor": page["nextCursor"]}
    assert found == sorted(person.user_id for person in people)


async def test_an_archived_one_stays_away_though_somebody_writes(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    await ayse.gets("DELETE", f"/conversations/{room}")
    await say(mehmet, room)
    assert await listed(ayse) == []
    assert await listed(ayse, filter="archived") == [room]
