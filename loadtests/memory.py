"""Memory of an idle socket: a person who is logged in and listens, against bare aiohttp.

Sockets are opened in steps; what a process holds for itself after each step
makes a line, and its slope is the memory of one socket.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from loadtests.harness import (
    Figure,
    Plan,
    Process,
    Row,
    floor_program,
    say,
    served,
    temporary_folder,
)
from loadtests.wire import Wire, authenticated
from loadtests.world import World, make_world

SOCKETS = 5000
STEPS = 4
AT_MOST = 1.3
SETTLED_SECONDS = 1.0


def slope(server: Process, connect: Callable[[int], Wire], sockets: int) -> float:
    """KiB for each further socket.

    The first step is left out: it fills what a process keeps for any number.
    """
    wires: list[Wire] = []
    points: list[tuple[int, float]] = []
    for step in range(1, STEPS + 2):
        wires.extend(connect(number) for number in range(len(wires), sockets * step // (STEPS + 1)))
        points.append((len(wires), _settled(server)))
    for wire in wires:
        wire.close()
    counts, sizes = zip(*points, strict=True)
    return statistics.linear_regression(counts, sizes).slope


def _settled(server: Process) -> float:
    """The memory once it no longer changes."""
    size = server.memory_kib()
    for _ in range(10):
        time.sleep(SETTLED_SECONDS / 10)
        before, size = size, server.memory_kib()
        if before == size:
            break
    return size


def measure(plan: Plan) -> list[Row]:
    """One row."""
    sockets = plan.count(SOCKETS, least=2 * (STEPS + 1))
    with temporary_folder(plan.folder) as folder:
        world = make_world(folder, people=sockets, directs=sockets // 2)
        ours, floors = [], []
        for run in range(plan.runs):
            ours.append(_ours(plan, folder, world))
            floors.append(_floor(plan, folder, sockets))
            say(f"memory, run {run + 1}: {ours[-1]:.1f} KiB, floor {floors[-1]:.1f} KiB")
    return [
        Row(
            benchmark="memory",
            case="idle authenticated socket",
            unit="KiB",
            measured=Figure(tuple(ours)),
            floor=Figure(tuple(floors)),
            at_most=AT_MOST,
            notes=[
                f"slope over {STEPS + 1} steps up to {sockets:,} sockets, each another person's"
            ],
        )
    ]


def _ours(plan: Plan, folder: Path, world: World) -> float:
    people = world.people
    with served(world.copy(folder), plan.cores.server) as server:
        url = server.hello["url"]
        return slope(server, lambda n: authenticated(url, people[n].token), len(people))


def _floor(plan: Plan, folder: Path, sockets: int) -> float:
    with floor_program("aiohttp", folder, plan.cores.server) as server:
        return slope(server, lambda _: Wire(server.hello["url"], "/ws"), sockets)
