"""Forwards requests to a real server, and notes where its answers break the contract.

Forwards to the one server that was named and to no other: redirects are
passed on, not followed. What belongs to one connection alone is not passed
on (RFC 9110, section 7.6.1), everything else is as it came.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

import aiohttp
from yarl import URL

from altlas_chat.mock.answer_checking import answer_breaches, can_be_checked
from altlas_chat.mock.breaches import Breach
from altlas_chat.mock.exchange import Exchange, Reply, Streamed
from altlas_chat.mock.hooks import Answerer
from altlas_chat.mock.preferences import NO_PREFERENCES
from altlas_chat.mock.problems import Refused
from altlas_chat.mock.real_server import LARGEST_CHECKED_BYTES, ProxySettings, real_server
from altlas_chat.mock.servers import base_paths

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
NOT_SENT = HOP_BY_HOP | {"host", "content-length", "content-encoding", "expect", "accept-encoding"}
"""What a request is sent without: its body is sent anew, without an encoding."""

DECODED = ("gzip", "deflate")
KEPT_OF_STREAMS = 64_000
CONNECT_SECONDS = 10.0
_AUTOMATIC = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class OpenedSocket(aiohttp.ClientWebSocketResponse):
    """A socket to the real server; ``answered`` are the headers that it was opened with."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.answered: Mapping[str, str] = args[3].headers


