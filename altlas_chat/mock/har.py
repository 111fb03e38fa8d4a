"""Exchanges as an HTTP Archive, version 1.2, which browsers and other tools open.

By the specification of the archive's authors
(http://www.softwareishard.com/blog/har-12-spec/); what it has no name for
begins with an underscore, as it asks for.
"""

import base64
from collections.abc import Iterable
from http.cookies import CookieError, Morsel, SimpleCookie
from urllib.parse import parse_qsl, quote, urlsplit

from altlas_chat import __version__
from altlas_chat.mock.journal import Exchange, Headers
from altlas_chat.mock.journal_forms import header, rfc3339, text_of
from altlas_chat.mock.masking import Mask
from altlas_chat.mock.plans import Json

FORM = "application/x-www-form-urlencoded"


def har_of(exchanges: Iterable[Exchange], mask: Mask) -> Json:
    """The whole archive, in the order of the exchanges."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "altlas-chat", "version": __version__},
            "entries": [_entry(one, mask) for one in exchanges],
        }
    }


def _entry(exchange: Exchange, mask: Mask) -> Json:
    milliseconds = round(exchange.seconds * 1000, 3)
    entry: Json = {
        "startedDateTime": rfc3339(exchange.began_ms),
        "time": milliseconds,
        "request": _request(exchange, mask),
        "response": _response(exchange, mask),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
    }
    if exchange.breaches:
        entry["comment"] = "; ".join(map(str, exchange.breaches))
    if exchange.operation:
        entry["_operation"] = exchange.operation
    if exchange.weather:
        entry["_weather"] = exchange.weather
    return entry


def _request(exchange: Exchange, mask: Mask) -> Json:
    url = exchange.address + quote(mask.target(exchange.target), safe="/?#[]@!$&'()*+,;=:%~")
    headers = mask.headers(exchange.request_headers)
    request: Json = {
        "method": exchange.method,
        "url": url,
        "httpVersion": exchange.version,
        "cookies": _cookies(headers, "cookie"),
        "headers": _pairs(headers),
        "queryString": _pairs(parse_qsl(urlsplit(url).query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": exchange.request_bytes,
    }
    if exchange.request_bytes:
        request["postData"] = _posted(exchange, mask)
    return request


def _posted(exchange: Exchange, mask: Mask) -> Json:
    """The archive has no base64 for requests: what is no text is named by an own key."""
    media_type = header(exchange.request_headers, "content-type")
    body = exchange.request_body
    text = text_of(body, media_type)
    posted: Json = {"mimeType": media_type}
    if text is None:
        posted |= {"text": "", "_encoding": "base64", "_data": base64.b64encode(body).decode()}
    elif media_type.startswith(FORM):
        fields = parse_qsl(mask.text(text, media_type), keep_blank_values=True)
        posted["params"] = _pairs(fields)
    else:
        posted["text"] = mask.text(text, media_type)
    if exchange.request_bytes > len(body):
        posted["comment"] = f"cut after {len(body)} bytes"
    return posted


def _response(exchange: Exchange, mask: Mask) -> Json:
    headers = mask.headers(exchange.answer_headers)
    return {
        "status": exchange.status,
        "statusText": exchange.reason,
        "httpVersion": exchange.version,
        "cookies": _cookies(headers, "set-cookie"),
        "headers": _pairs(headers),
        "content": _content(exchange, mask),
        "redirectURL": header(exchange.answer_headers, "location"),
        "headersSize": -1,
        "bodySize": exchange.answer_bytes if exchange.status else -1,
    }


def _content(exchange: Exchange, mask: Mask) -> Json:
    media_type = header(exchange.answer_headers, "content-type")
    body = exchange.answer_body
    content: Json = {"size": exchange.answer_bytes, "mimeType": media_type or "x-unknown"}
    if exchange.answer_bytes > len(body):
        content["comment"] = f"cut after {len(body)} bytes"
    if not body:
        return content
    text = text_of(body, media_type)
    if text is None:
        return {**content, "text": base64.b64encode(body).decode(), "encoding": "base64"}
    return {**content, "text": mask.text(text, media_type)}


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in pairs]


def _cookies(headers: Headers, name: str) -> list[Json]:
    found: list[Json] = []
    for key, value in headers:
        if key.lower() != name:
            continue
        try:
            jar = SimpleCookie(value)
        except CookieError:
            continue
        found += [{"name": one.key, "value": one.value, **_attributes(one)} for one in jar.values()]
    return found


def _attributes(morsel: Morsel[str]) -> Json:
    found: Json = {}
    for name in ("path", "domain"):
        if morsel[name]:
            found[name] = morsel[name]
    for name, har in (("httponly", "httpOnly"), ("secure", "secure")):
        if morsel[name]:
            found[har] = True
    return found
