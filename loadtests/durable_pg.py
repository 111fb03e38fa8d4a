"""Accepted durable messages a second on PostgreSQL, against raw inserts of the same rows.

The same load as :mod:`loadtests.durable`. PostgreSQL is a server of our own. In
the runs of the server and of the floor all its processes are on the same core:
the other one, on which the load is made, as if it had a machine of its own; or
that of the server and the floor, so that what is compared is what both cost
together with their database. Where ``ALTLAS_CHAT_TEST_POSTGRES`` names a
server, it is measured on that instead, wherever it runs.
"""

import asyncio
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import asyncpg

from loadtests.durable import BATCH, WARM_UP, Case, Kept, Outcome, drive, note
from loadtests.harness import (
    COMMAND,
    Figure,
    Plan,
    Row,
    environment,
    floor_program,
    say,
    served,
    temporary_folder,
)
from loadtests.postgres import Measured, NoPostgres, measured
from loadtests.world import Talk, make_talks

APART = "its database on the other core"
TOGETHER = "its database on the same core"
EIGHT = Case("8 conversations, 64 in flight", 8, 8, 20000, BATCH, 0.6)
CASES = (
    (EIGHT, APART),
    (replace(EIGHT, at_least=None), TOGETHER),
    (Case("64 conversations, a sender each", 64, 1, 20000, BATCH), APART),
)
WORLD = "altlas_chat_bench"
COPY = "altlas_chat_bench_run"


@dataclass
class Found:
    """What the runs of a case gave."""

    floors: list[float] = field(default_factory=list)
    floor_cpu: list[float] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    database_cpu: list[float] = field(default_factory=list)


def measure(plan: Plan) -> list[Row]:
    """A row for each case; floor and server take turns. None where there is no PostgreSQL."""
    try:
        return _measure(plan)
    except NoPostgres as missing:
        say(f"durable_pg is left out. {missing}")
        return []


def _measure(plan: Plan) -> list[Row]:
    with temporary_folder(plan.folder) as folder, measured(plan.folder) as database:
        url = database.make(WORLD)
        migrate = [*COMMAND, "migrate", "up", "--database", url]
        subprocess.run(migrate, env=environment({}), stdout=subprocess.DEVNULL, check=True)
        talks = make_talks(url, directs=max(case.senders for case, _ in CASES))
        rows = []
        for case, place in CASES:
            cores = plan.cores
            database.move(cores.server if place == TOGETHER else cores.generator)
            named = replace(case, name=f"{case.name}, {place}")
            rows.append(_measure_case(plan, folder, database, talks, named))
        return rows


def _measure_case(
    plan: Plan, folder: Path, database: Measured, world: Sequence[Talk], case: Case
) -> Row:
    each = plan.count(case.messages // case.senders)
    talks = sorted(world, key=lambda talk: talk.conversation_id)[: case.senders]
    found = Found()
    for run in range(plan.runs):
        sizes = (each // WARM_UP * case.senders, each * case.senders)
        url = _copy(database)
        before = database.cpu_seconds()
        arguments = (url, case.senders, *sizes, case.floor_batch)
        with floor_program("postgres", folder, plan.cores.server, *arguments) as floor:
            found.floors.append(each * case.senders / floor.hello["seconds"])
            found.floor_cpu.append((database.cpu_seconds() - before) / sum(sizes) * 1e6)
        database.drop(COPY)
        url = _copy(database)
        with served(url, plan.cores.server, folder) as server:
            before = database.cpu_seconds()
            found.outcomes.append(drive(server, talks, case.window, each, partial(_kept, url)))
            found.database_cpu.append((database.cpu_seconds() - before) / sum(sizes) * 1e6)
        database.drop(COPY)
        say(
            f"durable_pg, {case.name}, run {run + 1}: {found.outcomes[-1].rate:,.0f}/s, "
            f"floor {found.floors[-1]:,.0f}/s"
        )
    return Row(
        benchmark="durable_pg",
        case=case.name,
        unit="messages/s",
        measured=Figure(tuple(one.rate for one in found.outcomes)),
        floor=Figure(tuple(found.floors)),
        at_least=case.at_least,
        notes=[note(found.outcomes), _of_database(found, database)],
    )


def _copy(database: Measured) -> str:
    url = database.make(COPY, WORLD)
    database.settle()
    return url


def _kept(url: str) -> Kept:
    return asyncio.run(_in_database(url))


async def _in_database(url: str) -> Kept:
    connection = await asyncpg.connect(url)
    try:
        kept = await connection.fetch("SELECT client_id, message_id FROM messages")
        indexed = await connection.fetchval(
            # Each message has one mark of its time.
            "SELECT count(*) FROM messages WHERE search_vector @@ $1::text::tsquery",
            "'@t':*",
        )
    finally:
        await connection.close()
    ids = {row[0]: row[1] for row in kept}
    assert len(ids) == len(kept), "the database has a message twice"
    return ids, indexed


def _of_database(found: Found, database: Measured) -> str:
    if not database.is_ours:
        return "PostgreSQL is another's: it may run anywhere, and what it took is not known"
    its, of_floor = Figure(tuple(found.database_cpu)), Figure(tuple(found.floor_cpu))
    return (
        f"PostgreSQL took {its.median:.0f} µs of CPU a message,"
        f" in the floor's runs {of_floor.median:.0f}"
    )
