"""Many requests over a few connections, by a client that costs little.

It knows nothing of HTTP but where an answer ends, and that each must be 200 or 201.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import uvloop

_END = b"\r\n\r\n"
_LENGTH = b"\r\nContent-Length: "


def seconds_for(url: str, paths: Callable[[int], str], count: int, connections: int = 8) -> float:
    """How long so many GET requests took; see :func:`seconds_of`."""
    return seconds_of(url, (request_of("GET", paths(n)) for n in range(count)), connections)


def request_of(method: str, path: str, body: bytes = b"", token: str = "") -> bytes:
    """One request, as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def seconds_of(url: str, requests: Iterator[bytes], connections: int = 8) -> float:
    """How long these took, each connection sending the next when it was answered."""
    return uvloop.run(_run(url, requests, connections))


async def _run(url: str, requests: Iterator[bytes], connections: int) -> float:
    place = urlsplit(url)
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    askers = []
    for _ in range(connections):
        done = loop.create_future()
        await loop.create_connection(
            lambda done=done: _Asker(requests, done), place.hostname, place.port
        )
        askers.append(done)
    await asyncio.gather(*askers)
    return time.perf_counter() - began


class _Asker(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._done = done
        self._read = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        request = next(self._requests, None)
        if request is not None:
            self._transport.write(request)
            return
        self._transport.close()
        if not self._done.done():
            self._done.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._read = self._read + data if self._read else data
        head = self._read.find(_END)
        if head < 0:
            return
        at = self._read.find(_LENGTH, 0, head) + len(_LENGTH)
        length = int(self._read[at : self._read.find(b"\r", at)])
        if len(self._read) < head + len(_END) + length:
            return
        if not self._read.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            self._done.set_exception(RuntimeError(self._read.decode(errors="replace")))
            return
        self._read = b""
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))
