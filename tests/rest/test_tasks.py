"""Tasks over REST and on sockets, and what is refused."""

from typing import Any

import pytest

from tests.support.running import Chat

Json = dict[str, Any]


async def test_a_task_from_its_making_to_its_end(chat_on_each: Chat) -> None:
    ayse, mehmet = await chat_on_each.people("ayse", "mehmet")
    room = await chat_on_each.group(ayse, mehmet)
    wire = await mehmet.connects()
    body = {
        "title": "  Sunumu hazırla ",
        "dueAt": "2026-11-27T17:00:00+03:00",
        "conversationId": room,
        "assigneeId": mehmet.user_id,
    }
    task = await ayse.gets("POST", "/tasks", body)
    assert (task["title"], task["dueAt"]) == ("Sunumu hazırla", "2026-11-27T14:00:00.000Z")
    heard = await wire.next_of("task.created")
    assert (heard["stream"], heard["data"]["task"]) == (f"conversation:{room}", task)
    path = f"/tasks/{task['id']}"
    assert await mehmet.gets("GET", path) == task
    done = await mehmet.gets("PUT", path, {"status": "completed"})
    assert (await wire.next_of("task.updated"))["data"]["task"] == done
    given = await ayse.gets("PUT", f"{path}/assignee", {"assigneeId": None})
    assert given["assigneeId"] is None
    page = await mehmet.gets("GET", "/tasks", status="completed", sort="due", limit=1)
    assert page == {"items": [given], "nextCursor": None}
    assert (await mehmet.call("DELETE", path))[0] == 403
    assert (await ayse.call("DELETE", path))[0] == 204
    assert (await wire.next_of("task.deleted"))["data"]["taskId"] == task["id"]
    assert (await ayse.call("GET", path))[0] == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": " "},
        {"title": "x" * 201},
        {"title": "x\x00"},
        {"title": "x", "priority": "highest"},
        {"title": "x", "description": "x" * 10_001},
        {"title": "x", "dueAt": "0000-01-01T00:00:00Z"},
        {"title": "x", "dueAt": "10000-01-01T00:00:00Z"},
        {"title": "x", "dueAt": "tomorrow at twenty to four"},
        {"title": "x", "dueAt": 1790000000000},
        {"title": "x", "foreignJobId": ""},
        {"title": "x", "status": "completed"},
    ],
)
async def test_a_bad_task_is_not_made(chat: Chat, body: Json) -> None:
    ayse = await chat.person("ayse")
    status, problem = await ayse.call("POST", "/tasks", body)
    assert (status, bool(problem["errors"])) == (422, True)
    assert (await ayse.gets("GET", "/tasks"))["items"] == []


async def test_bad_changes_and_questions(chat_on_each: Chat) -> None:
    ayse = await chat_on_each.person("ayse")
    task = await ayse.gets("POST", "/tasks", {"title": "x"})
    for body in ({}, {"title": None}, {"status": "late"}, {"assigneeId": None}):
        assert (await ayse.call("PUT", f"/tasks/{task['id']}", body))[0] == 422
    assert (await ayse.call("PUT", f"/tasks/{task['id']}/assignee", {}))[0] == 422
    for query in ({"status": "late"}, {"sort": "title"}, {"limit": 201}, {"foreignJobId": "\x00"}):
        assert (await ayse.call("GET", "/tasks", **query))[0] == 422
    for name in ("assigneeId", "creatorId", "conversationId"):
        assert (await ayse.call("GET", "/tasks", **{name: "\x00"}))[0] == 422
    assert (await ayse.call("GET", "/tasks", cursor="x"))[0] == 400
