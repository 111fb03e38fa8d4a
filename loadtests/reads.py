"""What reading costs in a large world: every read operation, and searches against the raw index.

A database of 1,000,000 messages, 10,000 people and 2,000 conversations is
filled as ``altlas-chat seed`` fills it, and some people get more: one is in
every group, all of these have what hangs on messages, tasks, notifications.
One server serves it, and one connection asks: a light load. With ``--keep``
the database is kept, and used again.

``measure`` asks for every operation of the contract that is built and can be
had by GET; ``measure_search`` is another row: searches of words that are rare,
frequent and in every seventh message, and beside each, in turn, the same
question straight to the full-text index of the same file, with the same
limit, ordered as FTS5 ranks.
"""

import asyncio
import http.client
import itertools
import random
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from altlas_chat.contract.documents import load_openapi, operations_of
from altlas_chat.seeding.volume import Progress, Volume, fill_volume
from altlas_chat.server.opening import opened_database
from altlas_chat.services.credentials import load_credentials
from altlas_chat.settings import Settings
from altlas_chat.storage.indexing import match_of
from altlas_chat.system import Randomness, SystemClock
from loadtests.belongings import fill_belongings
from loadtests.harness import Figure, Plan, Process, Row, say, served, temporary_folder

PEOPLE, CONVERSATIONS, MESSAGES = 10_000, 2_000, 1_000_000
ASKERS = 40
"""People who ask in turn; the first is in every group."""

REQUESTS = 60
"""Of each operation in a run."""

WARM_UP = 5
AT_MOST_MS = 50.0
AT_MOST_RATIO = 3.0
LIMIT = 20

NOT_ASKED = {
    "connectSocket": "it does not end",
    "streamEvents": "it does not end",
    "getSync": "a client asks once: it is the whole of what a person has",
}


@dataclass(frozen=True)
class Asker:
    """Somebody who reads, and what there is to be read."""

    user_id: str
    token: str
    ids: Mapping[str, str]


@dataclass(frozen=True)
class Big:
    """A filled database, its readers, and words by how many messages have them."""

    file: Path
    askers: Sequence[Asker]
    rare: Sequence[str] = field(default_factory=tuple)
    frequent: Sequence[str] = field(default_factory=tuple)
    commonest: Sequence[str] = field(default_factory=tuple)


# -- the database ------------------------------------------------------------------


@contextmanager
def opened(plan: Plan) -> Iterator[Big]:
    """The big database: made new and removed, or found where it was kept."""
    messages = plan.count(MESSAGES, least=2_000)
    wanted = Volume(
        plan.count(PEOPLE, least=200), plan.count(CONVERSATIONS, least=60), messages, seed=7
    )
    if plan.kept is not None:
        plan.kept.mkdir(parents=True, exist_ok=True)
        yield _prepared(plan.kept / f"reads-{messages}.db", wanted)
        return
    with temporary_folder(plan.folder) as folder:
        yield _prepared(folder / "reads.db", wanted)


def _prepared(file: Path, wanted: Volume) -> Big:
    began = time.perf_counter()
    token_of = asyncio.run(_fill(file, wanted))
    say(f"reads: the database is there after {time.perf_counter() - began:.0f} s")
    with closing(sqlite3.connect(file)) as connection:
        return Big(file, _askers(connection, token_of), *_vocabulary(connection))


async def _fill(file: Path, wanted: Volume) -> Any:
    settings = Settings(database=f"sqlite:///{file}", access_token_seconds=86400)
    clock = SystemClock()

    def told(progress: Progress) -> None:
        if progress.stage == "messages" and progress.done % 200_000 == 0:
            say(f"reads: {progress.done:,} of {progress.total:,} messages")

    async with opened_database(settings, to_serve=False) as database:
        await fill_volume(settings, database, wanted, told)
        await fill_belongings(database)
        credentials = await load_credentials(settings, database, clock, Randomness())
        credentials.close()
    return lambda user_id: credentials.access_token(user_id, "admin", f"{user_id}-bench")


