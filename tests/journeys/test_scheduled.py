"""Messages for later and a server that is killed around their time: each is sent once."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from altlas_chat.domain.times import rfc3339
from altlas_chat.system import SystemClock
from tests.support.devices import Device, Json, register
from tests.support.postgres import fresh_database
from tests.support.process import ServerProcess
from tests.support.waiting import until

CLOCK = SystemClock()

MESSAGES = 60
KILLS = 4


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


async def _schedule(device: Device, room: str, number: int, seconds: float) -> int:
    at = CLOCK.now_ms() + int(seconds * 1000)
    body = {
        "conversationId": room,
        "clientId": f"later-{number}",
        "text": f"later {number}",
        "scheduledAt": rfc3339(at),
    }
    kept = await device.api.call("POST", "/messages", body)
    assert kept["state"] == "waiting"
    return at


async def _list(device: Device, path: str) -> list[Json]:
    answer = await device.api.call("GET", f"{path}?limit=200")
    return list(answer["items"])


async def test_each_is_sent_once_through_kills_at_its_time(server: ServerProcess) -> None:
    await server.start()
    mehmet = await register(server.url, "mehmet")
    await register(server.url, "ayse")
    async with Device(server.url, "ayse") as ayse, Device(server.url, "mehmet") as listener:
        room = await ayse.api.call("POST", "/conversations", {"userId": mehmet["id"]})
        room_id = str(room["id"])
        # All are due while the server is killed and started again and again.
        for number in range(MESSAGES):
            await _schedule(ayse, room_id, number, 3 + number / 20)
        await listener.hears("later 0")
        for round_number in range(KILLS):
            await server.kill()
            await server.start()
            wanted = f"later {min(MESSAGES - 1, (round_number + 1) * MESSAGES // KILLS - 1)}"
            await listener.hears(wanted)
        await listener.hears(f"later {MESSAGES - 1}")
        history = await _list(ayse, f"/conversations/{room_id}/messages")
        told = Counter(
            frame["data"]["message"]["text"]
            for frame in listener.frames
            if frame["event"] == "message.created"
        )
        everything = [f"later {number}" for number in range(MESSAGES)]
        assert [message["text"] for message in history] == everything
        assert told == Counter(everything)
        done = await _list(ayse, "/scheduled-messages")
        assert {one["state"] for one in done} == {"sent"}
        assert sorted(one["sentMessageId"] for one in done) == sorted(one["id"] for one in history)
    assert "Traceback" not in server.log()


async def test_what_became_due_while_no_server_ran_is_sent_at_the_start(
    server: ServerProcess,
) -> None:
    await server.start()
    mehmet = await register(server.url, "mehmet")
    await register(server.url, "ayse")
    async with Device(server.url, "ayse") as ayse, Device(server.url, "mehmet") as listener:
        room = await ayse.api.call("POST", "/conversations", {"userId": mehmet["id"]})
        at = await _schedule(ayse, str(room["id"]), 0, 1.5)
        await server.kill()
        await until(lambda: CLOCK.now_ms() > at)
        await server.start()
        await listener.hears("later 0")
        done = await _list(ayse, "/scheduled-messages")
        assert [one["state"] for one in done] == ["sent"]
