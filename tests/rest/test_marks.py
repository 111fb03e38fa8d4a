"""Marks, drafts and messages for later over REST, with what bad clients send."""

from typing import Any
from urllib.parse import quote

import pytest

from altlas_chat.domain.times import rfc3339
from tests.rest.town import Town
from tests.support.running import Chat

Json = dict[str, Any]


def later(chat: Chat, seconds: int = 3600) -> str:
    return rfc3339(chat.running.parts.deps.clock.now_ms() + seconds * 1000)


def draft(town: Town, **more: Any) -> Json:
    body = {"conversationId": "{room}", "clientId": "later-1", "text": "sonra", **more}
    filled: Json = town.filled(body)
    return filled


@pytest.mark.parametrize("emoji", ["👍", "👨‍👩‍👧", "🇹🇷", "1️⃣", "#️⃣", "👍🏿"])
async def test_an_emoji_stands_in_the_address(town: Town, emoji: str) -> None:
    path = town.filled("/messages/{theirs}/reactions")
    for _ in range(2):
        answer = await town.ayse.gets("PUT", f"{path}/{quote(emoji)}")
        assert answer["items"] == [{"emoji": emoji, "count": 1, "userIds": [town.ayse.user_id]}]
    assert await town.ayse.gets("GET", path) == answer
    assert await town.ayse.gets("DELETE", f"{path}/{quote(emoji)}") == {"items": []}


@pytest.mark.parametrize(
    "text", ["a", "merhaba", "👍👍", "👍" * 300, "\x00", "%", "<script>", "..", "🏽", "1"]
)
async def test_what_is_not_one_emoji_is_refused(town: Town, text: str) -> None:
    for method in ("PUT", "DELETE"):
        path = town.filled("/messages/{theirs}/reactions/") + quote(text, safe="")
        answer = await town.raw(method, "/v1" + path)
        assert answer.status in (404, 405, 422) if text == ".." else answer.status == 422
    await town.still_works()


async def test_pins_and_stars_are_put_and_taken(town: Town) -> None:
    message = town.filled("{message}")
    for _ in range(2):
        assert (await town.ayse.gets("PUT", f"/messages/{message}/pin"))["isPinned"]
        await town.ayse.gets("PUT", f"/messages/{message}/star")
    pins = await town.ayse.gets("GET", town.filled("/conversations/{room}/pins"))
    stars = await town.ayse.gets("GET", "/messages/starred")
    assert [one["id"] for one in pins["items"]] == [one["id"] for one in stars["items"]]
    assert [one["id"] for one in stars["items"]] == [message]
    for _ in range(2):
        assert not (await town.ayse.gets("DELETE", f"/messages/{message}/pin"))["isPinned"]
        await town.ayse.gets("DELETE", f"/messages/{message}/star")
    assert (await town.ayse.gets("GET", "/messages/starred"))["items"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/messages/starred",
        "/conversations/{room}/pins",
        "/messages/{message}/replies",
        "/drafts",
        "/scheduled-messages",
    ],
)
@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "WzEsMiwzXQ", "WyJcdTAwMDAiXQ", "W10", "é"])
async def test_a_cursor_of_something_else_is_refused(town: Town, path: str, cursor: str) -> None:
    status, problem = await town.ayse.call("GET", town.filled(path), cursor=cursor)
    assert (status, problem["code"]) == (400, "CURSOR_INVALID")


async def test_a_draft_is_kept_and_dropped(town: Town) -> None:
    path = town.filled("/conversations/{room}/draft")
    assert (await town.ayse.gets("GET", path))["updatedAt"] is None
    kept = await town.ayse.gets("PUT", path, {"text": "yarın"})
    assert (await town.ayse.gets("GET", "/drafts"))["items"] == [kept]
    status, problem = await town.ayse.call("PUT", path, {"text": "x" * 4001})
    assert (status, problem["code"]) == (422, "MESSAGE_TOO_LONG")
    status, problem = await town.ayse.call("PUT", path, {"text": "\x00"})
    assert status == 422
    body = town.filled({"text": "yarın", "replyToId": "{secret}"})
    status, problem = await town.ayse.call("PUT", path, body)
    assert (status, problem["code"]) == (404, "MESSAGE_NOT_FOUND")
    await town.ayse.gets("DELETE", path)
    assert (await town.ayse.gets("GET", "/drafts"))["items"] == []


async def test_a_message_for_later_by_rest_and_by_socket(town: Town) -> None:
    body = draft(town, scheduledAt=later(town.chat))
    for _ in range(2):
        status, kept = await town.ayse.call("POST", "/messages", body)
        assert (status, kept["state"]) == (202, "waiting")
    wire = await town.ayse.connects()
    reply = await wire.asks("message.send", body)
    assert reply["data"] == {"scheduledMessage": kept, "isRepeat": True}
    path = f"/scheduled-messages/{kept['id']}"
    changed = await town.ayse.gets("PUT", path, {"text": "daha sonra"})
    assert await town.ayse.gets("GET", path) == changed
    assert (await town.ayse.gets("GET", "/scheduled-messages"))["items"] == [changed]
    await town.ayse.gets("DELETE", path)
    assert (await town.ayse.call("GET", path))[0] == 404


@pytest.mark.parametrize(
    "moment",
    [
        "2020-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-11-24T05:00:00",
        "tomorrow",
        "",
        0,
        True,
        {},
        "٢٠٢٧-01-01T00:00:00Z",
    ],
)
async def test_a_time_that_is_none_or_not_to_come_is_refused(town: Town, moment: object) -> None:
    status, problem = await town.ayse.call("POST", "/messages", draft(town, scheduledAt=moment))
    assert status == 422
    assert [one["pointer"] for one in problem["errors"]] == ["/scheduledAt"]
    assert (await town.ayse.gets("GET", "/scheduled-messages"))["items"] == []


async def test_a_message_for_later_is_sent_by_the_running_server(town: Town) -> None:
    wire = await town.ayse.connects()
    body = draft(town, scheduledAt=rfc3339(town.chat.running.parts.deps.clock.now_ms() + 300))
    await town.ayse.gets("POST", "/messages", body)
    event = await wire.next_of("message.created")
    assert event["data"]["message"]["clientId"] == "later-1"
    event = await wire.next_of("scheduled_message.updated")
    assert event["data"]["scheduledMessage"]["state"] == "sent"
