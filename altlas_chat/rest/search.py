"""Handlers of searches, one for each operationId."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from altlas_chat.domain.inputs import OpaqueId
from altlas_chat.rest.call import Call, Query, answer
from altlas_chat.services import parties, search
from altlas_chat.services.search import MessageSearch

Limit = Annotated[int, Field(ge=1, le=100)]
PageCursor = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
Moment = Annotated[str, StringConstraints(min_length=20, max_length=40)]
Kind = Literal["text", "emoji", "file", "image", "voice", "location", "system"]


class MessagesQuery(Query):
    q: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    conversation_id: OpaqueId | None = None
    sender_id: OpaqueId | None = None
    since: Moment | None = None
    until: Moment | None = None
    has: Literal["file", "image", "voice", "location", "mention"] | None = None
    kind: Kind | None = None
    sort: Literal["relevance", "time"] = "relevance"
    cursor: PageCursor | None = None
    limit: Limit = 20


class PartiesQuery(Query):
    q: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    kind: Literal["user", "group"] | None = None
    cursor: PageCursor | None = None
    limit: Limit = 20


async def search_messages(call: Call) -> web.Response:
    query = call.query(MessagesQuery)
    wanted = MessageSearch(
        words=query.q,
        conversation_id=query.conversation_id,
        sender_id=query.sender_id,
        since=query.since,
        until=query.until,
        having=query.has,
        kind=query.kind,
        by_time=query.sort == "time",
    )
    return answer(
        await search.search_messages(call.deps, call.actor, wanted, query.cursor, query.limit)
    )


async def search_users(call: Call) -> web.Response:
    query = call.query(PartiesQuery)
    return answer(
        await parties.search_parties(
            call.deps, call.actor, query.q, query.kind, query.cursor, query.limit
        )
    )
