"""Tasks of who goes: what is open has nobody in particular then, what is done keeps who did it."""

from altlas_chat.domain.events import Announcement, Event, conversation_stream, user_stream
from altlas_chat.domain.tasks import Task
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.tasks import streams_of, tell_task
from altlas_chat.storage import accounts, bulk, streams, tasks

AT_ONCE = 500
"""Most tasks that one change takes from somebody."""

OPEN = frozenset({"pending", "in_progress"})


async def unassign_open_tasks(change: Change, conversation_id: str, user_id: str) -> bool:
    """Take a conversation's open tasks from a member who goes; whether none is left.

    At most ``AT_ONCE``: when some are left, the member goes in a later change.
    Members hear ``task.updated`` of each. The caller holds the conversation's
    stream.
    """
    found = await tasks.update_unassigned(change.tx, conversation_id, user_id, change.at, AT_ONCE)
    if found:
        await _tell_all(change, conversation_stream(conversation_id), found)
    return len(found) < AT_ONCE


async def _tell_all(change: Change, stream: str, found: list[Task]) -> None:
    place = (await bulk.select_places(change.tx, [stream], hold=True))[stream]
    announcements = []
    for seq, task in enumerate(found, place.seq + 1):
        facts = {"taskId": task.task_id, "conversationId": task.conversation_id}
        event = Event(stream, seq, "task.updated", change.at, change.actor_id, facts)
        announcements.append(Announcement(event, {**facts, "task": task.as_json()}))
    moved = place._replace(seq=place.seq + len(found), changed_at=max(place.changed_at, change.at))
    await bulk.update_places(change.tx, [moved])
    await bulk.insert_events(change.tx, [one.event for one in announcements])
    change.tell(announcements)


async def unassign_everywhere(deps: Deps, actor_id: str | None, user_id: str) -> None:
    """Take all open tasks from a closed account, but what it has to do for itself alone.

    Doing it again changes nothing, so what was interrupted can be repeated. It
    ends when the account is opened again meanwhile.
    """
    is_closed = True
    while is_closed:
        found = await deps.database.read(
            lambda reader: tasks.select_assigned(reader, user_id, AT_ONCE)
        )
        if not found:
            return
        for conversation_id in {one.conversation_id for one in found} - {None}:
            is_closed = is_closed and await _unassign_in(
                deps, actor_id, user_id, str(conversation_id)
            )
        for task in found:
            if is_closed and task.conversation_id is None:
                is_closed = await _give_back(deps, actor_id, user_id, task)


async def _unassign_in(
    deps: Deps, actor_id: str | None, user_id: str, conversation_id: str
) -> bool:
    stream = conversation_stream(conversation_id)

    async def change(change: Change) -> bool:
        await streams.lock_streams(change.tx, [stream, user_stream(user_id)])
        is_closed = await _is_closed(change, user_id)
        if is_closed:
            await unassign_open_tasks(change, conversation_id, user_id)
        return is_closed

    return await commit_change(deps, stream, change, actor_id=actor_id)


async def _give_back(deps: Deps, actor_id: str | None, user_id: str, given: Task) -> bool:
    """Give a task in no conversation back to who made it, who alone sees it then."""
    own, theirs = user_stream(given.creator_id), user_stream(user_id)

    async def change(change: Change) -> bool:
        await streams.lock_streams(change.tx, [own, theirs])
        is_closed = await _is_closed(change, user_id)
        task = await tasks.select_task(change.tx, given.task_id)
        if is_closed and task is not None and task.assignee_id == user_id and task.status in OPEN:
            renewed = task._replace(assignee_id=None, updated_at=change.at)
            await tasks.update_task(change.tx, renewed)
            await tell_task(change, "task.deleted", task, [theirs])
            await tell_task(change, "task.updated", renewed, streams_of(renewed))
        return is_closed

    return await commit_change(deps, own, change, actor_id=actor_id)


async def _is_closed(change: Change, user_id: str) -> bool:
    user = await accounts.select_user(change.tx, user_id)
    return user is not None and not user.is_active
