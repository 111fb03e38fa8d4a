"""Handlers of accounts and sessions, one for each operationId."""

from aiohttp import web

from altlas_chat.domain.accounts import (
    ChangePasswordRequest,
    LoginRequest,
    RefreshRequest,
    RegisterRequest,
)
from altlas_chat.rest.addresses import client_address
from altlas_chat.rest.call import Call, answer, done
from altlas_chat.services import accounts, users
from altlas_chat.services.accounts import Device


def _device(call: Call, name: str) -> Device:
    request = call.request
    # A header's bytes that are no UTF-8 come as halves of surrogate pairs, which can't be stored.
    user_agent = request.headers.get("User-Agent", "").encode(errors="replace").decode()
    address = client_address(request, call.deps.settings.trusted_proxies)
    return Device(name, user_agent, address)


async def register(call: Call) -> web.Response:
    body = await call.body(RegisterRequest)
    tokens = await accounts.register(call.deps, body, _device(call, body.device_name))
    return answer(tokens.as_json(), 201)


async def login(call: Call) -> web.Response:
    body = await call.body(LoginRequest)
    tokens = await accounts.login(call.deps, body, _device(call, body.device_name))
    return answer(tokens.as_json())


async def refresh(call: Call) -> web.Response:
    body = await call.body(RefreshRequest)
    return answer((await accounts.refresh(call.deps, body.refresh_token)).as_json())


async def logout(call: Call) -> web.Response:
    await accounts.logout(call.deps, call.actor)
    return done()


async def logout_everywhere(call: Call) -> web.Response:
    await accounts.logout_everywhere(call.deps, call.actor)
    return done()


async def get_current_user(call: Call) -> web.Response:
    return answer(await users.get_current_user(call.deps, call.actor))


async def change_password(call: Call) -> web.Response:
    body = await call.body(ChangePasswordRequest)
    await accounts.change_password(call.deps, call.actor, body)
    return done()
