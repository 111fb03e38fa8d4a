"""The end of a run: what was under way is heard, then every ear is held to where streams stand."""

import asyncio
import time

from altlas_chat.loadtest.doing import Doer
from altlas_chat.loadtest.lines import Line, Refused
from altlas_chat.loadtest.results import Result
from altlas_chat.loadtest.steps import Call, positions_of

ASKING_AT_ONCE = 20
LOOK_AGAIN_SECONDS = 0.05


async def settle(doer: Doer, result: Result, seconds: float, *, returns: bool) -> None:
    """Ask where the streams stand, wait until that was heard, and count what was not.

    It gives up when nothing was answered, or not all was heard, for
    ``seconds``. A socket that is over is a failure; what came after its end is
    lost only if it was to come back (``returns``) and the run went to its end.
    """
    lines = list(doer.lines.values())
    for line in lines:
        line.wire.sip_bytes = 0
        line.wire.read_on()
    is_whole = not (result.is_partial or result.broken_off)
    ends = {} if result.broken_off else await _ends(doer, lines, result, seconds)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any(line.ear.lost(ends) for line in lines if line.ended is None):
            break
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    for line in lines:
        misses = line.ended is None or (returns and is_whole)
        result.messages.merge(line.ear.judge(ends if misses else {}))
        if line.ended is not None and not (returns and result.is_partial):
            result.of("socket").failures[f"ended with {line.ended}"] += 1


async def _ends(doer: Doer, lines: list[Line], result: Result, seconds: float) -> dict[str, int]:
    """Where the streams of all these people stand; of who gets no answer, that is a failure."""
    room = asyncio.Semaphore(ASKING_AT_ONCE)
    ends: dict[str, int] = {}

    async def ask(line: Line) -> None:
        async with room:
            snapshot = await doer.do(line.person, Call("getSync", "GET", "/sync"))
            ends.update(positions_of(snapshot, line.person))

    asking = {asyncio.create_task(ask(line)) for line in lines}
    without = 0
    while asking:
        done, asking = await asyncio.wait(
            asking, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        without += sum(isinstance(task.exception(), Refused) for task in done)
        if not done:
            break
    for task in asking:
        task.cancel()
    if without := without + len(asking):  # what these heard is judged by its holes alone
        result.of("getSync").failures["no answer after the end of the run"] += without
    return ends
