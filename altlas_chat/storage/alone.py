"""One server at a time on a PostgreSQL database, as long as nothing carries events between two.

Two would each tell only its own events at once, and the other's when a later
one shows the gap. Held is an advisory lock of a connection of its own, so it
goes with the process, however that ends.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from altlas_chat.storage.database import StorageUnavailable

log = logging.getLogger(__name__)

LOCK = 0x616C_746C_6173
PATIENCE_SECONDS = 5.0
"""How long a predecessor that was killed may take to be gone, as PostgreSQL sees it."""
AGAIN_SECONDS = 0.1
AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


class HeldByAnother(Exception):
    """Another process serves or fills this database."""


@asynccontextmanager
async def alone_on(url: str) -> AsyncIterator[None]:
    """Hold the database alone among servers inside the ``with`` block.

    When the connection breaks (a restarted PostgreSQL), the lock is taken
    again as soon as it can be; that another was quicker is said in the log.

    Raises:
        HeldByAnother: another process holds it.
        StorageUnavailable: nobody answers there.
    """
    try:
        connection = await _locked(url)
    except AWAY as error:
        raise StorageUnavailable(str(error)) from error
    keeping = asyncio.get_running_loop().create_task(_keep(connection, url))
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping


async def _locked(url: str) -> Any:
    """A connection that has the lock.

    Raises:
        HeldByAnother: another one has it and does not let go of it.
    """
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK, timeout=PATIENCE_SECONDS)
    except TimeoutError as error:
        await connection.close()
        raise HeldByAnother from error
    except BaseException:
        connection.terminate()
        raise
    return connection


async def _keep(connection: Any, url: str) -> None:
    """See to it that there is a connection with the lock, until this is called off."""
    try:
        while True:
            broken = asyncio.Event()
            connection.add_termination_listener(lambda _, broken=broken: broken.set())
            if connection.is_closed():
                broken.set()
            await broken.wait()
            connection = await _taken_again(url)
    finally:
        connection.terminate()


async def _taken_again(url: str) -> Any:
    while True:
        try:
            return await _locked(url)
        except HeldByAnother:
            log.error("another server took the database meanwhile: stop one of the two")
        except AWAY:
            await asyncio.sleep(AGAIN_SECONDS)
