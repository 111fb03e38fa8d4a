"""Whoever breaks the contract in a test is noticed, without the test looking."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import WSMsgType, web

from tests.support.contract import checked_session, noted

ROOT = Path(__file__).resolve().parent.parent


async def hasty(request: web.Request) -> web.Response:
    return web.json_response({"id": 7}, headers={"X-Request-Id": "r"})


async def babbling(request: web.Request) -> web.WebSocketResponse:
    ws = web.WebSocketResponse()
    ws.headers["X-Request-Id"] = "r"
    await ws.prepare(request)
    async for message in ws:
        if message.type is WSMsgType.TEXT:
            await ws.send_str('{"event": "reply", "id": 1, "data": {"tea": true}}')
            await ws.send_bytes(b"?")
    return ws


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """A server that knows our paths and nothing of our contract."""
    app = web.Application()
    app.router.add_get("/v1/users/me", hasty)
    app.router.add_put("/v1/users/me", hasty)
    app.router.add_get("/v1/ws", babbling)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    yield f"http://{host}:{port}/v1"
    await runner.cleanup()


async def test_a_wrong_answer_is_noted_though_nobody_reads_it(url: str) -> None:
    async with checked_session() as http, http.get(f"{url}/users/me"):
        pass
    assert '/id: 7 is not of type "string"' in str(noted())


async def test_a_request_that_should_not_have_been_taken_is_noted(url: str) -> None:
    async with checked_session() as http, http.put(f"{url}/users/me", json={"name": "x"}):
        pass
    assert "taken: PUT /users/me: body" in str(noted())


async def test_wrong_frames_are_noted_though_nobody_looks_at_them(url: str) -> None:
    async with checked_session() as http, http.ws_connect(f"{url}/ws") as ws:
        await ws.send_json({"event": "message.delete", "id": 1, "data": {"message": "m"}})
        async with asyncio.timeout(10):
            await ws.receive()
            await ws.receive()
    found = noted()
    assert "reply to message.delete: /data" in str(found)
    assert "taken: message.delete: /data" in str(found)
    assert "the server sent a binary frame" in found


NOT_OUR_SERVER = {
    "cli/test_mock_state.py",
    "client/test_api.py",
    "contract/test_watching.py",
    "journeys/test_proxy.py",  # the proxy between is what watches there
    "realtime/test_frames.py",
    "support/s3.py",
}
MOCKS = "mock/"
"""Mocks answer for other contracts, and refuse in words of their own."""


def test_no_test_talks_past_the_contract() -> None:
    """Sessions are made by ``checked_session``, except for servers that are not the project's."""
    unwatched = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if "ClientSession(" in path.read_text("utf-8")
        and not path.relative_to(ROOT).as_posix().startswith(MOCKS)
    }
    assert unwatched <= NOT_OUR_SERVER | {"support/contract.py"}
