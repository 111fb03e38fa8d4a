"""What a server does by itself from time to time: trim the log, hear of ended sessions."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from altlas_chat.server.tasks import call_off
from altlas_chat.services import housekeeping
from altlas_chat.services.accounts import forget_old_sessions, refresh_revocations
from altlas_chat.services.api_keys import keep_last_used
from altlas_chat.services.deps import Deps
from altlas_chat.services.presence import keep_last_seen, look_round
from altlas_chat.services.sweeping import sweep_bytes, sweep_files
from altlas_chat.storage.database import StorageUnavailable

log = logging.getLogger(__name__)

TRIM_EVERY_SECONDS = 600.0
SWEEP_EVERY_SECONDS = 3600.0
LOOK_ROUND_EVERY_SECONDS = 60.0
KEEP_EVERY_SECONDS = 5.0
REVOCATIONS_EVERY_SECONDS = 5.0


class Housekeeping:
    """The background tasks of one server process."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin; the first trimming comes at once."""
        loop = asyncio.get_running_loop()
        self._tasks = [
            loop.create_task(self._repeat(housekeeping.trim_log, TRIM_EVERY_SECONDS)),
            loop.create_task(self._repeat(refresh_revocations, REVOCATIONS_EVERY_SECONDS)),
            loop.create_task(self._repeat(forget_old_sessions, TRIM_EVERY_SECONDS)),
            loop.create_task(self._repeat(sweep_files, SWEEP_EVERY_SECONDS)),
            loop.create_task(self._repeat(sweep_bytes, SWEEP_EVERY_SECONDS)),
            loop.create_task(self._repeat(look_round, LOOK_ROUND_EVERY_SECONDS)),
            loop.create_task(self._repeat(keep_last_seen, KEEP_EVERY_SECONDS)),
            loop.create_task(self._repeat(keep_last_used, KEEP_EVERY_SECONDS)),
        ]

    async def stop(self) -> None:
        """End; who was seen until now is written down."""
        await call_off(self._tasks)
        for work in (keep_last_seen, keep_last_used):
            await self._try(work)

    async def _repeat(self, work: Callable[[Deps], Awaitable[object]], every: float) -> None:
        while True:
            await self._try(work)
            await asyncio.sleep(every)

    async def _try(self, work: Callable[[Deps], Awaitable[object]]) -> None:
        try:
            await work(self._deps)
        except StorageUnavailable as error:
            log.warning("%s must wait: %s", work.__name__, error)
        except Exception:
            log.exception("%s failed", work.__name__)
