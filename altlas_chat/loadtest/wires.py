"""A WebSocket client of which one process holds thousands.

It opens, logs in, answers pings and gives out the text frames that come as
bytes. It parses no JSON and makes no task; what a frame means is for whoever
listens.
"""

import asyncio
import base64
import os
from collections.abc import Callable
from typing import cast
from urllib.parse import SplitResult

import orjson

from altlas_chat.loadtest.framing import CLOSE, PING, PONG, TEXT, masked, opened

_READY = b'{"event":"ready"'
_SPACE = b"\r\n\r\n"


class NotLetIn(Exception):
    """The server did not take the socket; the message has what it said."""


class Wire(asyncio.Protocol):
    """One socket of one person, who is let in by ``auth``, the data of that command.

    ``on_text`` is called with each text frame after ``ready``, ``on_end`` once
    with the close code (1006 without one) when the socket is over. Nothing is
    sent but what :meth:`send` is given.
    """

    __slots__ = (
        "_buffer",
        "_is_open",
        "_mask",
        "_on_end",
        "_on_text",
        "_ready",
        "_request",
        "_transport",
        "code",
    )

    def __init__(
        self,
        address: SplitResult,
        auth: dict[str, object],
        on_text: Callable[[bytes], None],
        on_end: Callable[[int], None],
    ) -> None:
        self._mask = os.urandom(4)
        self._request = _upgrade(address) + self._framed(
            {"event": "auth", "id": "auth", "data": auth}
        )
        self._on_text = on_text
        self._on_end = on_end
        self._buffer = b""
        self._is_open = False
        self._ready: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None
        self.code = 1006

    async def ready(self) -> bytes:
        """Wait until the server knows the person; its ``ready`` frame.

        Raises:
            NotLetIn: it refused, or the connection broke before that.
        """
        return await self._ready

    def send(self, command: dict[str, object]) -> None:
        """Send a command; one to a socket that is over goes nowhere."""
        if self._transport is not None:
            self._transport.write(self._framed(command))

    def close(self) -> None:
        """Leave without a word; ``on_end`` is called all the same."""
        if self._transport is not None:
            self._transport.abort()

    def pause(self) -> None:
        """Read nothing any more, as a device that sleeps does."""
        if self._transport is not None:
            self._transport.pause_reading()

    def _framed(self, command: dict[str, object]) -> bytes:
        return masked(orjson.dumps(command), self._mask)

    # -- asyncio.Protocol --------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open and not self._opens():
            return
        frames, self._buffer = opened(self._buffer)
        for opcode, payload in frames:
            if opcode == TEXT:
                self._take(payload)
            elif opcode == PING and self._transport is not None:
                self._transport.write(masked(payload, self._mask, PONG))
            elif opcode == CLOSE:
                self.code = int.from_bytes(payload[:2], "big") or 1005
                self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # the code says more
        self._transport = None
        if not self._ready.done():
            self._refuse(f"the connection ended with {self.code}")
        self._on_end(self.code)

    def _opens(self) -> bool:
        head, end, rest = self._buffer.partition(_SPACE)
        if not end:
            return False
        if not head.startswith(b"HTTP/1.1 101 "):
            self._refuse(head.partition(b"\r\n")[0].decode(errors="replace"))
            self.close()
            return False
        self._is_open, self._buffer = True, rest
        return True

    def _take(self, text: bytes) -> None:
        if self._ready.done():
            self._on_text(text)
        elif text.startswith(_READY):
            self._ready.set_result(text)
        else:
            self._refuse(text.decode(errors="replace"))
            self.close()

    def _refuse(self, words: str) -> None:
        if not self._ready.done():
            self._ready.set_exception(NotLetIn(words))
            self._ready.exception()  # whoever does not wait for it has not forgotten it


def _upgrade(address: SplitResult) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    path = f"{address.path.rstrip('/')}/ws"
    return (
        f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()
