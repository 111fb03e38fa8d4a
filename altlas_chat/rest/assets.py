"""The files of the pages of documentation, and of the JavaScript client.

They are the one thing that is routed and is no operation of the contract:
which files a page or a module is made of is nobody's business but its own.
"""

from functools import cache
from hashlib import sha256

from aiohttp import web

from altlas_chat.contract.assets import CLIENT_FILES, client_bytes
from altlas_chat.pages.files import ASSETS, asset_bytes
from altlas_chat.rest.serving import is_known

CLIENT_SCRIPT = "client.js"
"""The module that is imported, which is an operation."""


def add_assets(app: web.Application, base_path: str) -> None:
    """Add a route for each file, below the page or beside the module that wants it."""
    for method in ("GET", "HEAD"):
        for name in ASSETS:
            app.router.add_route(method, f"{base_path}/docs/assets/{name}", _asset)
        for name in CLIENT_FILES:
            if name != CLIENT_SCRIPT:
                app.router.add_route(method, f"{base_path}/{name}", _client_part)


async def _asset(request: web.Request) -> web.Response:
    name = request.path.rpartition("/")[2]
    return web.Response(
        body=asset_bytes(name),
        content_type=ASSETS[name].content_type,
        headers={"Cache-Control": "max-age=3600"},
    )


async def _client_part(request: web.Request) -> web.Response:
    (name,) = [name for name in CLIENT_FILES if request.path.endswith(f"/{name}")]
    return client_file(request, name)


@cache
def _etag(name: str) -> str:
    return f'"{sha256(client_bytes(name)).hexdigest()[:32]}"'


def client_file(request: web.Request, name: str) -> web.Response:
    """A file of the client; caches ask for it each time, so that no page mixes two versions."""
    headers = {"ETag": _etag(name), "Cache-Control": "no-cache"}
    if is_known(request.headers.get("If-None-Match"), _etag(name)):
        return web.Response(status=304, headers=headers)
    return web.Response(
        body=client_bytes(name),
        content_type=CLIENT_FILES[name].content_type,
        charset="utf-8",
        headers=headers,
    )
