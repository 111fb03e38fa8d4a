"""Floor of uploads and downloads: bare aiohttp that writes a form's file and gives it back.

``POST /file`` takes a form, writes its first field to a file and flushes it to
the disk, as a server does that promises to keep it; ``GET /file`` sends what
came last. No checksum, no rights, no database: what remains is aiohttp and the
disk. A download is read and written in the same parts as the server's.
"""

import asyncio
import json
import os
from pathlib import Path

from aiohttp import BodyPartReader, web

try:
    from uvloop import new_event_loop
except ImportError:
    from asyncio import new_event_loop  # type: ignore[assignment]

PART_BYTES = 256 * 1024
KEPT = Path("floor.bin")


async def take(request: web.Request) -> web.Response:
    field = await (await request.multipart()).next()
    if not isinstance(field, BodyPartReader):
        raise web.HTTPBadRequest
    with KEPT.open("wb", 0) as file:
        while part := await field.read_chunk(PART_BYTES):
            await asyncio.to_thread(file.write, part)
        await asyncio.to_thread(os.fsync, file.fileno())
    return web.json_response({"id": KEPT.name}, status=201)


async def give(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_length = KEPT.stat().st_size
    await response.prepare(request)
    with KEPT.open("rb", 0) as file:
        while part := await asyncio.to_thread(file.read, PART_BYTES):
            await response.write(part)
    await response.write_eof()
    return response


async def serve() -> None:
    app = web.Application(client_max_size=0)
    app.router.add_post("/file", take)
    app.router.add_get("/file", give)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(json.dumps({"url": f"http://{host}:{port}"}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_event_loop) as loop_runner:
        loop_runner.run(serve())
