"""A server's life: open, listen, serve, drain, close."""

import asyncio
import contextlib
import errno
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from aiohttp import web

from altlas_chat.server.app import Parts, assemble, build_app
from altlas_chat.server.housekeeping import Housekeeping
from altlas_chat.server.opening import StartFailed, opened_database
from altlas_chat.server.presence import PresenceTeller
from altlas_chat.server.scheduling import Scheduling
from altlas_chat.services.accounts import refresh_revocations
from altlas_chat.settings import Settings
from altlas_chat.system import Randomness, SystemClock, SystemIds

log = logging.getLogger(__name__)

STOPPING = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True, slots=True)
class Running:
    """A server that listens."""

    url: str
    parts: Parts


@contextlib.asynccontextmanager
async def running_server(settings: Settings) -> AsyncIterator[Running]:
    """Serve inside the ``with`` block; at its end drain, finish what waits, and close.

    Raises:
        StartFailed: the database or the port can't be had.
        ContractMismatch: code and contract do not fit together.
    """
    async with opened_database(settings, to_serve=True) as database:
        clock = SystemClock()
        parts = await assemble(settings, database, clock, SystemIds(clock), Randomness())
        runner = web.AppRunner(
            build_app(parts),
            handle_signals=False,
            access_log=None,
            shutdown_timeout=5.0,
            # The cursor of GET /sync grows with the conversations that somebody is in.
            max_line_size=settings.max_request_bytes,
            # So does Last-Event-ID.
            max_field_size=settings.max_request_bytes,
        )
        await runner.setup()
        # Before the first request: sessions that were ended stay ended.
        await refresh_revocations(parts.deps)
        url = await _listen(runner, settings)
        parts.sockets.heartbeats.start()
        parts.streams.start()
        parts.stalls.start()
        housekeeping = Housekeeping(parts.deps)
        housekeeping.start()
        scheduling = Scheduling(parts.deps, parts.later)
        scheduling.start()
        teller = PresenceTeller(parts.deps)
        teller.start()
        try:
            yield Running(url, parts)
        finally:
            # That everybody goes now is nothing to tell: they come back elsewhere, or afterwards.
            await teller.stop()
            await _drain(parts, settings)
            parts.stalls.stop()
            await scheduling.stop()
            await housekeeping.stop()
            await runner.cleanup()
            await parts.holes.stop()
            parts.deps.blobs.close()


async def _listen(runner: web.AppRunner, settings: Settings) -> str:
    site = web.TCPSite(runner, settings.host, settings.port, backlog=1024)
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        if error.errno == errno.EADDRINUSE:
            raise StartFailed(
                f"Port {settings.port} on {settings.host} is in use.",
                "Stop the other program, or choose another port with --port (0 picks a free one).",
            ) from error
        raise StartFailed(
            f"The server can't listen on {settings.host}:{settings.port}: {_said(error)}.",
            "Choose another --host or --port.",
        ) from error
    address = runner.addresses[0]
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    return f"http://{host}:{address[1]}"


def _said(error: OSError) -> str:
    """The system's own words; asyncio puts the address in front of them again."""
    number = error.errno or 0
    return os.strerror(number) if number > 0 else str(error.strerror)


async def _drain(parts: Parts, settings: Settings) -> None:
    """Turn readiness first, then close the sockets, spread over the drain time."""
    parts.health.is_draining = True
    parts.sockets.heartbeats.stop()
    await asyncio.gather(
        parts.sockets.drain(settings.drain_seconds if parts.sockets.open else 0),
        parts.streams.drain(settings.drain_seconds if parts.streams.open else 0),
    )
    parts.streams.stop()


async def serve(settings: Settings, started: Callable[[Running], None]) -> None:
    """Serve until SIGTERM or SIGINT. ``started`` is called once the port is open.

    A second signal ends the process where it is; nothing acknowledged is lost by that.

    Raises:
        StartFailed: the database or the port can't be had.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop_once() -> None:
        stop.set()
        for name in STOPPING:
            loop.remove_signal_handler(name)
            signal.signal(name, signal.SIG_DFL)

    if sys.platform != "win32":  # there Ctrl-C ends the loop by itself
        for name in STOPPING:
            loop.add_signal_handler(name, stop_once)
    async with running_server(settings) as running:
        started(running)
        await stop.wait()
        log.info("stopping")
