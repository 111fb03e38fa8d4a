"""Handlers of presence, one for each operationId."""

from typing import Annotated

from aiohttp import web
from pydantic import BeforeValidator, Field

from altlas_chat.domain.inputs import OpaqueId
from altlas_chat.rest.call import Call, Query, answer
from altlas_chat.services import presence


def _separated(value: object) -> object:
    return value.split(",") if isinstance(value, str) else value


UserIds = Annotated[
    list[OpaqueId],
    Field(min_length=1, max_length=100),
    BeforeValidator(_separated),
]


class PresenceQuery(Query):
    user_ids: UserIds


async def get_presence(call: Call) -> web.Response:
    return answer(await presence.get_presence(call.deps, call.actor, call.path("userId")))


async def list_presence(call: Call) -> web.Response:
    query = call.query(PresenceQuery)
    return answer({"items": await presence.list_presence(call.deps, call.actor, query.user_ids)})
