"""What ``altlas-chat serve`` runs: a process with its loop, its log, its demo world."""

import asyncio
from collections.abc import Callable
from contextlib import closing

from altlas_chat.server.bytes_of_files import chosen_blobs
from altlas_chat.server.garbage import collect_in_passing
from altlas_chat.server.logs import set_up_logs
from altlas_chat.server.opening import opened_database
from altlas_chat.server.run import Running, serve
from altlas_chat.settings import Settings

new_event_loop: Callable[[], asyncio.AbstractEventLoop]
try:
    from uvloop import new_event_loop
except ImportError:  # not made for every platform
    from asyncio import new_event_loop

DemoPeople = list[tuple[str, str]]
"""Who can log in to a demo world: names and passwords."""

Started = Callable[[str, DemoPeople], None]


def run(settings: Settings, started: Started, *, demo: bool) -> None:
    """Serve until SIGTERM or SIGINT; ``started`` gets the address and who can log in.

    Raises:
        StartFailed: the database or the port can't be had.
    """
    set_up_logs(settings)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_run(settings, started, demo=demo))


async def _run(settings: Settings, started: Started, *, demo: bool) -> None:
    people: DemoPeople = []
    if demo:
        # Loaded here, so that a server without a demo world starts without it.
        from altlas_chat.seeding.demo import seed_demo  # noqa: PLC0415

        async with opened_database(settings, to_serve=True) as database:
            with closing(chosen_blobs(settings)) as blobs:
                people = await seed_demo(settings, database, blobs)

    def tell(running: Running) -> None:
        collect_in_passing(lambda: not running.parts.sockets.open)
        started(running.url, people)

    await serve(settings, tell)
