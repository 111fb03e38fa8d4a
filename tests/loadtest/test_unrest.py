"""Sockets that are cut, read too slowly or have nobody to go to; a generator with too much to do."""

import asyncio
import os
import re
import resource
import signal
import sys
import time
from dataclasses import replace

import pytest

from altlas_chat.loadtest.crowds import Login, logged_in, usernames
from altlas_chat.loadtest.engine import Engine, Plan, Tick, run_engine
from altlas_chat.loadtest.own_servers import OwnServer, World, own_server
from altlas_chat.loadtest.results import Result, closed_by
from altlas_chat.loadtest.scenarios import SCENARIOS, SLOW_ENDS, Slowness, Storm
from altlas_chat.loadtest.steps import Person
from tests.support.running import Chat, ServeChat

COMMAND = (sys.executable, "-m", "altlas_chat_cli.main")


async def group(chat: Chat) -> list[Person]:
    """Four people in one group."""
    people = await chat.people("ayse", "mehmet", "zeynep", "emre")
    room = await chat.group(people[0], *people[1:])
    return [Person(one.user_id, one.token, (room,)) for one in people]


def nothing_missed(found: Result) -> bool:
    return found.messages.received > 100 and not (
        found.messages.lost or found.messages.doubled or found.messages.reordered
    )


async def stormy(chat: Chat) -> Result:
    storm = replace(SCENARIOS["storm"], storm=Storm(every_seconds=1.0, away_seconds=0.2))
    return await Engine(Plan(storm, f"{chat.url}/v1", await group(chat), 60, 3.0)).run(0)


async def test_who_is_cut_comes_back_and_has_everything(chat: Chat) -> None:
    found = await stormy(chat)
    assert found.of("socket.resume").spread.count == 12  # four people, three times
    assert found.of("socket.recovery").spread.count == 12
    assert found.of("socket.recovery").spread.shortest > 0
    assert found.of("socket.resume").failures == found.requests.failures == {}
    assert nothing_missed(found)
    assert found.messages.received > found.deliveries.spread.count > 4 * 100
    assert "socket.resume" not in found.requests.failures


async def test_a_server_that_forgot_what_was_missed_is_told(serve_chat: ServeChat) -> None:
    found = await stormy(await serve_chat(replay_limit_events=1))
    assert set(found.of("socket.resume").failures) == {"the server could not tell what was missed"}
    assert found.messages.lost == 0


def test_storms_leave_time_to_come_back() -> None:
    assert list(Storm(10, 1).moments(30)) == [(5, 6), (15, 16), (25, 26)]
    assert list(Storm(10, 1).moments(1)) == [(0.5, 0.75)]
    assert list(Storm(10, 6).moments(10)) == [(5, 7.5)]


async def test_slow_readers_are_closed_come_back_and_miss_nothing(serve_chat: ServeChat) -> None:
    chat = await serve_chat(outbox_bytes=20_000)
    slow = replace(SCENARIOS["slow-readers"], slow=Slowness(0.5, (0.5, 2.0)))
    plan = Plan(slow, f"{chat.url}/v1", await group(chat), 80, 6.0)
    found = await Engine(plan).run(0)
    assert sum(found.of(closed_by(code)).spread.count for code in SLOW_ENDS) > 0
    assert chat.running.parts.sockets.flusher.closings[4009] > 0
    assert found.of("socket.recovery").spread.count > 0
    assert found.of("socket").failures == found.of("socket.resume").failures == {}
    assert nothing_missed(found)
    assert found.of("delivery.before_slow").spread.count > 0
    assert found.of("delivery.beside_slow").spread.count > 0


async def test_a_generator_with_far_too_much_to_do_gives_up(chat: Chat) -> None:
    people = await group(chat)
    found = await Engine(Plan(SCENARIOS["posting"], f"{chat.url}/v1", people, 100_000, 3.0)).run(0)
    assert found.is_void
    assert any("gave up" in one for one in found.generator.ailments)
    assert any("late" in one for one in found.generator.ailments)


# -- a server of another process ----------------------------------------------------------


def people_of(server: OwnServer) -> list[Person]:
    async def log_in() -> list[Person]:
        names = await usernames(server.base, server.admin, 4)
        return await logged_in(server.base, [Login(name, server.password) for name in names])

    return asyncio.run(log_in())


@pytest.mark.slow
def test_what_happens_to_a_server_and_to_files_is_told_in_time() -> None:
    with own_server(COMMAND, World(4, 4, 20), lambda _: None) as server:
        people = people_of(server)
        lacks = without_files(server, people)
        assert lacks.is_void
        assert any("no open files left" in one for one in lacks.generator.ailments)

        silent = silenced(server, people)
        assert re.fullmatch("the server gave no answer from [12] of 60 s on", silent.broken_off)
        assert "no answer before the end of the run" in silent.requests.failures

        def kill(tick: Tick) -> None:
            if tick.second == 2:
                os.kill(server.pid, signal.SIGKILL)

        began = time.monotonic()
        found = run_engine(Plan(SCENARIOS["mixed"], server.base, people, 40, 60.0), kill, 0)
    assert time.monotonic() - began < 25
    assert re.fullmatch("the server was gone after [23] of 60 s", found.broken_off)
    assert found.requests.spread.count > 20
    assert found.of("socket").failures == {"ended with 1006": 3}
    assert found.messages.lost == 0
    assert Result.from_json(found.as_json()).broken_off == found.broken_off


def without_files(server: OwnServer, people: list[Person]) -> Result:
    """A run that can open nothing more for a second, while the server keeps what is open busy."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    def take_away(tick: Tick) -> None:
        if tick.second == 1:
            os.kill(server.pid, signal.SIGSTOP)
            least = len(os.listdir("/proc/self/fd")) - 1
            resource.setrlimit(resource.RLIMIT_NOFILE, (least, hard))
        else:
            give_back()

    def give_back() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        os.kill(server.pid, signal.SIGCONT)

    try:
        return run_engine(Plan(SCENARIOS["reading"], server.base, people, 40, 3.0), take_away, 0)
    finally:
        give_back()


def silenced(server: OwnServer, people: list[Person]) -> Result:
    """A run whose server stands still from its first second on."""

    def stop(tick: Tick) -> None:
        os.kill(server.pid, signal.SIGSTOP)

    try:
        return run_engine(Plan(SCENARIOS["mixed"], server.base, people, 40, 60.0), stop, 0)
    finally:
        os.kill(server.pid, signal.SIGCONT)
