"""The database goes down under a running server: refused meanwhile, and nothing lost or doubled."""

import asyncio
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import asyncpg
import pytest

from altlas_chat.client.errors import Refused
from tests.support.contract import checked_session
from tests.support.devices import Device, Json, register
from tests.support.postgres import OwnServer, own_server
from tests.support.process import ServerProcess

CRASHES = 3
IN_BETWEEN = 60


@pytest.fixture
def postgres() -> Iterator[OwnServer]:
    with own_server() as server:
        yield server


async def _talk(device: Device, room: str, stop: asyncio.Event, refused: list[str]) -> None:
    """Send one message after another; one that is refused is sent again until it is taken."""
    number = 0
    while not stop.is_set():
        number += 1
        draft: Json = {"conversationId": room, "clientId": str(uuid.uuid4()), "text": f"{number}"}
        while draft["clientId"] not in device.acknowledged:
            try:
                reply = await device.connection.request("message.send", draft)
            except Refused as refusal:
                refused.append(refusal.code)
                await asyncio.sleep(0)
            else:
                device.acknowledged[draft["clientId"]] = reply["message"]["id"]


async def test_a_crash_of_the_database_loses_and_doubles_nothing(
    postgres: OwnServer, tmp_path: Path
) -> None:
    server = ServerProcess(postgres.url, tmp_path)
    await server.start()
    try:
        await register(server.url, "ayse")
        mehmet = await register(server.url, "mehmet")
        async with Device(server.url, "ayse") as one, Device(server.url, "mehmet") as other:
            view = await one.api.call("POST", "/conversations", {"userId": mehmet["id"]})
            room, stream = view["id"], f"conversation:{view['id']}"
            stop, refused = asyncio.Event(), list[str]()
            talking = asyncio.create_task(_talk(one, room, stop, refused))
            for _ in range(CRASHES):
                enough = len(other.heard[stream]) + IN_BETWEEN
                await other.waits_for(lambda enough=enough: len(other.heard[stream]) >= enough)
                await asyncio.to_thread(postgres.crash)
                await _answers(server.url, 503)
                await asyncio.to_thread(postgres.start)
                await _answers(server.url, 200)
            stop.set()
            await talking
            await _check(one, other, room)
            assert set(refused) <= {"SERVICE_UNAVAILABLE"}
            await _held(postgres.url)
    finally:
        await server.kill()
    assert " ERROR " not in server.log()


async def test_a_socket_opened_meanwhile_is_told_to_come_back(
    postgres: OwnServer, tmp_path: Path
) -> None:
    server = ServerProcess(postgres.url, tmp_path)
    await server.start()
    try:
        await register(server.url, "ayse")
        async with Device(server.url, "ayse") as one, checked_session() as http:
            token = one.api.session.access_token
            await asyncio.to_thread(postgres.crash)
            await _answers(server.url, 503)
            async with http.ws_connect(f"{server.url}/v1/ws") as bare:
                await bare.send_json({"event": "auth", "data": {"token": token}})
                error = await bare.receive_json()
                assert (error["event"], error["data"]["code"]) == ("error", "SERVICE_UNAVAILABLE")
                assert (await bare.receive_json())["event"] == "session.closing"
                closed = await bare.receive()
                assert (closed.type, closed.data) == (aiohttp.WSMsgType.CLOSE, 1012)
            async with http.get(
                f"{server.url}/v1/sync", headers={"Authorization": f"Bearer {token}"}
            ) as refused:
                assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
                assert (await refused.json())["code"] == "SERVICE_UNAVAILABLE"
    finally:
        await server.kill()
    assert " ERROR " not in server.log()


async def _held(url: str) -> None:
    """Wait until the server has its lock again, so that no second one can start."""
    connection = await asyncpg.connect(url)
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    async with asyncio.timeout(30):
        while await connection.fetchval(held) != 1:
            pass
    await connection.close()


async def _answers(url: str, status: int) -> None:
    """Ask for readiness until it is what it must become."""
    async with asyncio.timeout(30), checked_session() as http:
        while True:
            async with http.get(f"{url}/v1/readyz") as response:
                await response.read()
                if response.status == status:
                    return
                assert response.status in (200, 503)


async def _check(one: Device, other: Device, room: str) -> None:
    stream = f"conversation:{room}"
    items: list[Json] = []
    more = True
    while more:
        query = {"after": items[-1]["seq"] if items else 0, "limit": 200}
        page = await one.api.call("GET", f"/conversations/{room}/messages", query=query)
        items += page["items"]
        more = page["hasAfter"]
    kept = Counter(message["clientId"] for message in items)
    assert set(kept.values()) == {1}, "a message was kept twice"
    assert set(one.acknowledged) <= set(kept), "an acknowledged message is lost"
    last = items[-1]["seq"]
    await other.waits_for(lambda: other.heard[stream][-1]["seq"] >= last)
    seqs = [frame["seq"] for frame in other.heard[stream]]
    assert seqs == list(range(seqs[0], last + 1)), "a hole or a double"
