"""``serve --demo``: what it prints is true, and it never mixes with real people."""

import asyncio
import contextlib
import json
import re
import shlex
import shutil
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from altlas_chat_cli import output
from tests.support.devices import register
from tests.support.process import ServerProcess
from tests.support.talking import talking

SECONDS = 30


@asynccontextmanager
async def demo(folder: Path, *words: str) -> AsyncIterator[tuple[Process, list[str]]]:
    """A demo server, and the lines that it prints when it is ready."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "altlas_chat_cli.main", "serve", "--demo", "--port", "0", *words),
        cwd=folder,
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
    )
    assert process.stderr is not None
    lines: list[str] = []
    try:
        async with asyncio.timeout(SECONDS):
            async for line in process.stderr:
                lines.append(line.decode().rstrip())
                if lines[-1].startswith("Stop the server"):
                    break
        yield process, lines
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(SECONDS):
            await process.communicate()


def line_with(lines: list[str], text: str) -> str:
    (found,) = [line for line in lines if text in line]
    return found


async def test_the_lines_that_it_prints_are_true(tmp_path: Path) -> None:
    async with demo(tmp_path) as (_, lines):
        talks = [line.partition("altlas-chat talk ")[2] for line in lines if " talk " in line]
        first, second = [shlex.split(line.partition("  (")[0]) for line in talks]
        async with talking(tmp_path, *first) as one, talking(tmp_path, *second) as other:
            await one.says("Herkese merhaba")
            await other.shows("Herkese merhaba")
            await other.says("Sana da merhaba")
            await one.shows("Sana da merhaba")
            assert await one.ends() == output.DONE
            assert await other.ends() == output.DONE
        if shutil.which("curl") is not None:
            tokens = await shell(line_with(lines, "  curl ").removeprefix("  curl"))
            assert tokens["user"]["username"] == "ayse"
            address = re.search(r"open +(\S+)", line_with(lines, "  open "))
            assert address is not None
            contract = await shell(f"curl -s {address[1]}")
            assert contract["openapi"].startswith("3.1")


async def shell(line: str) -> dict[str, object]:
    """The JSON that a line, pasted into a shell, prints."""
    process = await asyncio.create_subprocess_shell(line, stdout=PIPE)
    async with asyncio.timeout(SECONDS):
        stdout, _ = await process.communicate()
    answer: dict[str, object] = json.loads(stdout)
    return answer


async def test_its_own_database_is_thrown_away(tmp_path: Path) -> None:
    async with demo(tmp_path) as (_, lines):
        path = re.search(r"sqlite:///(\S+)\)", lines[0])
        assert path is not None
        assert Path(path[1]).exists()
    assert not Path(path[1]).parent.exists()
    assert list(tmp_path.iterdir()) == []


async def test_a_named_database_is_kept_and_found_again(tmp_path: Path) -> None:
    words = ("--database", f"sqlite:///{tmp_path}/world.db")
    for _ in range(2):
        async with demo(tmp_path, *words) as (_, lines):
            assert "People: ayse, mehmet" in line_with(lines, "A demo world is ready")


@pytest.mark.parametrize("kind", ["--database", "the setting"])
async def test_real_people_are_never_among_them(tmp_path: Path, kind: str) -> None:
    server = ServerProcess(f"sqlite:///{tmp_path}/chat.db", tmp_path)
    await server.start()
    await register(server.url, "kemal")
    await server.stop()
    if kind == "--database":
        async with demo(tmp_path, "--database", server.database) as (process, lines):
            assert await process.wait() == output.FAILED
        assert "accounts of its own" in lines[0]
        assert "--database" in lines[1]
    else:
        # Without the flag a demo takes a database of its own, whatever the settings name.
        (tmp_path / "altlas-chat.toml").write_text(f'database = "{server.database}"\n')
        async with demo(tmp_path) as (_, lines):
            assert server.database not in lines[0]
    with contextlib.closing(sqlite3.connect(tmp_path / "chat.db")) as connection:
        assert connection.execute("SELECT username FROM users").fetchall() == [("kemal",)]
