"""Which real server a mock passes requests on to, and how."""

from dataclasses import dataclass

from yarl import URL

LARGEST_CHECKED_BYTES = 8 * 1024 * 1024
"""Larger bodies are passed on as they come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySettings:
    """Where to and how: with ``strict`` what breaks the contract is answered with a problem.

    ``timeout_seconds`` is how long the real server may be silent.
    """

    url: str
    strict: bool = False
    timeout_seconds: float = 30.0


class ProxyUnusable(Exception):
    """What was named is no address of a server."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.detail = f"{url} is no address of a real server."
        self.remedy = (
            "Write http://HOST:PORT or https://HOST, with a path in front if there is one."
        )


def real_server(url: str) -> URL:
    """The address, checked.

    Raises:
        ProxyUnusable: it is none, or carries a query or a password.
    """
    try:
        found = URL(url)
    except ValueError as error:
        raise ProxyUnusable(url) from error
    if found.scheme not in ("http", "https") or not found.host or found.query_string or found.user:
        raise ProxyUnusable(url)
    return found
