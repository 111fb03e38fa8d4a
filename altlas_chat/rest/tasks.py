"""Handlers of tasks, one for each operationId."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import AfterValidator, Field, StringConstraints

from altlas_chat.domain.inputs import OpaqueId, clean_text
from altlas_chat.domain.tasks import (
    ForeignJobId,
    Priority,
    Status,
    TaskAssignment,
    TaskDraft,
    TaskFilter,
    TaskUpdate,
)
from altlas_chat.rest.call import Call, Query, answer, done
from altlas_chat.services import tasks


class TasksQuery(Query):
    status: Status | None = None
    priority: Priority | None = None
    assignee_id: OpaqueId | None = None
    creator_id: OpaqueId | None = None
    conversation_id: OpaqueId | None = None
    foreign_job_id: Annotated[ForeignJobId, AfterValidator(clean_text)] | None = None
    sort: Literal["created", "due"] = "created"
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=1024)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


async def list_tasks(call: Call) -> web.Response:
    query = call.query(TasksQuery)
    wanted = TaskFilter(**query.model_dump(exclude={"sort", "cursor", "limit"}))
    page = await tasks.list_tasks(
        call.deps, call.actor, wanted, query.sort, query.cursor, query.limit
    )
    return answer(page)


async def create_task(call: Call) -> web.Response:
    body = await call.body(TaskDraft)
    task = await tasks.create_task(call.deps, call.actor, body)
    location = f"{call.deps.settings.base_path}/tasks/{task['id']}"
    return answer(task, 201, {"Location": location})


async def get_task(call: Call) -> web.Response:
    return answer(await tasks.get_task(call.deps, call.actor, call.path("taskId")))


async def update_task(call: Call) -> web.Response:
    body = await call.body(TaskUpdate)
    return answer(await tasks.update_task(call.deps, call.actor, call.path("taskId"), body))


async def assign_task(call: Call) -> web.Response:
    body = await call.body(TaskAssignment)
    task = await tasks.assign_task(call.deps, call.actor, call.path("taskId"), body.assignee_id)
    return answer(task)


async def delete_task(call: Call) -> web.Response:
    await tasks.delete_task(call.deps, call.actor, call.path("taskId"))
    return done()
