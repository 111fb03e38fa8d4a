"""Channels of AsyncAPI documents as sockets: what may be said, what is answered, how they end."""

import pytest

from altlas_chat.mock.settings import Validate
from tests.mock.spoken import lamps, market, spoken

SPOT = "/v2/market/spot?version=2"


async def test_a_reply_is_tied_to_its_command_and_says_what_it_was_about(tmp_path):
    async with spoken(tmp_path, market()) as hall, hall.voice(SPOT) as voice:
        await voice.says({"event": "ping", "reqid": 7})
        assert await voice.hears() == {"event": "pong", "reqid": 7}
        await voice.says({"event": "subscribe", "pair": "ETH/EUR", "reqid": 8})
        assert await voice.hears() == {"event": "subscribed", "pair": "ETH/EUR", "reqid": 8}


async def test_a_command_without_an_id_gets_a_reply_without_one(tmp_path):
    async with spoken(tmp_path, market()) as hall, hall.voice(SPOT) as voice:
        await voice.says({"event": "subscribe", "pair": "ETH/EUR"})
        assert await voice.hears() == {"event": "subscribed", "pair": "ETH/EUR"}


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ('{"event": "subscribe", "pair": "eth", "reqid": 9}', "/pair: "),
        (
            '{"event": "dance", "reqid": 9}',
            "there is no command 'dance'; there are ping, subscribe",
        ),
        ("[1", "this is no JSON"),
    ],
)
async def test_what_is_wrong_is_said_in_the_contracts_own_words(tmp_path, frame, words):
    async with spoken(tmp_path, market()) as hall, hall.voice(SPOT) as voice:
        await voice.socket.send_str(frame)
        refusal = await voice.hears()
        assert refusal["event"] == "error"
        assert words in refusal["errorMessage"]
        assert refusal.get("reqid") == (9 if "reqid" in frame else None)
        await voice.says({"event": "ping"})
        assert (await voice.hears())["event"] == "pong"


async def test_a_binary_frame_is_refused(tmp_path):
    async with spoken(tmp_path, market()) as hall, hall.voice(SPOT) as voice:
        await voice.socket.send_bytes(b'{"event": "ping"}')
        assert "binary" in (await voice.hears())["errorMessage"]


async def test_without_words_for_errors_the_socket_ends(tmp_path):
    async with spoken(tmp_path, lamps()) as hall, hall.voice("/api/v1/lamps.7.measured") as voice:
        await voice.says({"lumens": 5})
        await voice.says({"since": "2026-11-24T05:00:00Z"})
        await voice.says({"lumens": -1})
        code, reason = await voice.hears_the_end()
    assert code == 1008
    assert reason


@pytest.mark.parametrize("validate", [Validate.OFF, Validate.WARN])
async def test_unless_strict_wrong_commands_are_answered(tmp_path, validate):
    async with (
        spoken(tmp_path, market(), validate=validate) as hall,
        hall.voice("/v2/market/spot?version=1") as voice,
    ):
        await voice.says({"event": "subscribe", "pair": "eth", "reqid": 3})
        assert await voice.hears() == {"event": "subscribed", "pair": "BTC/USD", "reqid": 3}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v2/market/spot", 400),
        ("/v2/market/spot?version=1", 400),
        ("/v2/market/spot?version=two", 400),
        ("/v2/market/elsewhere?version=2", 404),
        ("/v2/nowhere", 404),
    ],
)
async def test_upgrades_are_held_to_the_contract(tmp_path, path, status):
    async with spoken(tmp_path, market()) as hall:
        assert await hall.refuses(path) == status


async def test_the_subprotocol_is_that_of_the_contract(tmp_path):
    async with (
        spoken(tmp_path, market()) as hall,
        hall.voice("/market/futures?version=3", protocols=("x", "market.v2")) as voice,
    ):
        assert voice.socket.protocol == "market.v2"


async def test_a_channel_without_upgrade_says_what_it_wants(tmp_path):
    async with (
        spoken(tmp_path, market()) as hall,
        hall.http.get(hall.running.url + SPOT) as answer,
    ):
        assert (answer.status, answer.headers["Upgrade"]) == (426, "websocket")
        async with hall.http.post(hall.running.url + SPOT) as other:
            assert (other.status, other.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


async def test_events_on_a_schedule_are_valid(tmp_path):
    async with (
        spoken(tmp_path, lamps(), emit=["turnLamp every 10ms..20ms"]) as hall,
        hall.voice("/lamps.7.turn") as voice,
    ):
        heard = [await voice.hears() for _ in range(3)]
    assert heard == [{"command": "off"}] * 3


async def test_events_as_a_stream_where_that_is_asked_for(tmp_path):
    async with spoken(tmp_path, lamps(), emit=["* every 10ms"]) as hall:
        headers = {"Accept": "text/event-stream"}
        async with hall.http.get(f"{hall.running.url}/lamps.7.turn", headers=headers) as answer:
            assert answer.headers["Content-Type"] == "text/event-stream"
            lines = [await answer.content.readline() for _ in range(3)]
    assert lines[1:] == [b'data: {"command":"off"}\n', b"\n"]


async def test_a_frame_far_too_large_ends_the_socket(tmp_path):
    async with spoken(tmp_path, market()) as hall, hall.voice(SPOT) as voice:
        await voice.socket.send_str(" " * 1_100_000)
        assert (await voice.hears_the_end())[0] == 1009
