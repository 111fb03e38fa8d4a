"""kill -9 or a restart at any moment: nothing is lost, nobody hears twice or out of order."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import pytest

from tests.support.devices import Device, Json, register
from tests.support.postgres import fresh_database
from tests.support.process import ServerProcess

ROUNDS = 4
TALKERS = 4
LOOKING_ON = "meryem"


async def _talk(device: Device, conversations: list[str], stop: asyncio.Event, seed: int) -> None:
    chance = random.Random(seed)
    number = 0
    while not stop.is_set():
        burst = [
            device.says(chance.choice(conversations), f"{device.name} {number + step}")
            for step in range(chance.randint(1, 12))
        ]
        number += len(burst)
        await asyncio.gather(*burst)


async def _restart_again_and_again(
    server: ServerProcess, watcher: Device, chance: random.Random, how: str
) -> None:
    for _ in range(ROUNDS):
        before = len(watcher.frames)
        enough = before + chance.randint(20, 200)
        await watcher.waits_for(lambda enough=enough: len(watcher.frames) >= enough)
        if how == "kill":
            await server.kill()
        else:
            assert await server.stop() == 0
        await server.start()


@pytest.fixture(params=["sqlite", "postgresql"])
async def server(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ServerProcess]:
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path}/chat.db"
        if request.param == "postgresql":
            url = stack.enter_context(fresh_database())
        server = ServerProcess(url, tmp_path)
        yield server
        if server.process is not None:
            await server.kill()


@pytest.mark.parametrize(("how", "seed"), [("kill", 1), ("kill", 2), ("stop", 3)])
async def test_nothing_acknowledged_is_lost(server: ServerProcess, how: str, seed: int) -> None:
    await server.start()
    names = [f"talker{number}" for number in range(TALKERS)]
    for name in [*names, LOOKING_ON]:
        await register(server.url, name)
    async with AsyncExitStack() as stack:
        devices = [await stack.enter_async_context(Device(server.url, name)) for name in names]
        watcher = await stack.enter_async_context(Device(server.url, LOOKING_ON))
        everybody = [device.user_id for device in [*devices, watcher]]
        groups = [await _group(devices[0], f"group {number}", everybody) for number in range(2)]
        stop = asyncio.Event()
        talking = [
            asyncio.create_task(_talk(device, groups, stop, seed * 100 + number))
            for number, device in enumerate(devices)
        ]
        await _restart_again_and_again(server, watcher, random.Random(seed), how)
        stop.set()
        await asyncio.gather(*talking)
        assert watcher.connection.reconnects >= ROUNDS
        await _check_all([*devices, watcher], groups, watcher)
    assert "Traceback" not in server.log()


async def _group(device: Device, name: str, everybody: list[str]) -> str:
    others = [user_id for user_id in everybody if user_id != device.user_id]
    group = await device.api.call("POST", "/groups", {"name": name, "memberIds": others})
    return str(group["id"])


async def _check_all(devices: list[Device], groups: list[str], watcher: Device) -> None:
    kept = {group: await _history(watcher, group) for group in groups}
    everything = [message for history in kept.values() for message in history]
    ids = Counter(message["clientId"] for message in everything if message["clientId"])
    assert set(ids.values()) == {1}, "a message was kept twice"
    by_client_id = {message["clientId"]: message["id"] for message in everything}
    for device in devices:
        for client_id, message_id in device.acknowledged.items():
            assert by_client_id.get(client_id) == message_id, "an acknowledged message is lost"
    for device in devices:
        for group, history in kept.items():
            await _check_heard(device, group, history)


async def _check_heard(device: Device, group: str, history: list[Json]) -> None:
    """Everything after the snapshot was heard once and in order."""
    stream = f"conversation:{group}"
    last = history[-1]["seq"]
    await device.waits_for(
        lambda: bool(device.heard[stream]) and device.heard[stream][-1]["seq"] >= last
    )
    seqs = [frame["seq"] for frame in device.heard[stream]]
    assert seqs == list(range(seqs[0], last + 1)), "a hole or a double"
    told = [
        frame["data"]["message"]["id"]
        for frame in device.heard[stream]
        if frame["event"] == "message.created"
    ]
    assert told == [message["id"] for message in history if message["seq"] >= seqs[0]]


async def _history(device: Device, conversation_id: str) -> list[Json]:
    items: list[Json] = []
    after = 0
    while True:
        page = await device.api.call(
            "GET",
            f"/conversations/{conversation_id}/messages",
            query={"after": after, "limit": 200},
        )
        items.extend(page["items"])
        if not page["hasAfter"]:
            return items
        after = page["items"][-1]["seq"]
