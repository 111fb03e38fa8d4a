"""The places in the mock's way where others put something of theirs."""

from collections.abc import Awaitable
from typing import Protocol

from aiohttp import web

from altlas_chat.mock.exchange import Exchange, Reply


class Answerer(Protocol):
    """Answers a request whose operation is known and that was checked.

    A store (``--stateful``) is an answerer that asks the next one for what it
    does not know itself; a forwarder (proxy) takes the place of all of them.
    It may raise ``Refused``.
    """

    def __call__(self, exchange: Exchange) -> Awaitable[Reply]: ...


class Weather(Protocol):
    """What happens to a request before it is answered.

    It may wait. A reply takes the place of the answer; None lets the request
    go on. To drop the connection it raises ``ConnectionCut``.
    """

    def __call__(self, exchange: Exchange) -> Awaitable[Reply | None]: ...


class Listener(Protocol):
    """Hears of each finished exchange, its reply and time set, after the reply was made.

    Must not raise and must not wait.
    """

    def __call__(self, exchange: Exchange) -> None: ...


class Mounted(Protocol):
    """Serves a path that is no operation of the contract: documentation, administration, sockets.

    None means that it is not its request after all, and the contract's turn.
    """

    def __call__(self, request: web.BaseRequest) -> Awaitable[web.StreamResponse | None]: ...


class ConnectionCut(Exception):
    """The connection is to be dropped without an answer."""
