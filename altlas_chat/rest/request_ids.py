"""The name of a request, in its answer and in the log."""

import re

from aiohttp import web

from altlas_chat.system import Ids

REQUEST_ID = web.RequestKey("request_id", str)
HEADER = "X-Request-Id"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id_of(request: web.Request) -> str:
    return str(request[REQUEST_ID])


def chosen_request_id(request: web.Request, ids: Ids) -> str:
    """The caller's own id when it is a harmless one, else a new one."""
    own = request.headers.get(HEADER)
    return own if own is not None and _ACCEPTABLE.fullmatch(own) else ids.new()
