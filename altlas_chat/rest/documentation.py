"""Pages on which the contract can be read, and tried."""

from aiohttp import web

from altlas_chat.contract.assets import docs_page
from altlas_chat.contract.event_page import event_page
from altlas_chat.rest.call import Call

_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere, nothing written into the page."""


async def get_docs(call: Call) -> web.Response:
    del call
    return _page(docs_page())


async def get_event_docs(call: Call) -> web.Response:
    del call
    return _page(event_page())


def _page(html: str) -> web.Response:
    headers = {"Content-Security-Policy": _SECURITY, "Referrer-Policy": "no-referrer"}
    return web.Response(text=html, content_type="text/html", headers=headers)
