"""The engine on a real server: every scenario runs clean, and what goes wrong is counted."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest

from altlas_chat.loadtest.engine import Engine, Plan, Tick
from altlas_chat.loadtest.objective_files import load_objectives
from altlas_chat.loadtest.objectives import judge
from altlas_chat.loadtest.results import Result
from altlas_chat.loadtest.scenarios import SCENARIOS
from altlas_chat.loadtest.steps import Person
from altlas_chat.loadtest.targets import TargetUnusable
from tests.support.running import Chat, ServeChat
from tests.support.waiting import until

MEMBERS = ("ayse", "mehmet", "zeynep", "emre")


async def crowd(chat: Chat) -> list[Person]:
    """Four people with a group, and two of them with a conversation."""
    people = await chat.people(*MEMBERS)
    rooms = [await chat.group(people[0], *people[1:])]
    direct = await chat.direct(people[0], people[1])
    return [
        Person(one.user_id, one.token, (*rooms, *([direct] if place < 2 else [])))
        for place, one in enumerate(people)
    ]


def base(chat: Chat) -> str:
    return f"{chat.url}/v1"


async def run(chat: Chat, name: str, **more: float) -> Result:
    plan = Plan(SCENARIOS[name], base(chat), await crowd(chat), more.get("rate", 40), 1.0)
    return await Engine(plan).run(0)


@pytest.mark.parametrize("name", SCENARIOS)
async def test_every_scenario_runs_clean(chat: Chat, name: str, tmp_path: Path) -> None:
    found = await run(chat, name, rate=20 if name == "files" else 40)
    assert found.requests.failures == {}
    assert found.requests.spread.count > 5
    messages = found.messages
    assert (messages.lost, messages.doubled, messages.reordered) == (0, 0, 0)
    heard = found.deliveries.spread.count
    said = sum(found.of(one).spread.count for one in ("message.send", "postMessage"))
    if SCENARIOS[name].connects == 1:
        slow = 1 if SCENARIOS[name].slow else 0  # whose deliveries are not timed
        assert (2 - slow) * said <= heard <= (4 - slow) * said  # two or four members hear each
        assert messages.received >= heard
    assert not found.is_partial
    # Whatever a scenario measures can be named in a file of objectives.
    slo = tmp_path / "slo.yaml"
    lines = (f"  {one}.p95_ms: <= 60000\n" for one in found.measured)
    slo.write_text("objectives:\n" + "".join(lines), encoding="utf-8")
    assert all(one.is_met for one in judge(found, load_objectives(slo)))


async def test_a_seed_repeats_what_is_done(chat: Chat) -> None:
    people = await crowd(chat)
    plan = Plan(SCENARIOS["reading"], base(chat), people, 50, 1.0, seed=7)
    first, second = await Engine(plan).run(0), await Engine(plan).run(0)
    assert counts(first) == counts(second)
    other = await Engine(replace(plan, seed=8)).run(0)
    assert counts(other) != counts(first)


def counts(found: Result) -> dict[str, int]:
    return {name: one.tried for name, one in found.measured.items()}


async def test_a_refusal_is_counted_by_its_code(serve_chat: ServeChat) -> None:
    chat = await serve_chat(max_message_characters=3)
    found = await run(chat, "posting")
    assert set(found.of("postMessage").failures) == {"422 MESSAGE_TOO_LONG"}
    assert found.requests.error_rate == 1


async def test_a_stalled_server_makes_late_what_was_due_meanwhile(chat: Chat) -> None:
    people = await crowd(chat)

    def stall(tick: Tick) -> None:
        if tick.second == 1:
            time.sleep(0.4)  # server and generator share a loop here

    found = await Engine(Plan(SCENARIOS["reading"], base(chat), people, 50, 1.5), stall).run(0)
    assert found.requests.spread.longest > 0.3
    assert found.is_void
    assert "late" in found.generator.ailments[0]


async def test_sockets_that_end_are_counted_and_are_no_loss(chat: Chat) -> None:
    people = await crowd(chat)

    def end(tick: Tick) -> None:
        if tick.second == 1:
            for listener in chat.running.parts.hub.listeners_of(people[0].user_id):
                listener.end()

    found = await Engine(Plan(SCENARIOS["chatting"], base(chat), people, 50, 2.0), end).run(0)
    assert found.of("socket").failures == {"ended with 4003": 1}
    assert "socket ended with 4003" in found.of("typing.start").failures
    assert found.messages.lost == 0


async def test_broken_off_it_says_what_it_has(chat: Chat) -> None:
    people = await crowd(chat)
    seconds: list[Tick] = []
    engine = Engine(Plan(SCENARIOS["chatting"], base(chat), people, 50, 60), seconds.append)
    running = asyncio.create_task(engine.run(0))
    await until(lambda: seconds)
    running.cancel()
    found = await running
    assert found.is_partial
    assert found.requests.spread.count > 10
    assert found.seconds < 30
    assert seconds[0].sockets == 4


async def test_nobody_who_can_write_is_told(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    nobody = [Person(ayse.user_id, ayse.token, ())]
    with pytest.raises(TargetUnusable, match="conversation"):
        await Engine(Plan(SCENARIOS["posting"], base(chat), nobody, 5, 1)).run(0)


async def test_a_token_that_is_not_taken_is_told(chat: Chat) -> None:
    wrong = [Person("x", "wrong", ("y",))]
    with pytest.raises(TargetUnusable, match="401"):
        await Engine(Plan(SCENARIOS["posting"], base(chat), wrong, 5, 1)).run(0)
