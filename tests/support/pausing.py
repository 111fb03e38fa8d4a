"""A reading that stops in its middle, in whatever thread it runs."""

import asyncio
import threading

from altlas_chat.storage.database import Reader

PATIENCE_SECONDS = 10.0


class Pause:
    """A place where a reading stops until it may go on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._reached = asyncio.Event()
        self._over = asyncio.Event()
        self._over_for_threads = threading.Event()

    async def here(self, reader: Reader) -> None:
        """Stop; called within the reading. On SQLite that holds its thread."""
        self._loop.call_soon_threadsafe(self._reached.set)
        if reader.dialect == "sqlite":
            assert self._over_for_threads.wait(PATIENCE_SECONDS)
        else:
            await self._over.wait()

    async def reached(self) -> None:
        await asyncio.wait_for(self._reached.wait(), PATIENCE_SECONDS)

    def go_on(self) -> None:
        self._over.set()
        self._over_for_threads.set()
