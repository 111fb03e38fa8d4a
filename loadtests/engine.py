"""What it costs the load's own engine to hear: CPU of its process, with everything checked.

Its own sockets against a process that says nothing but numbered events, so
that no server is the limit. Each event is held to the numbers of its stream,
and its way is timed, as in every run of ``altlas-chat loadtest``.
"""

import asyncio
import gc
import time
from dataclasses import astuple, dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from altlas_chat.loadtest.dialling import Dialler
from altlas_chat.loadtest.engine import new_event_loop
from altlas_chat.loadtest.histograms import Histogram
from altlas_chat.loadtest.lines import Line, OnMessage
from altlas_chat.loadtest.steps import Person
from loadtests.floor_events import stream_of
from loadtests.harness import Figure, Plan, Row, floor_program, say, temporary_folder

SOCKETS = 5000
GROUP = 50
RATE = 10_000
SECONDS = 10
AT_MOST = 60.0
"""Per cent of a core."""

CONNECTING_AT_ONCE = 200
STALLED_SECONDS = 30.0


@dataclass(frozen=True)
class Sizes:
    """So many sockets in groups, each of which hears so many events, at a rate of all together."""

    sockets: int
    group: int
    events: int
    rate: int


@dataclass(frozen=True)
class Heard:
    """What a run cost, and how late its events were."""

    cpu: float
    seconds: float
    spread: Histogram

    @property
    def share(self) -> float:
        return 100 * self.cpu / self.seconds

    @property
    def microseconds(self) -> float:
        return 1e6 * self.cpu / self.spread.count


def measure(plan: Plan) -> list[Row]:
    """Two rows: the share of a core at the full rate, and what an event costs."""
    group = plan.count(GROUP, least=2)
    sockets = max(2, plan.count(SOCKETS) // group) * group
    rate = plan.count(RATE, least=group)
    seconds = max(1.0, SECONDS * min(1.0, plan.scale))
    sizes = Sizes(sockets, group, max(2, round(rate * seconds / sockets)), rate)
    runs = []
    with temporary_folder(plan.folder) as folder:
        for run in range(plan.runs):
            found = _one_run(plan, folder, sizes)
            runs.append(found)
            say(
                f"engine, run {run + 1}: {found.share:.0f} % of a core,"
                f" {found.microseconds:.1f} µs an event"
            )
    late = Figure(tuple(1000 * one.spread.percentile(0.99) for one in runs))
    case = f"{sockets:,} sockets, {rate:,} events/s"
    note = f"each event came once and in order; 99 of 100 within {late} ms of when they were due"
    return [
        Row(
            benchmark="engine",
            case=f"{case}, its CPU",
            unit="% of a core",
            measured=Figure(tuple(one.share for one in runs)),
            at_most=AT_MOST,
            notes=[note],
        ),
        Row(
            benchmark="engine",
            case=f"{case}, CPU an event",
            unit="µs",
            measured=Figure(tuple(one.microseconds for one in runs)),
        ),
    ]


def _one_run(plan: Plan, folder: Path, sizes: Sizes) -> Heard:
    with (
        floor_program("events", folder, plan.cores.server, *astuple(sizes)) as sender,
        asyncio.Runner(loop_factory=new_event_loop) as runner,
    ):
        return runner.run(_hear(urlsplit(sender.hello["url"]), sizes))


async def _hear(address: SplitResult, sizes: Sizes) -> Heard:
    spread = Histogram()

    def heard(client_id: str, at: float, _: float) -> None:
        spread.add(at - int(client_id) / 1_000_000)

    diallers = [
        Dialler(address._replace(path=f"/{group}")) for group in range(sizes.sockets // sizes.group)
    ]
    lines: list[Line] = []
    for first in range(0, sizes.sockets, CONNECTING_AT_ONCE):
        places = range(first, min(sizes.sockets, first + CONNECTING_AT_ONCE))
        groups = (place // sizes.group for place in places)
        opening = (_line(diallers[group], group, heard) for group in groups)
        lines += await asyncio.gather(*opening)
    gc.collect()
    gc.freeze()  # as the engine does before its clock starts
    while not spread.count:
        await asyncio.sleep(0.01)
    cpu, begun = time.process_time(), time.monotonic()
    async with asyncio.timeout(SECONDS + STALLED_SECONDS):
        while spread.count < sizes.sockets * sizes.events:
            await asyncio.sleep(0.1)
    found = Heard(time.process_time() - cpu, time.monotonic() - begun, spread)
    gc.unfreeze()
    for place, line in enumerate(lines):
        judged = line.ear.judge({stream_of(place // sizes.group): sizes.events})
        wrong = judged.lost + judged.doubled + judged.reordered
        assert wrong == 0, judged
        line.wire.close()
    return found


async def _line(dialler: Dialler, group: int, heard: OnMessage) -> Line:
    conversation = {"id": stream_of(group).partition(":")[2], "seq": 0}
    snapshot = {"cursor": "none", "seq": 0, "conversations": [conversation]}
    line = Line(dialler, Person("somebody", "any", ()), snapshot, heard)
    await line.open()
    return line
