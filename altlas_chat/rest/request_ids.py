"""The name of a request, in its answer and in the log."""

import re

from aiohttp import web

REQUEST_ID = web.RequestKey("request_id", str)
HEADER = "X-Request-Id"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id_of(request: web.Request) -> str:
    return str(request[REQUEST_ID])


def chosen_request_id(request: web.Request, fresh: str) -> str:
    """The caller's own id when it is a harmless one, else ``fresh``."""
    own = request.headers.get(HEADER, "")
    return own if _ACCEPTABLE.fullmatch(own) else fresh
