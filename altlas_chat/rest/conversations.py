"""Handlers of conversations, one for each operationId."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from altlas_chat.domain.conversations import OpenDirect, SettingsUpdate
from altlas_chat.rest.call import Call, Query, answer, done
from altlas_chat.services import conversations
from altlas_chat.services.conversations import Listing

Limit = Annotated[int, Field(ge=1, le=200)]
PageCursor = Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class ConversationsQuery(Query):
    filter: Literal["unread", "direct", "group", "archived", "favourite", "muted"] | None = None
    sort: Literal["activity", "name"] = "activity"
    cursor: PageCursor | None = None
    limit: Limit = 50


class MembersQuery(Query):
    cursor: PageCursor | None = None
    limit: Limit = 50


class DeleteQuery(Query):
    mode: Literal["archive", "delete"] = "archive"


async def open_conversation(call: Call) -> web.Response:
    body = await call.body(OpenDirect)
    view, is_new = await conversations.open_direct(call.deps, call.actor, body)
    location = f"{call.deps.settings.base_path}/conversations/{view['id']}"
    return await call.answer(view, 201 if is_new else 200, {"Location": location})


async def list_conversations(call: Call) -> web.Response:
    query = call.query(ConversationsQuery)
    return await call.answer(
        await conversations.list_conversations(
            call.deps,
            call.actor,
            Listing(query.filter, by_name=query.sort == "name"),
            query.cursor,
            query.limit,
        )
    )


async def get_conversation(call: Call) -> web.Response:
    conversation_id = call.path("conversationId")
    view = await conversations.get_conversation(call.deps, call.actor, conversation_id)
    return await call.answer(view)


async def delete_conversation(call: Call) -> web.Response:
    conversation_id = call.path("conversationId")
    if call.query(DeleteQuery).mode == "archive":
        await conversations.archive_conversation(call.deps, call.actor, conversation_id)
    else:
        await conversations.clear_conversation(call.deps, call.actor, conversation_id)
    return done()


async def update_conversation_settings(call: Call) -> web.Response:
    update = await call.body(SettingsUpdate)
    conversation_id = call.path("conversationId")
    return answer(
        await conversations.update_settings(call.deps, call.actor, conversation_id, update)
    )


async def list_members(call: Call) -> web.Response:
    query = call.query(MembersQuery)
    conversation_id = call.path("conversationId")
    return answer(
        await conversations.list_members(
            call.deps, call.actor, conversation_id, query.cursor, query.limit
        )
    )
