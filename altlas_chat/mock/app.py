"""A mock as an HTTP server."""

import asyncio
import errno
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from altlas_chat.mock.compiled import compile_documents
from altlas_chat.mock.furnishing import Furniture, furnish
from altlas_chat.mock.live.wishes import NOTHING_WISHED, Wishes
from altlas_chat.mock.pipeline import Mock
from altlas_chat.mock.settings import MockSettings
from altlas_chat.specs.documents import Document
from altlas_chat.system import SystemClock


class PortTaken(Exception):
    """The address can't be listened on."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class RunningMock:
    """A mock that listens; ``url`` is its address without a slash at the end.

    ``furniture`` is what it remembers and who is on its sockets, where it was
    furnished by ``running_mock``.
    """

    mock: Mock
    url: str
    port: int
    furniture: Furniture | None = None


@asynccontextmanager
async def running_mock(
    documents: Sequence[Document], settings: MockSettings, wishes: Wishes = NOTHING_WISHED
) -> AsyncIterator[RunningMock]:
    """A mock of some documents that listens until the block ends; port 0 picks a free one.

    Raises:
        PortTaken: the address can't be listened on.
        DocumentUnusable: what it is to say by itself does not fit the documents.
    """
    compiled = compile_documents(documents, seed=settings.seed, language=settings.language)
    mock = Mock(compiled, settings)
    furniture = furnish(mock, SystemClock(), wishes)
    async with listening(mock) as running:
        emitting = asyncio.ensure_future(furniture.run())
        try:
            yield replace(running, furniture=furniture)
        finally:
            emitting.cancel()
            await asyncio.gather(emitting, return_exceptions=True)


@asynccontextmanager
async def listening(mock: Mock) -> AsyncIterator[RunningMock]:
    """A mock that listens where its settings say, until the block ends.

    Raises:
        PortTaken: the address can't be listened on.
    """
    settings = mock.settings
    loop = asyncio.get_running_loop()
    factory = partial(web.BaseRequest, loop=loop, client_max_size=settings.max_body_bytes)
    server = web.Server(mock, request_factory=factory, access_log=None, logger=_log())
    runner = web.ServerRunner(server, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        await _start(site, settings)
        port = int(runner.addresses[0][1])
        yield RunningMock(mock, f"http://{_shown(settings.host)}:{port}", port)
    finally:
        await runner.cleanup()


def _log() -> logging.Logger:
    """Aiohttp's log, without what a client did wrong: it was told in the answer."""
    log = logging.getLogger("altlas_chat.mock.http")
    if not log.filters:
        log.addFilter(_is_ours)
    return log


def _is_ours(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, web.RequestPayloadError | HttpProcessingError | ConnectionError)


async def _start(site: web.TCPSite, settings: MockSettings) -> None:
    try:
        await site.start()
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"{where} is in use by another program.",
                "Choose another with --port, or --port 0 for any that is free.",
            ) from error
        raise PortTaken(
            f"{where} can't be listened on: {error.strerror or error}.",
            "Check --host and --port.",
        ) from error


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - shown, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
