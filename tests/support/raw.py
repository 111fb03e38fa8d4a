"""HTTP by hand: requests that no client library would send."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from altlas_chat.contract import answers as contract
from tests.support.contract import below_base, note


@dataclass(frozen=True)
class Answer:
    """What came back, until the server closed."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)


async def send_raw(url: str, request: bytes) -> Answer:
    """Send bytes, say that no more will come, and read all that the server answers.

    A server that refuses early may close before everything is sent.
    """
    place = urlsplit(url)
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        received = b""
        try:
            with contextlib.suppress(ConnectionError):
                writer.write(request)
                await writer.drain()
            with contextlib.suppress(ConnectionError):
                while chunk := await reader.read(65536):
                    received += chunk
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    answer = Answer(int(first.split(" ")[1]), headers, body)
    _hold_to_the_contract(request, answer)
    return answer


def _hold_to_the_contract(request: bytes, answer: Answer) -> None:
    if answer.status == 400 and answer.headers.get("content-type", "").startswith("text/plain"):
        return  # it was no HTTP, so there was no request: the parser of HTTP has answered
    method, target, *_ = request.split(b"\r\n")[0].decode("latin-1").split(" ")
    asked = contract.Request(method, below_base(target.partition("?")[0]))
    given = contract.Answer(
        answer.status, answer.headers.get("content-type"), answer.body, answer.headers
    )
    note(contract.check_answer(asked, given))


async def hang_up(url: str, request: bytes) -> None:
    """Send the beginning of a request, then let go of the connection."""
    place = urlsplit(url)
    _, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(request)
    await writer.drain()
    writer.transport.abort()


def request_bytes(method: str, target: str, body: bytes | None = None, **headers: str) -> bytes:
    """A request with ``Connection: close``; header names are written with ``_`` for ``-``."""
    lines = [f"{method} {target} HTTP/1.1", "Host: test", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")
