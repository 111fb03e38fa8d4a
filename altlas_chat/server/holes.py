"""Fills the holes that the hub finds in a stream, from the log.

A hole means that a later event overtook an earlier one on its way here, or
that the earlier one was lost: on the bus, or because the database took a
change and could not say so any more. The first is over in a moment, so the
log is read a little later, once for a stream however often it is asked.
"""

import asyncio
import logging

from altlas_chat.domain.events import Announcement
from altlas_chat.realtime.hub import Hub
from altlas_chat.server.tasks import call_off
from altlas_chat.services import sync
from altlas_chat.services.deps import Deps
from altlas_chat.storage.database import StorageUnavailable

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.02
RETRY_SECONDS = 1.0
LOOKS = 2


class HoleFiller:
    """Reads the log for streams with a hole."""

    def __init__(self, deps: Deps, hub: Hub) -> None:
        self._deps = deps
        self._hub = hub
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def fill(self, stream: str, position: int) -> None:
        """Publish what the log has after ``position``; returns at once."""
        if stream not in self._tasks:
            loop = asyncio.get_running_loop()
            self._tasks[stream] = loop.create_task(self._fill(stream, position))

    async def _fill(self, stream: str, position: int) -> None:
        try:
            missing = await self._read(stream, position)
        except Exception:
            log.exception("the log of %s can't be read", stream)
            missing = []
        finally:
            del self._tasks[stream]
        if missing and missing[0].event.seq > position + 1:
            log.error("the log of %s has no event %d", stream, position + 1)
            self._hub.cut_off(stream)
        else:
            self._hub.publish(missing)

    async def _read(self, stream: str, position: int) -> list[Announcement]:
        """What the log has after ``position``; nothing, if there is nothing in a while."""
        viewer_id = stream.removeprefix("user:")
        pause, looks, is_away = PATIENCE_SECONDS, 0, False
        while True:
            await asyncio.sleep(pause)
            pause = RETRY_SECONDS
            try:
                missing = await sync.read_stream(self._deps, viewer_id, stream, position)
            except StorageUnavailable as error:
                if not is_away:
                    log.warning("the log of %s can't be read: %s", stream, error)
                is_away = True
                continue
            looks += 1
            if missing or looks == LOOKS:
                return missing

    async def stop(self) -> None:
        await call_off(self._tasks.values())
