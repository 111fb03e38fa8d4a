"""Tasks: who sees and changes them, who hears of it, and in which order they are listed."""

from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from altlas_chat.domain.conversations import MembersToAdd
from altlas_chat.domain.errors import (
    ConversationNotFound,
    CursorInvalid,
    MessageNotFound,
    PermissionDenied,
    PostingRestricted,
    TaskNotFound,
    UserBlocked,
    UserNotFound,
    ValidationFailed,
)
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.tasks import TaskDraft, TaskFilter, TaskUpdate
from altlas_chat.services import administration, blocks, groups, messages, tasks, unassigning
from altlas_chat.services.administration import OPERATOR
from tests.support.world import World

Json = dict[str, Any]


def camel(values: Json) -> Json:
    return {to_camel(name): value for name, value in values.items()}


async def make(world: World, actor: Actor, title: str = "çay al", **more: Any) -> Json:
    body = {"title": title, **camel(more)}
    return await tasks.create_task(world.deps, actor, TaskDraft.model_validate(body))


async def change(world: World, actor: Actor, task: Json, **more: Any) -> Json:
    update = TaskUpdate.model_validate(camel(more))
    return await tasks.update_task(world.deps, actor, task["id"], update)


async def listed(world: World, actor: Actor, sort: str = "created", **wanted: Any) -> list[str]:
    """The titles on all pages of two."""
    titles: list[str] = []
    cursor = None
    while True:
        page = await tasks.list_tasks(world.deps, actor, TaskFilter(**wanted), sort, cursor, 2)
        titles += [one["title"] for one in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            return titles


def kinds(world: World) -> list[tuple[str, str]]:
    """What was told, with the kind of its stream, of tasks."""
    return [
        (one.event.kind, one.event.stream)
        for one in world.ear.told
        if one.event.kind.startswith("task.")
    ]


async def told_of(world: World, actor: Actor) -> list[str]:
    """The kinds of notifications that somebody got since the ear was cleared."""
    return [
        one.data["notification"]["kind"]
        for one in world.ear.told
        if one.event.kind == "notification.created" and one.event.stream == f"user:{actor.user_id}"
    ]


async def test_a_task_of_a_group_is_its_members(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet)
    async with world.state_equals_events():
        task = await make(
            world, ayse, "İŞ: ığdır", conversation_id=room, assignee_id=mehmet.user_id
        )
        assert await told_of(world, mehmet) == ["task_assigned"]
    assert kinds(world) == [("task.created", f"conversation:{room}")]
    assert (task["status"], task["priority"], task["completedAt"]) == ("pending", "medium", None)
    assert await tasks.get_task(world.deps, mehmet, task["id"]) == task
    assert (await world.history(mehmet, room))[-1]["content"] == {
        "action": "task_created",
        "actorId": ayse.user_id,
        "taskId": task["id"],
    }
    for refused in (
        tasks.get_task(world.deps, zeynep, task["id"]),
        change(world, zeynep, task, title="benim"),
        tasks.assign_task(world.deps, zeynep, task["id"], zeynep.user_id),
        tasks.delete_task(world.deps, zeynep, task["id"]),
    ):
        with pytest.raises(TaskNotFound):
            await refused
    with pytest.raises(ConversationNotFound):
        await make(world, zeynep, conversation_id=room)


async def test_completing_is_noted_and_taken_back(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    task = await make(world, ayse, conversation_id=room, assignee_id=mehmet.user_id)
    async with world.state_equals_events():
        done = await change(world, mehmet, task, status="completed")
        assert await told_of(world, ayse) == ["task_updated"]
    assert done["completedAt"] == done["updatedAt"]
    assert (await world.history(ayse, room))[-1]["content"]["action"] == "task_completed"
    renamed = await change(world, mehmet, task, title="kahve al")
    assert renamed["completedAt"] == done["completedAt"]
    world.ear.told.clear()
    assert await change(world, mehmet, task, title="kahve al") == renamed
    assert not world.ear.told
    again = await change(world, ayse, task, status="in_progress")
    assert (again["completedAt"], again["status"]) == (None, "in_progress")


async def test_a_task_in_no_conversation_is_of_two(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    async with world.state_equals_events():
        task = await make(world, ayse, assignee_id=mehmet.user_id, foreign_job_id="iş-1")
    own = [f"user:{user_id}" for user_id in sorted((ayse.user_id, mehmet.user_id))]
    assert kinds(world) == [("task.created", stream) for stream in own]
    with pytest.raises(TaskNotFound):
        await tasks.get_task(world.deps, zeynep, task["id"])
    async with world.state_equals_events():
        await tasks.assign_task(world.deps, ayse, task["id"], zeynep.user_id)
    assert set(kinds(world)) == {
        ("task.deleted", f"user:{mehmet.user_id}"),
        ("task.created", f"user:{zeynep.user_id}"),
        ("task.updated", f"user:{ayse.user_id}"),
    }
    with pytest.raises(TaskNotFound):
        await tasks.get_task(world.deps, mehmet, task["id"])
    with pytest.raises(PermissionDenied):
        await tasks.delete_task(world.deps, zeynep, task["id"])
    async with world.state_equals_events():
        # Its own assignee gives it back, and knows it no more.
        await tasks.assign_task(world.deps, zeynep, task["id"], None)
    async with world.state_equals_events():
        await tasks.delete_task(world.deps, ayse, task["id"])
    with pytest.raises(TaskNotFound):
        await tasks.get_task(world.deps, ayse, task["id"])


async def test_what_is_replayed_late_says_nothing_that_is_gone(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    _, cursor = await world.known_to(mehmet)
    private = await make(world, ayse, "gizli", assignee_id=mehmet.user_id)
    shared = await make(world, ayse, "gizli", conversation_id=room)
    await tasks.assign_task(world.deps, ayse, private["id"], None)
    await tasks.delete_task(world.deps, ayse, shared["id"])
    frames = await world.replayed(mehmet, cursor)
    assert {"task.created", "task.deleted"} <= {frame["event"] for frame in frames}
    assert "gizli" not in str(frames)


async def test_who_left_sees_nothing_more(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    task = await make(world, mehmet, conversation_id=room)
    async with world.state_equals_events():
        await groups.leave_group(world.deps, mehmet, room)
    with pytest.raises(TaskNotFound):
        await tasks.get_task(world.deps, mehmet, task["id"])
    assert not await listed(world, mehmet)
    async with world.state_equals_events():
        # Whoever made it is still named; who is gone hears nothing.
        changed = await change(world, ayse, task, priority="urgent")
        assert changed["creatorId"] == mehmet.user_id
        assert not await told_of(world, mehmet)
    with pytest.raises(UserNotFound):
        await tasks.assign_task(world.deps, ayse, task["id"], mehmet.user_id)
    added = MembersToAdd.model_validate({"userIds": [mehmet.user_id]})
    async with world.state_equals_events():
        await groups.add_members(world.deps, ayse, room, added)
    assert await listed(world, mehmet) == ["çay al"]


@pytest.mark.parametrize("way", ["left", "removed"])
async def test_open_tasks_of_who_goes_are_nobodys(
    world: World, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(unassigning, "AT_ONCE", 2)
    ayse, mehmet = await world.people("ayse", "mehmet")
    room, other = await world.group(ayse, mehmet), await world.group(ayse, mehmet)
    his = {"conversation_id": room, "assignee_id": mehmet.user_id}
    made = [await make(world, ayse, f"iş {number}", **his) for number in range(5)]
    done = await make(world, ayse, "biten", **his)
    await change(world, mehmet, done, status="completed")
    gone = await make(world, ayse, "silinen", **his)
    await tasks.delete_task(world.deps, ayse, gone["id"])
    await make(world, ayse, "başkasının", conversation_id=room, assignee_id=ayse.user_id)
    elsewhere = await make(
        world, ayse, "başka yerde", conversation_id=other, assignee_id=mehmet.user_id
    )
    async with world.state_equals_events():
        if way == "left":
            await groups.leave_group(world.deps, mehmet, room)
        else:
            await groups.remove_member(world.deps, ayse, room, mehmet.user_id)
    assert kinds(world) == [("task.updated", f"conversation:{room}")] * 5
    for task in made:
        assert (await tasks.get_task(world.deps, ayse, task["id"]))["assigneeId"] is None
    assert await listed(world, ayse, assignee_id=mehmet.user_id) == ["başka yerde", "biten"]
    assert (await tasks.get_task(world.deps, mehmet, elsewhere["id"]))["assigneeId"] is not None


async def test_open_tasks_of_a_closed_account_are_nobodys(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unassigning, "AT_ONCE", 2)
    ayse, mehmet = await world.people("ayse", "mehmet")
    room, other = await world.group(ayse, mehmet), await world.direct(ayse, mehmet)
    for place in (room, other, None):
        for number in range(3):
            title = f"iş {number}"
            await make(world, ayse, title, conversation_id=place, assignee_id=mehmet.user_id)
    own = await make(world, mehmet, "kendi işi", assignee_id=mehmet.user_id)
    done = await make(world, ayse, "biten", assignee_id=mehmet.user_id)
    await change(world, mehmet, done, status="completed")
    async with world.state_equals_events():
        await administration.deactivate_user(world.deps, OPERATOR, mehmet.user_id)
    assert await listed(world, ayse, assignee_id=mehmet.user_id) == ["biten"]
    assert len(await listed(world, ayse)) == 10
    assert await listed(world, mehmet, assignee_id=mehmet.user_id) == ["biten", "kendi işi"]
    assert (await tasks.get_task(world.deps, mehmet, own["id"]))["assigneeId"] == mehmet.user_id
    world.ear.told.clear()
    await administration.deactivate_user(world.deps, OPERATOR, mehmet.user_id)
    assert not world.ear.told


async def test_who_may_delete_a_task_of_a_group(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet, zeynep)
    task = await make(world, mehmet, conversation_id=room)
    with pytest.raises(PermissionDenied):
        await tasks.delete_task(world.deps, zeynep, task["id"])
    async with world.state_equals_events():
        await tasks.delete_task(world.deps, ayse, task["id"])
    assert kinds(world) == [("task.deleted", f"conversation:{room}")]
    other = await make(world, mehmet, conversation_id=room)
    await tasks.delete_task(world.deps, mehmet, other["id"])
    talk = await world.direct(ayse, mehmet)
    direct = await make(world, ayse, conversation_id=talk)
    with pytest.raises(PermissionDenied):
        await tasks.delete_task(world.deps, mehmet, direct["id"])


async def test_where_members_may_not_post_they_make_no_tasks(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet, permissions={"posting": "admins"})
    with pytest.raises(PostingRestricted):
        await make(world, mehmet, conversation_id=room)
    await make(world, ayse, conversation_id=room)


async def test_a_task_from_a_message(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room, other = await world.group(ayse, mehmet), await world.group(ayse, zeynep)
    message = await world.says(ayse, room, "çay bitti")
    task = await make(world, mehmet, message_id=message["id"])
    assert (task["conversationId"], task["messageId"]) == (room, message["id"])
    with pytest.raises(MessageNotFound):
        await make(world, zeynep, message_id=message["id"])
    with pytest.raises(ValidationFailed):
        await make(world, ayse, message_id=message["id"], conversation_id=other)
    await messages.delete_message_for_everyone(world.deps, ayse, message["id"])
    with pytest.raises(MessageNotFound):
        await make(world, ayse, message_id=message["id"])
    assert (await tasks.get_task(world.deps, ayse, task["id"]))["messageId"] == message["id"]


async def test_the_assignee_must_be_there(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet)
    for assignee, conversation_id in ((zeynep.user_id, room), ("nobody", room), ("nobody", None)):
        with pytest.raises(UserNotFound) as caught:
            await make(world, ayse, assignee_id=assignee, conversation_id=conversation_id)
        assert [one.pointer for one in caught.value.errors] == ["/assigneeId"]
    await blocks.block_user(world.deps, zeynep, ayse.user_id)
    with pytest.raises(UserBlocked):
        await make(world, ayse, assignee_id=zeynep.user_id)
    task = await make(world, ayse)
    with pytest.raises(UserBlocked):
        await tasks.assign_task(world.deps, ayse, task["id"], zeynep.user_id)


async def test_lists_page_sort_and_filter(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.group(ayse, mehmet)
    due = "2026-12-0{}T10:00:00+03:00"
    await make(world, ayse, "bir", conversation_id=room, due_at=due.format(3), priority="high")
    await make(world, mehmet, "iki", assignee_id=ayse.user_id, due_at=due.format(1))
    await make(world, ayse, "üç", foreign_job_id="iş-7")
    await make(world, ayse, "dört", conversation_id=room, assignee_id=mehmet.user_id)
    fifth = await make(world, ayse, "beş", due_at=due.format(2))
    await make(world, zeynep, "başka", foreign_job_id="iş-7")
    await change(world, ayse, fifth, status="cancelled")
    assert await listed(world, ayse) == ["beş", "dört", "üç", "iki", "bir"]
    assert await listed(world, ayse, "due") == ["iki", "beş", "bir", "üç", "dört"]
    assert await listed(world, mehmet) == ["dört", "iki", "bir"]
    assert await listed(world, ayse, status="cancelled") == ["beş"]
    assert await listed(world, ayse, priority="high") == ["bir"]
    assert await listed(world, ayse, assignee_id=mehmet.user_id) == ["dört"]
    assert await listed(world, ayse, creator_id=mehmet.user_id) == ["iki"]
    assert await listed(world, ayse, foreign_job_id="iş-7") == ["üç"]
    assert await listed(world, ayse, conversation_id=room, status="pending") == ["dört", "bir"]
    with pytest.raises(ConversationNotFound):
        await listed(world, zeynep, conversation_id=room)
    for cursor in ("nonsense", "WzEsMl0", "WyIxIiwiYSJd"):
        with pytest.raises(CursorInvalid):
            await tasks.list_tasks(world.deps, ayse, TaskFilter(), "created", cursor, 2)


@pytest.mark.parametrize(
    "moment",
    ["0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59",
     "2026-02-30T00:00:00Z", "2026-11-24T05:00:00 tomorrow"],
)  # fmt: skip
async def test_a_due_time_that_is_none_is_refused(world: World, moment: str) -> None:
    ayse = await world.person("ayse")
    task = await make(world, ayse)
    for refused in (make(world, ayse, due_at=moment), change(world, ayse, task, due_at=moment)):
        with pytest.raises(ValidationFailed) as caught:
            await refused
        assert [one.pointer for one in caught.value.errors] == ["/dueAt"]
    assert await listed(world, ayse) == ["çay al"]


async def test_null_takes_away(world: World) -> None:
    ayse = await world.person("ayse")
    task = await make(world, ayse, due_at="2026-12-01T10:00:00Z", foreign_job_id="iş")
    changed = await change(world, ayse, task, due_at=None, foreign_job_id=None)
    assert (changed["dueAt"], changed["foreignJobId"]) == (None, None)


async def test_one_person_has_so_many_open(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "MAX_OPEN", 3)
    ayse, mehmet = await world.people("ayse", "mehmet")
    made = [await make(world, ayse) for _ in range(3)]
    with pytest.raises(ValidationFailed) as refused:
        await make(world, ayse)
    assert refused.value.errors[0].code == "TOO_MANY"
    await make(world, mehmet)
    await change(world, ayse, made[0], status="completed")
    await make(world, ayse)
