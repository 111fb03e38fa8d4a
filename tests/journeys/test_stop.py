"""Stopping a server that has reason not to stop."""

import asyncio
import signal
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from altlas_chat.server.run import running_server
from tests.support.contract import checked_session
from tests.support.line import Line
from tests.support.postgres import fresh_database
from tests.support.process import ServerProcess
from tests.support.running import Json, quick_settings
from tests.support.waiting import until

NEVER_WHOLE = (
    b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 100\r\n\r\n{"
)
ACCOUNT = {"username": "ayse", "password": "correct-horse-9"}


async def test_who_asks_twice_is_not_kept_waiting(tmp_path: Path) -> None:
    server = ServerProcess(f"sqlite:///{tmp_path}/chat.db", tmp_path)
    await server.start()
    process, place = server.process, urlsplit(server.url)
    assert process is not None
    with socket.create_connection((place.hostname, place.port)) as waiting:
        waiting.sendall(NEVER_WHOLE)
        # Answered, and so the request before it was taken.
        assert await status(f"{server.url}/v1/healthz") == 200
        process.send_signal(signal.SIGTERM)
        await until(lambda: "stopping" in server.log())
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(2):
            assert await process.wait() == -signal.SIGTERM


@pytest.mark.slow
async def test_a_database_that_fell_silent_does_not_keep_a_server(tmp_path: Path) -> None:
    with fresh_database() as url:
        line = Line(url)
        async with line.open(tmp_path) as by_line, asyncio.timeout(30):
            async with running_server(quick_settings(by_line)) as running:
                line.silent = True
                asking = asyncio.create_task(status(f"{running.url}/v1/readyz"))
                writing = asyncio.create_task(status(f"{running.url}/v1/auth/register", ACCOUNT))
                assert await status(f"{running.url}/v1/healthz") == 200
            assert await asyncio.gather(asking, writing, return_exceptions=True)


async def status(url: str, body: Json | None = None) -> int:
    async with checked_session() as http:
        method = "GET" if body is None else "POST"
        async with http.request(method, url, json=body) as answer:
            return answer.status
