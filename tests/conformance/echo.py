"""An echo server of the product's own sockets, which conformance suites need.

``python -m tests.conformance.echo`` listens on a free port, prints its address
and serves until it is stopped. Everything below the commands is the server's:
the upgrade, :class:`Socket`, the outbox.
"""

import asyncio
from dataclasses import replace
from typing import cast

from aiohttp import web

from altlas_chat.realtime.frames import framed
from altlas_chat.realtime.outbox import Flusher
from altlas_chat.settings import Settings
from altlas_chat.ws.endpoint import upgrade
from altlas_chat.ws.socket import Socket

BINARY = 0x2
LARGEST = 16 * 1024 * 1024


async def echo(request: web.Request) -> web.WebSocketResponse:
    """Send back what comes, as it came."""
    settings = replace(Settings(), max_frame_bytes=LARGEST, outbox_bytes=8 * LARGEST)
    ws = await upgrade(settings, request, {})
    transport = cast("asyncio.WriteTransport", request.transport)
    socket = Socket(ws, transport, Flusher(), settings)
    while not socket.is_over:
        frame = socket.taken(await socket.receive())
        if isinstance(frame, str):
            socket.outbox.put(framed(frame.encode()))
        elif frame is not None:
            socket.outbox.put(framed(frame, BINARY))
    await socket.closed()
    return ws


async def main() -> None:
    app = web.Application()
    app.router.add_get("/", echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    print(f"ws://{host}:{port}/", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
