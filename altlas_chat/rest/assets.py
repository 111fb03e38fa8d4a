"""The files of the pages of documentation.

They are the one thing that is routed and is no operation of the contract:
which files a page is made of is nobody's business but the page's.
"""

from aiohttp import web

from altlas_chat.contract.assets import ASSETS, asset_bytes


def add_assets(app: web.Application, base_path: str) -> None:
    """Add a route for each file, below the page that wants them."""
    for name in ASSETS:
        for method in ("GET", "HEAD"):
            app.router.add_route(method, f"{base_path}/docs/assets/{name}", _asset)


async def _asset(request: web.Request) -> web.Response:
    name = request.path.rpartition("/")[2]
    return web.Response(
        body=asset_bytes(name),
        content_type=ASSETS[name].content_type,
        headers={"Cache-Control": "max-age=3600"},
    )
