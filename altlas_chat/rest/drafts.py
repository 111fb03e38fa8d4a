"""Handlers of what is not sent yet: drafts, and messages for later."""

from typing import Annotated

from aiohttp import web
from pydantic import Field, StringConstraints

from altlas_chat.domain.drafts import DraftUpdate, ScheduledUpdate
from altlas_chat.domain.inputs import OpaqueId
from altlas_chat.rest.call import Call, Query, answer, done
from altlas_chat.services import saved_drafts, scheduled


class PageQuery(Query):
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=1024)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ScheduledQuery(PageQuery):
    conversation_id: OpaqueId | None = None


async def list_drafts(call: Call) -> web.Response:
    query = call.query(PageQuery)
    return answer(await saved_drafts.list_drafts(call.deps, call.actor, query.cursor, query.limit))


async def get_draft(call: Call) -> web.Response:
    draft = await saved_drafts.get_draft(call.deps, call.actor, call.path("conversationId"))
    return answer(draft.as_json())


async def save_draft(call: Call) -> web.Response:
    update = await call.body(DraftUpdate)
    conversation_id = call.path("conversationId")
    draft = await saved_drafts.save_draft(call.deps, call.actor, conversation_id, update)
    return answer(draft.as_json())


async def delete_draft(call: Call) -> web.Response:
    await saved_drafts.delete_draft(call.deps, call.actor, call.path("conversationId"))
    return done()


async def list_scheduled_messages(call: Call) -> web.Response:
    query = call.query(ScheduledQuery)
    return answer(
        await scheduled.list_scheduled(
            call.deps, call.actor, query.conversation_id, query.cursor, query.limit
        )
    )


async def get_scheduled_message(call: Call) -> web.Response:
    found = await scheduled.get_scheduled(call.deps, call.actor, call.path("scheduledId"))
    return answer(found.as_json())


async def update_scheduled_message(call: Call) -> web.Response:
    update = await call.body(ScheduledUpdate)
    scheduled_id = call.path("scheduledId")
    changed = await scheduled.update_scheduled(call.deps, call.actor, scheduled_id, update)
    return answer(changed.as_json())


async def cancel_scheduled_message(call: Call) -> web.Response:
    await scheduled.cancel_scheduled(call.deps, call.actor, call.path("scheduledId"))
    return done()
