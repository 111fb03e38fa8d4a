"""Tells changes of presence, collected over a tick."""

import asyncio
import logging

from altlas_chat.server.tasks import call_off
from altlas_chat.services.deps import Deps
from altlas_chat.services.presence import tell_presence
from altlas_chat.storage.database import StorageUnavailable

log = logging.getLogger(__name__)


class PresenceTeller:
    """The background task that tells who came and went. Idle while nothing changes."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.get_running_loop().create_task(self._run())]

    async def stop(self) -> None:
        """End; what is not told by now is not told."""
        await call_off(self._tasks)

    async def _run(self) -> None:
        while True:
            await self._deps.watches.stirred.wait()
            await asyncio.sleep(self._deps.settings.presence_tick_ms / 1000)
            try:
                await tell_presence(self._deps)
            except StorageUnavailable as error:
                log.warning("presence must wait: %s", error)
            except Exception:
                log.exception("presence can't be told")
