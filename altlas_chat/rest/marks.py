"""Handlers of what hangs on messages: threads, reactions, pins and stars."""

from typing import Annotated

from aiohttp import web
from pydantic import Field, StringConstraints

from altlas_chat.rest.call import Call, Query, answer, done
from altlas_chat.services import marks, messages


class PageQuery(Query):
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=1024)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


async def list_replies(call: Call) -> web.Response:
    query, message_id = call.query(PageQuery), call.path("messageId")
    return answer(
        await messages.list_replies(call.deps, call.actor, message_id, query.cursor, query.limit)
    )


async def list_reactions(call: Call) -> web.Response:
    message_id = call.path("messageId")
    return answer({"items": await marks.list_reactions(call.deps, call.actor, message_id)})


async def add_reaction(call: Call) -> web.Response:
    message_id, emoji = call.path("messageId"), call.text("emoji")
    return answer({"items": await marks.add_reaction(call.deps, call.actor, message_id, emoji)})


async def remove_reaction(call: Call) -> web.Response:
    message_id, emoji = call.path("messageId"), call.text("emoji")
    return answer({"items": await marks.remove_reaction(call.deps, call.actor, message_id, emoji)})


async def pin_message(call: Call) -> web.Response:
    message_id = call.path("messageId")
    return answer(await marks.set_pinned(call.deps, call.actor, message_id, pinned=True))


async def unpin_message(call: Call) -> web.Response:
    message_id = call.path("messageId")
    return answer(await marks.set_pinned(call.deps, call.actor, message_id, pinned=False))


async def list_pins(call: Call) -> web.Response:
    query, conversation_id = call.query(PageQuery), call.path("conversationId")
    return answer(
        await marks.list_pins(call.deps, call.actor, conversation_id, query.cursor, query.limit)
    )


async def star_message(call: Call) -> web.Response:
    await marks.star_message(call.deps, call.actor, call.path("messageId"))
    return done()


async def unstar_message(call: Call) -> web.Response:
    await marks.unstar_message(call.deps, call.actor, call.path("messageId"))
    return done()


async def list_starred_messages(call: Call) -> web.Response:
    query = call.query(PageQuery)
    return answer(await marks.list_starred(call.deps, call.actor, query.cursor, query.limit))
