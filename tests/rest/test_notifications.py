"""Notifications, preferences and blocks over REST and the socket; bad input among them."""

import pytest

from tests.support.running import Chat


async def test_a_mention_is_counted_listed_and_read(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    group = await chat.group(ayse, mehmet)
    draft = {
        "conversationId": group,
        "clientId": "c-1",
        "text": "@mehmet?",
        "mentions": [mehmet.user_id],
    }
    await ayse.gets("POST", "/messages", draft)
    counts = await mehmet.gets("GET", "/notifications/counts")
    assert counts == {"unread": 2, "byKind": {"invitation": 1, "mention": 1}}
    page = await mehmet.gets("GET", "/notifications", limit=1)
    assert page["items"][0]["kind"] == "mention"
    assert page["items"][0]["text"] == "@mehmet?"
    rest = await mehmet.gets("GET", "/notifications", limit=1, cursor=page["nextCursor"])
    assert [one["kind"] for one in rest["items"]] == ["invitation"]
    assert rest["nextCursor"] is None
    mention = page["items"][0]["id"]
    read = await mehmet.gets("PUT", f"/notifications/{mention}/read")
    assert read["readAt"] is not None
    unread = await mehmet.gets("GET", "/notifications", unreadOnly="true")
    assert [one["kind"] for one in unread["items"]] == ["invitation"]
    assert (await mehmet.gets("PUT", "/notifications/read")) == {"unread": 0, "byKind": {}}
    assert (await ayse.call("PUT", f"/notifications/{mention}/read"))[0] == 404


@pytest.mark.parametrize(
    "until",
    [
        "yesterday, around noon",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-24T05:00:00",
    ],
)
async def test_a_moment_that_is_none_is_refused(chat: Chat, until: str) -> None:
    (ayse,) = await chat.people("ayse")
    status, problem = await ayse.call("PUT", "/notifications/read", until=until)
    assert status == 422
    assert [one["parameter"] for one in problem["errors"]] == ["until"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"privacy": {"lastSeen": "friends"}}, "/privacy/lastSeen"),
        ({"privacy": {"readReceipts": "yes"}}, "/privacy/readReceipts"),
        ({"privacy": {"colour": "red"}}, "/privacy/colour"),
        ({"appearance": None}, "/appearance"),
        ({"appearance": {"theme": None}}, "/appearance/theme"),
        ({"messaging": []}, "/messaging"),
    ],
)
async def test_preferences_that_are_none_are_refused(
    chat: Chat, body: dict[str, object], pointer: str
) -> None:
    (ayse,) = await chat.people("ayse")
    before = await ayse.gets("GET", "/preferences")
    status, problem = await ayse.call("PUT", "/preferences", body)
    assert status == 422
    assert [one["pointer"] for one in problem["errors"]] == [pointer]
    assert await ayse.gets("GET", "/preferences") == before


async def test_preferences_are_kept_and_merged(chat: Chat) -> None:
    (ayse,) = await chat.people("ayse")
    await ayse.gets("PUT", "/preferences", {"appearance": {"theme": "dark"}})
    await ayse.gets("PUT", "/preferences", {"privacy": {"lastSeen": "contacts"}})
    found = await ayse.gets("GET", "/preferences")
    assert found["appearance"]["theme"] == "dark"
    assert found["privacy"]["lastSeen"] == "contacts"
    assert (await ayse.gets("GET", "/sync"))["preferences"] == found


async def test_a_block_over_rest(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    assert (await ayse.call("PUT", f"/users/me/blocks/{mehmet.user_id}"))[0] == 204
    draft = {"conversationId": room, "clientId": "c-1", "text": "merhaba"}
    for person in (ayse, mehmet):
        status, problem = await person.call("POST", "/messages", draft)
        assert (status, problem["code"]) == (403, "USER_BLOCKED")
    page = await ayse.gets("GET", "/users/me/blocks")
    assert [one["user"]["id"] for one in page["items"]] == [mehmet.user_id]
    assert (await mehmet.gets("GET", "/users/me/blocks"))["items"] == []
    assert (await ayse.call("DELETE", f"/users/me/blocks/{mehmet.user_id}"))[0] == 204
    assert (await mehmet.call("POST", "/messages", draft))[0] == 201
    assert (await ayse.call("PUT", f"/users/me/blocks/{ayse.user_id}"))[0] == 422
    assert (await ayse.call("PUT", "/users/me/blocks/nobody"))[0] == 404
