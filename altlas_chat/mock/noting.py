"""Writes each finished exchange into the journal."""

from http import HTTPStatus

from aiohttp import web

from altlas_chat.mock.exchange import Exchange
from altlas_chat.mock.journal import Entry, Journal
from altlas_chat.system import Clock

REASONS = {status.value: status.phrase for status in HTTPStatus}


class Noting:
    """A listener of the mock that fills a journal."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock

    def __call__(self, exchange: Exchange) -> None:
        entry = entry_of(exchange)
        entry.began_ms = self._clock.now_ms() - round(exchange.seconds * 1000)
        self._journal.add(entry)


def entry_of(exchange: Exchange) -> Entry:
    """The exchange as the journal keeps it; its beginning is left open."""
    request, endpoint, reply = exchange.request, exchange.endpoint, exchange.reply
    entry = Entry(
        began_ms=0,
        method=exchange.method,
        address=f"{request.scheme}://{request.host}",
        target=request.raw_path,
        version=_version(request),
        client=request.remote or "",
        request_headers=request.headers.items(),
        request_body=exchange.body,
        request_bytes=len(exchange.body),
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
    major, minor = request.version
    return f"HTTP/{major}.{minor}"
