"""From the Authorization header to the actor."""

from aiohttp import web

from altlas_chat.domain.errors import NotAuthenticated
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.authentication import authenticate
from altlas_chat.services.deps import Deps


async def actor_of(deps: Deps, request: web.Request) -> Actor:
    """Who calls.

    Raises:
        NotAuthenticated: the request has no bearer token.
        TokenInvalid: the token is not accepted here.
        TokenExpired: its time is over.
        SessionRevoked: its session was ended.
        AccountDeactivated: the account is closed.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated
    return await authenticate(deps, token.strip())
