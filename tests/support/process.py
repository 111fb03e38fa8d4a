"""A real ``altlas-chat serve`` process, to be started, killed and started again."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 30


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class ServerProcess:
    """``altlas-chat serve`` on one database, at one address across restarts."""

    database: str
    folder: Path
    port: int = field(default_factory=free_port)
    options: dict[str, str] = field(default_factory=dict)
    process: Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Return when the server listens."""
        environment = {
            **os.environ,  # noqa: TID251
            "ALTLAS_CHAT_ARGON2_TIME_COST": "1",
            "ALTLAS_CHAT_ARGON2_MEMORY_KIB": "8192",
            **{f"ALTLAS_CHAT_{name.upper()}": value for name, value in self.options.items()},
        }
        log = (self.folder / "server.log").open("ab")
        with log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "altlas_chat_cli.main",
                "serve",
                "--json",
                "--port",
                str(self.port),
                "--database",
                self.database,
                cwd=self.folder,
                env=environment,
                stdout=PIPE,
                stderr=log,
            )
        assert self.process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            line = await self.process.stdout.readline()
        assert line, f"the server did not start:\n{self.log()}"
        assert json.loads(line)["url"] == self.url

    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")

    async def kill(self) -> None:
        """kill -9: no chance to finish anything."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        process = self.process
        assert process is not None
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(how)
        async with asyncio.timeout(START_SECONDS):
            code = await process.wait()
        self.process = None
        return code
