"""Things to do: in a conversation, for its members; in none, for who made it and who does it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from altlas_chat.domain.errors import (
    FieldError,
    MessageNotFound,
    PermissionDenied,
    PostingRestricted,
    TaskNotFound,
    UserBlocked,
    UserNotFound,
    ValidationFailed,
)
from altlas_chat.domain.events import Json, conversation_stream, user_stream
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.tasks import Task, TaskDraft, TaskFilter, TaskUpdate
from altlas_chat.domain.times import moment
from altlas_chat.services.access import require_member, require_message
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.drafts import invalid
from altlas_chat.services.notifying import Notice, notify
from altlas_chat.services.paging import decoded_place, page_cursor
from altlas_chat.services.privacy import blocked_with, require_not_apart, require_reachable
from altlas_chat.services.system_messages import post_system_message
from altlas_chat.storage import accounts, members, streams, tasks
from altlas_chat.storage.database import Reader
from altlas_chat.storage.members import Access
from altlas_chat.storage.tasks import TaskPlace

MAX_OPEN = 1000
"""How many open tasks one person may have made."""


async def list_tasks(
    deps: Deps, actor: Actor, wanted: TaskFilter, sort: str, cursor: str | None, limit: int
) -> Json:
    """A page of the tasks that the actor sees: ``created`` newest first, ``due`` next due first.

    Raises:
        CursorInvalid: the page's cursor is none.
        ConversationNotFound: the actor does not belong to the one asked for.
    """
    after = None if cursor is None else TaskPlace(*decoded_place(cursor, int, str))
    by_due = sort == "due"

    async def query(reader: Reader) -> Json:
        if wanted.conversation_id is not None:
            await require_member(reader, actor, wanted.conversation_id)
        found = await tasks.select_visible(
            reader, actor.user_id, wanted, after, limit + 1, by_due=by_due
        )
        page = found[:limit]
        following = None
        if len(found) > limit:
            following = page_cursor(*tasks.place_of(page[-1], by_due=by_due))
        return {"items": [task.as_json() for task in page], "nextCursor": following}

    return await deps.database.read(query)


async def get_task(deps: Deps, actor: Actor, task_id: str) -> Json:
    """One task.

    Raises:
        TaskNotFound: there is none for the actor.
    """

    async def query(reader: Reader) -> Json:
        task, _ = await _require_task(reader, actor, task_id)
        return task.as_json()

    return await deps.database.read(query)


async def _require_task(reader: Reader, actor: Actor, task_id: str) -> tuple[Task, Access | None]:
    """A task that the actor sees, and the actor's standing in its conversation, if it has one."""
    task = await tasks.select_task(reader, task_id)
    if task is None:
        raise TaskNotFound
    if task.conversation_id is None:
        if actor.user_id not in task.people:
            raise TaskNotFound
        return task, None
    access = await members.select_access(reader, task.conversation_id, actor.user_id)
    if access is None:
        raise TaskNotFound
    return task, access


async def create_task(deps: Deps, actor: Actor, draft: TaskDraft) -> Json:
    """Make a task. In a conversation its members hear of it, and its history tells it.

    Raises:
        ConversationNotFound: the actor does not belong to it.
        MessageNotFound: there is none for the actor, or it was deleted.
        PostingRestricted: the actor may not post in the conversation.
        UserNotFound: there is no such assignee, or not in the conversation.
        UserBlocked: the assignee takes no direct messages from the actor, or there is a
            block in the direct conversation.
        ValidationFailed: the due time is none, or the message is in another conversation,
            or as many tasks of the actor are open as may be.
    """
    due_at = None if draft.due_at is None else moment(draft.due_at, "/dueAt")
    conversation_id = await _conversation_of(deps, actor, draft)
    task_id, message_id = deps.ids.new(), deps.ids.new()
    held = _held(conversation_id, {actor.user_id, draft.assignee_id or actor.user_id})

    async def change(change: Change) -> Json:
        await streams.lock_streams(change.tx, held)
        if conversation_id is not None:
            await _require_posting(change.tx, actor, conversation_id)
        await _require_assignable(change.tx, actor, conversation_id, draft.assignee_id)
        await _require_few(change.tx, actor)
        task = Task(
            task_id=task_id,
            title=draft.title,
            description=draft.description,
            status="pending",
            priority=draft.priority,
            creator_id=actor.user_id,
            assignee_id=draft.assignee_id,
            due_at=due_at,
            conversation_id=conversation_id,
            message_id=draft.message_id,
            foreign_job_id=draft.foreign_job_id,
            created_at=change.at,
            updated_at=change.at,
            completed_at=None,
        )
        await tasks.insert_task(change.tx, task)
        await tell_task(change, "task.created", task, streams_of(task))
        await _write_down(change, task, message_id, "task_created")
        await _notify(deps, change, task, "task_assigned", task.assignee_id)
        return task.as_json()

    return await commit_change(deps, held[0], change, actor_id=actor.user_id)


