"""A real TCP proxy between client and server: it can cut, hold back, and refuse connections."""

import asyncio
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class _Pipe:
    """One connection through the proxy, both ways; ``left`` bytes may still come from the server."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server
        self.left: int | None = None

    def cut(self) -> None:
        for writer in (self.client, self.server):
            writer.transport.abort()


class Proxy:
    """Forwards bytes to ``target`` for as long as the ``with`` block lasts.

    ``connections`` counts those that were made; ``from_server`` the bytes that
    came through to clients.
    """

    def __init__(self, target: str) -> None:
        place = urlsplit(target)
        self._target = (place.hostname, place.port)
        self._pipes: set[_Pipe] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._to_client = asyncio.Event()
        self._to_server = asyncio.Event()
        self._to_client.set()
        self._to_server.set()
        self.refuses = False
        self.connections = 0
        self.from_server = 0
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        self.let_go()
        while self._tasks:
            self.cut()
            await asyncio.wait(self._tasks, timeout=0.05)

    def cut(self) -> None:
        """Break every connection at once, as a pulled cable does."""
        for pipe in list(self._pipes):
            pipe.cut()

    def cut_after(self, size: int) -> None:
        """Break every connection after so many more bytes from the server, in a frame's middle."""
        for pipe in self._pipes:
            pipe.left = size

    def hold_answers(self) -> None:
        """Keep back what the server says, until :meth:`let_go`."""
        self._to_client.clear()

    def hold_requests(self) -> None:
        """Keep back what clients say, until :meth:`let_go`."""
        self._to_server.clear()

    def let_go(self) -> None:
        self._to_client.set()
        self._to_server.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self.refuses:
            writer.transport.abort()
            return
        try:
            from_server, to_server = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self.connections += 1
        pipe = _Pipe(writer, to_server)
        self._pipes.add(pipe)
        try:
            await asyncio.gather(
                self._requests(reader, to_server),
                self._answers(from_server, writer, pipe),
                return_exceptions=True,  # connections break here on purpose
            )
        finally:
            pipe.cut()
            self._pipes.discard(pipe)

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            await self._to_server.wait()
            writer.write(chunk)
            await writer.drain()
        writer.close()

    async def _answers(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pipe: _Pipe
    ) -> None:
        while chunk := await reader.read(65536):
            await self._to_client.wait()
            if pipe.left is not None:
                chunk = chunk[: pipe.left]
                pipe.left -= len(chunk)
            self.from_server += len(chunk)
            writer.write(chunk)
            await writer.drain()
            if pipe.left == 0:
                break
        writer.close()
        pipe.server.transport.abort()
