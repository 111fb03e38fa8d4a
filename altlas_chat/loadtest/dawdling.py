"""Readers that are too slow: some take a sip now and then, others sleep.

The server is to close such a socket, and nobody else's. Who was closed comes
back, hears what was missed at full speed, and is slow again.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Iterator, Sequence

from altlas_chat.loadtest.lines import Line, Refused
from altlas_chat.loadtest.results import Result, closed_by
from altlas_chat.loadtest.scenarios import SIP_SECONDS, SLOW_ENDS, Slowness, pause_before
from altlas_chat.loadtest.storms import come_back

SIP_BYTES = 8192


async def dawdle(
    slowness: Slowness,
    lines: Sequence[Line],
    result: Result,
    chance: random.Random,
    *,
    until: float,
) -> None:
    """Let every second of these lines sip, and the others sleep; at the end all have caught up.

    ``socket.closed_4009`` and ``socket.closed_1006`` count how the server ended
    them, with how long it had put up with each.
    """
    for code in SLOW_ENDS:
        result.of(closed_by(code))
    seeds = [chance.getrandbits(64) for _ in lines]
    await asyncio.gather(
        *(
            _be_slow(
                line,
                result,
                until,
                pauses=None if place % 2 == 0 else _pauses(slowness, random.Random(seed)),
            )
            for place, (line, seed) in enumerate(zip(lines, seeds, strict=True))
        )
    )


def _pauses(slowness: Slowness, chance: random.Random) -> Iterator[float]:
    while True:
        yield chance.uniform(*slowness.sleep_seconds)


async def _be_slow(
    line: Line, result: Result, until: float, pauses: Iterator[float] | None
) -> None:
    """Sleep for these times, or sip; come back whenever the server has closed the line."""
    slow_since = time.monotonic()
    while True:
        left = until - time.monotonic()
        if left > 0 and pauses is None:
            await _sip(line, until)
        elif left > 0 and pauses is not None:
            line.wire.pause()
            await asyncio.sleep(min(next(pauses), left))
        await _read_on(line)
        if line.ended is None:
            if left <= 0:
                return
            continue
        if line.ended in SLOW_ENDS:
            closed = result.of(closed_by(line.ended))
            closed.spread.add(time.monotonic() - slow_since)
        else:
            result.of("socket").failures[f"ended with {line.ended}"] += 1
        await asyncio.sleep(pause_before(1))
        await come_back(line, time.monotonic(), result, until, expected=SLOW_ENDS)
        slow_since = time.monotonic()


async def _sip(line: Line, until: float) -> None:
    """Read a little now and then, until the socket or the time is over."""
    line.wire.sip_bytes = SIP_BYTES
    while line.ended is None and time.monotonic() < until:
        line.wire.read_on()
        await asyncio.sleep(SIP_SECONDS)


async def _read_on(line: Line) -> None:
    """Read all that is there, up to the present or the end of the socket."""
    line.wire.sip_bytes = 0
    line.wire.read_on()
    with contextlib.suppress(Refused, TimeoutError):  # how it ended is in the line
        await line.catch_up()
        await line.catch_up()  # what closes a socket may stand right behind the first answer
