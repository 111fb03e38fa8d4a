"""Scenario files: played as they say, refused at once where they can't be."""

import asyncio

import pytest

from altlas_chat.mock.live.rereading import watch_scenarios
from altlas_chat.mock.live.scenarios import (
    chosen_scenario,
    load_scenario,
    read_scenario,
    ready_made,
)
from altlas_chat.mock.live.wishes import Wishes
from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.system import SystemClock
from tests.mock.served import openapi
from tests.mock.spoken import lamps, market, spoken
from tests.mock.test_own_contract import hears, our_mock, somebody

SPOT = "/market/spot?version=2"
READY_MADE = ("lively-group", "revoked-token", "server-restart", "typing-and-presence")


async def test_steps_in_their_order_with_what_was_received(tmp_path):
    scenario = """
      flows:
        - on: subscribe
          where: {pair: ETH/EUR}
          steps:
            - repeat: 2
              steps:
                - wait: 5ms..10ms
                - send: price
                  with: {pair: "{{ received.pair }}", price: "{{ count }}"}
            - send: price
              example: lira
            - close: 4009
              reason: too slow
    """
    async with spoken(tmp_path, market(), scenario=scenario) as hall, hall.voice(SPOT) as voice:
        await voice.says({"event": "subscribe", "pair": "BTC/EUR"})
        await voice.says({"event": "subscribe", "pair": "ETH/EUR"})
        heard = [await voice.hears() for _ in range(5)]
        assert [one["event"] for one in heard[:2]] == ["subscribed", "subscribed"]
        assert heard[2:] == [
            {"event": "price", "pair": "ETH/EUR", "price": 1},
            {"event": "price", "pair": "ETH/EUR", "price": 2},
            {"event": "price", "pair": "BTC/TRY", "price": 60},
        ]
        assert await voice.hears_the_end() == (4009, "too slow")


async def test_what_is_expected_and_what_happens_if_it_does_not_come(tmp_path):
    scenario = """
      flows:
        - on: subscribe
          where: {pair: A/A}
          channel: market
          steps:
            - expect: ping
              within: 50ms
              otherwise: [{close: 4001, reason: nobody there}]
            - send: price
        - on: subscribe
          where: {pair: B/B}
          steps:
            - expect: ping
              within: 60s
              otherwise: [{close: 4001}]
            - send: price
              with: {price: 7}
            - cut: true
    """
    async with spoken(tmp_path, market(), scenario=scenario) as hall:
        async with hall.voice(SPOT) as voice:
            await voice.says({"event": "subscribe", "pair": "A/A"})
            assert (await voice.hears())["event"] == "subscribed"
            assert await voice.hears_the_end() == (4001, "nobody there")
        async with hall.voice(SPOT) as voice:
            await voice.says({"event": "subscribe", "pair": "B/B"})
            assert (await voice.hears())["event"] == "subscribed"
            await voice.says({"event": "ping"})
            assert [(await voice.hears())["event"] for _ in range(2)] == ["pong", "price"]
            assert await voice.hears_the_end() == (None, "")


async def test_others_are_told(tmp_path):
    scenario = """
      flows:
        - on: subscribe
          steps: [{send: price, to: others, with: {pair: "{{ received.pair }}"}}]
    """
    async with (
        spoken(tmp_path, market(), scenario=scenario) as hall,
        hall.voice(SPOT) as one,
        hall.voice(SPOT) as other,
    ):
        await other.says({"event": "ping"})
        await other.hears()
        await one.says({"event": "subscribe", "pair": "ETH/EUR"})
        assert await other.hears() == {"event": "price", "pair": "ETH/EUR", "price": 1.5}
        assert (await one.hears())["event"] == "subscribed"


async def test_a_call_by_http_begins_a_flow(tmp_path):
    trade = {
        "operationId": "trade",
        "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
        "responses": {"201": {"description": "Done", "content": {"application/json": {"example": {"at": 42}}}}},
    }  # fmt: skip
    scenario = """
      flows:
        - on: trade
          where: {request.pair: A/B}
          steps: [{send: price, with: {pair: "{{ request.pair }}", price: "{{ answer.at }}"}}]
    """
    documents = openapi({"/trades": {"post": trade}}), market()
    async with spoken(tmp_path, *documents, scenario=scenario) as hall, hall.voice(SPOT) as voice:
        for pair in ("C/D", "A/B"):
            body = {"pair": pair}
            async with hall.http.post(f"{hall.running.url}/trades", json=body) as answer:
                assert answer.status == 201
        assert await voice.hears() == {"event": "price", "pair": "A/B", "price": 42}


