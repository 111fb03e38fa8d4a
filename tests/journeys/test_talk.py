"""Two people talk in two terminals while the server is killed, and started again."""

import asyncio
from pathlib import Path

from altlas_chat_cli import output
from tests.support.devices import PASSWORD, Device, register
from tests.support.process import ServerProcess
from tests.support.talking import talking


async def test_two_terminals_survive_a_kill(tmp_path: Path) -> None:
    server = ServerProcess(f"sqlite:///{tmp_path}/chat.db", tmp_path)
    await server.start()
    await register(server.url, "ayse")
    mehmet = await register(server.url, "mehmet")
    async with Device(server.url, "ayse") as device:
        await device.api.call("POST", "/conversations", {"userId": mehmet["id"]})
    words = ("--url", server.url, "--password", PASSWORD)
    async with (
        talking(tmp_path, "--as", "ayse", "--with", "mehmet", *words) as one,
        talking(tmp_path, "--as", "mehmet", "--with", "ayse", *words) as other,
    ):
        await one.says("bir")
        await other.shows("Ayse: bir")
        await server.kill()
        await one.tells("reconnecting…")
        await other.tells("reconnecting…")
        await one.says("iki", "üç")  # typed while nobody answers
        await other.says("dört")
        await server.start()
        await asyncio.gather(one.tells("back"), other.tells("back"))
        await asyncio.gather(other.shows("Ayse: üç"), one.shows("Mehmet: dört"))
        await other.says("beş")
        await one.shows("Mehmet: beş")
        await one.says("altı")
        assert await one.ends() == output.DONE
        await other.shows("Ayse: altı")
        assert await other.ends() == output.DONE
    texts = ["bir", "iki", "üç", "dört", "beş", "altı"]
    for talk in (one, other):
        assert [talk.times_shown(f": {text}") for text in texts] == [1] * len(texts)
    assert one.shown == other.shown, "both see one order"
    await server.kill()


async def test_a_script_waits_for_a_server_that_comes_back(tmp_path: Path) -> None:
    server = ServerProcess(f"sqlite:///{tmp_path}/chat.db", tmp_path)
    await server.start()
    await register(server.url, "ayse")
    mehmet = await register(server.url, "mehmet")
    async with Device(server.url, "ayse") as device:
        room = (await device.api.call("POST", "/conversations", {"userId": mehmet["id"]}))["id"]
    words = ("--as", "ayse", "--in", room, "--url", server.url, "--password", PASSWORD)
    async with talking(tmp_path, *words) as talk:
        await talk.tells("/help")
        await server.kill()
        await talk.tells("reconnecting…")
        await talk.says("eski bir dost")
        ending = asyncio.create_task(talk.ends())
        await server.start()
        assert await ending == output.DONE
    async with Device(server.url, "mehmet") as device:
        page = await device.api.call("GET", f"/conversations/{room}/messages")
    assert [item["text"] for item in page["items"]] == ["eski bir dost"]
    await server.kill()


async def test_what_the_log_does_not_replay_is_shown_from_the_history(tmp_path: Path) -> None:
    few = {"replay_limit_events": "2"}
    server = ServerProcess(f"sqlite:///{tmp_path}/chat.db", tmp_path, options=few)
    await server.start()
    await register(server.url, "ayse")
    mehmet = await register(server.url, "mehmet")
    words = ("--url", server.url, "--password", PASSWORD)
    async with Device(server.url, "ayse") as device:
        room = (await device.api.call("POST", "/conversations", {"userId": mehmet["id"]}))["id"]
    async with talking(tmp_path, "--as", "mehmet", "--in", room, *words) as talk:
        await talk.tells("/help")
        await server.kill()
        await talk.tells("reconnecting…")
        elsewhere = ServerProcess(server.database, tmp_path)
        await elsewhere.start()
        async with Device(elsewhere.url, "ayse") as device:
            for number in range(5):
                await device.says(room, f"missed {number}")
        await elsewhere.stop()
        await server.start()
        await talk.shows("missed 4")
        assert await talk.ends() == output.DONE
    assert [talk.times_shown(f"missed {number}") for number in range(5)] == [1] * 5
    await server.kill()


async def test_what_was_not_acknowledged_is_named_at_the_end(tmp_path: Path) -> None:
    server = ServerProcess(f"sqlite:///{tmp_path}/chat.db", tmp_path)
    await server.start()
    await register(server.url, "ayse")
    mehmet = await register(server.url, "mehmet")
    words = ("--as", "ayse", "--with", mehmet["id"], "--url", server.url, "--password", PASSWORD)
    async with talking(tmp_path, *words) as talk:
        await talk.says("arrives")
        await talk.shows("arrives")
        await server.kill()
        await talk.tells("reconnecting…")
        await talk.says("first", "second", "/nonsense")
        await talk.tells("There is no /nonsense")  # so the lines before it were taken
        talk.interrupt()
        assert await talk.ended() == output.INTERRUPTED
    unsent = [line for line in talk.told if "not acknowledged" in line]
    assert [line.rpartition(": ")[2] for line in unsent] == ["first", "second"]
