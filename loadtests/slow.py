"""What one reader that stops reading does to its 499 neighbours: nothing, if all is well.

Two stretches on one server: all read, then one of them does not; each
delivery to the 499 is timed in both.
"""

import socket
from pathlib import Path

from loadtests.harness import Figure, Plan, Process, Row, say, served, temporary_folder
from loadtests.pace import Deliveries, Ear, Schedule, drive
from loadtests.wire import authenticated
from loadtests.world import World, make_world

LISTENERS = 500
RATE = 15
SECONDS = 30
AT_MOST = 1.1


def measure(plan: Plan) -> list[Row]:
    """One row: 99 of 100 deliveries to the others, with a slow reader and without."""
    listeners = plan.count(LISTENERS, least=3)
    with temporary_folder(plan.folder) as folder:
        world = make_world(folder, people=listeners + 1, group=listeners)
        without, beside = [], []
        for run in range(plan.runs):
            one, other = _one_run(plan, folder, world)
            without.append(one)
            beside.append(other)
            say(
                f"slow, run {run + 1}: p99 {one.percentile(0.99):.1f} ms,"
                f" beside a slow reader {other.percentile(0.99):.1f} ms"
            )
    healthy = sum(one.is_healthy for one in (*without, *beside))
    note = (
        f"{RATE} messages a second; the generator was healthy in {healthy} of"
        f" {2 * plan.runs} stretches"
    )
    return [
        Row(
            benchmark="slow",
            case=f"99 of 100 deliveries to {listeners - 1} sockets beside one that does not read",
            unit="ms",
            measured=Figure(tuple(one.percentile(0.99) for one in beside)),
            floor=Figure(tuple(one.percentile(0.99) for one in without)),
            at_most=AT_MOST,
            notes=[note],
        )
    ]


def _one_run(plan: Plan, folder: Path, world: World) -> tuple[Deliveries, Deliveries]:
    seconds = max(1.0, SECONDS * min(1.0, plan.scale))
    with served(world.copy(folder), plan.cores.server) as server:
        url = server.hello["url"]
        (talk,) = world.talks
        slow, *others = [Ear(authenticated(url, one.token)) for one in talk.listeners]
        sender = authenticated(url, talk.sender.token)
        without = drive(
            server,
            Schedule([(sender, talk)], RATE, seconds),
            [slow, *others],
            int(RATE * seconds) * (len(others) + 1),
        )
        beside = _beside_a_slow_one(server, Schedule([(sender, talk)], RATE, seconds), slow, others)
        for wire in (sender, slow.wire, *(ear.wire for ear in others)):
            wire.close()
    return without, beside


def _beside_a_slow_one(
    server: Process, schedule: Schedule, slow: Ear, others: list[Ear]
) -> Deliveries:
    """The same while one does not read; its receive buffer is small, so the server must keep it."""
    slow.wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    return drive(server, schedule, others, len(schedule.frames) * len(others))
