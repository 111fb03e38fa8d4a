"""The two bots of docs/clients.md, run against a real server that drops their connections."""

import asyncio
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

from altlas_chat.data import client_folder
from altlas_chat.domain.closing import RESTART
from tests.docs.pages import page
from tests.support.devices import PASSWORD
from tests.support.driving import node
from tests.support.running import Chat, Person, Wire

ENOUGH_SECONDS = 30


def python_bot(folder: Path) -> list[str]:
    (block,) = page("docs/clients.md").blocks("python")
    (folder / "bot.py").write_text(block.text, encoding="utf-8")
    return [sys.executable, "-W", "error", str(folder / "bot.py")]


def node_bot(folder: Path) -> list[str]:
    bot, in_a_page = page("docs/clients.md").blocks("js")
    assert "/v1/client.js" in in_a_page.text
    shutil.copytree(client_folder(), folder, dirs_exist_ok=True)
    (folder / "bot.js").write_text(bot.text, encoding="utf-8")
    return [*node(), str(folder / "bot.js")]


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
            told, said = await process.communicate()
        assert process.returncode == 0, said.decode()
        assert told.decode() == "the session was ended\n"


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
let hear;
const chat = {
  on: (_, listener) => (hear = listener),
  request: async (...words) => { asked.push(words); return { isRepeat: false }; },
};
const socket = socketIoLike(chat);
socket.on("new_message", (message) => told.push(["new_message", message.timestamp]));
socket.on("presence.updated", (data) => told.push(["presence.updated", data]));
hear({ message: { createdAt: "2026" } }, { event: "message.created" });
hear(1, { event: "presence.updated" });
const acknowledged = await new Promise((done) => {
  socket.emit("send_message", { text: "a" }, done);
});
socket.emit("typing.start", {});
console.log(JSON.stringify({ asked, told, acknowledged }));
"""
