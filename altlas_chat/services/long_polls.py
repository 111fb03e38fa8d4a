"""Waiting for the next change, for who can keep no connection open.

Nobody asks the database again and again: who waits listens to the hub, like a
socket, and reads the log when there was something.
"""

import asyncio

import orjson

from altlas_chat.domain.cursor import Cursor
from altlas_chat.domain.events import Json
from altlas_chat.domain.permissions import Actor
from altlas_chat.realtime.frames import payload_of
from altlas_chat.realtime.hub import Hub
from altlas_chat.services import sync
from altlas_chat.services.deps import Deps
from altlas_chat.services.hearing import CatchUps, Hearer, RequestId, attached_changes
from altlas_chat.services.sync import Changes, Resync


class Waiter(Hearer):
    """Somebody who waits for one change. ``stop`` ends the waiting, for whatever reason."""

    __slots__ = ("_is_told_receipts", "_woken", "is_over")

    def __init__(self, actor: Actor) -> None:
        super().__init__(actor, put=self._wake_for)
        self._woken = asyncio.Event()
        self._is_told_receipts = False
        self.is_over = False

    def welcome(self, ready: Json, request_id: RequestId) -> None:
        """Who waits is not told that it does."""

    def end(self) -> None:
        self.stop()

    def fail(self) -> None:
        self.stop()

    def stop(self) -> None:
        self.is_over = True
        self._woken.set()

    def _wake_for(self, frame: bytes) -> None:
        """Wake up for what ``GET /sync`` tells; typing and presence are not in it."""
        heard = orjson.loads(payload_of(frame))
        self._is_told_receipts |= heard["event"] == "receipt.updated"
        if "seq" in heard or heard["event"] == "receipt.updated":
            self._woken.set()

    async def woken(self) -> None:
        await self._woken.wait()
        self._woken.clear()

    def is_answered_by(self, changes: Changes, cursor: Cursor) -> bool:
        """Whether there is something new, or no more waiting.

        Receipts of the moments before the cursor are told again each time
        (see ``sync``), and are nothing new by themselves.
        """
        newest = max((receipt.at for receipt in changes.receipts), default=0)
        is_told = self._is_told_receipts and bool(changes.receipts)
        return bool(
            self.is_over
            or changes.announcements
            or changes.has_more
            or newest >= cursor.at
            or is_told
        )


async def wait_for_changes(
    deps: Deps, hub: Hub, catch_ups: CatchUps, waiter: Waiter, cursor: Cursor, limit: int
) -> Changes | Resync:
    """What came after a cursor; waits until there is something, or the waiter is stopped."""
    catch_ups.begin(waiter)
    hub.add(waiter)
    try:
        outcome = await attached_changes(deps, hub, waiter, cursor, limit)
        if isinstance(outcome, Changes) and not waiter.is_answered_by(outcome, cursor):
            catch_ups.finish(waiter, outcome.positions)
        while isinstance(outcome, Changes) and not waiter.is_answered_by(outcome, cursor):
            await waiter.woken()
            outcome = await sync.changes_after(deps, waiter.actor, cursor, limit=limit)
        return outcome
    finally:
        hub.remove(waiter)
        catch_ups.forget(waiter)
