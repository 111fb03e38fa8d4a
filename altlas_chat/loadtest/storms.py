"""Lines that come back: one after its end, or all at once after a cut."""

import asyncio
import time
from collections.abc import Collection, Sequence

from altlas_chat.loadtest.lines import Line, Refused
from altlas_chat.loadtest.results import RECOVERY, RESUME, Result, closed_by
from altlas_chat.loadtest.scenarios import Storm, pause_before
from altlas_chat.loadtest.wires import NotLetIn

CUT_AT_ONCE = 100
GRACE_SECONDS = 5.0
"""After the end of a run, for who still tries to come back."""


async def rage(
    storm: Storm, lines: Sequence[Line], result: Result, *, began: float, seconds: float
) -> None:
    """Cut and let come back, again and again, until the run is over.

    A cut waits until all are back from the one before.
    """
    until = began + seconds
    for cut, back in storm.moments(seconds):
        await asyncio.sleep(max(0.0, began + cut - time.monotonic()))
        for number, line in enumerate(lines, 1):
            line.cut()
            if number % CUT_AT_ONCE == 0:
                await asyncio.sleep(0)
        due_at = max(began + back, time.monotonic())
        await asyncio.sleep(due_at - time.monotonic())
        await asyncio.gather(*(come_back(line, due_at, result, until) for line in lines))


async def come_back(
    line: Line,
    due_at: float,
    result: Result,
    until: float,
    *,
    expected: Collection[int] = (),
) -> None:
    """Open a line again and hear what it missed; tried on until a little later, as clients do.

    Measured are ``socket.resume`` and ``socket.recovery``. With one of the
    ``expected`` codes the server may close it before all was heard: no failure,
    and tried again.

    Raises:
        TargetUnusable: this machine has no ports left.
    """
    resumes = result.of(RESUME)
    tries = 0
    while True:
        began_at, resyncs = time.monotonic() if tries else due_at, line.resyncs
        was_in = False
        try:
            await line.open(due_at)
            was_in = True
            resumes.spread.add(time.monotonic() - began_at)
            await line.catch_up()
        except (NotLetIn, Refused, OSError, TimeoutError) as error:
            if was_in and line.ended is not None and line.ended in expected:
                result.of(closed_by(line.ended)).spread.add(time.monotonic() - began_at)
            else:
                resumes.failures[str(error) or type(error).__name__] += 1
        else:
            if line.resyncs > resyncs:
                resumes.failures["the server could not tell what was missed"] += 1
            result.of(RECOVERY).spread.add(time.monotonic() - due_at)
            return
        if time.monotonic() > until + GRACE_SECONDS:
            return
        tries += 1
        await asyncio.sleep(pause_before(tries))
