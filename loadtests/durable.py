"""Accepted durable messages a second over WebSocket, against raw inserts of the same rows.

Every message is acknowledged after its commit and delivered to a listener
who is connected. The clock of both starts after a warm-up, when the
write-ahead log has its size, and stops when the last acknowledgement and the
last delivery are in. Afterwards what was heard and what is in the database is held
against what was acknowledged: one that is lost or doubled fails the benchmark.
"""

import itertools
import selectors
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import orjson

from loadtests.harness import (
    Figure,
    Plan,
    Process,
    Row,
    Spent,
    Stopwatch,
    floor_program,
    say,
    served,
    temporary_folder,
)
from loadtests.wire import authenticated
from loadtests.world import Talk, World, make_world, texts

STALLED_SECONDS = 30.0
WARM_UP = 4
"""One message goes before the clock starts for so many that count."""
BATCH = 64


@dataclass(frozen=True)
class Case:
    """So many senders, each in a conversation of its own with so many messages in flight."""

    name: str
    senders: int
    window: int
    messages: int
    floor_batch: int
    at_least: float | None = None
    also: str | None = None
    """Another floor, beside ``many``; see :mod:`loadtests.floor_sqlite`."""


CASES = (
    Case("1 sender, 1 in flight", 1, 1, 4000, 1, 0.4),
    Case("8 senders, 1 in flight each", 8, 1, 10000, BATCH),
    Case("8 conversations, 64 in flight", 8, 8, 30000, BATCH, 0.45, also="each"),
    Case("64 conversations, a sender each", 64, 1, 30000, BATCH, 0.3, also="each"),
)


class Sender:
    """Sends in one conversation; the next message goes out when one is acknowledged."""

    def __init__(self, url: str, talk: Talk, drafts: Iterator[tuple[str, bytes]]) -> None:
        self.wire = authenticated(url, talk.sender.token)
        frame = self.wire.frame
        self._drafts = iter([(client_id, frame(command)) for client_id, command in drafts])
        self._waiting: dict[str, float] = {}
        self.acknowledged: dict[str, str] = {}
        self.latencies: list[float] = []

    def begin(self, window: int) -> None:
        for _ in range(window):
            self._send_next()

    def _send_next(self) -> None:
        draft = next(self._drafts, None)
        if draft is not None:
            client_id, frame = draft
            self._waiting[client_id] = time.perf_counter()
            self.wire.send_frame(frame)

    def hear(self) -> int:
        """Take what came; how many acknowledgements there were."""
        count = 0
        for text in self.wire.receive():
            if not text.startswith(b'{"event":"reply"'):
                if text.startswith(b'{"event":"error"'):
                    raise ConnectionError(text.decode())
                continue
            frame = orjson.loads(text)
            client_id = frame["id"]
            self.latencies.append(time.perf_counter() - self._waiting.pop(client_id))
            self.acknowledged[client_id] = frame["data"]["message"]["id"]
            count += 1
            self._send_next()
        return count


class Listener:
    """Hears one conversation."""

    def __init__(self, url: str, talk: Talk) -> None:
        self.wire = authenticated(url, talk.listeners[0].token)
        self._texts: list[bytes] = []

    def hear(self) -> int:
        texts = self.wire.receive()
        created = [text for text in texts if text.startswith(b'{"event":"message.created"')]
        self._texts.extend(created)
        return len(created)

    def heard(self) -> list[tuple[int, str, str]]:
        """Place, ``clientId`` and id of each message, in the order in which they came."""
        found = []
        for text in self._texts:
            frame = orjson.loads(text)
            if frame["event"] == "message.created":
                message = frame["data"]["message"]
                found.append((frame["seq"], message["clientId"], message["id"]))
        return found


def drafts_of(talk: Talk, count: int) -> Iterator[tuple[str, bytes]]:
    """So many messages of a talk's sender, as ``clientId`` and command."""
    for number, text in zip(range(count), itertools.cycle(texts()), strict=False):
        client_id = f"{talk.sender.user_id[-12:]}-{number}"
        draft = {"conversationId": talk.conversation_id, "clientId": client_id, "text": text}
        yield client_id, orjson.dumps({"event": "message.send", "id": client_id, "data": draft})


@dataclass(frozen=True)
class Outcome:
    """What one run gave."""

    messages: int
    spent: Spent
    latencies: Sequence[float]

    @property
    def rate(self) -> float:
        return self.messages / self.spent.seconds


Kept = tuple[dict[str, str], int]
"""The messages of a database, ids by ``client_id``, and how many of them its index has."""


