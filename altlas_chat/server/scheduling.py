"""Sends messages for later when their time has come, also what became due while no server ran."""

import asyncio
import logging

from altlas_chat.server.tasks import call_off
from altlas_chat.services import due
from altlas_chat.services.deps import Deps
from altlas_chat.services.due import Outcomes
from altlas_chat.storage.database import StorageUnavailable

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0
"""Somebody may have scheduled a message meanwhile that is due before all others."""

DROP_EVERY_SECONDS = 3600.0


class Scheduling:
    """The scheduler of one server process."""

    def __init__(self, deps: Deps, outcomes: Outcomes) -> None:
        self._deps = deps
        self._outcomes = outcomes
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin; what is overdue is sent at once."""
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._send()), loop.create_task(self._drop())]

    async def stop(self) -> None:
        await call_off(self._tasks)

    async def _send(self) -> None:
        while True:
            wait = LOOK_EVERY_SECONDS
            try:
                next_at = await due.send_due(self._deps, self._outcomes)
                if next_at is not None:
                    wait = min(wait, max(0, next_at - self._deps.clock.now_ms()) / 1000)
            except StorageUnavailable as error:
                log.warning("scheduled messages must wait: %s", error)
            except Exception:
                log.exception("sending scheduled messages failed")
            await asyncio.sleep(wait)

    async def _drop(self) -> None:
        while True:
            try:
                await due.drop_done(self._deps)
            except StorageUnavailable as error:
                log.warning("old scheduled messages must wait: %s", error)
            except Exception:
                log.exception("dropping old scheduled messages failed")
            await asyncio.sleep(DROP_EVERY_SECONDS)
