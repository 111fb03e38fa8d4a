"""Handlers of sessions, one for each operationId."""

from aiohttp import web

from altlas_chat.rest.call import Call, Query, answer, done
from altlas_chat.services import sessions


class EndQuery(Query):
    keep_current: bool = True


async def list_sessions(call: Call) -> web.Response:
    return answer({"items": await sessions.list_sessions(call.deps, call.actor)})


async def end_session(call: Call) -> web.Response:
    await sessions.end_own_session(call.deps, call.actor, call.path("sessionId"))
    return done()


async def end_all_sessions(call: Call) -> web.Response:
    query = call.query(EndQuery)
    kept_id = call.actor.session_id if query.keep_current else None
    await sessions.end_sessions(call.deps, call.actor, kept_id, "ended")
    return done()
