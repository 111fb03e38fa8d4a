"""A real ``altlas-chat talk`` process: what goes in, what it shows, how it ends."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

WAIT_SECONDS = 30


class TalkProcess:
    """A talk whose input and output are pipes."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._changed = asyncio.Condition()
        self.shown: list[str] = []
        """Lines of stdout."""
        self.told: list[str] = []
        """Lines of stderr."""
        loop = asyncio.get_running_loop()
        self._readers = [
            loop.create_task(self._read(process.stdout, self.shown)),
            loop.create_task(self._read(process.stderr, self.told)),
        ]

    async def _read(self, stream: asyncio.StreamReader | None, lines: list[str]) -> None:
        assert stream is not None
        async for line in stream:
            async with self._changed:
                lines.append(line.decode().rstrip("\n"))
                self._changed.notify_all()

    async def says(self, *lines: str) -> None:
        """Type lines."""
        assert self._process.stdin is not None
        self._process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        await self._process.stdin.drain()

    async def shows(self, text: str) -> str:
        """Wait for a line of the conversation with this text; the line."""
        return await self._line(self.shown, text)

    async def tells(self, text: str) -> str:
        """Wait for a notice with this text; the line."""
        return await self._line(self.told, text)

    async def _line(self, lines: list[str], text: str) -> str:
        try:
            async with asyncio.timeout(WAIT_SECONDS), self._changed:
                while not (found := [line for line in lines if text in line]):
                    await self._changed.wait()
                return found[0]
        except TimeoutError as error:
            raise AssertionError(f"{text!r} did not come: {self.shown} {self.told}") from error

    def times_shown(self, text: str) -> int:
        return sum(line.endswith(text) for line in self.shown)

    async def ends(self) -> int:
        """Close the input and wait; the exit code."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return await self.ended()

    async def ended(self) -> int:
        """Wait until it ends by itself; the exit code."""
        async with asyncio.timeout(WAIT_SECONDS):
            await asyncio.gather(*self._readers)
            return await self._process.wait()

    def interrupt(self) -> None:
        """Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    async def put_away(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)


def command(*words: str, name: str = "talk") -> list[str]:
    """The command line of a talk, or of another command that goes on."""
    return [sys.executable, "-m", "altlas_chat_cli.main", name, *words]


@asynccontextmanager
async def talking(folder: Path, *words: str, name: str = "talk") -> AsyncIterator[TalkProcess]:
    """A talk, begun in ``folder`` and put away afterwards."""
    line = command(*words, name=name)
    process = await asyncio.create_subprocess_exec(
        *line, cwd=folder, env=environment(), stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    talk = TalkProcess(process)
    try:
        yield talk
    finally:
        await talk.put_away()


def environment() -> dict[str, str]:
    """That of this process, with times of day in UTC."""
    return {**os.environ, "TZ": "UTC"}  # noqa: TID251
