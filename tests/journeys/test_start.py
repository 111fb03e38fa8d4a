"""Starting and stopping the real program: what works, and what is said when it can't."""

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from altlas_chat.server.opening import StartFailed, opened_database
from altlas_chat.storage.database import Transaction
from tests.support.contract import checked_session
from tests.support.devices import Device, register
from tests.support.postgres import fresh_database
from tests.support.process import ServerProcess, free_port
from tests.support.running import quick_settings


async def refused(folder: Path, *options: str, **environment: str) -> tuple[int, str]:
    """Run `serve`, which must end by itself: its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "altlas_chat_cli.main",
        "serve",
        *options,
        cwd=folder,
        env={**os.environ, **environment},  # noqa: TID251
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(20):
        _, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


def check(code: int, said: str, expected: str) -> None:
    assert code != 0
    assert expected in said, said
    assert "Traceback" not in said


async def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, said = await refused(tmp_path, "--port", port)
    check(code, said, f"Port {port} on 127.0.0.1 is in use")
    assert "--port" in said


async def test_an_address_of_another_machine(tmp_path: Path) -> None:
    code, said = await refused(tmp_path, "--host", "192.0.2.1", "--port", "0")
    check(code, said, "can't listen on 192.0.2.1:0: Cannot assign requested address.\n")


async def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    url = f"sqlite:///{tmp_path}/file/chat.db"
    check(*await refused(tmp_path, "--database", url, "--port", "0"), "can't be used")


async def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/misspelt/chat.db"
    check(*await refused(tmp_path, "--database", url, "--port", "0"), "there is no folder")
    assert not (tmp_path / "misspelt").exists()


async def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    url = "sqlite:////proc/altlas-chat.db"  # not even root can make a file there
    check(*await refused(tmp_path, "--database", url, "--port", "0"), "can't be used")


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("dear diary, " * 1000)
    url = f"sqlite:///{tmp_path}/notes.txt"
    code, said = await refused(tmp_path, "--database", url, "--port", "0")
    check(code, said, "is not a database")
    assert "Name another file" in said
    assert (tmp_path / "notes.txt").read_text().startswith("dear diary")


async def test_a_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    url = f"sqlite:///{path}"
    check(*await refused(tmp_path, "--database", url, "--port", "0"), "another program")


async def test_the_files_of_a_database_are_for_their_owner_alone(tmp_path: Path) -> None:
    server = ServerProcess(f"sqlite:///{tmp_path}/chat.db", tmp_path)
    await server.start()
    files = ("chat.db", "chat.db-wal", "chat.db-shm", "chat.db.lock")
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in files} == {0o600}
    await server.kill()


async def test_a_newer_database(tmp_path: Path) -> None:
    server = ServerProcess(f"sqlite:///{tmp_path}/chat.db", tmp_path)
    await server.start()
    await server.stop()
    connection = sqlite3.connect(tmp_path / "chat.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    code, said = await refused(tmp_path, "--database", server.database, "--port", "0")
    check(code, said, "newer")
    assert code == 1  # `migrate up` would not help


async def test_an_empty_postgresql_database_needs_migrate(tmp_path: Path) -> None:
    with fresh_database(empty=True) as url:
        code, said = await refused(tmp_path, "--database", url, "--port", "0")
        check(code, said, "altlas-chat migrate up")
        assert code == 3
        missing = await refused(
            tmp_path, "--database", url.replace("/test_", "/missing_"), "--port", "0"
        )
        check(*missing, "createdb")


async def test_a_disk_that_is_full_later_on(tmp_path: Path) -> None:
    settings = quick_settings(f"sqlite:///{tmp_path}/chat.db")

    async def fill(tx: Transaction) -> None:
        await tx.fetch_all("PRAGMA max_page_count = 1")  # no more pages than there are
        await tx.execute("CREATE TABLE much AS SELECT randomblob(1000000) AS bytes")

    with pytest.raises(StartFailed, match="disk is full") as refused:
        async with opened_database(settings, to_serve=True) as database:
            await database.write(fill, lane="test")
    assert "Make room" in refused.value.remedy


async def test_a_postgresql_that_is_not_there(tmp_path: Path) -> None:
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/chat"
    check(*await refused(tmp_path, "--database", url, "--port", "0"), "can't be used")


@pytest.mark.parametrize(
    "place", ["localhost:port/chat", "[::1/chat", "localhost/chat?sslmode=bogus"]
)
async def test_an_address_of_postgresql_that_is_none(tmp_path: Path, place: str) -> None:
    url = f"postgresql://ayse:secret@{place}"
    code, said = await refused(tmp_path, "--database", url, "--port", "0")
    check(code, said, "can't be used")
    assert "mistake" not in said
    assert "secret" not in said


async def test_a_second_server_on_one_embedded_database(tmp_path: Path) -> None:
    server = ServerProcess(f"sqlite:///{tmp_path}/chat.db", tmp_path)
    await server.start()
    try:
        code, said = await refused(tmp_path, "--database", server.database, "--port", "0")
        check(code, said, "Another server has the database")
    finally:
        await server.kill()
    await server.start()
    assert await server.stop() == 0


async def test_a_second_server_on_one_postgresql_database(tmp_path: Path) -> None:
    with fresh_database() as url:
        server = ServerProcess(url, tmp_path)
        await server.start()
        code, said = await refused(tmp_path, "--database", url, "--port", "0")
        check(code, said, "served or filled by another process")
        await server.kill()
        await server.start()
        assert await server.stop() == 0


async def test_a_setting_that_cannot_be(tmp_path: Path) -> None:
    code, said = await refused(tmp_path, ALTLAS_CHAT_PORT="ninety")
    check(code, said, "ALTLAS_CHAT_PORT")


async def test_stopping_tells_the_clients_to_come_back_and_they_do(tmp_path: Path) -> None:
    server = ServerProcess(
        f"sqlite:///{tmp_path}/chat.db", tmp_path, options={"drain_seconds": "0"}
    )
    await server.start()
    ayse, mehmet = await register(server.url, "ayse"), await register(server.url, "mehmet")
    async with Device(server.url, "ayse") as one, Device(server.url, "mehmet") as other:
        room = (await one.api.call("POST", "/conversations", {"userId": mehmet["id"]}))["id"]
        await one.says(room, "before")
        await other.hears("before")
        async with checked_session() as http, http.ws_connect(f"{server.url}/v1/ws") as bare:
            token = one.api.session.access_token
            await bare.send_json({"event": "auth", "data": {"token": token}})
            assert (await bare.receive_json())["event"] == "ready"
            assert await server.stop() == 0
            assert (await bare.receive_json())["event"] == "session.closing"
            closed = await bare.receive()
            assert (closed.type, closed.data) == (aiohttp.WSMsgType.CLOSE, 1012)
        await server.start()
        await one.says(room, "after")
        await other.hears("after")
    assert ayse["id"] != mehmet["id"]
    await server.kill()


_LOADED = """
import asyncio, sys
from altlas_chat.server.run import running_server
from altlas_chat.settings import Settings

async def start():
    async with running_server(Settings(port=0, database=sys.argv[1], drain_seconds=0)):
        print(*sorted({name.partition(".")[0] for name in sys.modules}))

asyncio.run(start())
"""


def test_what_only_some_need_is_not_loaded_at_the_start(tmp_path: Path) -> None:
    """Drivers of other databases, words as HTML, emoji, figures: each costs time and memory."""
    command = [sys.executable, "-c", _LOADED, f"sqlite:///{tmp_path}/chat.db"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "aiohttp" in loaded, "nothing was measured"
    seldom = {"alembic", "asyncpg", "emoji", "markdown_it", "prometheus_client", "sqlalchemy"}
    assert not loaded & {*seldom, "PIL", "faker", "jsonschema_rs", "yaml"}
