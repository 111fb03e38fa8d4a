"""A WebSocket by hand: frames that no client library would send (RFC 6455)."""

import asyncio
import base64
import contextlib
import os
import struct
from typing import NamedTuple
from urllib.parse import urlsplit

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
PATIENCE_SECONDS = 20


class Frame(NamedTuple):
    """One frame of the server, as it came."""

    first_byte: int
    payload: bytes

    @property
    def opcode(self) -> int:
        return self.first_byte & 0xF

    @property
    def close_code(self) -> int | None:
        """Of a close frame; None when it has none."""
        return struct.unpack("!H", self.payload[:2])[0] if self.payload else None


def frame(opcode: int, payload: bytes = b"", *, final: bool = True, reserved: int = 0) -> bytes:
    """A masked frame; ``reserved`` are the three reserved bits, as 0 to 7."""
    first = (0x80 if final else 0) | reserved << 4 | opcode
    size = len(payload)
    if size < 126:
        head = bytes((first, 0x80 | size))
    elif size < 65536:
        head = struct.pack("!BBH", first, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, size)
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


class RawSocket:
    """A connection that was upgraded; use :meth:`open`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, url: str, path: str = "/v1/ws", **headers: str) -> "RawSocket":
        """Upgrade; ``headers`` are further ones of the request."""
        place = urlsplit(url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        asked = {
            "Host": f"{place.hostname}:{place.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in asked.items())
        writer.write(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        return cls(reader, writer)

    async def send(self, *pieces: bytes) -> None:
        """Write pieces, each in a write of its own. A server that closed takes none."""
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                self.writer.write(piece)
                await self.writer.drain()

    async def receive(self) -> Frame | None:
        """The next frame; None when the server has closed the connection."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                first, second = await self._reader.readexactly(2)
                size = second & 0x7F
                if size == 126:
                    (size,) = struct.unpack("!H", await self._reader.readexactly(2))
                elif size == 127:
                    (size,) = struct.unpack("!Q", await self._reader.readexactly(8))
                return Frame(first, await self._reader.readexactly(size))
            except (asyncio.IncompleteReadError, ConnectionError):
                return None

    async def receive_of(self, opcode: int) -> Frame | None:
        """The next frame with this opcode; None when the connection ends before."""
        while (found := await self.receive()) is not None:
            if found.opcode == opcode:
                return found
        return None

    async def close(self) -> None:
        """Drop the connection."""
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()
