"""Writes each finished exchange into the journal."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from aiohttp import HttpVersion11, web

from altlas_chat.mock.exchange import Exchange
from altlas_chat.mock.hooks import Mounted
from altlas_chat.mock.journal import Entry, Journal
from altlas_chat.mock.summaries import Summary
from altlas_chat.system import Clock

REASONS = {status.value: status.phrase for status in HTTPStatus}


SMALL_BYTES = 2_000


class Noting:
    """A listener of the mock that fills a journal, and a summary with what broke the contract."""

    def __init__(self, journal: Journal, summary: Summary, clock: Clock) -> None:
        self._journal = journal
        self._summary = summary
        self._clock = clock

    def __call__(self, exchange: Exchange) -> None:
        began_ms = self._clock.now_ms() - round(exchange.seconds * 1000)
        if not self._journal.listeners and _is_plain(exchange):
            self._journal.add_late(partial(entry_of, exchange, began_ms))
            return
        entry = entry_of(exchange, began_ms)
        self._journal.add(entry)
        self._summary(entry)


def noted_sockets(mounted: Mounted, note: Callable[[Entry], None], clock: Clock) -> Mounted:
    """Serves as ``mounted`` does; ``note`` hears of each WebSocket when it is over."""

    async def served(request: web.BaseRequest) -> web.StreamResponse | None:
        began_ms = clock.now_ms()
        response = await mounted(request)
        if isinstance(response, web.WebSocketResponse):
            entry = entry_of_socket(request, began_ms)
            entry.seconds = (clock.now_ms() - began_ms) / 1000
            entry.status, entry.reason = response.status, REASONS[101]
            entry.answer_headers = response.headers.items()
            entry.origin = f"closed {response.close_code or 1006}"
            note(entry)
        return response

    return served


def entry_of_socket(request: web.BaseRequest, began_ms: int) -> Entry:
    """A socket as the journal keeps it; how it went is left open."""
    return Entry(
        began_ms=began_ms,
        method=request.method,
        address=f"{request.scheme}://{request.host}",
        target=request.raw_path,
        version=_version(request),
        client=request.remote or "",
        request_headers=request.headers.items(),
    )


def _is_plain(exchange: Exchange) -> bool:
    """Small, and there is nothing to tell of it."""
    reply = exchange.reply
    return (
        not exchange.body
        and not exchange.unread
        and not exchange.breaches
        and not exchange.answer_breaches
        and exchange.streamed is None
        and reply is not None
        and len(reply.body) <= SMALL_BYTES
    )


def entry_of(exchange: Exchange, began_ms: int) -> Entry:
    """The exchange as the journal keeps it."""
    request, endpoint, reply = exchange.request, exchange.endpoint, exchange.reply
    entry = Entry(
        began_ms=began_ms,
        method=exchange.method,
        address=f"{request.scheme}://{request.host}",
        target=f"{exchange.path}?{exchange.query}" if exchange.query else exchange.path,
        version=_version(request),
        client=request.remote or "",
        request_headers=request.headers.items(),
        request_body=exchange.body,
        request_bytes=request.content_length or 0 if exchange.unread else len(exchange.body),
        operation=(endpoint.operation.operation_id or endpoint.name) if endpoint else None,
        seconds=exchange.seconds,
        origin=exchange.origin,
        weather=exchange.forecast.words,
        request_breaches=tuple(exchange.breaches),
        answer_breaches=tuple(exchange.answer_breaches),
    )
    if reply is not None:
        entry.status, entry.answer_headers = reply.status, reply.headers
        entry.reason = REASONS.get(reply.status, "")
        if exchange.streamed is not None:
            entry.answer_body = bytes(exchange.streamed.first)
            entry.answer_bytes = exchange.streamed.size
        else:
            entry.answer_body, entry.answer_bytes = reply.body, len(reply.body)
    return entry


def _version(request: web.BaseRequest) -> str:
    return "HTTP/1.1" if request.version == HttpVersion11 else "HTTP/1.0"
