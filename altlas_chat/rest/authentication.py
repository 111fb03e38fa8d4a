"""From a request's headers to the actor."""

from aiohttp import web

from altlas_chat.domain.errors import NotAuthenticated
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.api_keys import authenticate_key
from altlas_chat.services.authentication import authenticate
from altlas_chat.services.deps import Deps

API_KEY = "X-API-Key"


def has_credentials(request: web.Request) -> bool:
    """Whether a request says who calls, truly or not."""
    return "Authorization" in request.headers or API_KEY in request.headers


async def actor_of(deps: Deps, request: web.Request) -> Actor:
    """Who calls: by a bearer token, or else by an API key.

    Raises:
        NotAuthenticated: the request has neither.
        TokenInvalid: the token or key is not accepted here.
        TokenExpired: its time is over.
        SessionRevoked: its session was ended, or the key was revoked.
        AccountDeactivated: the account is closed.
    """
    if "Authorization" not in request.headers and API_KEY in request.headers:
        return await authenticate_key(deps, request.headers[API_KEY].strip())
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated
    return await authenticate(deps, token.strip(), comes_again=True)