async def _conversation_of(deps: Deps, actor: Actor, draft: TaskDraft) -> str | None:
    """Where a new task belongs."""
    message_id = draft.message_id
    if message_id is None:
        return draft.conversation_id
    message, _ = await deps.database.read(lambda reader: require_message(reader, actor, message_id))
    if message.deleted_at is not None:
        raise MessageNotFound
    if draft.conversation_id not in (None, message.conversation_id):
        detail = say("The message is in another conversation.")
        raise invalid("/messageId", "ANOTHER_CONVERSATION", detail)
    return message.conversation_id


async def _require_posting(reader: Reader, actor: Actor, conversation_id: str) -> None:
    access = await require_member(reader, actor, conversation_id)
    if access.is_group and access.posting == "admins" and not access.leads:
        raise PostingRestricted
    if not access.is_group:
        await require_not_apart(reader, actor.user_id, conversation_id)


async def _require_few(reader: Reader, actor: Actor) -> None:
    if await tasks.count_open(reader, actor.user_id, MAX_OPEN) >= MAX_OPEN:
        detail = say("At most {limit} tasks that you made can be open.", limit=MAX_OPEN)
        raise ValidationFailed(detail, errors=[FieldError("TOO_MANY", detail)])


async def _require_assignable(
    reader: Reader, actor: Actor, conversation_id: str | None, assignee_id: str | None
) -> None:
    if assignee_id is None:
        return
    found = await accounts.select_users(reader, [assignee_id])
    is_there = assignee_id in found and found[assignee_id].is_active
    if is_there and conversation_id is not None:
        is_there = bool(await members.select_present(reader, conversation_id, [assignee_id]))
    if not is_there:
        detail = say("There is no such person to do the task.")
        raise UserNotFound(detail, errors=[FieldError("USER_NOT_FOUND", detail, "/assigneeId")])
    if conversation_id is None and assignee_id != actor.user_id:
        await require_reachable(reader, actor.user_id, assignee_id)


def _held(conversation_id: str | None, people: Iterable[str]) -> list[str]:
    """The streams that hear of a task."""
    if conversation_id is not None:
        return [conversation_stream(conversation_id)]
    return sorted(user_stream(user_id) for user_id in people)


def streams_of(task: Task) -> list[str]:
    """The streams of those who see a task, in their order."""
    return _held(task.conversation_id, task.people)


async def tell_task(change: Change, kind: str, task: Task, told: Sequence[str]) -> None:
    """Announce a task, as it is now, in these streams."""
    facts = {"taskId": task.task_id, "conversationId": task.conversation_id}
    data = facts if kind == "task.deleted" else {**facts, "task": task.as_json()}
    for stream in told:
        await change.announce(stream, kind, facts, data)


async def _write_down(change: Change, task: Task, message_id: str, action: str) -> None:
    """Tell it in the conversation's history, if the task has one."""
    if task.conversation_id is not None:
        facts = {"taskId": task.task_id}
        await post_system_message(change, task.conversation_id, message_id, action, facts)


async def _notify(deps: Deps, change: Change, task: Task, kind: str, user_id: str | None) -> None:
    """Notify somebody who still sees the task."""
    if user_id is None:
        return
    if task.conversation_id is not None:
        here = await members.select_present(change.tx, task.conversation_id, [user_id])
        if not here:
            return
    notice = Notice(
        user_id,
        kind,
        actor_id=change.actor_id,
        conversation_id=task.conversation_id,
        task_id=task.task_id,
    )
    await notify(deps.ids, change, [notice])


class _Moved(Exception):
    """The task got to somebody else while its streams were being locked."""


Work = Callable[[Change, Task, Access | None], Awaitable[Json]]


async def _change_task(
    deps: Deps, actor: Actor, task_id: str, also: Iterable[str], work: Work
) -> Json:
    """Change a task as it is at that moment; nobody else changes it meanwhile.

    ``also`` are people who will hear of it, if it is in no conversation.
    """
    while True:
        found, _ = await deps.database.read(lambda reader: _require_task(reader, actor, task_id))
        held = _held(found.conversation_id, {*found.people, *also})

        async def change(change: Change, held: list[str] = held) -> Json:
            await streams.lock_streams(change.tx, held)
            task, access = await _require_task(change.tx, actor, task_id)
            if not set(streams_of(task)) <= set(held):
                raise _Moved
            return await work(change, task, access)

        try:
            return await commit_change(deps, held[0], change, actor_id=actor.user_id)
        except _Moved:
            continue


