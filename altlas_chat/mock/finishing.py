"""What every reply carries, whoever made it."""

from collections.abc import Iterator, Sequence

import orjson

from altlas_chat.mock import cross_origin
from altlas_chat.mock.exchange import Exchange, Reply
from altlas_chat.mock.preferences import APPLIED, NO_PREFERENCES
from altlas_chat.mock.settings import MockSettings

VIOLATIONS = "X-Mock-Violations"
MOST_BYTES = 4000


def finished(exchange: Exchange, reply: Reply, settings: MockSettings) -> Reply:
    """The reply with what the exchange and the settings ask for."""
    added: Sequence[tuple[str, str]]
    if _is_usual(exchange):
        added = cross_origin.ANYBODY if settings.cors else ()
    else:
        added = list(_added(exchange, reply, settings))
    if not added:
        return reply
    mine = {name.lower() for name, _ in added if name != "Vary"}
    kept = [one for one in reply.headers if one[0].lower() not in mine]
    return Reply(reply.status, (*kept, *added), reply.body, reply.stream)


def _is_usual(exchange: Exchange) -> bool:
    """Nothing is to be told of it: by far the most are such."""
    endpoint = exchange.endpoint
    return not (
        exchange.preferences is not NO_PREFERENCES
        or exchange.breaches
        or exchange.answer_breaches
        or (endpoint is not None and endpoint.deprecation)
        or "Origin" in exchange.request.headers
    )


def _added(exchange: Exchange, reply: Reply, settings: MockSettings) -> Iterator[tuple[str, str]]:
    if exchange.preferences is not NO_PREFERENCES and not exchange.was_refused:
        applied = exchange.preferences.applied()
        if applied:
            yield APPLIED, applied
    if exchange.breaches or exchange.answer_breaches:
        yield VIOLATIONS, _in_short(exchange)
    endpoint = exchange.endpoint
    if endpoint is not None:
        yield from endpoint.deprecation
    if settings.cors:
        yield from cross_origin.permission(exchange.request.headers)
        if "Origin" in exchange.request.headers and exchange.method != "OPTIONS":
            yield from cross_origin.exposed(reply)


def _in_short(exchange: Exchange) -> str:
    """The breaches as a JSON list in ASCII; as many as fit a header."""
    found: list[str] = []
    size = 2
    told = [breach.as_json() for breach in exchange.breaches]
    told += [{"side": "answer", **breach.as_json()} for breach in exchange.answer_breaches]
    for fields in told:
        one = orjson.dumps(fields).decode()
        text = "".join(sign if sign < "\x7f" else f"\\u{ord(sign):04x}" for sign in one)
        size += len(text) + 1
        if size > MOST_BYTES:
            break
        found.append(text)
    return f"[{','.join(found)}]"
