"""Removing files that were never sent, that are too old, and bytes that nobody knows."""

import logging
import re
from collections.abc import Sequence
from functools import partial

from altlas_chat.blobs.store import BlobsUnavailable
from altlas_chat.domain.errors import ServiceUnavailable
from altlas_chat.services.deps import Deps
from altlas_chat.services.files import forget_bytes
from altlas_chat.services.housekeeping import DAY_MS
from altlas_chat.services.removing import KeptBy, remove_file
from altlas_chat.storage import sweeping

log = logging.getLogger(__name__)

HOUR_MS = DAY_MS // 24
AT_ONCE = 500
_KEY = re.compile(r"[0-9a-f]{2}/([0-9a-f]{64})-[0-9a-f-]{36}(\.webp)?")


async def sweep_files(deps: Deps) -> int:
    """Delete files that nobody sent, or whose time is over; how many.

    A file that is in no message (one that was deleted for everyone, or with
    its group, counts for none) goes after ``Settings.unsent_file_hours``, and every file after
    ``Settings.file_retention_days``, out of its messages too. Avatars stay.
    Each goes as if its owner had deleted it, with the same events. One that is
    being sent at this moment waits for the next sweep.
    """
    now, settings = deps.clock.now_ms(), deps.settings
    unsent_before = now - settings.unsent_file_hours * HOUR_MS
    days = settings.file_retention_days
    old_before = now - days * DAY_MS if days else 0
    removed, after = 0, (0, "")
    while True:
        found = await deps.database.read(
            partial(
                sweeping.walk_files,
                before=max(unsent_before, old_before),
                after=after,
                limit=AT_ONCE,
            )
        )
        for at, file_id, owner_id, is_avatar, is_carried in found:
            is_old = at < old_before
            if is_avatar or not (is_old or (at < unsent_before and not is_carried)):
                continue
            kept_by: KeptBy = "avatar" if is_old else "any"
            try:
                removed += await remove_file(
                    deps, file_id, owner_id, actor_id=None, unless_used=kept_by
                )
            except ServiceUnavailable as error:
                log.info("the file %s is left for the next sweep: %s", file_id, error)
        if len(found) < AT_ONCE:
            return removed
        after = found[-1][:2]


async def sweep_bytes(deps: Deps) -> int:
    """Remove bytes that no row names, and half of what came in; how many keys.

    They are left by a crash, or when a store could not be reached. What is
    younger than a day is left alone: its rows may be on their way. A key is
    never used again, so one that is named by nobody after a day never will be.
    """
    before = deps.clock.now_ms() - DAY_MS
    removed = 0
    try:
        await deps.blobs.forget_old_incoming(before)
        some: list[str] = []
        async for key, at in deps.blobs.listed():
            if at < before and _KEY.fullmatch(key):
                some.append(key)
            if len(some) == AT_ONCE:
                removed += await _remove_unnamed(deps, some)
                some = []
        if some:
            removed += await _remove_unnamed(deps, some)
    except BlobsUnavailable as error:
        log.warning("the bytes of files can't be looked through: %s", error)
    return removed


async def _remove_unnamed(deps: Deps, keys: Sequence[str]) -> int:
    sums = sorted({key[3:67] for key in keys})
    named = await deps.database.read(lambda reader: sweeping.select_keys(reader, sums))
    unnamed = [key for key in keys if key not in named]
    for key in unnamed:
        await forget_bytes(deps, key)
    return len(unnamed)
