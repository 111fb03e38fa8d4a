"""Ending what runs in the background."""

import asyncio
from collections.abc import Iterable

PATIENCE_SECONDS = 1.0


async def call_off(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks, and wait for them to end; but not for one that waits for a silent database."""
    called_off = list(tasks)
    for task in called_off:
        task.cancel()
    if called_off:
        await asyncio.wait(called_off, timeout=PATIENCE_SECONDS)
