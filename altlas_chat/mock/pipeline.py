"""The way of a request through the mock, step by step, in one place.

1. what is mounted in front of the contract (administration, sockets)
2. the operation; what has none: cross-origin questions, what is mounted
   behind the contract (documentation), else 404 or 405
3. the body and the wishes
4. weather
5. checks: security, parameters, body
6. the answer, by the answerer: a store and a forwarder are such, too
7. what every reply carries; then the listeners hear of the exchange
"""

import logging
from collections.abc import Callable
from time import perf_counter

from aiohttp import web
from multidict import CIMultiDict

from altlas_chat.mock import cross_origin
from altlas_chat.mock.answering import answer_from_contract
from altlas_chat.mock.checking import check_request
from altlas_chat.mock.compiled import Compiled
from altlas_chat.mock.exchange import Exchange, Reply
from altlas_chat.mock.faults import sent_in_parts
from altlas_chat.mock.finishing import finished
from altlas_chat.mock.hooks import Answerer, ConnectionCut, Listener, Mounted, Weather
from altlas_chat.mock.preferences import PREFER, SERVER, read_preferences
from altlas_chat.mock.problems import Refused, problem
from altlas_chat.mock.queries import decoded, query_pairs
from altlas_chat.mock.receiving import ask_for_body, read_body
from altlas_chat.mock.refusals import refusal
from altlas_chat.mock.routing import Found, Router
from altlas_chat.mock.servers import is_server_of
from altlas_chat.mock.settings import MockSettings, Validate

LOG = logging.getLogger("altlas_chat.mock")

Judge = Callable[[Exchange], Refused | None]
"""Notes an exchange's breaches and says what they deserve."""


