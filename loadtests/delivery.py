"""How soon a message reaches its group at a steady load: 200 a second, to groups of 50."""

from pathlib import Path

from loadtests.harness import Figure, Plan, Row, say, served, temporary_folder
from loadtests.pace import Deliveries, Ear, Schedule, drive
from loadtests.wire import authenticated
from loadtests.world import World, make_world

RATE = 200
MEMBERS = 50
GROUPS = 20
SECONDS = 15
P95_AT_MOST = 50.0
P99_AT_MOST = 100.0


def measure(plan: Plan) -> list[Row]:
    """Two rows: 95 and 99 of 100 deliveries."""
    members, groups = plan.count(MEMBERS, least=3), plan.count(GROUPS, least=2)
    with temporary_folder(plan.folder) as folder:
        world = make_world(folder, people=groups * (members + 1), group=members, groups=groups)
        runs = []
        for run in range(plan.runs):
            runs.append(_one_run(plan, folder, world))
            say(f"delivery, run {run + 1}: p95 {runs[-1].percentile(0.95):.1f} ms")
    healthy = sum(one.is_healthy for one in runs)
    spent = [one.spent for one in runs if one.spent is not None]
    note = (
        f"{len(runs[0].lags):,} messages, {len(runs[0].latencies):,} deliveries a run;"
        f" the generator was healthy in {healthy} of {len(runs)} runs"
        f" (its own lag {Figure(tuple(one.lag for one in runs))} ms);"
        f" server busy {Figure(tuple(one.server_cpu / one.seconds for one in spent)).median:.0%}"
    )
    return [
        _row("95 of 100 deliveries", runs, 0.95, P95_AT_MOST, [note]),
        _row("99 of 100 deliveries", runs, 0.99, P99_AT_MOST, []),
    ]


def _row(case: str, runs: list[Deliveries], share: float, at_most: float, notes: list[str]) -> Row:
    figure = Figure(tuple(one.percentile(share) for one in runs))
    return Row("delivery", case, "ms", figure, at_most=at_most, notes=notes)


def _one_run(plan: Plan, folder: Path, world: World) -> Deliveries:
    with served(world.copy(folder), plan.cores.server) as server:
        url = server.hello["url"]
        ears = [
            Ear(authenticated(url, one.token)) for talk in world.talks for one in talk.listeners
        ]
        senders = [(authenticated(url, talk.sender.token), talk) for talk in world.talks]
        schedule = Schedule(senders, RATE, max(1.0, SECONDS * min(1.0, plan.scale)))
        members = len(world.talks[0].listeners)
        found = drive(server, schedule, ears, len(schedule.frames) * members)
        for wire in (*(ear.wire for ear in ears), *(wire for wire, _ in senders)):
            wire.close()
    return found
