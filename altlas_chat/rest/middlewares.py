"""What every request passes: its id, cross-origin rules, refusals."""

from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from altlas_chat.figures import Requests
from altlas_chat.rest.call import ACTOR, LASTING, OPERATION
from altlas_chat.rest.problems import problem, refusal_of
from altlas_chat.rest.request_ids import HEADER, REQUEST_ID, chosen_request_id
from altlas_chat.services.deps import Deps
from altlas_chat.services.languages import language_for

ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
ALLOWED_HEADERS = (
    "Content-Type, Authorization, X-Requested-With, X-API-Key, X-Request-Id, Last-Event-ID, Range"
)
EXPOSED_HEADERS = "Location, X-Request-Id, Retry-After, ETag, Content-Range, Content-Disposition"
_UPGRADED = 101
MAX_AGE_SECONDS = "86400"


def manners(deps: Deps, origins: Sequence[str], requests: Requests) -> Middleware:
    """Give each request its id, count it, and make a problem document of whatever is raised.

    The document is in the caller's language. Pages of the named origins may
    call, with credentials; ``*`` names all, without them. One middleware for
    all of this: every open socket holds on to the frames of those that it passed.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if _is_preflight(request):
            preflight = web.Response(status=204)
            _mark(preflight, request, origins, is_preflight=True)
            return preflight
        began = perf_counter()
        request_id = chosen_request_id(request, deps.ids)
        request[REQUEST_ID] = request_id
        try:
            response = await handler(request)
        except Exception as error:  # noqa: BLE001 - the one place that answers for surprises
            # As it came: decoded, an address may hold the lines of another log.
            path = request.raw_path.partition("?")[0]
            where = f"{request.method} {path} [{request_id}]"
            header = request.headers.get("Accept-Language")
            language = await language_for(deps, request.get(ACTOR), header)
            response = problem(refusal_of(error, where), request_id, language)
        operation, seconds = request.get(OPERATION, "none"), perf_counter() - began
        if response.status == _UPGRADED:
            return response  # a socket is no request; it is there for hours
        if LASTING not in request:
            requests.add(operation, response.status, seconds)
        return response

    return middleware


Marking = Callable[[web.Request, web.StreamResponse], Awaitable[None]]


def marking(origins: Sequence[str]) -> Marking:
    """What puts the headers on an answer that all have, also where a handler begins it itself."""

    async def mark(request: web.Request, response: web.StreamResponse) -> None:
        if response.status == _UPGRADED or _is_preflight(request):
            return
        response.headers[HEADER] = request[REQUEST_ID]
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        _mark(response, request, origins, is_preflight=False)

    return mark


def _is_preflight(request: web.Request) -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def _mark(
    response: web.StreamResponse,
    request: web.Request,
    origins: Sequence[str],
    *,
    is_preflight: bool,
) -> None:
    headers = response.headers
    if origins:
        headers.add("Vary", "Origin")
    origin = request.headers.get("Origin")
    if origin is None or not (origin in origins or "*" in origins):
        return
    if origin in origins:
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Allow-Credentials"] = "true"
    else:
        headers["Access-Control-Allow-Origin"] = "*"
    if is_preflight:
        headers["Access-Control-Allow-Methods"] = ALLOWED_METHODS
        headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        headers["Access-Control-Max-Age"] = MAX_AGE_SECONDS
    else:
        headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
