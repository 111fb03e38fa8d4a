"""Handlers of API keys, one for each operationId."""

from aiohttp import web

from altlas_chat.domain.api_keys import ApiKeyRequest
from altlas_chat.rest.call import Call, answer, done
from altlas_chat.services import api_keys


async def list_api_keys(call: Call) -> web.Response:
    keys = await api_keys.list_api_keys(call.deps, call.actor)
    return answer({"items": [key.as_json() for key in keys]})


async def create_api_key(call: Call) -> web.Response:
    body = await call.body(ApiKeyRequest)
    return answer(await api_keys.create_api_key(call.deps, call.actor, body), 201)


async def revoke_api_key(call: Call) -> web.Response:
    await api_keys.revoke_api_key(call.deps, call.actor, call.path("apiKeyId"))
    return done()
