"""What a page of history costs in a conversation of 1,000 messages, and in one of 1,000,000.

Both databases are filled as ``altlas-chat seed`` fills them; each is served by
a process of its own, and blocks of requests go to the two in turn. A third of
the pages are the newest, the others lie anywhere.
"""

import asyncio
import http.client
import json
import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from altlas_chat.seeding.volume import Progress, Volume, fill_volume
from altlas_chat.server.opening import opened_database
from altlas_chat.services.credentials import load_credentials
from altlas_chat.settings import Settings
from altlas_chat.system import Randomness, SystemClock
from loadtests.harness import Figure, Plan, Process, Row, Stopwatch, say, served, temporary_folder

SMALL, LARGE = 1_000, 1_000_000
PAGE = 50
REQUESTS = 900
AT_MOST = 1.3


@dataclass(frozen=True)
class History:
    """A filled database, and who may read its one conversation."""

    file: Path
    conversation_id: str
    token: str
    last_seq: int


def fill(folder: Path, messages: int) -> History:
    """One conversation of two people with so many messages."""
    file = folder / f"history-{messages}.db"
    settings = Settings(database=f"sqlite:///{file}", access_token_seconds=86400)
    began = time.perf_counter()

    def told(progress: Progress) -> None:
        if progress.stage == "messages" and progress.done % 200_000 == 0:
            say(f"history: {progress.done:,} of {messages:,} messages")

    token_of = asyncio.run(_fill(settings, messages, told))
    say(f"history: filled {messages:,} messages in {time.perf_counter() - began:.1f} s")
    with closing(sqlite3.connect(file)) as connection:
        conversation_id, reader_id, last_seq = connection.execute(
            "SELECT m.conversation_id, m.user_id, s.seq FROM members m"
            " JOIN streams s ON s.stream = 'conversation:' || m.conversation_id LIMIT 1"
        ).fetchone()
        (kept,) = connection.execute("SELECT count(*) FROM messages").fetchone()
    assert kept == messages, f"{kept} messages were kept, not {messages}"
    return History(file, conversation_id, token_of(reader_id), last_seq)


async def _fill(
    settings: Settings, messages: int, told: Callable[[Progress], None]
) -> Callable[[str], str]:
    """Fill, and give what makes a person's token."""
    clock = SystemClock()
    async with opened_database(settings, to_serve=False) as database:
        await fill_volume(settings, database, Volume(2, 1, messages), told)
        credentials = await load_credentials(settings, database, clock, Randomness())
        credentials.close()
    return lambda user_id: credentials.access_token(user_id, "user", f"{user_id}-bench")


class Reader:
    """Asks one server for pages, over one connection."""

    def __init__(self, server: Process, history: History) -> None:
        self.server = server
        self._history = history
        address = urlsplit(server.hello["url"])
        self._http = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        self._random = random.Random(1)
        self.latencies: list[float] = []
        self.cpu_seconds = 0.0

    def read(self, requests: int) -> None:
        """So many pages, one after another."""
        watch = Stopwatch(self.server)
        for number in range(requests):
            began = time.perf_counter()
            self._page(number % 3)
            self.latencies.append(time.perf_counter() - began)
        self.cpu_seconds += watch.spent().server_cpu

    def _page(self, kind: int) -> None:
        last = self._history.last_seq
        somewhere = self._random.randrange(last // 10, last * 9 // 10)
        place = ("", f"&before={somewhere}", f"&around={somewhere}")[kind]
        path = f"/v1/conversations/{self._history.conversation_id}/messages?limit={PAGE}{place}"
        self._http.request("GET", path, headers={"Authorization": f"Bearer {self._history.token}"})
        answer = self._http.getresponse()
        body = answer.read()
        if answer.status != 200 or len(json.loads(body)["items"]) != PAGE:
            raise ConnectionError(f"{answer.status}: {body[:500]!r}")

    def close(self) -> None:
        self._http.close()


def measure(plan: Plan) -> list[Row]:
    """A row for the server's CPU, and one for the time until the page is there."""
    large = plan.count(LARGE, least=2 * SMALL)
    requests = plan.count(REQUESTS, least=6) // 6
    cpu: dict[int, list[float]] = {SMALL: [], large: []}
    latency: dict[int, list[float]] = {SMALL: [], large: []}
    with temporary_folder(plan.folder) as folder:
        histories = {messages: fill(folder, messages) for messages in (SMALL, large)}
        for run in range(plan.runs):
            found = _one_run(plan, histories, requests)
            for messages, reader in found.items():
                cpu[messages].append(reader.cpu_seconds / len(reader.latencies) * 1e3)
                latency[messages].append(statistics.median(reader.latencies) * 1e3)
            figures = ", ".join(f"{name:,}: {cpu[name][-1]:.2f} ms CPU" for name in cpu)
            say(f"history, run {run + 1}: {figures}")
    return [_row("server CPU", large, cpu), _row("until it is there", large, latency)]


def _one_run(plan: Plan, histories: dict[int, History], requests: int) -> dict[int, Reader]:
    readers: dict[int, Reader] = {}
    try:
        for messages, history in histories.items():
            server = served(history.file, plan.cores.server)
            readers[messages] = Reader(server, history)
            readers[messages].read(requests)  # the first pages warm up, and do not count
            readers[messages].latencies.clear()
            readers[messages].cpu_seconds = 0.0
        for _ in range(5):
            for reader in readers.values():
                reader.read(requests)
    finally:
        for reader in readers.values():
            reader.close()
            reader.server.stop()
    return readers


def _row(what: str, large: int, found: Mapping[int, Sequence[float]]) -> Row:
    return Row(
        benchmark="history",
        case=f"page of {PAGE}, {what}",
        unit="ms",
        measured=Figure(tuple(found[large])),
        floor=Figure(tuple(found[SMALL])),
        at_most=AT_MOST,
        notes=[f"measured at {large:,} messages, the floor at {SMALL:,}"],
    )
