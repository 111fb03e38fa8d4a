"""A large file up and down: MB each second against bare aiohttp, and the memory that it takes.

Each run has bytes of its own, so nothing is kept already; they go to the
server and to the floor one after another, and what comes back is compared.
"""

import http.client
import json
import os
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from loadtests.harness import (
    Figure,
    Plan,
    Process,
    Row,
    floor_program,
    say,
    served,
    temporary_folder,
)
from loadtests.world import make_world

FILE_BYTES = 50 * 1024 * 1024
WARM_BYTES = 1024 * 1024
AT_LEAST = 0.5
MEMORY_AT_MOST = 8.0
PART_BYTES = 1024 * 1024
BOUNDARY = "altlas-chat-bench"
HEAD = (
    f"--{BOUNDARY}\r\n"
    'Content-Disposition: form-data; name="file"; filename="bench.bin"\r\n'
    "Content-Type: application/octet-stream\r\n\r\n"
).encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


@dataclass(frozen=True)
class Target:
    """Where a file goes, and how it is had again."""

    server: Process
    path: str
    one: str
    """The path of one file, with ``{id}``."""
    token: str = ""

    def up(self, data: bytes) -> tuple[float, str]:
        """MB each second from the first byte until the answer, and the file's id."""
        form = HEAD + data + TAIL
        head = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Content-Length": str(len(form)),
        }
        connection = self._connected()
        begun = time.perf_counter()
        connection.request("POST", self.path, form, self._headers() | head)
        answer = connection.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - begun
        connection.close()
        if answer.status != 201:
            raise RuntimeError(f"the upload was answered {answer.status}: {body[:500]!r}")
        return len(data) / 1e6 / seconds, str(json.loads(body)["id"])

    def down(self, file_id: str, data: bytes) -> float:
        """MB each second until the last byte."""
        found = memoryview(bytearray(len(data)))
        connection = self._connected()
        begun = time.perf_counter()
        connection.request("GET", self.one.format(id=file_id), headers=self._headers())
        answer = connection.getresponse()
        size = 0
        while count := answer.readinto(found[size : size + PART_BYTES]):
            size += count
        seconds = time.perf_counter() - begun
        connection.close()
        if answer.status != 200 or found != data:
            raise RuntimeError(f"the download ({answer.status}) is not what was uploaded")
        return size / 1e6 / seconds

    def _connected(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(urlsplit(self.server.hello["url"]).netloc)
        connection.connect()
        return connection

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def measure(plan: Plan) -> list[Row]:
    """Throughput up and down, and how much the server's memory grows at most."""
    size = plan.count(FILE_BYTES, least=1024)
    ours: list[tuple[float, float]] = []
    floors: list[tuple[float, float]] = []
    grown: list[float] = []
    with temporary_folder(plan.folder) as folder:
        world = make_world(folder, people=1)
        for run in range(plan.runs):
            data = os.urandom(size)
            with served(world.copy(folder), plan.cores.server) as server:
                there = Target(server, "/v1/files", "/v1/files/{id}", world.people[0].token)
                _once(there, os.urandom(WARM_BYTES))
                before = server.peak_kib(from_now=True)
                ours.append(_once(there, data))
                grown.append((server.peak_kib() - before) / 1024)
            with floor_program("files", folder, plan.cores.server) as server:
                there = Target(server, "/file", "/file")
                _once(there, os.urandom(WARM_BYTES))
                floors.append(_once(there, data))
            say(
                f"files, run {run + 1}: up {ours[-1][0]:.0f} of {floors[-1][0]:.0f} MB/s,"
                f" down {ours[-1][1]:.0f} of {floors[-1][1]:.0f} MB/s, {grown[-1]:.1f} MiB more"
            )
    note = f"{size / 1e6:.0f} MB of new bytes each run; a file of 1 MiB went first"
    ways = (("upload", 0), ("download", 1))
    rows = [
        Row(
            benchmark="files",
            case=case,
            unit="MB/s",
            measured=Figure(tuple(one[place] for one in ours)),
            floor=Figure(tuple(one[place] for one in floors)),
            at_least=AT_LEAST,
            notes=[note],
        )
        for case, place in ways
    ]
    memory = Figure(tuple(grown))
    peak = "most memory at a time, less that of before"
    return [
        *rows,
        Row("files", "growth of memory", "MiB", memory, None, None, MEMORY_AT_MOST, [peak]),
    ]


def _once(there: Target, data: bytes) -> tuple[float, float]:
    up, file_id = there.up(data)
    return up, there.down(file_id, data)