class Forwarder:
    """Answers with the real server's answers; ``close`` when it is over.

    What the real server has not got yet (501, unless the contract declares
    that) is left to ``otherwise``.
    """

    def __init__(self, settings: ProxySettings, otherwise: Answerer) -> None:
        """Raises ``ProxyUnusable``."""
        self._settings = settings
        self._otherwise = otherwise
        self.server = real_server(settings.url)
        self._session: aiohttp.ClientSession | None = None

    @property
    def timeout_seconds(self) -> float:
        """How long the real server may be silent."""
        return self._settings.timeout_seconds

    @property
    def session(self) -> aiohttp.ClientSession:
        """Made when it is first needed."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=_AUTOMATIC,
                ws_response_class=OpenedSocket,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                connector=aiohttp.TCPConnector(limit=0),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def address(self, exchange: Exchange) -> URL:
        """Where a request goes: the server's path, and the request's path and query.

        A base path that the contract's servers have and the address has, too,
        is not put in front twice.
        """
        front = self.server.raw_path.rstrip("/")
        target = f"{exchange.path}?{exchange.query}" if exchange.query else exchange.path
        endpoint = exchange.endpoint
        repeats = endpoint is not None and front in base_paths(endpoint.operation)
        if front and repeats and target.startswith(f"{front}/"):
            front = ""
        return self.joined(f"{front}{target}")

    def joined(self, target: str) -> URL:
        """An address of the real server, by a path from its root."""
        return URL(f"{self.server.origin()}{target}", encoded=True)

    async def stranger(self, exchange: Exchange) -> Reply:
        """Forwards what the contract does not know, and notes that.

        Raises:
            Refused: the same with the reason, when nothing strange is to be forwarded.
        """
        what = f"the contract has no operation for {exchange.method} {exchange.path}"
        breach = Breach("operation", "", "", "unknown", what)
        exchange.breaches.append(breach)
        if self._settings.strict:
            raise Refused(404, "NO_PATH_MATCHED", f"{what}.", breaches=[breach])
        return await self(exchange)

    async def __call__(self, exchange: Exchange) -> Reply:
        """The real server's answer.

        Raises:
            Refused: there is none (502, 504), or it breaks the contract and that
                is not to be passed on (502).
        """
        exchange.origin = "proxy"
        response = await self._asked(exchange)
        if response.status == 501 and _is_missing(exchange):
            response.close()
            exchange.origin = "mock for 501"
            return await self._otherwise(exchange)
        exchange.preferences = NO_PREFERENCES  # they were for the real server
        try:
            return await self._reply(exchange, response)
        except BaseException:
            response.close()
            raise

    async def _asked(self, exchange: Exchange) -> aiohttp.ClientResponse:
        try:
            async with asyncio.timeout(self.timeout_seconds):
                return await self.session.request(
                    exchange.method,
                    self.address(exchange),
                    headers=_headers(exchange),
                    data=exchange.request.content if exchange.unread else exchange.body or None,
                    allow_redirects=False,
                )
        except TimeoutError as error:
            raise self._too_slow() from error
        except (aiohttp.ClientError, OSError) as error:
            raise self._unreachable(error) from error

    def _too_slow(self) -> Refused:
        seconds = self.timeout_seconds
        detail = f"{self.server} said nothing for {seconds:g} s; --proxy-timeout gives it more."
        return Refused(504, "REAL_SERVER_TOO_SLOW", detail)

    def _unreachable(self, error: Exception) -> Refused:
        why = str(error) or type(error).__name__
        detail = f"{self.server}: {why}. Start it, or name another with --proxy."
        return Refused(502, "NO_REAL_SERVER", detail)

    async def _reply(self, exchange: Exchange, response: aiohttp.ClientResponse) -> Reply:
        content_type = response.headers.get("Content-Type", "")
        first, whole = b"", False
        if can_be_checked(content_type) or response.headers.get("Content-Length") == "0":
            first, whole = await self._read(response)
        elif exchange.method == "HEAD" or response.status in (204, 304):
            whole = True
        plain = decoded(first, response.headers.get("Content-Encoding", "")) if whole else None
        self._judge(exchange, response, plain)
        headers = tuple(passed_on(response.headers))
        if whole:
            response.release()
            if exchange.method == "HEAD":
                headers = _with_length(headers, response)
            return Reply(response.status, headers, first)
        exchange.streamed = Streamed()
        stream = _streamed(response, first, exchange.streamed)
        return Reply(response.status, _with_length(headers, response), stream=stream)

    async def _read(self, response: aiohttp.ClientResponse) -> tuple[bytes, bool]:
        """The body and true; or of one that is too large what was read, and false."""
        found = bytearray()
        try:
            while len(found) <= LARGEST_CHECKED_BYTES:
                async with asyncio.timeout(self.timeout_seconds):
                    part = await response.content.readany()
                if not part:
                    return bytes(found), True
                found += part
        except TimeoutError as error:
            raise self._too_slow() from error
        except (aiohttp.ClientError, OSError) as error:
            raise self._unreachable(error) from error
        return bytes(found), False

    def _judge(
        self, exchange: Exchange, response: aiohttp.ClientResponse, body: bytes | None
    ) -> None:
        if exchange.endpoint is None:
            return
        exchange.answer_breaches += answer_breaches(
            exchange.endpoint, exchange.method, response.status, response.headers, body
        )
        broken = [one for one in exchange.answer_breaches if not one.is_advice]
        if broken and self._settings.strict:
            detail = "; ".join(map(str, broken[:3])) + ("; …" if len(broken) > 3 else ".")
            raise Refused(502, "ANSWER_BREAKS_CONTRACT", detail, breaches=broken)


def _is_missing(exchange: Exchange) -> bool:
    return exchange.endpoint is not None and "501" not in exchange.endpoint.answers


async def _streamed(
    response: aiohttp.ClientResponse, first: bytes, sent: Streamed
) -> AsyncIterator[bytes]:
    try:
        part = first or await response.content.readany()
        while part:
            sent.size += len(part)
            sent.first += part[: max(0, KEPT_OF_STREAMS - len(sent.first))]
            yield part
            part = await response.content.readany()
    except (aiohttp.ClientError, OSError) as error:
        raise ConnectionResetError("the real server broke off") from error
    finally:
        response.close()


def _with_length(
    headers: tuple[tuple[str, str], ...], response: aiohttp.ClientResponse
) -> tuple[tuple[str, str], ...]:
    length = response.headers.get("Content-Length")
    return headers if length is None else (*headers, ("Content-Length", length))


def _headers(exchange: Exchange) -> list[tuple[str, str]]:
    headers = exchange.request.headers
    found = list(forwarded(headers))
    if exchange.unread and "Content-Encoding" not in headers:
        found.append(("Content-Length", headers["Content-Length"]))
    return found


def forwarded(headers: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """The headers that a request is sent on with; no encoding is asked for that can't be undone."""
    listed = _listed(headers)
    for name, value in headers.items():
        if name.lower() not in NOT_SENT and name.lower() not in listed:
            yield name, value
    wanted = [one.strip() for one in headers.get("Accept-Encoding", "").split(",")]
    known = [one for one in wanted if one.partition(";")[0].strip().lower() in DECODED]
    yield "Accept-Encoding", ", ".join(known) or "identity"


def passed_on(headers: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """The headers that an answer is passed on with; its length is told anew."""
    listed = _listed(headers) | {"content-length"}
    for name, value in headers.items():
        if name.lower() not in HOP_BY_HOP and name.lower() not in listed:
            yield name, value


def _listed(headers: Mapping[str, str]) -> set[str]:
    """Those that ``Connection`` says are for this connection alone."""
    return {one.strip().lower() for one in headers.get("Connection", "").split(",")}


def decoded(body: bytes, encoding: str) -> bytes | None:
    """The body without its encoding; None where that is unknown, broken or grows too large."""
    kind = encoding.strip().lower()
    if kind in ("", "identity") or not body:
        return body
    if kind not in (*DECODED, "x-gzip"):
        return None
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        undo = zlib.decompressobj(window)
        try:
            found = undo.decompress(body, LARGEST_CHECKED_BYTES)
        except zlib.error:
            continue
        return None if undo.unconsumed_tail else found
    return None
