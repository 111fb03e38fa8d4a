"""kill -9 at any moment: nothing acknowledged is lost, nobody hears twice or out of order."""

import asyncio
import random
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.support.devices import Device, register
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


async def _kill_again_and_again(
    server: ServerProcess, watcher: Device, chance: random.Random
) -> None:
    for _ in range(ROUNDS):
        before = len(watcher.frames)
        enough = before + chance.randint(20, 200)
        await watcher.waits_for(lambda enough=enough: len(watcher.frames) >= enough)
        await server.kill()
        await server.start()


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_acknowledged_is_lost(
    server: ServerProcess, tmp_path: Path, seed: int
) -> None:
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
        await _kill_again_and_again(server, watcher, random.Random(seed))
        stop.set()
        await asyncio.gather(*talking)
        assert watcher.connection.reconnects >= ROUNDS
        for conversation_id in groups:
            await _check(conversation_id, devices, watcher)
    assert "Traceback" not in server.log()


async def _group(device: Device, name: str, everybody: list[str]) -> str:
    others = [user_id for user_id in everybody if user_id != device.user_id]
    group = await device.api.call("POST", "/groups", {"name": name, "memberIds": others})
    return str(group["id"])


async def _check(conversation_id: str, devices: list[Device], watcher: Device) -> None:
    kept = await _history(watcher, conversation_id)
    stream = f"conversation:{conversation_id}"
    last = kept[-1]["seq"]
    by_client_id = [one["clientId"] for one in kept if one["clientId"]]
    assert len(by_client_id) == len(set(by_client_id)), "a message was kept twice"
    ids = {one["id"] for one in kept}
    everywhere = {one["clientId"]: one["id"] for one in kept}
    for device in devices:
        for client_id, message_id in device.acknowledged.items():
            if client_id in everywhere:
                assert everywhere[client_id] == message_id
    for device in [*devices, watcher]:
        await device.waits_for(
            lambda device=device: (
                bool(device.heard[stream]) and device.heard[stream][-1]["seq"] >= last
            )
        )
        seqs = [frame["seq"] for frame in device.heard[stream]]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs))), "a hole or a double"
        told = {
            frame["data"]["message"]["id"]
            for frame in device.heard[stream]
            if frame["event"] == "message.created"
        }
        assert ids - told <= {one["id"] for one in kept if one["seq"] < seqs[0]}


async def _history(device: Device, conversation_id: str) -> list[dict]:  # type: ignore[type-arg]
    items: list[dict] = []  # type: ignore[type-arg]
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
