"""Rows of tasks. A deleted one keeps its place without its words, for what points to it."""

from collections.abc import Iterable
from typing import NamedTuple

from altlas_chat.domain.tasks import Task, TaskFilter
from altlas_chat.storage.database import Reader, Row, Transaction

_NAMES = (
    "task_id",
    "title",
    "description",
    "status",
    "priority",
    "creator_id",
    "assignee_id",
    "due_at",
    "conversation_id",
    "message_id",
    "foreign_job_id",
    "created_at",
    "updated_at",
    "completed_at",
)
_COLUMNS = ", ".join(_NAMES)
_OF_TASK = ", ".join(f"t.{name}" for name in _NAMES)
_IS_OPEN = "status IN ('pending', 'in_progress') AND deleted_at IS NULL"
_CHUNK = 500

NO_DUE_TIME = 2**52
"""Where tasks without a due time stand in the order of due times: last."""


class TaskPlace(NamedTuple):
    """After which task a page begins: its time (when it was made, or is due) and its id."""

    at: int
    task_id: str


async def insert_task(tx: Transaction, task: Task) -> None:
    marks = ", ".join("?" * len(_NAMES))
    await tx.execute(f"INSERT INTO tasks ({_COLUMNS}) VALUES ({marks})", *task)


async def update_task(tx: Transaction, task: Task) -> None:
    """Keep what may change of a task."""
    await tx.execute(
        "UPDATE tasks SET title = ?, description = ?, status = ?, priority = ?, assignee_id = ?,"
        " due_at = ?, foreign_job_id = ?, updated_at = ?, completed_at = ? WHERE task_id = ?",
        task.title,
        task.description,
        task.status,
        task.priority,
        task.assignee_id,
        task.due_at,
        task.foreign_job_id,
        task.updated_at,
        task.completed_at,
        task.task_id,
    )


async def update_unassigned(
    tx: Transaction, conversation_id: str, user_id: str, at: int, limit: int
) -> list[Task]:
    """Take open tasks of a conversation from who has them, the oldest first; those that were."""
    rows = await tx.fetch_all(
        "UPDATE tasks SET assignee_id = NULL, updated_at = ? WHERE task_id IN ("
        "SELECT task_id FROM tasks WHERE conversation_id = ? AND assignee_id = ?"
        f" AND {_IS_OPEN} ORDER BY created_at, task_id LIMIT ?) RETURNING {_COLUMNS}",
        at,
        conversation_id,
        user_id,
        limit,
    )
    return sorted((Task(*row) for row in rows), key=lambda task: (task.created_at, task.task_id))


async def select_assigned(reader: Reader, user_id: str, limit: int) -> list[Task]:
    """Open tasks that a person has of others, or in conversations, the oldest first."""
    rows = await reader.fetch_all(
        f"SELECT {_COLUMNS} FROM tasks WHERE assignee_id = ? AND {_IS_OPEN}"
        " AND (conversation_id IS NOT NULL OR creator_id <> ?)"
        " ORDER BY created_at, task_id LIMIT ?",
        user_id,
        user_id,
        limit,
    )
    return [Task(*row) for row in rows]


async def erase_task(tx: Transaction, task_id: str, at: int) -> None:
    """Delete a task: nothing of what it said is left."""
    await tx.execute(
        "UPDATE tasks SET title = '', description = '', foreign_job_id = NULL, deleted_at = ?"
        " WHERE task_id = ?",
        at,
        task_id,
    )


async def select_task(reader: Reader, task_id: str) -> Task | None:
    row = await reader.fetch_one(
        f"SELECT {_COLUMNS} FROM tasks WHERE task_id = ? AND deleted_at IS NULL", task_id
    )
    return None if row is None else Task(*row)


async def select_tasks(reader: Reader, task_ids: Iterable[str]) -> dict[str, Task]:
    """Tasks by id; those that are not there are left out."""
    wanted = sorted(set(task_ids))
    found: dict[str, Task] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        rows = await reader.fetch_all(
            f"SELECT {_COLUMNS} FROM tasks WHERE task_id IN ({marks}) AND deleted_at IS NULL",
            *chunk,
        )
        found.update((row[0], Task(*row)) for row in rows)
    return found


class _Asked(NamedTuple):
    """The conditions of a list as SQL, with their values."""

    sql: str
    params: tuple[object, ...]


async def select_visible(
    reader: Reader,
    viewer_id: str,
    wanted: TaskFilter,
    after: TaskPlace | None,
    limit: int,
    *,
    by_due: bool,
) -> list[Task]:
    """A part of the tasks that a person sees: the newest first, or the next due first.

    Those of the person's conversations, and those in none that the person
    made or has to do. Each of the three kinds is found by an index of its own.
    """
    key, order = (
        (f"coalesce(t.due_at, {NO_DUE_TIME})", "ASC") if by_due else ("t.created_at", "DESC")
    )
    asked = _asked(wanted, after, key, ">" if by_due else "<")
    rows: list[Row] = []
    for source, params in _sources(viewer_id, wanted):
        rows += await reader.fetch_all(
            f"SELECT {_OF_TASK} FROM {source}{asked.sql} AND t.deleted_at IS NULL"
            f" ORDER BY {key} {order}, t.task_id {order} LIMIT ?",
            *params,
            *asked.params,
            limit,
        )
    tasks = [Task(*row) for row in rows]
    tasks.sort(key=lambda task: place_of(task, by_due=by_due), reverse=not by_due)
    return tasks[:limit]


def place_of(task: Task, *, by_due: bool) -> TaskPlace:
    """Where a task stands in a list."""
    due = NO_DUE_TIME if task.due_at is None else task.due_at
    return TaskPlace(due if by_due else task.created_at, task.task_id)


def _sources(viewer_id: str, wanted: TaskFilter) -> list[tuple[str, tuple[object, ...]]]:
    """Where visible tasks come from; no task comes from two of them."""
    member = (
        "members m JOIN conversations c"
        " ON c.conversation_id = m.conversation_id AND c.deleted_at IS NULL"
        " JOIN tasks t ON t.conversation_id = m.conversation_id WHERE m.user_id = ?"
    )
    if wanted.conversation_id is not None:
        return [(member, (viewer_id,))]
    private = "tasks t WHERE t.conversation_id IS NULL AND t.creator_id"
    return [
        (member, (viewer_id,)),
        (f"{private} = ?", (viewer_id,)),
        (f"{private} <> ? AND t.assignee_id = ?", (viewer_id, viewer_id)),
    ]


def _asked(wanted: TaskFilter, after: TaskPlace | None, key: str, beyond: str) -> _Asked:
    parts, params = [], list[object]()
    for name, value in wanted._asdict().items():
        if value is not None:
            parts.append(f" AND t.{name} = ?")
            params.append(value)
    if after is not None:
        parts.append(f" AND ({key}, t.task_id) {beyond} (?, ?)")
        params.extend(after)
    return _Asked("".join(parts), tuple(params))


async def count_open(reader: Reader, creator_id: str, most: int) -> int:
    """How many open tasks somebody made; of more than ``most``, that many."""
    found = await reader.fetch_one(
        f"SELECT count(*) FROM (SELECT 1 FROM tasks WHERE creator_id = ? AND {_IS_OPEN}"
        " LIMIT ?) AS open_ones",
        creator_id,
        most,
    )
    return 0 if found is None else int(found[0])
