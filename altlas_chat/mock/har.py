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
from altlas_chat.mock.journal import Entry, Headers
from altlas_chat.mock.journal_forms import header, rfc3339, text_of
from altlas_chat.mock.masking import Mask
from altlas_chat.mock.plans import Json

FORM = "application/x-www-form-urlencoded"


def har_of(exchanges: Iterable[Entry], mask: Mask) -> Json:
    """The whole archive, in the order of the exchanges."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "altlas-chat", "version": __version__},
            "entries": [_entry(one, mask) for one in exchanges],
        }
    }


def _entry(entry: Entry, mask: Mask) -> Json:
    milliseconds = round(entry.seconds * 1000, 3)
    found: Json = {
        "startedDateTime": rfc3339(entry.began_ms),
        "time": milliseconds,
        "request": _request(entry, mask),
        "response": _response(entry, mask),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
    }
    if entry.breaches:
        found["comment"] = "; ".join(f"{side} {breach}" for side, breach in entry.breaches)
    if entry.operation:
        found["_operation"] = entry.operation
    if entry.weather:
        found["_weather"] = entry.weather
    return found


def _request(entry: Entry, mask: Mask) -> Json:
    url = entry.address + quote(mask.target(entry.target), safe="/?#[]@!$&'()*+,;=:%~")
    headers = mask.headers(entry.request_headers)
    request: Json = {
        "method": entry.method,
        "url": url,
        "httpVersion": entry.version,
        "cookies": _cookies(headers, "cookie"),
        "headers": _pairs(headers),
        "queryString": _pairs(parse_qsl(urlsplit(url).query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": entry.request_bytes,
    }
    if entry.request_bytes:
        request["postData"] = _posted(entry, mask)
    return request


def _posted(entry: Entry, mask: Mask) -> Json:
    """The archive has no base64 for requests: what is no text is named by an own key."""
    media_type = header(entry.request_headers, "content-type")
    body = entry.request_body
    text = text_of(body, media_type)
    posted: Json = {"mimeType": media_type}
    if text is None:
        posted |= {"text": "", "_encoding": "base64", "_data": base64.b64encode(body).decode()}
    elif media_type.startswith(FORM):
        fields = parse_qsl(mask.text(text, media_type), keep_blank_values=True)
        posted["params"] = _pairs(fields)
    else:
        posted["text"] = mask.text(text, media_type)
    if entry.request_bytes > len(body):
        posted["comment"] = f"cut after {len(body)} bytes"
    return posted


def _response(entry: Entry, mask: Mask) -> Json:
    headers = mask.headers(entry.answer_headers)
    return {
        "status": entry.status,
        "statusText": entry.reason,
        "httpVersion": entry.version,
        "cookies": _cookies(headers, "set-cookie"),
        "headers": _pairs(headers),
        "content": _content(entry, mask),
        "redirectURL": header(entry.answer_headers, "location"),
        "headersSize": -1,
        "bodySize": entry.answer_bytes if entry.status else -1,
    }


def _content(entry: Entry, mask: Mask) -> Json:
    media_type = header(entry.answer_headers, "content-type")
    body = entry.answer_body
    content: Json = {"size": entry.answer_bytes, "mimeType": media_type or "x-unknown"}
    if entry.answer_bytes > len(body):
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
