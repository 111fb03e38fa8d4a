"""Waiting for what has no event of its own: a condition that is asked again until it holds."""

import asyncio
from collections.abc import Callable

WAIT_SECONDS = 20
ASK_AGAIN_SECONDS = 0.005


async def until(holds: Callable[[], object]) -> None:
    """Return when ``holds()`` is true.

    Raises:
        TimeoutError: it did not become true in time.
    """
    async with asyncio.timeout(WAIT_SECONDS):
        while not holds():
            await asyncio.sleep(ASK_AGAIN_SECONDS)
