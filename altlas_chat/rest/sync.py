"""GET /sync: a snapshot with its cursor, or what came after one."""

from typing import Annotated

from aiohttp import web
from pydantic import Field, StringConstraints

from altlas_chat.domain.cursor import Cursor
from altlas_chat.realtime.frames import envelope
from altlas_chat.rest.call import Call, Query
from altlas_chat.rest.streams import STREAMS
from altlas_chat.services import sync
from altlas_chat.services.sync import Resync


class SyncQuery(Query):
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=4_000_000)] | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 500
    wait: Annotated[int, Field(ge=0, le=30)] = 0


async def get_sync(call: Call) -> web.Response:
    query = call.query(SyncQuery)
    if query.cursor is None:
        return await call.answer(await sync.take_snapshot(call.deps, call.actor))
    cursor = sync.decode_cursor(query.cursor)
    if not isinstance(cursor, Cursor):
        return await _start_over(call, cursor)
    if query.wait:
        streams = call.request.app[STREAMS]
        outcome = await streams.wait(call, cursor, query.limit, query.wait)
    else:
        outcome = await sync.changes_after(call.deps, call.actor, cursor, limit=query.limit)
    if isinstance(outcome, Resync):
        return await _start_over(call, outcome)
    is_new = outcome.cursor is not cursor
    following = outcome.cursor or await sync.cursor_at(call.deps, call.actor, outcome.positions)
    return await call.answer(
        {
            "resyncRequired": False,
            "events": [envelope(announcement) for announcement in outcome.announcements],
            "receipts": [receipt.data for receipt in outcome.receipts],
            "cursor": following.encode() if is_new else query.cursor,
            "hasMore": outcome.has_more,
        }
    )


async def _start_over(call: Call, resync: Resync) -> web.Response:
    snapshot = await sync.take_snapshot(call.deps, call.actor)
    return await call.answer(
        {"resyncRequired": True, "reason": resync.reason, "snapshot": snapshot}
    )
