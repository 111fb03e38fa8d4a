"""The JavaScript client, for pages that import it from the server."""

from aiohttp import web

from altlas_chat.rest.assets import client_file
from altlas_chat.rest.call import Call


async def get_client_script(call: Call) -> web.Response:
    return client_file(call.request, "client.js")
