"""A proxy that knows WebSocket frames: it cuts at a given byte, repeats, swaps and loses frames.

Between client and server are real connections. Calls of REST go through as they are, a connection
each; mischief is done to sockets alone.
"""

import asyncio
import random
import re
from collections import deque
from contextlib import suppress
from types import TracebackType
from typing import Literal, Self
from urllib.parse import urlsplit

import orjson

Way = Literal["up", "down"]
TEXT = 1
HELD_SECONDS = 0.05


class _Pair:
    """A client's connection and its counterpart to the server."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.writers: dict[Way, asyncio.StreamWriter] = {"down": client, "up": server}
        self.passed: dict[Way, int] = {"down": 0, "up": 0}
        self.cut_at: tuple[Way, int] | None = None
        self.was_cut = False

    def cut(self) -> None:
        for writer in self.writers.values():
            writer.transport.abort()

    async def put(self, way: Way, data: bytes) -> bool:
        """Pass bytes on; False when the connection is cut by that."""
        is_last = self.cut_at is not None and self.cut_at[0] == way
        if is_last and self.passed[way] + len(data) >= self.cut_at[1]:
            data = data[: self.cut_at[1] - self.passed[way]]
        else:
            is_last = False
        writer = self.writers[way]
        writer.write(data)
        self.passed[way] += len(data)
        await writer.drain()
        if is_last:
            self.was_cut = True
            writer.close()  # what was written before the cut arrives
            await writer.wait_closed()
            self.cut()
        return not is_last


class WireProxy:
    """Forwards to ``target`` for as long as the ``with`` block lasts.

    With a ``chance`` each text frame of the server is at random repeated,
    held back until the next one has gone, or (``loses``) not passed on if it
    is a numbered event. ``sockets`` counts the sockets that were opened.
    """

    def __init__(self, target: str, *, chance: random.Random | None = None) -> None:
        self._place = urlsplit(target)
        self._pairs: set[_Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._answers_go = asyncio.Event()
        self._answers_go.set()
        self._chance = chance
        self.loses = False
        self.refuses = False
        self.plans: deque[tuple[Way, int]] = deque()
        """Where the next sockets are cut, one each: after how many bytes of which way."""
        self.passed: dict[Way, int] = {}
        """Bytes of the last socket that ended."""
        self.sockets = 0
        self.cuts = 0
        """How many plans were carried out."""
        self.mischief = 0
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        self._answers_go.set()
        while self._tasks:
            self.cut()
            await asyncio.wait(self._tasks, timeout=0.05)

    def cut(self) -> None:
        """Break every connection at once."""
        for pair in list(self._pairs):
            pair.cut()

    def hold_answers(self) -> None:
        self._answers_go.clear()

    def let_go(self) -> None:
        self._answers_go.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self.refuses:
            writer.transport.abort()
            return
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            answers, to_server = await asyncio.open_connection(
                self._place.hostname, self._place.port
            )
            await self._pass_on(head, (reader, writer), (answers, to_server))
        writer.transport.abort()

    async def _pass_on(
        self,
        head: bytes,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        pair = _Pair(client[1], server[1])
        self._pairs.add(pair)
        is_socket = re.search(rb"(?i)\r\nupgrade: *websocket", head) is not None
        if is_socket:
            self.sockets += 1
            pair.cut_at = self.plans.popleft() if self.plans else None
            # Frames that are packed together can't be taken apart.
            head = re.sub(rb"(?i)\r\nsec-websocket-extensions:[^\r]*", b"", head)
        else:
            head = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head)
            head = head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        answers = self._frames if is_socket and self._chance else self._bytes
        try:
            if await pair.put("up", head):
                await asyncio.gather(
                    self._bytes("up", client[0], pair),
                    answers("down", server[0], pair),
                    return_exceptions=True,  # connections break here on purpose
                )
        finally:
            pair.cut()
            self._pairs.discard(pair)
            if is_socket:
                self.passed = pair.passed
                self.cuts += pair.was_cut

    async def _bytes(self, way: Way, reader: asyncio.StreamReader, pair: _Pair) -> None:
        while chunk := await reader.read(65536):
            if way == "down":
                await self._answers_go.wait()
            if not await pair.put(way, chunk):
                return
        pair.writers[way].close()
        if way == "down":
            pair.cut()

    # -- frames --------------------------------------------------------------------

    async def _frames(self, way: Way, reader: asyncio.StreamReader, pair: _Pair) -> None:
        try:
            await pair.put(way, await reader.readuntil(b"\r\n\r\n"))
            held: bytes | None = None
            reading = asyncio.ensure_future(_frame(reader))
            while True:
                done, _ = await asyncio.wait({reading}, timeout=HELD_SECONDS if held else None)
                if not done:  # nothing came that could overtake it
                    await pair.put(way, held or b"")
                    held = None
                    continue
                frame, kind = await reading
                reading = asyncio.ensure_future(_frame(reader))
                fate = self._fate_of(frame) if kind == TEXT else "passes"
                if fate == "waits" and held is None:
                    held = frame
                    continue
                copies = {"is lost": 0, "comes twice": 2}.get(fate, 1)
                await pair.put(way, frame * copies + (held or b""))
                held = None
        finally:
            reading.cancel()
            pair.cut()

    def _fate_of(self, frame: bytes) -> str:
        assert self._chance is not None
        fate = self._chance.choice(["passes"] * 5 + ["comes twice", "waits", "is lost"])
        if fate == "is lost":
            content = orjson.loads(frame[frame.index(b"{") :])
            if not self.loses or "seq" not in content:
                fate = "passes"
        self.mischief += fate != "passes"
        return fate


async def _frame(reader: asyncio.StreamReader) -> tuple[bytes, int]:
    """A frame of the server, whole, and its kind (RFC 6455, 5.2)."""
    head = await reader.readexactly(2)
    size = head[1] & 0x7F
    more = await reader.readexactly({126: 2, 127: 8}.get(size, 0))
    length = int.from_bytes(more) if more else size
    return head + more + await reader.readexactly(length), head[0] & 0x0F
