"""Pages on which the contract can be read, and tried."""

from functools import cache

from aiohttp import web

from altlas_chat.contract.documents import load_asyncapi
from altlas_chat.pages.event_page import event_page
from altlas_chat.pages.frame import Surroundings, policy
from altlas_chat.pages.rest_page import rest_page
from altlas_chat.rest.call import Call

_NAME = "altlas-chat"


async def get_docs(call: Call) -> web.Response:
    del call
    return _page(_docs())


async def get_event_docs(call: Call) -> web.Response:
    del call
    return _page(_event_docs())


@cache
def _docs() -> str:
    links = (("REST", "docs"), ("WebSocket", "docs/events"), ("openapi.json", "openapi.json"))
    around = Surroundings(_NAME, "docs/assets/", links)
    return rest_page(f"{_NAME}: REST", around, document="openapi.json", server=".")


@cache
def _event_docs() -> str:
    links = (
        ("REST", "../docs"),
        ("WebSocket", "events"),
        ("asyncapi.json", "../asyncapi.json"),
    )
    return event_page(load_asyncapi(), Surroundings(_NAME, "assets/", links))


def _page(html: str) -> web.Response:
    headers = {"Content-Security-Policy": policy(), "Referrer-Policy": "no-referrer"}
    return web.Response(text=html, content_type="text/html", headers=headers)
