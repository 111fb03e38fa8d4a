"""The way to a PostgreSQL server, over a socket in a folder, which can be disturbed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

SOCKET = ".s.PGSQL.5432"


class Line:
    """A way to it; ``lost`` counts the answers that were lost.

    While it ``loses`` something, the next answer to the COMMIT of a
    transaction that named it is. Once it is ``silent``, nobody on either side hears anything any more, nor that the
    other is gone.
    """

    def __init__(self, url: str) -> None:
        self._place = urlsplit(url)
        self.loses: str | None = None
        self.lost = 0
        self.silent = False

    @asynccontextmanager
    async def open(self, folder: Path) -> AsyncIterator[str]:
        """The URL of the same database, by this way."""
        server = await asyncio.start_unix_server(self._serve, folder / SOCKET)
        user = f"{self._place.username or 'postgres'}@"
        yield urlunsplit(self._place._replace(netloc=user, query=f"host={folder}"))
        server.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        folder = parse_qs(self._place.query).get("host")
        if folder:
            return await asyncio.open_unix_connection(f"{folder[0]}/{SOCKET}")
        return await asyncio.open_connection(self._place.hostname, self._place.port or 5432)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, to_server = await self._connect()
        asked_to_commit = asyncio.Event()
        answering = asyncio.create_task(self._answer(answers, writer, asked_to_commit))
        said = b""
        while chunk := await _read(reader):
            said += chunk
            if b"COMMIT" in chunk:
                if self.loses is not None and self.loses.encode() in said:
                    asked_to_commit.set()
                said = b""
            if not self.silent:
                to_server.write(chunk)
        to_server.close()
        await answering

    async def _answer(
        self,
        answers: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        asked_to_commit: asyncio.Event,
    ) -> None:
        while chunk := await _read(answers):
            if asked_to_commit.is_set():
                self.lost += 1
                self.loses = None
                break
            if not self.silent:
                writer.write(chunk)
        writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(65536)
    except ConnectionError:
        return b""
