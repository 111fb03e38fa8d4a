"""A WebSocket client of which one process holds thousands.

It opens, logs in, answers pings and gives out the text frames that come as
bytes. It parses no JSON and makes no task; what a frame means is for whoever
listens.
"""

import asyncio
import base64
import os
import socket
from collections.abc import Callable
from typing import cast
from urllib.parse import SplitResult

import orjson

from altlas_chat.loadtest.framing import CLOSE, PING, PONG, TEXT, masked, opened_in

_READY = b'{"event":"ready"'
_SPACE = b"\r\n\r\n"
_ROOM = memoryview(bytearray(1 << 18))
"""What is read goes here for all sockets alike: it is taken out before another one reads."""

_WHOLE_TEXT = (0x80 | TEXT, 126)
"""How a frame begins that has a length of two bytes: nearly everything that a server says."""


class NotLetIn(Exception):
    """The server did not take the socket; the message has what it said."""


class Wire(asyncio.BufferedProtocol):
    """One socket of one person, who is let in by ``auth``, the data of that command.

    ``on_text`` is called with each text frame after ``ready``, ``on_end`` once
    with the close code (1006 without one) when the socket is over. Nothing is
    sent but what :meth:`send` is given. With ``sip_bytes`` it takes no more than
    so many bytes at a time, and pauses until :meth:`read_on`.
    """

    __slots__ = (
        "_is_open",
        "_is_ready",
        "_left",
        "_mask",
        "_on_text",
        "_ready",
        "_request",
        "_room",
        "_transport",
        "code",
        "on_end",
        "sip_bytes",
    )

    def __init__(
        self,
        address: SplitResult,
        auth: dict[str, object],
        on_text: Callable[[bytes], None],
        on_end: Callable[[int], None] | None = None,
    ) -> None:
        self._mask = os.urandom(4)
        self._request = _upgrade(address) + self._framed(
            {"event": "auth", "id": "auth", "data": auth}
        )
        self._on_text = on_text
        self.on_end = on_end
        self.sip_bytes = 0
        self._room = _ROOM
        self._left = b""
        self._is_open = False
        self._is_ready = False
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

    @property
    def connected(self) -> socket.socket | None:
        """The system's socket, to be asked; None when there is none any more."""
        if self._transport is None:
            return None
        return cast("socket.socket | None", self._transport.get_extra_info("socket"))

    def close(self) -> None:
        """Leave without a word; ``on_end`` is called all the same."""
        if self._transport is not None:
            self._transport.abort()

    def pause(self) -> None:
        """Read nothing any more, as a device that sleeps does."""
        if self._transport is not None:
            self._transport.pause_reading()

    def read_on(self) -> None:
        """Read again, after :meth:`pause` or a sip."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def _framed(self, command: dict[str, object]) -> bytes:
        return masked(orjson.dumps(command), self._mask)

    # -- asyncio.Protocol --------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def get_buffer(self, sizehint: int) -> memoryview:
        del sizehint  # there is room for more
        left = self._left
        if not left:
            return self._room[: self.sip_bytes or None]
        if 2 * len(left) > len(self._room):
            self._room = memoryview(bytearray(4 * len(left)))
        self._room[: len(left)] = left
        return self._room[len(left) :][: self.sip_bytes or None]

    def buffer_updated(self, nbytes: int) -> None:
        room = self._room
        if self.sip_bytes:
            self.pause()
        if self._is_ready and not self._left and nbytes > 4:
            first, length, high, low = room[:4]
            if (first, length) == _WHOLE_TEXT and nbytes == 4 + (high << 8 | low):
                self._on_text(bytes(room[4:nbytes]))
                return
        end = len(self._left) + nbytes
        at = 0 if self._is_open else self._opens(end)
        if self._is_open:
            at = opened_in(room, at, end, self._take)
        self._left = bytes(room[at:end])

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # the code says more
        self._transport = None
        if not self._ready.done():
            self._refuse(f"the connection ended with {self.code}")
        if self.on_end is not None:
            self.on_end(self.code)

    def _opens(self, end: int) -> int:
        """Take the answer to the upgrade, if it is whole; where the first frame begins."""
        head, space, _ = bytes(self._room[:end]).partition(_SPACE)
        if not space:
            return 0
        if not head.startswith(b"HTTP/1.1 101 "):
            self._refuse(head.partition(b"\r\n")[0].decode(errors="replace"))
            self.close()
            return end
        self._is_open = True
        return len(head) + len(space)

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT:
            self._take_text(payload)
        elif opcode == PING and self._transport is not None:
            self._transport.write(masked(payload, self._mask, PONG))
        elif opcode == CLOSE:
            self.code = int.from_bytes(payload[:2], "big") or 1005
            self.close()

    def _take_text(self, text: bytes) -> None:
        if self._is_ready:
            self._on_text(text)
        elif text.startswith(_READY):
            self._is_ready = True
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
