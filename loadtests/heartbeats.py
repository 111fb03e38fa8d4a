"""What the pings of idle sockets cost: CPU of the server, as a share of one core."""

import selectors
import time
from pathlib import Path

from loadtests.harness import Figure, Plan, Process, Row, Stopwatch, say, served, temporary_folder
from loadtests.wire import Wire, authenticated
from loadtests.world import World, make_world

SOCKETS = 5000
HEARTBEAT_SECONDS = 25
AT_MOST = 3.0
"""Per cent of a core."""


def measure(plan: Plan) -> list[Row]:
    """One row; a stretch in which every socket is pinged once and answers."""
    sockets = plan.count(SOCKETS, least=10)
    heartbeat = HEARTBEAT_SECONDS if plan.scale >= 1 else 2
    with temporary_folder(plan.folder) as folder:
        world = make_world(folder, people=sockets, directs=sockets // 2)
        shares, pings = [], []
        for run in range(plan.runs):
            share, count = _one_run(plan, folder, world, heartbeat)
            shares.append(share)
            pings.append(count)
            say(f"heartbeats, run {run + 1}: {share:.2f} % of a core, {count:,} pings")
    return [
        Row(
            benchmark="heartbeats",
            case=f"{sockets:,} idle sockets, pinged every {heartbeat} s",
            unit="% of a core",
            measured=Figure(tuple(shares)),
            at_most=AT_MOST,
            notes=[f"{min(pings):,} pings at least were answered; everything else is in it, too"],
        )
    ]


def _one_run(plan: Plan, folder: Path, world: World, heartbeat: int) -> tuple[float, int]:
    file = world.copy(folder)
    with served(file, plan.cores.server, heartbeat_seconds=heartbeat) as server:
        url = server.hello["url"]
        wires = [authenticated(url, one.token) for one in world.people]
        answered = _answer(server, wires, heartbeat)
        for wire in wires:
            wire.close()
    return answered


def _answer(server: Process, wires: list[Wire], heartbeat: int) -> tuple[float, int]:
    """Answer pings for one turn of the wheel; the server's share of a core, and how many came."""
    with selectors.EpollSelector() as selector:
        for wire in wires:
            selector.register(wire, selectors.EVENT_READ, wire)
        watch = Stopwatch(server)
        until = time.perf_counter() + heartbeat
        count = 0
        while (left := until - time.perf_counter()) > 0:
            for key, _ in selector.select(left):
                if key.data.receive():
                    raise RuntimeError("an idle socket heard something")
                count += 1
        spent = watch.spent()
    return 100 * spent.server_cpu / spent.seconds, count