class Mock:
    """One mock: the contract it answers for, and the hooks of its steps.

    Every hook may be set at any time and holds from the next request on.
    ``stranger`` answers what the contract has no operation for. Bodies that say
    that they are larger than ``largest_read`` are left to the answerer, unread.
    """

    def __init__(self, compiled: Compiled, settings: MockSettings) -> None:
        self.settings = settings
        self.weather: Weather | None = None
        self.judge: Judge = check_request
        self.answerer: Answerer = answer_from_contract
        self.stranger: Answerer | None = None
        self.largest_read: int | None = None
        self.listeners: list[Listener] = []
        self._in_front: list[tuple[str, Mounted]] = []
        self._behind: list[tuple[str, Mounted]] = []
        self._current = (compiled, Router(compiled.routes))

    @property
    def compiled(self) -> Compiled:
        """The contract that is answered for."""
        return self._current[0]

    def exchange_contract(self, compiled: Compiled) -> None:
        """Answer for another contract from the next request on; those under way keep the old."""
        self._current = (compiled, Router(compiled.routes))

    def mount(self, prefix: str, mounted: Mounted, *, in_front: bool = False) -> None:
        """Serve the paths that begin with a prefix.

        Behind the contract, where it has no operation for them; or in front of
        it, whatever it says.
        """
        (self._in_front if in_front else self._behind).append((prefix, mounted))

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request; never raises but for a connection that is gone."""
        target = request.raw_path
        if not target.startswith("/"):
            target = request.rel_url.raw_path_qs or "/"
        path, _, query = target.partition("?")
        if self._in_front and (response := await _served(self._in_front, path, request)):
            return response
        compiled, router = self._current
        exchange = Exchange(
            request=request,
            compiled=compiled,
            method=request.method,
            path=path,
            query=query,
            started=perf_counter(),
            dynamic=self.settings.dynamic,
        )
        found = router.find(exchange.method, path)
        if found.endpoint is None and self._behind:
            response = await _served(self._behind, path, request)
            if response:
                return response
        reply = await self._reply(exchange, found)
        exchange.reply = reply and finished(exchange, reply, self.settings)
        if reply is None or reply.stream is None:
            self._tell(exchange)
            return await _sent(request, exchange)
        try:
            return await _sent(request, exchange)
        finally:
            self._tell(exchange)

    def _tell(self, exchange: Exchange) -> None:
        exchange.seconds = perf_counter() - exchange.started
        for listener in self.listeners:
            listener(exchange)

    async def _reply(self, exchange: Exchange, found: Found) -> Reply | None:
        try:
            try:
                return await self._steps(exchange, found)
            except Refused as refused:
                return refusal(exchange, refused)
        except ConnectionCut:
            return None
        except Exception:
            LOG.exception("%s %s could not be answered", exchange.method, exchange.path)
            detail = "This is a mistake in altlas-chat; its log says where."
            return problem(Refused(500, "MOCK_FAILED", detail), instance=exchange.path)

    async def _steps(self, exchange: Exchange, found: Found) -> Reply:
        if exchange.method == "OPTIONS" and self.settings.cors:
            headers = exchange.request.headers
            if cross_origin.is_preflight(headers):
                return cross_origin.preflight(headers, found.methods)
        if found.endpoint is None:
            return await self._without_operation(exchange, found)
        exchange.endpoint, exchange.path_values = found.endpoint, found.values
        _read_wishes(exchange)
        if exchange.request.body_exists:
            await self._read(exchange)
        if self.weather is not None and (reply := await self.weather(exchange)):
            return reply
        if self.settings.validate is not Validate.OFF:
            refused = self.judge(exchange)
            if refused is not None and self.settings.validate is Validate.STRICT:
                raise refused
        return await self.answerer(exchange)

    async def _read(self, exchange: Exchange) -> None:
        size = exchange.request.content_length
        if self.largest_read is not None and size is not None and size > self.largest_read:
            ask_for_body(exchange.request)
            exchange.unread = True
        else:
            exchange.body = await read_body(exchange.request)

    async def _strange(self, exchange: Exchange, stranger: Answerer) -> Reply:
        if exchange.request.body_exists:
            await self._read(exchange)
        return await stranger(exchange)

    async def _without_operation(self, exchange: Exchange, found: Found) -> Reply:
        asks = exchange.method == "OPTIONS" and self.stranger is None
        if asks and (exchange.path == "*" or (found.methods and self.settings.cors)):
            return Reply(204, (("Allow", self._allow(found)),))
        if self.weather is not None and (reply := await self.weather(exchange)):
            return reply
        if self.stranger is not None:
            return await self._strange(exchange, self.stranger)
        if found.methods:
            methods = ", ".join(sorted(found.methods))
            detail = f"{exchange.path} takes {methods}, not {exchange.method}."
            allow = (("Allow", self._allow(found)),)
            raise Refused(405, "NO_METHOD_MATCHED", detail, headers=allow)
        detail = f"The contract has no path that fits {exchange.path}."
        raise Refused(404, "NO_PATH_MATCHED", detail)

    def _allow(self, found: Found) -> str:
        methods = set(found.methods)
        if "GET" in methods:
            methods.add("HEAD")
        if self.settings.cors:
            methods.add("OPTIONS")
        return ", ".join(sorted(methods))


def _read_wishes(exchange: Exchange) -> None:
    headers = exchange.request.headers
    if exchange.query:
        exchange.query_pairs = query_pairs(exchange.query)
    if PREFER in headers or "__" in exchange.query:
        wishes = read_preferences(headers.getall(PREFER, ()), exchange.query_pairs)
        exchange.preferences = wishes
        if wishes.dynamic is not None:
            exchange.dynamic = wishes.dynamic
        _check_server(exchange)


def _check_server(exchange: Exchange) -> None:
    for name, value in exchange.query_pairs:
        url = decoded(value)
        if name == SERVER and not is_server_of(exchange.known_endpoint.operation, url):
            detail = f"The contract names no server {url} for {exchange.known_endpoint.name}."
            raise Refused(404, "NO_SERVER_MATCHED", detail)


async def _served(
    mounts: list[tuple[str, Mounted]], path: str, request: web.BaseRequest
) -> web.StreamResponse | None:
    for prefix, mounted in mounts:
        if path.startswith(prefix) and (response := await mounted(request)):
            return response
    return None


async def _sent(request: web.BaseRequest, exchange: Exchange) -> web.StreamResponse:
    reply = exchange.reply
    if reply is None:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()  # for nobody: the connection is gone
    headers = CIMultiDict(reply.headers)
    if reply.stream is None and exchange.forecast.on_the_wire:
        response = web.StreamResponse(status=reply.status, headers=headers)
        return await sent_in_parts(request, response, reply.body, exchange.forecast)
    if reply.stream is None:
        return web.Response(body=reply.body, status=reply.status, headers=headers)
    response = web.StreamResponse(status=reply.status, headers=headers)
    await response.prepare(request)
    try:
        async for part in reply.stream:
            await response.write(part)
        await response.write_eof()
    except ConnectionError:  # of this side, or of where the stream comes from
        if request.transport is not None:
            request.transport.abort()
    return response
