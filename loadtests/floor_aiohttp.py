"""Floor of fan-out and of idle sockets: a bare aiohttp server with a list of WebSockets.

``/ws`` keeps a socket and says nothing. A socket on ``/sender`` sends
``{"count", "how", "text"}`` and the text is sent so often to every socket of
``/ws``, with ``await ws.send_str(text)`` one after another (``in_turn``) or
gathered (``gathered``). No compression, no heartbeat, the event loop of the
server: what remains is what aiohttp itself costs.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable

from aiohttp import WSMsgType, web

try:
    from uvloop import new_event_loop
except ImportError:
    from asyncio import new_event_loop  # type: ignore[assignment]

SOCKETS: web.AppKey[list[web.WebSocketResponse]] = web.AppKey("sockets")
Broadcast = Callable[[list[web.WebSocketResponse], str, int], Awaitable[None]]


async def in_turn(sockets: list[web.WebSocketResponse], text: str, count: int) -> None:
    for _ in range(count):
        for ws in sockets:
            await ws.send_str(text)


async def gathered(sockets: list[web.WebSocketResponse], text: str, count: int) -> None:
    for _ in range(count):
        await asyncio.gather(*(ws.send_str(text) for ws in sockets))


WAYS: dict[str, Broadcast] = {"in_turn": in_turn, "gathered": gathered}


async def listen(request: web.Request) -> web.WebSocketResponse:
    ws = web.WebSocketResponse(compress=False)
    await ws.prepare(request)
    request.app[SOCKETS].append(ws)
    async for _ in ws:
        pass
    request.app[SOCKETS].remove(ws)
    return ws


async def send(request: web.Request) -> web.WebSocketResponse:
    ws = web.WebSocketResponse(compress=False)
    await ws.prepare(request)
    async for message in ws:
        if message.type is WSMsgType.TEXT:
            order = json.loads(message.data)
            await WAYS[order["how"]](request.app[SOCKETS], order["text"], order["count"])
    return ws


async def serve() -> None:
    app = web.Application()
    app[SOCKETS] = []
    app.router.add_get("/ws", listen)
    app.router.add_get("/sender", send)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    host, port = runner.addresses[0][:2]
    print(json.dumps({"url": f"http://{host}:{port}"}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_event_loop) as loop_runner:
        loop_runner.run(serve())
