"""Weather as a step on the way of a request through the mock."""

import asyncio

from aiohttp import web

from altlas_chat.mock.compiled import Endpoint
from altlas_chat.mock.exchange import Exchange, Reply
from altlas_chat.mock.faults import INSTEAD, break_off
from altlas_chat.mock.hooks import ConnectionCut
from altlas_chat.mock.problems import Refused
from altlas_chat.mock.weather import Call, Weather

SENTENCE = "The weather of this mock is bad."


class Meeting:
    """Lets each request meet the weather of its moment; what it met is in ``forecast``."""

    def __init__(self, weather: Weather) -> None:
        self._weather = weather

    async def __call__(self, exchange: Exchange) -> Reply | None:
        """Wait as long as the forecast says, and None if the request is to go on.

        Raises:
            Refused: with the forecast's status; the answer that the operation
                declares for it is given.
            ConnectionCut: no answer is to be given.
        """
        if self._weather.calm:
            return None
        forecast = self._weather.forecast(call_of(exchange))
        exchange.forecast = forecast
        if forecast.delay_seconds:
            await asyncio.sleep(forecast.delay_seconds)
        if forecast.fault in INSTEAD:
            await break_off(exchange.request, forecast.fault)
            raise ConnectionCut
        if forecast.status is None:
            return None
        exchange.origin = "weather"
        wait = forecast.retry_after
        headers = () if wait is None else (("Retry-After", str(wait)),)
        code = "TOO_MANY_CALLS" if forecast.status == 429 else "BAD_WEATHER"
        detail = f"The weather of this mock answers {exchange.method} {exchange.path} so."
        raise Refused(forecast.status, code, detail, headers=headers, declared=(forecast.status,))


class MeetingOfSockets:
    """Lets requests for a WebSocket meet it; to be mounted in front of what serves them.

    In rules their method is ``WS``.
    """

    def __init__(self, weather: Weather) -> None:
        self._weather = weather

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """None if the socket may be opened."""
        if self._weather.calm or request.headers.get("Upgrade", "").lower() != "websocket":
            return None
        forecast = self._weather.forecast(Call("WS", request.path))
        if forecast.delay_seconds:
            await asyncio.sleep(forecast.delay_seconds)
        if forecast.fault in INSTEAD:
            await break_off(request, forecast.fault)
            return web.Response()  # for nobody: the connection is gone
        if forecast.status is None:
            return None
        wait = forecast.retry_after
        headers = {} if wait is None else {"Retry-After": str(wait)}
        return web.Response(status=forecast.status, headers=headers, text=f"{SENTENCE}\n")


def call_of(exchange: Exchange) -> Call:
    """The exchange as weather knows calls."""
    endpoint = exchange.endpoint
    if endpoint is None:
        return Call(exchange.method, exchange.path)
    operation = endpoint.operation
    statuses = endpoint.cache.get("declared statuses")
    if statuses is None:
        statuses = endpoint.cache["declared statuses"] = _declared(endpoint)
    method = operation.method.upper()
    return Call(method, exchange.path, operation.path, operation.operation_id, statuses)


def _declared(endpoint: Endpoint) -> tuple[int, ...]:
    return tuple(int(status) for status in endpoint.answers if status.isdecimal())