@pytest.mark.parametrize(
    ("flow", "line", "words"),
    [
        ("on: connect\n    steps: [{send: nothing}]", 4, "no server's message is called 'nothing'"),
        ("on: nobody\n    steps: [{send: price}]", 3, "nothing is called 'nobody'"),
        ("on: connect\n    steps: [{send: price, with: {price: much}}]", 4, "would not be valid"),
        ("on: connect\n    steps: [{send: price, example: yen}]", 4, "no example 'yen'"),
        ("on: connect\n    channel: sea\n    steps: [{send: price}]", 3, "no channel 'sea'"),
        ("on: always\n    steps: [{expect: ping}]", 3, "can't expect anything"),
        ("steps: [{send: price}]", 3, "does not say what begins it"),
        ("on: connect\n    steps: [{shout: price}]", 4, "it is no step"),
        ("on: connect\n    steps: [{close: 99}]", 4, "99 is no close code"),
        ("on: connect\n    steps: [{wait: long}]", 4, "is no time"),
        ("on: connect\n    steps: [{send: price, to: all, with: {price: '{{ secret.key }}'}}]", 4, "there is no secret"),
        ("on: connect\n    steps: [{repeat: forever, steps: [{send: price}]}]", 4, "without a pause"),
        ("on: connect\n    step: []\n    steps: [{cut: true}]", 4, "nothing is called 'step'"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_found_at_its_place(tmp_path, flow, line, words):
    with pytest.raises(DocumentUnusable) as raised:
        async with spoken(tmp_path, market(), scenario=f"scenario: Wrong\nflows:\n  - {flow}\n"):
            pass
    findings = raised.value.findings
    assert any(words in one.what for one in findings), findings
    assert {one.place.line for one in findings} == {line}
    assert all(one.remedy.endswith(".") for one in findings)


@pytest.mark.parametrize("text", ["", "flows: 3", "- a", "flows: [}"])
def test_what_is_no_scenario(text):
    with pytest.raises(DocumentUnusable):
        read_scenario(text, "scenario.yaml")


def test_no_such_file(tmp_path):
    with pytest.raises(DocumentUnusable) as raised:
        load_scenario(tmp_path / "none.yaml")
    assert raised.value.findings[0].rule == "no-file"


async def test_a_schedule_for_nothing_is_refused(tmp_path):
    with pytest.raises(DocumentUnusable) as raised:
        async with spoken(tmp_path, lamps(), emit=["dance every 1s"]):
            pass
    assert "no event is called 'dance'" in str(raised.value)


def test_the_ready_made_ones_are_all_named():
    assert list(ready_made()) == list(READY_MADE)


@pytest.mark.parametrize("name", READY_MADE)
async def test_ready_made_scenarios_fit_our_contract(name):
    scenario = chosen_scenario(name)
    async with (
        our_mock(wishes=Wishes(scenarios=(scenario,))) as running,
        somebody(running, "ayse") as (ayse, at_ayse),
    ):
        if name == "typing-and-presence":
            await hears(at_ayse, "presence.updated")
        assert ayse.connection.reconnects == 0


async def test_an_edit_is_played_and_a_broken_one_is_told(tmp_path):
    path = tmp_path / "told.yaml"
    flow = "flows: [{on: subscribe, steps: [{send: price, with: {price: %s}}]}]"
    path.write_text(flow % 1)
    told = asyncio.Queue()
    wishes = Wishes(scenarios=(load_scenario(path),))
    async with spoken(tmp_path, market(), wishes=wishes) as hall, hall.voice(SPOT) as voice:
        live = hall.running.furniture.live
        watching = asyncio.ensure_future(
            watch_scenarios(live, SystemClock(), told.put_nowait, every_seconds=0.01)
        )

        async def price():
            await voice.says({"event": "subscribe", "pair": "A/A"})
            await voice.hears()
            return (await voice.hears())["price"]

        assert await price() == 1
        path.write_text(flow % "much")
        outcome = await told.get()
        assert "would not be valid" in outcome.findings[0].what
        assert await price() == 1
        path.write_text(flow % 33)
        assert not (await told.get()).findings
        assert await price() == 33
        watching.cancel()
