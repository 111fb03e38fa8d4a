"""Bare aiohttp that answers a GET with the bytes that it is given, and nothing else."""

import asyncio
import json
import sys

import uvloop
from aiohttp import web


async def main(body: bytes) -> None:
    """Print the address as one line of JSON, and answer until killed."""

    async def get(request: web.Request) -> web.Response:
        del request
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_get("/pets/{id}", get)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(json.dumps({"url": f"http://127.0.0.1:{runner.addresses[0][1]}"}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1].encode()))
