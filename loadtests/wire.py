"""A WebSocket client that costs little: blocking to open, then read when there is something.

Text frames only, whole, masked as RFC 6455 wants it of clients; of the
server's frames those that matter are opened and pings are answered.
"""

import base64
import os
import socket
from urllib.parse import urlsplit

import orjson

from altlas_chat.loadtest.framing import CLOSE, PING, PONG, TEXT, masked, opened

READ_BYTES = 1 << 16
TIMEOUT_SECONDS = 30.0


class WireClosed(Exception):
    """The server closed the socket."""


class Wire:
    """One WebSocket to a server on this machine."""

    def __init__(self, url: str, path: str, *, first: bytes | None = None) -> None:
        """Open one; with ``first``, a text frame that goes out at once, nothing is waited for."""
        address = urlsplit(url)
        if address.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError(f"load is made for this machine only, not for {address.hostname}")
        self.socket = socket.create_connection(
            (address.hostname, address.port or 80), TIMEOUT_SECONDS
        )
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._mask = os.urandom(4)
        self._buffer = b""
        key = base64.b64encode(os.urandom(16)).decode()
        request = (
            f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n"
        ).encode()
        self._is_upgraded = False
        try:
            self.socket.sendall(request if first is None else request + self.frame(first))
            while first is None and not self._is_upgraded:
                self._read_head(self._received())
        except BaseException:
            self.close()
            raise

    def _read_head(self, data: bytes) -> None:
        """Take what comes before the first frame."""
        head, end, rest = (self._buffer + data).partition(b"\r\n\r\n")
        self._is_upgraded = bool(end)
        self._buffer = rest if end else head
        if end and not head.startswith(b"HTTP/1.1 101 "):
            raise ConnectionError((head + end + rest).decode(errors="replace"))

    def _received(self) -> bytes:
        chunk = self.socket.recv(READ_BYTES)
        if not chunk:
            raise WireClosed
        return chunk

    def fileno(self) -> int:
        return self.socket.fileno()

    def frame(self, payload: bytes) -> bytes:
        """``payload`` as a text frame, for :meth:`send_frame`: made before the clock starts."""
        return masked(payload, self._mask)

    def send_frame(self, frame: bytes) -> None:
        self.socket.sendall(frame)

    def send(self, payload: bytes) -> None:
        """Send a text frame."""
        self.send_frame(self.frame(payload))

    def receive(self) -> list[bytes]:
        """Read once, unless frames are here already; the payloads of the complete text frames.

        The first may have come with the answer to the upgrade.

        Raises:
            WireClosed: the server closed; its close frame's code is in the text.
        """
        if not self._is_upgraded:
            self._read_head(self._received())
            frames, left = opened(self._buffer) if self._is_upgraded else ([], self._buffer)
        else:
            frames, left = opened(self._buffer)
            if not frames:
                frames, left = opened(left + self._received())
        self._buffer = left
        texts = []
        for opcode, payload in frames:
            if opcode == TEXT:
                texts.append(payload)
            elif opcode == CLOSE:
                raise WireClosed(payload[2:].decode(errors="replace") or "no reason given")
            elif opcode == PING:
                self.socket.sendall(masked(payload, self._mask, PONG))
        return texts

    def next(self) -> bytes:
        """Wait for the next text frame; there must be no other one behind it."""
        while not (texts := self.receive()):
            pass
        (text,) = texts
        return text

    def close(self) -> None:
        self.socket.close()


def authenticated(url: str, token: str) -> Wire:
    """A socket of the person with this token, after its ``ready``."""
    wire = Wire(url, "/v1/ws")
    wire.send(orjson.dumps({"event": "auth", "id": "hello", "data": {"token": token}}))
    ready = orjson.loads(wire.next())
    if ready["event"] != "ready":
        raise ConnectionError(f"not let in: {ready}")
    return wire
