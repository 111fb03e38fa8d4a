"""Handlers of preferences and blocks, one for each operationId."""

from aiohttp import web

from altlas_chat.domain.preferences import PreferencesUpdate
from altlas_chat.rest.call import Call, Query, answer, done
from altlas_chat.rest.conversations import Limit, PageCursor
from altlas_chat.services import blocks, preferences


class BlocksQuery(Query):
    cursor: PageCursor | None = None
    limit: Limit = 50


async def get_preferences(call: Call) -> web.Response:
    return answer(await preferences.get_preferences(call.deps, call.actor))


async def update_preferences(call: Call) -> web.Response:
    body = await call.body(PreferencesUpdate)
    return answer(await preferences.update_preferences(call.deps, call.actor, body))


async def list_blocks(call: Call) -> web.Response:
    query = call.query(BlocksQuery)
    return answer(await blocks.list_blocks(call.deps, call.actor, query.cursor, query.limit))


async def block_user(call: Call) -> web.Response:
    await blocks.block_user(call.deps, call.actor, call.path("userId"))
    return done()


async def unblock_user(call: Call) -> web.Response:
    await blocks.unblock_user(call.deps, call.actor, call.path("userId"))
    return done()
