"""The log of the real program: its two forms, and no tracebacks for other people's mistakes."""

import json
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import jwt
import pytest

from altlas_chat.server.logs import without_traces_of_others
from tests.support.process import ServerProcess
from tests.support.raw import request_bytes, send_raw

NO_HTTP = b"GET /100%d HTTP/1.1\r\nno header\r\n\r\n"
BAD_BODY = (
    b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\nno gzip"
)


async def log_of(folder: Path, **options: str) -> str:
    """What a server says to whom sends nonsense, from its start to its end."""
    server = ServerProcess(f"sqlite:///{folder}/chat.db", folder, options=options)
    await server.start()
    for nonsense in (NO_HTTP, BAD_BODY):
        assert (await send_raw(server.url, nonsense)).status == 400
    assert await server.stop() == 0
    return (folder / "server.log").read_text()


async def test_nonsense_makes_lines_and_no_tracebacks(tmp_path: Path) -> None:
    said = await log_of(tmp_path)
    assert "Traceback" not in said
    assert said.count(" INFO aiohttp.server: ") == 2
    assert " INFO altlas_chat.server.run: stopping" in said


def test_a_database_that_is_away_makes_a_line(caplog: pytest.LogCaptureFixture) -> None:
    pool = logging.getLogger("asyncpg.pool")
    pool.warning("Failed to restore", exc_info=ConnectionRefusedError(111, "Connection refused"))
    [record] = caplog.records
    assert without_traces_of_others(record)
    assert (record.getMessage(), record.exc_info) == (
        "Failed to restore: [Errno 111] Connection refused",
        None,
    )


async def test_nonsense_is_no_warning(tmp_path: Path) -> None:
    assert "aiohttp" not in await log_of(tmp_path, log_level="warning")


async def test_json_is_for_programs(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in (await log_of(tmp_path, log_format="json")).splitlines()]
    assert [line["logger"] for line in lines] == [
        "altlas_chat",
        "aiohttp.server",
        "aiohttp.server",
        "altlas_chat.server.run",
    ]
    assert all(set(line) == {"time", "level", "logger", "message"} for line in lines)
    assert "listens on http://127.0.0.1:" in lines[0]["message"]


async def test_an_address_writes_no_lines_of_its_own(tmp_path: Path) -> None:
    secret = "the secret that ALT_LAS and the chat share, long enough for any algorithm"
    server = ServerProcess(
        f"sqlite:///{tmp_path}/chat.db", tmp_path, options={"alt_las_token_secret": secret}
    )
    await server.start()
    with closing(sqlite3.connect(tmp_path / "chat.db")) as connection:
        connection.execute("ALTER TABLE users RENAME TO away")
    claims = {"iss": "alt-las-api", "aud": "alt-las-client", "exp": 2**40, "userId": "x"}
    token = jwt.encode(claims, secret, "HS256")
    forged = "/v1/users/x%0a2026-01-01%20ERROR%20forged?x=secret"
    request = request_bytes("GET", forged, Authorization=f"Bearer {token}")
    assert (await send_raw(server.url, request)).status == 503
    assert await server.stop() == 0
    lines = server.log().splitlines()
    assert not [line for line in lines if line.startswith("2026-01-01")]
    [told] = [line for line in lines if "storage unavailable" in line]
    assert "GET /v1/users/x%0a2026" in told
    assert "secret" not in told
