"""Who speaks to the load's own engine: numbered events of this server's form, and nothing else.

So that no server limits what the engine is measured with. Sockets are let in
whatever they say, at ``/GROUP/ws``; when ``sockets`` are there, each group of
``group`` hears ``events`` events, evenly spaced so that all together hear ``rate`` a second.
An event's ``clientId`` is the moment at which it was due, in microseconds of
``time.monotonic``, which all processes of a machine share.
"""

import asyncio
import json
import sys
import time
from typing import cast

import orjson

from altlas_chat.realtime.frames import framed

try:
    from uvloop import new_event_loop
except ImportError:
    from asyncio import new_event_loop  # type: ignore[assignment]

SPACE = b"\r\n\r\n"
UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
READY = framed(orjson.dumps({"event": "ready", "data": {"cursor": "here"}, "id": "auth"}))
TEXT = "Toplantıyı 15:00'e alabilir miyiz? Sunucuya bakmam gerek. "
A_DAY = "2026-11-24T13:38:00.074Z"


def stream_of(group: int) -> str:
    return f"conversation:01a20dc7-1306-7106-9491-{group:012x}"


def event_of(group: int, seq: int, due: float) -> bytes:
    """One frame of some 600 bytes, as long as those of a chat are."""
    message = {
        "id": f"01a20dc7-130a-76ab-a8ba-{seq:012x}",
        "conversationId": stream_of(group).partition(":")[2],
        "seq": seq,
        "senderId": "01a20dc7-1302-7393-8d86-5b7b08662934",
        "clientId": f"{due * 1_000_000:.0f}",
        "kind": "text",
        "text": TEXT,
        "content": None,
        "mentions": [],
        "files": [],
        "reactions": [],
        "replyTo": None,
        "state": "sent",
        "createdAt": A_DAY,
        "editedAt": None,
        "deletedAt": None,
    }
    event = {
        "event": "message.created",
        "stream": stream_of(group),
        "seq": seq,
        "at": A_DAY,
        "data": {"message": message},
    }
    return framed(orjson.dumps(event))


class Peer(asyncio.Protocol):
    """One socket; it is there when it has said who it is."""

    def __init__(self, groups: list[list[asyncio.Transport]]) -> None:
        self._groups = groups
        self._heard = b""
        self._is_there = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._is_there:
            return
        self._heard += data
        head, end, first_frame = self._heard.partition(SPACE)
        if end and first_frame:
            self._is_there = True
            self._transport.write(UPGRADED + READY)
            self._groups[int(head.split(b"/")[1])].append(self._transport)


async def serve(sockets: int, group: int, events: int, rate: float) -> None:
    groups: list[list[asyncio.Transport]] = [[] for _ in range(sockets // group)]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Peer(groups), "127.0.0.1", 0, backlog=1024)
    host, port = server.sockets[0].getsockname()[:2]
    print(json.dumps({"url": f"http://{host}:{port}"}), flush=True)
    while sum(map(len, groups)) < sockets:
        await asyncio.sleep(0.05)
    await asyncio.sleep(1)  # until the last of them has heard that it is let in
    begin = time.monotonic()
    for number in range(events * len(groups)):
        due = begin + number * group / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        seq, place = divmod(number, len(groups))
        frame = event_of(place, seq + 1, due)
        for transport in groups[place]:
            transport.write(frame)
    await asyncio.Event().wait()


if __name__ == "__main__":
    counts = (int(one) for one in sys.argv[1:5])
    with asyncio.Runner(loop_factory=new_event_loop) as loop_runner:
        loop_runner.run(serve(*counts))
