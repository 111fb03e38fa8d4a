"""What ``altlas-chat mock`` runs: a process with its event loop."""

import asyncio
import gc
import signal
import sys
from collections.abc import Awaitable, Callable

from altlas_chat.mock.app import RunningMock, listening
from altlas_chat.mock.pipeline import Mock

new_event_loop: Callable[[], asyncio.AbstractEventLoop]
try:
    from uvloop import new_event_loop
except ImportError:  # not made for every platform
    from asyncio import new_event_loop

COLLECT_AFTER_THINGS = 20_000

Started = Callable[[RunningMock], None]
Beside = Callable[[RunningMock], Awaitable[None]]


def run(mock: Mock, started: Started, *, beside: tuple[Beside, ...] = ()) -> None:
    """Serve until SIGTERM or SIGINT; ``started`` is called once it listens.

    What is to run ``beside`` it (a watcher of files, a schedule) is started
    after that and cancelled at the end.

    Raises:
        PortTaken: the address can't be listened on.
    """
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_run(mock, started, beside))


async def _run(mock: Mock, started: Started, beside: tuple[Beside, ...]) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":  # where Ctrl-C raises KeyboardInterrupt
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopped.set)
    async with listening(mock) as running:
        # What was loaded to start stays for good: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(COLLECT_AFTER_THINGS, 20, 20)
        started(running)
        tasks = [asyncio.ensure_future(one(running)) for one in beside]
        try:
            await stopped.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