def drive(
    server: Process, talks: Sequence[Talk], window: int, each: int, kept: Callable[[], Kept]
) -> Outcome:
    """Send ``each`` messages in every talk after the warm-up, and hear them all.

    ``kept`` is asked for what is in the database afterwards.

    Raises:
        AssertionError: a message was lost or doubled, on its way or in the database.
    """
    url = server.hello["url"]
    first = each // WARM_UP
    each += first
    senders = [Sender(url, talk, drafts_of(talk, each)) for talk in talks]
    listeners = [Listener(url, talk) for talk in talks]
    with selectors.DefaultSelector() as selector:
        for sender in senders:
            selector.register(sender.wire, selectors.EVENT_READ, sender)
        for listener in listeners:
            selector.register(listener.wire, selectors.EVENT_READ, listener)
        watch = Stopwatch(server)
        for sender in senders:
            sender.begin(window)
        acknowledged = delivered = warm = 0
        is_warm = first == 0
        while acknowledged < each * len(talks) or delivered < each * len(talks):
            ready = selector.select(STALLED_SECONDS)
            if not ready:
                raise TimeoutError(f"stalled after {acknowledged} messages:\n{server.log()}")
            for key, _ in ready:
                if isinstance(key.data, Sender):
                    acknowledged += key.data.hear()
                else:
                    delivered += key.data.hear()
            if not is_warm and first * len(talks) <= acknowledged < each * len(talks):
                watch, warm, is_warm = Stopwatch(server), acknowledged, True
        spent = watch.spent()
    for sender, listener in zip(senders, listeners, strict=True):
        _check(sender, listener, each)
    acknowledged_ids = {name: at for sender in senders for name, at in sender.acknowledged.items()}
    in_database, indexed = kept()
    assert in_database == acknowledged_ids, "the database has others"
    assert indexed == len(in_database), "the index has others"
    for wire in (*(one.wire for one in senders), *(one.wire for one in listeners)):
        wire.close()
    latencies = sorted(itertools.chain.from_iterable(one.latencies for one in senders))
    return Outcome(each * len(talks) - warm, spent, latencies)


def _check(sender: Sender, listener: Listener, each: int) -> None:
    heard = listener.heard()
    places = [seq for seq, _, _ in heard]
    assert len(sender.acknowledged) == each, "not all were acknowledged"
    assert places == list(range(places[0], places[0] + each)), "lost, doubled or out of order"
    assert {name: at for _, name, at in heard} == sender.acknowledged, "others were heard"


def _kept(file: Path) -> Kept:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        kept = connection.execute("SELECT client_id, message_id FROM messages").fetchall()
        (indexed,) = connection.execute(
            # Each message has one mark of its time.
            "SELECT count(*) FROM message_search WHERE message_search MATCH '\"@t\" *'"
        ).fetchone()
    assert len(dict(kept)) == len(kept), "the database has a message twice"
    return dict(kept), indexed


def measure(plan: Plan) -> list[Row]:
    """A row for each case; floor and server take turns."""
    with temporary_folder(plan.folder) as folder:
        most = max(case.senders for case in CASES)
        world = make_world(folder, people=2 * most, directs=most)
        return [row for case in CASES for row in _measure_case(plan, folder, world, case)]


def _measure_case(plan: Plan, folder: Path, world: World, case: Case) -> list[Row]:
    each = plan.count(case.messages // case.senders)
    talks = sorted(world.talks, key=lambda talk: talk.conversation_id)[: case.senders]
    floors: dict[str, list[float]] = {how: [] for how in ("many", case.also) if how is not None}
    outcomes = []
    for run in range(plan.runs):
        for how, found in floors.items():
            found.append(_floor(plan, world.copy(folder), case, each, how))
        file = world.copy(folder)
        with served(file, plan.cores.server) as server:
            outcomes.append(drive(server, talks, case.window, each, partial(_kept, file)))
        said = ", ".join(f"{how} {found[-1]:,.0f}/s" for how, found in floors.items())
        say(f"durable, {case.name}, run {run + 1}: {outcomes[-1].rate:,.0f}/s, floor {said}")
    return [_row(case, how, outcomes, found) for how, found in floors.items()]


def _floor(plan: Plan, file: Path, case: Case, each: int, how: str) -> float:
    """Messages a second of a floor."""
    sizes = (each // WARM_UP * case.senders, each * case.senders)
    arguments = (file, case.senders, *sizes, case.floor_batch, how)
    with floor_program("sqlite", file.parent, plan.cores.server, *arguments) as floor:
        return float(each * case.senders / floor.hello["seconds"])


def _row(case: Case, how: str, outcomes: Sequence[Outcome], floors: Sequence[float]) -> Row:
    is_main = how == "many"
    return Row(
        benchmark="durable",
        case=case.name if is_main else f"{case.name}; floor by aiosqlite",
        unit="messages/s",
        measured=Figure(tuple(one.rate for one in outcomes)),
        floor=Figure(tuple(floors)),
        at_least=case.at_least,
        notes=[note(outcomes)] if is_main else [],
    )


def note(outcomes: Sequence[Outcome]) -> str:
    server = Figure(tuple(one.spent.server_cpu / one.messages * 1e6 for one in outcomes))
    generator = Figure(tuple(one.spent.generator_share for one in outcomes))
    middle = Figure(tuple(one.latencies[len(one.latencies) // 2] * 1e3 for one in outcomes))
    late = Figure(tuple(one.latencies[len(one.latencies) * 99 // 100] * 1e3 for one in outcomes))
    return (
        f"server CPU {server.median:.0f} µs a message; acknowledged in {middle.median:.2f} ms"
        f" (median), {late.median:.2f} ms (99 %); generator busy {generator.median:.0%};"
        f" {sum(one.messages for one in outcomes):,} messages, none lost, none doubled"
    )
