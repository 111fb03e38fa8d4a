"""What reading costs in a large world: every read operation, and searches against the raw index.

A database of 1,000,000 messages, 10,000 people and 2,000 conversations is
filled as ``altlas-chat seed`` fills it, and some people get more: one is in
every group, all of these have what hangs on messages, files, tasks,
notifications (:mod:`.big`). One server serves it, and one connection asks: a
light load. With ``--keep`` the database is kept, and used again; with
``--database`` it is one of PostgreSQL.

``measure`` asks for every operation of the contract that is built and can be
had by GET. More rows say what searching costs beside the full-text index
itself (:mod:`.searches`).
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from urllib.parse import quote, urlencode

from altlas_chat.contract.documents import load_openapi, operations_of
from loadtests import searches
from loadtests.big import Asker, Big, Client, equipped, opened
from loadtests.harness import Figure, Plan, Row, say, served
from loadtests.searches import percentile

REQUESTS = 60
"""Of each operation in a run."""

WARM_UP = 5
AT_MOST_MS = 50.0

NOT_ASKED = {
    "connectSocket": "it does not end",
    "streamEvents": "it does not end",
}
"""Operations that can be had by GET and get no row, and why."""

ABSENT = {"downloadConversationAvatar"}
"""Operations that are answered with 404 in this world."""

OWN = {"downloadAvatar"}
"""Operations that are asked for the asker's own, since others have none."""

Asking = tuple[str, str, list[str]]
"""What is asked for: a name, a path and the query parameters that it needs."""


def operations() -> list[Asking]:
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


def asked_for() -> list[Asking]:
    """Every operation, and some with what makes them harder."""
    more = [
        ("listConversations by name", "/conversations?sort=name&limit=200", []),
        ("listConversations unread", "/conversations?filter=unread", []),
        ("searchMessages by time", "/messages/search?sort=time", ["q"]),
        ("searchUsers, one letter", "/users/search?q=a", []),
        ("listConversationFiles, 200", "/conversations/{conversationId}/files?limit=200", []),
        ("listConversationFiles, images", "/conversations/{conversationId}/files?kind=image", []),
        ("listConversationFiles, none", "/conversations/{conversationId}/files?kind=video", []),
    ]
    return [*operations(), *more]


def measure(plan: Plan) -> list[Row]:
    """A row for each read operation: its p95 in ms; p50 and p99 are in the notes."""
    with (
        opened(plan) as big,
        served(big.url, plan.cores.server, big.folder) as server,
        closing(Client(server)) as client,
    ):
        with equipped(client, big.askers) as askers:
            big = replace(big, askers=askers)
            rows = [_operation(plan, client, big, one) for one in asked_for()]
        return rows + searches.rows(plan, client, big)


def _operation(plan: Plan, client: Client, big: Big, operation: Asking) -> Row:
    name, path, needed = operation
    words = itertools.cycle(itertools.chain(*big.words))
    count = plan.count(REQUESTS, least=4)
    runs: list[list[float]] = []
    seen: set[int] = set()
    for run in range(-1, plan.runs):
        times = []
        for number in range(WARM_UP if run < 0 else count):
            asker = big.askers[0 if number % 3 == 0 else number % len(big.askers)]
            if name in OWN:
                asker = replace(asker, ids={**asker.ids, "userId": asker.user_id})
            filled = _filled(path, needed, asker, words)
            took, status = client.get(filled, asker)
            times.append(took)
            seen.add(status)
        if run >= 0:
            runs.append(times)
    p50, p95, p99 = (Figure(tuple(percentile(one, at) for one in runs)) for at in (0.5, 0.95, 0.99))
    say(f"reads, {name}: p95 {p95} ms, {sorted(seen)}")
    if seen != {404 if name in ABSENT else 200}:
        raise ConnectionError(f"{name} was answered with {sorted(seen)}")
    note = f"p50 {p50}, p99 {p99} ms" + ("" if seen == {200} else f"; answers {sorted(seen)}")
    return Row("reads", name, "ms, p95", p95, at_most=AT_MOST_MS, notes=[note])
