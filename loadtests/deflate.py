"""What permessage-deflate would cost and save on the events of a real chat: the demo world's.

No server is measured, only the compressor: bytes of a frame, CPU of an event
that 50 people hear, memory of a socket. Three ways: each frame by itself,
compressed once for all who hear it (``no context takeover``); a compressor for
each socket, which has seen what came before (``context takeover``); the same
with the smallest window.
"""

import asyncio
import multiprocessing
import resource
import statistics
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

from altlas_chat.blobs.folder import FolderBlobs
from altlas_chat.domain.permissions import ROLE_PERMISSIONS, Actor
from altlas_chat.realtime.frames import envelope, framed
from altlas_chat.seeding.demo import seed_demo
from altlas_chat.seeding.quiet import SetClock, quiet_deps, seeded_ids
from altlas_chat.server.opening import opened_database
from altlas_chat.services import sync
from altlas_chat.settings import Settings
from altlas_chat.storage.accounts import select_login
from loadtests.harness import Figure, Plan, Row, say, temporary_folder

HEARERS = 50
SOCKETS = 2000
LISTENER = "ayse"
TAIL = b"\x00\x00\xff\xff"
"""What ends each message of a compressor, and is left out on the wire (RFC 7692, section 7.2.1)."""


class Way(NamedTuple):
    """A way to compress: window and memory level of zlib, and whether one serves all hearers."""

    name: str
    window_bits: int
    memory_level: int
    is_shared: bool

    def compressor(self) -> "zlib._Compress":
        return zlib.compressobj(
            wbits=-self.window_bits, memLevel=self.memory_level, level=zlib.Z_DEFAULT_COMPRESSION
        )


WAYS = (
    Way("each frame by itself, once for all", 15, 8, is_shared=True),
    Way("a compressor for each socket", 15, 8, is_shared=False),
    Way("the same, smallest window", 9, 1, is_shared=False),
)


def measure(plan: Plan) -> list[Row]:
    """Bytes, CPU and memory for each way, beside no compression."""
    with temporary_folder(plan.folder) as folder:
        payloads = asyncio.run(_payloads(folder))
    say(f"deflate, {len(payloads)} events, {statistics.mean(map(len, payloads)):,.0f} bytes each")
    sizes = Figure((statistics.mean(len(framed(one)) for one in payloads),) * plan.runs)
    rows = []
    for way in WAYS:
        kept = Figure((statistics.mean(map(len, _compressed(way, payloads))),) * plan.runs)
        rows.append(Row("deflate", f"{way.name}: bytes of a frame", "bytes", kept, sizes))
    for way in WAYS:
        ours = [_cpu(way, payloads) for _ in range(plan.runs)]
        floors = [_cpu_without(payloads) for _ in range(plan.runs)]
        case = f"{way.name}: CPU of an event for {HEARERS}"
        rows.append(Row("deflate", case, "µs", Figure(tuple(ours)), Figure(tuple(floors))))
    for way in WAYS:
        sizes_kib = [_memory_apart(way, payloads, plan.count(SOCKETS)) for _ in range(plan.runs)]
        case = f"{way.name}: memory of a socket, both directions"
        rows.append(Row("deflate", case, "KiB", Figure(tuple(sizes_kib))))
    return rows


async def _payloads(folder: Path) -> list[bytes]:
    """Every event that one person of the demo world hears, in the order of time."""
    settings = Settings(database=f"sqlite:///{folder / 'demo.db'}")
    async with opened_database(settings, to_serve=True) as database:
        await seed_demo(settings, database, FolderBlobs(folder / "files"))
        found = await database.read(lambda reader: select_login(reader, LISTENER))
        if found is None:
            raise RuntimeError(f"the demo world has no {LISTENER}")
        actor = Actor(found[0].user_id, "user", ROLE_PERMISSIONS["user"])
        async with quiet_deps(settings, database, SetClock(0), seeded_ids("deflate")) as deps:
            told = [
                one
                for stream in await sync.current_positions(deps, actor)
                for one in await sync.read_stream(deps, actor.user_id, stream, 0)
            ]
    told.sort(key=lambda one: one.event.at)
    return [orjson.dumps(envelope(one)) for one in told]


def _compressed(way: Way, payloads: Sequence[bytes]) -> list[bytes]:
    compressor = way.compressor()
    frames = []
    for payload in payloads:
        if way.is_shared:
            compressor = way.compressor()
        frames.append(framed(_one(compressor, payload)))
    return frames


def _one(compressor: "zlib._Compress", payload: bytes) -> bytes:
    return (compressor.compress(payload) + compressor.flush(zlib.Z_SYNC_FLUSH)).removesuffix(TAIL)


def _cpu(way: Way, payloads: Sequence[bytes]) -> float:
    """µs for each event; where each hearer has a compressor, that many times."""
    if way.is_shared:
        return _microseconds(payloads, lambda payload: framed(_one(way.compressor(), payload)))
    compressor = way.compressor()
    return HEARERS * _microseconds(payloads, lambda payload: framed(_one(compressor, payload)))


def _cpu_without(payloads: Sequence[bytes]) -> float:
    return _microseconds(payloads, framed)


def _microseconds(payloads: Sequence[bytes], work: Callable[[bytes], bytes]) -> float:
    begun = time.process_time()
    for payload in payloads:
        work(payload)
    return (time.process_time() - begun) / len(payloads) * 1e6


def _memory_apart(way: Way, payloads: Sequence[bytes], sockets: int) -> float:
    """:func:`_memory` in a process of its own, which has freed nothing before."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_memory, (way, payloads[:3], sockets))


def _memory(way: Way, payloads: Sequence[bytes], sockets: int) -> float:
    """KiB for each socket that has sent and heard something compressed.

    What the client sends is inflated with a window of its own in any way:
    browsers do not give theirs up.
    """
    before = _resident_kib()
    kept = []
    for _ in range(sockets):
        compressor = way.compressor()
        inflater = zlib.decompressobj(wbits=-way.window_bits)
        for payload in payloads:
            inflater.decompress(_one(compressor, payload) + TAIL)
        kept.append((inflater, None if way.is_shared else compressor))
    return (_resident_kib() - before) / len(kept)


def _resident_kib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024
