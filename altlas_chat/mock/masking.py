"""Hides secrets in what leaves the journal: credentials in headers, queries and bodies."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from altlas_chat.mock.journal import Headers

MASK = "***"

HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "x-api-key",
        "x-auth-token",
        "x-csrf-token",
        "x-xsrf-token",
        "sec-websocket-protocol",
    }
)
_SECRET = r"[\w.-]*(?:passw(?:or)?d|secret|token|api[-_]?key|credential)[\w.-]*"  # noqa: S105 - a pattern
_IN_JSON = re.compile(rf'("{_SECRET}"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|$)', re.IGNORECASE)
_IN_FORM = re.compile(rf"((?:^|[&?;]){_SECRET}=)[^&;#]*", re.IGNORECASE)
_SCHEME = re.compile(r"(Basic|Bearer|Digest|Token|ApiKey)\s", re.IGNORECASE)
_COOKIE = re.compile(r"(^|;\s*)([^=;]+)=[^;]*")
_SET_COOKIE = re.compile(r"^([^=;]+)=[^;]*")


class Mask:
    """Hides what is secret; with ``off`` it hides nothing.

    ``names`` are further headers and query parameters, such as those that the
    contract's security schemes name.
    """

    def __init__(self, names: Iterable[str] = (), *, off: bool = False) -> None:
        self._off = off
        self._headers = HEADERS | {name.lower() for name in names}
        self._queries = [
            re.compile(rf"([&?]{re.escape(quote(name, safe=''))}=)[^&#]*") for name in names
        ]

    def headers(self, headers: Headers) -> list[tuple[str, str]]:
        """Values are hidden; the scheme of a credential and the names of cookies stay."""
        if self._off:
            return list(headers)
        return [(name, self._value(name.lower(), value)) for name, value in headers]

    def _value(self, name: str, value: str) -> str:
        if name not in self._headers:
            return value
        if name == "cookie":
            return _COOKIE.sub(rf"\1\2={MASK}", value)
        if name == "set-cookie":
            return _SET_COOKIE.sub(rf"\1={MASK}", value)
        scheme = _SCHEME.match(value)
        return f"{scheme[1]} {MASK}" if scheme else MASK

    def target(self, target: str) -> str:
        """A path with its query."""
        if self._off or "?" not in target:
            return target
        for query in self._queries:
            target = query.sub(rf"\1{MASK}", target)
        return _IN_FORM.sub(rf"\1{MASK}", target)

    def text(self, text: str, media_type: str) -> str:
        """A body of JSON or of a form."""
        if self._off:
            return text
        if "json" in media_type:
            return _IN_JSON.sub(rf'\1"{MASK}"', text)
        if media_type.startswith("application/x-www-form-urlencoded"):
            return _IN_FORM.sub(rf"\1{MASK}", text)
        return text