def _askers(connection: sqlite3.Connection, token_of: Any) -> list[Asker]:
    """Who is in most conversations, and others who are in at least one."""
    rows = connection.execute(
        "SELECT user_id, count(*) FROM members GROUP BY user_id ORDER BY 2 DESC, 1 LIMIT ?",
        (ASKERS,),
    ).fetchall()
    found = []
    for user_id, _ in rows:
        group = connection.execute(
            "SELECT m.conversation_id, x.message_id, o.user_id FROM members m"
            " JOIN conversations c ON c.conversation_id = m.conversation_id"
            " JOIN messages x ON x.conversation_id = m.conversation_id"
            " JOIN members o ON o.conversation_id = m.conversation_id AND o.user_id <> m.user_id"
            " WHERE m.user_id = ? ORDER BY c.kind DESC, x.seq DESC LIMIT 1",
            (user_id,),
        ).fetchone()
        room, message, other = group
        ids = {"conversationId": room, "groupId": room, "messageId": message, "userId": other}
        ids |= {"userIds": other, "senderId": other, "assigneeId": user_id, "creatorId": user_id}
        found.append(Asker(user_id, token_of(user_id), ids))
    return found


def _vocabulary(connection: sqlite3.Connection) -> tuple[list[str], list[str], list[str]]:
    connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, message_search, row)")
    rows = connection.execute(
        "SELECT term FROM temp.words WHERE term NOT LIKE '@%' AND length(term) > 1"
        " ORDER BY doc DESC, term"
    ).fetchall()
    words = [row[0] for row in rows]
    middle = len(words) // 2
    return words[middle : middle + 20], words[20:40], words[:5]


# -- asking ------------------------------------------------------------------------


class Client:
    """Asks one server over one connection, one request after another."""

    def __init__(self, server: Process) -> None:
        address = urlsplit(server.hello["url"])
        self._http = http.client.HTTPConnection(address.hostname, address.port, timeout=60)

    def get(self, path: str, asker: Asker) -> tuple[float, int]:
        """How many milliseconds until the whole answer was there, and its status."""
        began = time.perf_counter()
        self._http.request("GET", f"/v1{path}", headers={"Authorization": f"Bearer {asker.token}"})
        response = self._http.getresponse()
        response.read()
        return (time.perf_counter() - began) * 1e3, response.status

    def close(self) -> None:
        self._http.close()


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def operations() -> list[tuple[str, str, list[str]]]:
    """Id, path and required query parameters of what is asked for."""
    found = []
    document = load_openapi()
    for path, method, operation in operations_of(document):
        name = operation["operationId"]
        if method != "get" or operation.get("x-planned") or name in NOT_ASKED:
            continue
        needed = []
        for one in operation.get("parameters", ()):
            reference = one.get("$ref", "").rpartition("/")[2]
            parameter = document["components"]["parameters"].get(reference, one)
            if parameter["in"] == "query" and parameter.get("required"):
                needed.append(parameter["name"])
        found.append((name, path, needed))
    return found


def _filled(path: str, needed: Sequence[str], asker: Asker, words: Iterator[str]) -> str:
    """The path of one request."""
    for name in re.findall(r"\{(\w+)\}", path):
        path = path.replace(f"{{{name}}}", quote(asker.ids[name]))
    query = {name: asker.ids.get(name) or next(words) for name in needed}
    joint = "&" if "?" in path else "?"
    return path + joint * bool(query) + urlencode(query)


def _variants() -> list[tuple[str, str, list[str]]]:
    """Every operation, and some with what makes them harder."""
    more = [
        ("listConversations by name", "/conversations?sort=name&limit=200", []),
        ("listConversations unread", "/conversations?filter=unread", []),
        ("searchMessages by time", "/messages/search?sort=time", ["q"]),
        ("searchUsers, one letter", "/users/search?q=a", []),
    ]
    return [*operations(), *more]


IDS = {"conversationId", "groupId", "messageId", "userId"}
"""What paths may name: there is nothing else in this world."""


def asked_for() -> list[tuple[str, str, list[str]]]:
    """What gets a row."""
    return [one for one in _variants() if set(re.findall(r"\{(\w+)\}", one[1])) <= IDS]


