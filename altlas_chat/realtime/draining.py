"""Closing many connections when the server stops, spread over time."""

import asyncio
from collections.abc import Callable, Sequence

LONGEST_PAUSE_SECONDS = 0.05
"""Between two that are closed: spreads crowds, and does not make a few wait."""


async def one_after_another(closings: Sequence[Callable[[], None]], seconds: float) -> None:
    """Begin to close each of them, over at most ``seconds``."""
    pause = min(LONGEST_PAUSE_SECONDS, seconds / max(1, len(closings)))
    for number, close in enumerate(closings):
        if number:
            await asyncio.sleep(pause)
        close()
