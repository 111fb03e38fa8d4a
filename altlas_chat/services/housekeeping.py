"""Keeping the log as long as was promised, and no longer."""

from altlas_chat.services.deps import Deps
from altlas_chat.storage import streams

DAY_MS = 24 * 60 * 60 * 1000
AT_ONCE = 1000


async def trim_log(deps: Deps) -> int:
    """Drop events older than ``Settings.event_log_days``; how many were dropped.

    A client that comes back with a cursor from before gets a fresh snapshot
    instead of a replay. Works in small steps, so that nobody waits for it.
    """
    before = deps.clock.now_ms() - deps.settings.event_log_days * DAY_MS
    dropped = 0
    while True:
        step = await deps.database.write(
            lambda tx: streams.trim_events(tx, before, AT_ONCE), lane="housekeeping"
        )
        dropped += step
        if step == 0:
            return dropped
