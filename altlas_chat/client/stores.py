"""Where messages that are not sent yet are kept."""

import asyncio
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import orjson

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A draft on its way: whose it is, and its place among that person's drafts."""

    client_id: str
    owner_id: str
    number: int
    draft: Json


class Store(Protocol):
    """Keeps drafts; what was put is there until it is removed."""

    async def all(self) -> list[Entry]:
        """Everything that is kept, whoever wrote it."""

    async def put(self, entry: Entry) -> None:
        """Keep a draft; returns when it is kept."""

    async def remove(self, client_id: str) -> None:
        """Forget a draft; one that is not there is nothing."""


class MemoryStore:
    """Keeps drafts for as long as the process lives."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    async def all(self) -> list[Entry]:
        return list(self._entries.values())

    async def put(self, entry: Entry) -> None:
        self._entries[entry.client_id] = entry

    async def remove(self, client_id: str) -> None:
        self._entries.pop(client_id, None)


class FileStore:
    """Keeps drafts in a file, also when the process or the machine stops at any moment.

    The file is a log of what was put and removed, and is written anew when it
    is opened. One process uses it at a time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: dict[str, Entry] | None = None
        self._turn = asyncio.Lock()

    async def all(self) -> list[Entry]:
        async with self._turn:
            return list((await self._open()).values())

    async def put(self, entry: Entry) -> None:
        async with self._turn:
            entries = await self._open()
            await asyncio.to_thread(self._append, _line(entry))
            entries[entry.client_id] = entry

    async def remove(self, client_id: str) -> None:
        async with self._turn:
            entries = await self._open()
            if entries.pop(client_id, None) is not None:
                await asyncio.to_thread(self._append, orjson.dumps({"removed": client_id}))

    async def _open(self) -> dict[str, Entry]:
        if self._entries is None:
            self._entries = await asyncio.to_thread(self._read)
        return self._entries

    def _read(self) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        lines = self._path.read_bytes().splitlines() if self._path.exists() else []
        for line in lines:
            try:
                found: Json = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue  # it was being written when the process stopped, so nobody relies on it
            if "removed" in found:
                entries.pop(found["removed"], None)
            else:
                entries[found["client_id"]] = Entry(**found)
        self._write_anew(entries.values())
        return entries

    def _write_anew(self, entries: Iterable[Entry]) -> None:
        new = self._path.with_name(f"{self._path.name}.new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.writelines(_line(entry) + b"\n" for entry in entries)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    def _append(self, line: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _line(entry: Entry) -> bytes:
    return orjson.dumps(entry)