def measure(plan: Plan) -> list[Row]:
    """A row for each read operation: its p95 in ms; p50 and p99 are in the notes."""
    with opened(plan) as big:
        server = served(big.file, plan.cores.server)
        client = Client(server)
        try:
            rows = [_operation(plan, client, big, one) for one in asked_for()]
            return rows + _search_rows(plan, client, big)
        finally:
            client.close()
            server.stop()


def _operation(plan: Plan, client: Client, big: Big, operation: tuple[str, str, list[str]]) -> Row:
    name, path, needed = operation
    words = itertools.cycle([*big.rare, *big.frequent, *big.commonest])
    count = plan.count(REQUESTS, least=4)
    runs: list[list[float]] = []
    seen: set[int] = set()
    for run in range(-1, plan.runs):
        times = []
        for number in range(WARM_UP if run < 0 else count):
            asker = big.askers[0 if number % 3 == 0 else number % len(big.askers)]
            filled = _filled(path, needed, asker, words)
            took, status = client.get(filled, asker)
            times.append(took)
            seen.add(status)
        if run >= 0:
            runs.append(times)
    p50, p95, p99 = (Figure(tuple(percentile(one, at) for one in runs)) for at in (0.5, 0.95, 0.99))
    say(f"reads, {name}: p95 {p95} ms, {sorted(seen)}")
    if seen & {401, 403, 422, 500, 501, 503}:
        raise ConnectionError(f"{name} was answered with {sorted(seen)}")
    note = f"p50 {p50}, p99 {p99} ms" + ("" if seen <= {200} else f"; answers {sorted(seen)}")
    return Row("reads", name, "ms, p95", p95, at_most=AT_MOST_MS, notes=[note])


# -- searches against the index ---------------------------------------------------------


def _questions(big: Big, count: int) -> list[str]:
    """Words as people look for them: most of them rare ones, some in very many messages."""
    chance = random.Random(1)
    kinds = [*[big.rare] * 4, *[big.frequent] * 4, *[big.commonest] * 2]
    return [chance.choice(kinds[number % len(kinds)]) for number in range(count)]


def _search_rows(plan: Plan, client: Client, big: Big) -> list[Row]:
    """Searches by relevance against FTS5's own ranking, and by time against its own order."""
    rows = []
    for sort, order in (("relevance", "rank"), ("time", "rowid DESC")):
        measured: list[float] = []
        raw: list[float] = []
        for run in range(plan.runs):
            ours, floor = _searches(plan, client, big, sort, order, run)
            measured.append(percentile(ours, 0.95))
            raw.append(percentile(floor, 0.95))
            say(f"search by {sort}: p95 {measured[-1]:.2f} ms, raw {raw[-1]:.2f} ms")
        note = f"p95; the floor is `MATCH … ORDER BY {order} LIMIT {LIMIT}`, over all conversations"
        rows.append(
            Row(
                "search",
                f"by {sort}",
                "ms",
                Figure(tuple(measured)),
                Figure(tuple(raw)),
                at_most=AT_MOST_RATIO if sort == "relevance" else None,
                notes=[note],
            )
        )
    return rows


def _searches(
    plan: Plan, client: Client, big: Big, sort: str, order: str, run: int
) -> tuple[list[float], list[float]]:
    """Milliseconds of each search, and of each raw question, in turns."""
    count = plan.count(200, least=10)
    ours, floor = [], []
    with closing(sqlite3.connect(big.file)) as connection:
        connection.execute("PRAGMA cache_size = -65536")
        for number, word in enumerate(_questions(big, count)):
            asker = big.askers[(number + run) % len(big.askers)]
            took, status = client.get(
                "/messages/search?" + urlencode({"q": word, "sort": sort, "limit": LIMIT}), asker
            )
            assert status == 200, f"{word}: {status}"
            ours.append(took)
            began = time.perf_counter()
            connection.execute(
                "SELECT rowid FROM message_search WHERE message_search MATCH ?"
                f" ORDER BY {order} LIMIT {LIMIT}",
                (match_of([((word,), False)], [], []),),
            ).fetchall()
            floor.append((time.perf_counter() - began) * 1e3)
    return ours, floor