def _words(task: Task) -> tuple[str | None, ...]:
    """What of a task could carry a message."""
    return task.title, task.description, task.foreign_job_id


async def _require_heard(reader: Reader, actor: Actor, task: Task, access: Access | None) -> None:
    """Refuse words to somebody between whom and the actor there is a block, but in a group."""
    if access is None:
        if await blocked_with(reader, actor.user_id, set(task.people) - {actor.user_id}):
            raise UserBlocked
    elif not access.is_group:
        await require_not_apart(reader, actor.user_id, str(task.conversation_id))


async def update_task(deps: Deps, actor: Actor, task_id: str, update: TaskUpdate) -> Json:
    """Change a task; who sees it may. The same again changes nothing and is not announced.

    Completing it notes the time, taking it up again forgets it.

    Raises:
        TaskNotFound: there is none for the actor.
        UserBlocked: its words would change, with a block between the two who see it.
        ValidationFailed: the due time is none.
    """
    wanted: dict[str, Any] = update.model_dump(exclude_unset=True)
    if update.due_at is not None:
        wanted["due_at"] = moment(update.due_at, "/dueAt")
    message_id = deps.ids.new()

    async def work(change: Change, task: Task, access: Access | None) -> Json:
        renewed = task._replace(**wanted)
        if renewed == task:
            return task.as_json()
        if _words(renewed) != _words(task):
            await _require_heard(change.tx, actor, task, access)
        is_completed = renewed.status == "completed"
        completed_at = (task.completed_at or change.at) if is_completed else None
        renewed = renewed._replace(updated_at=change.at, completed_at=completed_at)
        await tasks.update_task(change.tx, renewed)
        await tell_task(change, "task.updated", renewed, streams_of(renewed))
        if is_completed and task.status != "completed":
            await _write_down(change, renewed, message_id, "task_completed")
        for user_id in renewed.people:
            await _notify(deps, change, renewed, "task_updated", user_id)
        return renewed.as_json()

    return await _change_task(deps, actor, task_id, (), work)


async def assign_task(deps: Deps, actor: Actor, task_id: str, assignee_id: str | None) -> Json:
    """Give a task to somebody, or to nobody; who sees it may.

    Who had a task that is in no conversation sees it no more.

    Raises:
        TaskNotFound: there is none for the actor.
        UserNotFound: there is no such person, or not in the conversation.
        UserBlocked: the person takes no direct messages from the actor.
    """

    async def work(change: Change, task: Task, _: Access | None) -> Json:
        if task.assignee_id == assignee_id:
            return task.as_json()
        await _require_assignable(change.tx, actor, task.conversation_id, assignee_id)
        renewed = task._replace(assignee_id=assignee_id, updated_at=change.at)
        await tasks.update_task(change.tx, renewed)
        before, now = streams_of(task), streams_of(renewed)
        await tell_task(change, "task.deleted", task, [one for one in before if one not in now])
        await tell_task(change, "task.created", renewed, [one for one in now if one not in before])
        await tell_task(change, "task.updated", renewed, [one for one in now if one in before])
        await _notify(deps, change, renewed, "task_assigned", assignee_id)
        return renewed.as_json()

    return await _change_task(deps, actor, task_id, {assignee_id or actor.user_id}, work)


async def delete_task(deps: Deps, actor: Actor, task_id: str) -> None:
    """Delete a task for all who see it.

    Raises:
        TaskNotFound: there is none for the actor.
        PermissionDenied: the actor neither made it nor leads its conversation.
    """

    async def work(change: Change, task: Task, access: Access | None) -> Json:
        leads = access is not None and access.is_group and access.leads
        if actor.user_id != task.creator_id and not leads:
            raise PermissionDenied(say("Only who made it or leads the group can delete a task."))
        await tasks.erase_task(change.tx, task_id, change.at)
        await tell_task(change, "task.deleted", task, streams_of(task))
        return {}

    await _change_task(deps, actor, task_id, (), work)


async def task_views(reader: Reader, viewer_id: str, task_ids: Iterable[str]) -> dict[str, Json]:
    """Tasks as they are now, by id; of those in no conversation only what the viewer still sees."""
    found = await tasks.select_tasks(reader, task_ids)
    return {
        task_id: task.as_json()
        for task_id, task in found.items()
        if task.conversation_id is not None or viewer_id in task.people
    }
