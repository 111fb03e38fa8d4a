"""Handlers of people and profiles, one for each operationId."""

from aiohttp import web

from altlas_chat.domain.accounts import ProfileUpdate
from altlas_chat.rest.call import Call, answer
from altlas_chat.services import users


async def get_user(call: Call) -> web.Response:
    return answer(await users.get_user(call.deps, call.actor, call.path("userId")))


async def update_current_user(call: Call) -> web.Response:
    body = await call.body(ProfileUpdate)
    return answer(await users.update_profile(call.deps, call.actor, body))
