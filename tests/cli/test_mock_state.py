"""``altlas-chat mock`` that remembers and speaks, as a process; what it refuses to start with."""

import json
import re
from pathlib import Path

import aiohttp
import pytest
from typer.testing import CliRunner

from altlas_chat.mock.live.scenarios import read_scenario
from altlas_chat_cli.main import app
from tests.cli.test_mock_weather import Process
from tests.mock.spoken import Voice, market
from tests.mock.test_own_contract import TALK
from tests.mock.test_state import PETS

PAGE = Path(__file__).parents[2] / "docs" / "mock.md"


async def test_our_own_contract_from_the_command_line(tmp_path: Path) -> None:
    process = Process(tmp_path, "--stateful", "--scenario", "revoked-token")
    try:
        url = f"{process.url}/v1"
        async with aiohttp.ClientSession() as http, http.ws_connect(f"{url}/ws") as socket:
            body = {"username": "deniz", "password": "whatever it is"}
            async with http.post(f"{url}/auth/login", json=body) as answer:
                tokens = await answer.json()
            voice = Voice(socket)
            await voice.says({"event": "auth", "data": {"token": tokens["accessToken"]}})
            assert (await voice.hears())["data"]["user"]["username"] == "deniz"
            draft = {"conversationId": TALK, "clientId": "c1", "text": "Selam"}
            await voice.says({"event": "message.send", "data": draft, "id": 1})
            heard = [(await voice.hears())["event"] for _ in range(3)]
            assert heard == ["message.created", "reply", "session.closing"]
            assert (await voice.hears_the_end())[0] == 4003
    finally:
        process.end()
    assert process.process.returncode == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--scenario", "wrong.yaml"], "wrong.yaml:2:5: error: nothing is called 'nobody'"),
        (["--scenario", "none.yaml"], "none.yaml: error: it can't be read"),
        (["--emit", "price often"], "Write NAME every 2s..5s"),
        (["--emit", "nothing every 1s"], "no event is called 'nothing'"),
        (["--stateful", "--proxy", "http://127.0.0.1:9"], "--stateful is for a mock"),
        (["--emit", "price every 1s", "--proxy", "http://127.0.0.1:9"], "are for a mock"),
    ],
)
def test_what_it_does_not_start_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "market.json").write_text(json.dumps(market()))
    (tmp_path / "pets.json").write_text(json.dumps(PETS))
    (tmp_path / "wrong.yaml").write_text("flows:\n  - on: nobody\n    steps: [{cut: true}]\n")
    result = CliRunner().invoke(app, ["mock", "market.json", "pets.json", "--port", "0", *words])
    assert result.exit_code == 2
    assert told in re.sub(r"[\s│]+", " ", result.output)


def test_the_scenarios_of_the_page_can_be_read() -> None:
    scenarios = [
        one
        for one in re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
        if "flows:" in one
    ]
    assert len(scenarios) >= 2
    for one in scenarios:
        assert read_scenario(one, "docs/mock.md").flows


async def test_weather_ends_sockets(tmp_path: Path) -> None:
    (tmp_path / "market.json").write_text(json.dumps(market()))
    rule = "GET /market/*: disconnect=20ms, close=4000"
    process = Process(tmp_path, "market.json", "--rule", rule)
    try:
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(f"{process.url}/market/spot?version=2") as socket,
        ):
            assert (await Voice(socket).hears_the_end())[0] == 4000
    finally:
        process.end()


async def test_who_is_on_a_socket_when_the_mock_ends_is_let_go(tmp_path: Path) -> None:
    (tmp_path / "market.json").write_text(json.dumps(market()))
    process = Process(tmp_path, "market.json")
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"{process.url}/market/spot?version=2") as socket,
    ):
        process.process.terminate()
        assert (await Voice(socket).hears_the_end())[0] == 1001
    assert process.end() == 0
