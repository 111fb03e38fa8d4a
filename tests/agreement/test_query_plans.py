"""No query goes through a whole table that grows: the plans of both databases, for every operation.

A small world is made over REST, then everything that can be had by GET is
asked for: every operation of the contract that is built, with each value of
each parameter, and its second page. What reaches the database meanwhile, for
reading and inside changes, is recorded, and its plans are looked at. An
operation that is built later is in the walk without being named here.
"""

import itertools
import re
import sqlite3
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest
from PIL import Image

from altlas_chat.contract.documents import Json, load_openapi, operations_of
from altlas_chat.domain.times import rfc3339
from altlas_chat.seeding.volume import Volume, fill_volume
from altlas_chat.server.opening import opened_database
from altlas_chat.settings import Settings
from altlas_chat.storage import search as stored
from altlas_chat.storage.database import Row, Transaction
from altlas_chat.storage.directs import select_writers
from altlas_chat.storage.postgresql import PostgresTransaction, numbered
from altlas_chat.storage.sqlite import SqliteTransaction
from altlas_chat.storage.sqlite_readers import SqliteReader
from altlas_chat.system import SystemClock
from loadtests.belongings import fill_belongings
from tests.support.images import written
from tests.support.postgres import fresh_database
from tests.support.running import PASSWORD, Chat, Person, ServeChat

Queries = dict[str, tuple[object, ...]]
NOT_THERE = "019ab3f2-0000-7000-8000-000000000000"

NOT_ASKED = {"connectSocket", "streamEvents", "getMetrics"}
"""Operations that don't end, or read nothing."""

ALLOWED = {
    "FROM meta": "a handful of facts about the database",
    "SELECT 1 FROM users LIMIT 1": "the first row that there is, whichever",
    "max(message_number)": "the end of the table's own tree",
    "FROM alembic_version": "one row",
}
"""Parts of statements that may go through a table, and why."""

_SCAN = re.compile(r"^SCAN (?!CONSTANT|\(|\d)(\S+)(?! .*VIRTUAL TABLE)")


def _is_passed_over(sql: str) -> bool:
    return not sql.lstrip().upper().startswith(("SELECT", "WITH")) or any(
        part in sql for part in ALLOWED
    )


# -- what is asked ---------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Queries:
    """Each statement that is read with, and parameters that it had."""
    found: Queries = {}
    for kind in (SqliteReader, SqliteTransaction, PostgresTransaction):
        for name in ("fetch_one", "fetch_all"):
            original = getattr(kind, name)

            async def recording(
                self: Any, sql: str, *params: object, original: Any = original
            ) -> list[Row]:
                found.setdefault(sql, params)
                result: list[Row] = await original(self, sql, *params)
                return result

            monkeypatch.setattr(kind, name, recording)
    return found


async def make_world(chat: Chat) -> tuple[Person, dict[str, str]]:
    """An administrator among others, with what there is to be read; ids by parameter."""
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")

    async def promote(tx: Transaction) -> None:
        await tx.execute("UPDATE users SET role = 'admin' WHERE user_id = ?", ayse.user_id)

    await chat.running.parts.deps.database.write(promote, lane="test")
    login = {"username": "ayse", "password": PASSWORD}
    ayse.token = (await ayse.gets("POST", "/auth/login", login))["accessToken"]
    direct = await chat.direct(ayse, mehmet)
    group = await chat.group(ayse, mehmet, zeynep)
    message: Json = {}
    for number, room in enumerate((direct, group, direct, group)):
        for person in (mehmet, ayse):
            body = {"conversationId": room, "clientId": f"{person.user_id}{number}"[-60:]}
            mentions = [ayse.user_id] if person is mehmet else []
            text = {"text": f"merhaba dünya {number}", "mentions": mentions}
            message = await person.gets("POST", "/messages", {**body, **text})
    reply = {"conversationId": group, "clientId": "reply", "replyToId": message["id"]}
    await mehmet.gets("POST", "/messages", {**reply, "text": "evet"})
    kept = [await mehmet.uploads(one) for one in (b"bir", b"iki")]
    carrying = {"conversationId": group, "clientId": "files", "kind": "file"}
    file_ids = [one["id"] for one in kept]
    await mehmet.gets("POST", "/messages", {**carrying, "fileIds": file_ids})
    await ayse.gets("PUT", f"/messages/{message['id']}", {"text": "merhaba dünya!"})
    hidden = {"conversationId": await chat.direct(mehmet, zeynep), "text": "merhaba dünya"}
    for number in range(12):
        await zeynep.gets("POST", "/messages", {**hidden, "clientId": f"hidden{number}"})
    ids = {
        "conversationId": group,
        "groupId": group,
        "messageId": message["id"],
        "userId": mehmet.user_id,
        "userIds": f"{mehmet.user_id},{zeynep.user_id}",
        "senderId": mehmet.user_id,
        "assigneeId": mehmet.user_id,
        "creatorId": mehmet.user_id,
        "emoji": "👍",
    }
    return ayse, {**ids, **await _belongings(ayse, mehmet, message, group)}


async def _belongings(ayse: Person, mehmet: Person, message: Json, group: str) -> dict[str, str]:
    """What one has and what hangs on a message, of each kind something; ids of what is named."""
    path = f"/messages/{message['id']}"
    await ayse.gets("PUT", f"{path}/reactions/{quote('👍')}")
    await ayse.gets("PUT", f"{path}/pin")
    await ayse.gets("PUT", f"{path}/star")
    await ayse.gets("PUT", f"/conversations/{group}/draft", {"text": "taslak"})
    picture = written(Image.new("RGB", (4, 4)))
    avatar = await mehmet.uploads(picture, "a.png")
    await mehmet.gets("PUT", "/users/me/avatar", {"fileId": avatar["id"]})
    image = await ayse.uploads(picture, "a.png")
    await ayse.gets("PUT", f"/groups/{group}", {"avatarFileId": image["id"]})
    link = await ayse.gets("POST", f"/files/{image['id']}/links", {"expiresInSeconds": 60})
    task = await ayse.gets("POST", "/tasks", {"title": "iş", "conversationId": group})
    later = {"conversationId": group, "clientId": "later", "text": "sonra"}
    sent_at = rfc3339(SystemClock().now_ms() + 86_400_000)
    scheduled = await ayse.gets("POST", "/messages", {**later, "scheduledAt": sent_at})
    return {
        "fileId": image["id"],
        "taskId": task["id"],
        "scheduledId": scheduled["id"],
        "signature": link["url"].rpartition("/")[2],
    }


def _values(parameter: Json, ids: dict[str, str]) -> list[str]:
    """What a parameter is tried with."""
    name, schema = parameter["name"], parameter.get("schema", {})
    if name in ids:
        return [ids[name]]
    if name == "q":
        return ["merhaba", "merhaba dünya", '"merhaba dünya"', "me*"]
    if "enum" in schema:
        return [str(value) for value in schema["enum"]]
    if schema.get("format") == "date-time":
        return ["2020-01-01T00:00:00Z"]
    kinds = {"boolean": ["true", "false"], "integer": ["1"]}
    return kinds.get(schema.get("type"), ["x"])


def requests(openapi: Json, ids: dict[str, str]) -> Iterator[str]:
    """Paths with queries: of every operation with nothing more, then each parameter alone."""

    def resolved(one: Json) -> Json:
        while "$ref" in one:
            value: Any = openapi
            for step in one["$ref"].removeprefix("#/").split("/"):
                value = value[step]
            one = value
        return one

    for path, method, operation in operations_of(openapi):
        if method != "get" or operation.get("x-planned") or operation["operationId"] in NOT_ASKED:
            continue
        parameters = []
        for one in operation.get("parameters", ()):
            parameter = dict(resolved(one))
            parameter["schema"] = resolved(parameter.get("schema", {}))
            parameters.append(parameter)
        filled = path
        for name in re.findall(r"\{(\w+)\}", path):
            filled = filled.replace(f"{{{name}}}", quote(ids.get(name, NOT_THERE)))
        query = [one for one in parameters if one["in"] == "query"]
        always = [one for one in query if one.get("required")]
        for given in itertools.product(*(_values(one, ids) for one in always)):
            base = {one["name"]: value for one, value in zip(always, given, strict=True)}
            yield _url(filled, base)
            for one in query:
                if one not in always and one["name"] != "cursor":
                    for value in _values(one, ids):
                        yield _url(filled, {**base, one["name"]: value})
                        if any(other["name"] == "limit" for other in query):
                            yield _url(filled, {**base, one["name"]: value, "limit": "1"})


def _url(path: str, query: dict[str, str]) -> str:
    return path + "?" * bool(query) + "&".join(f"{key}={quote(query[key])}" for key in query)


async def walk(person: Person, ids: dict[str, str]) -> dict[str, int]:
    """Ask for everything, with the second page of lists; the last status of each."""
    statuses = {}
    for path in requests(load_openapi(), ids):
        statuses[path], answer = await ask(person, path)
        cursor = answer.get("nextCursor") if isinstance(answer, dict) else None
        if cursor is not None:
            statuses[path], _ = await ask(person, f"{path}&cursor={quote(cursor)}")
    return statuses


async def ask(person: Person, path: str) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {person.token}"}
    async with person.http.get(f"{person.url}/v1{path}", headers=headers) as response:
        is_json = response.content_type.endswith("json")
        return response.status, await response.json() if is_json else await response.read()


# -- what its plans say ----------------------------------------------------------------


def plans_of_sqlite(url: str, asked: Queries) -> dict[str, list[str]]:
    """Scans of each statement."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    found = {}
    for sql, params in asked.items():
        rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()
        tables = _named(sql)
        steps = [row[3] for row in rows]
        scans = [step for step in steps if (one := _SCAN.match(step)) and one[1] in tables]
        found[sql] = [step for step in scans if not _is_a_page(step, sql, steps)]
    connection.close()
    return found


def _is_a_page(step: str, sql: str, steps: list[str]) -> bool:
    """Whether a scan goes along an index in the order that is asked for, and ends at a limit."""
    sorts = any("TEMP B-TREE" in one for one in steps)
    return "USING INDEX" in step and " LIMIT " in sql and "ORDER BY" in sql and not sorts


def _named(sql: str) -> set[str]:
    """Tables of a statement by the names that a plan gives them; its own parts are not tables."""
    pattern = re.compile(
        r"(?:FROM|JOIN)\s+(\w+)(?:\s+(?:AS\s+)?(?!ON|WHERE|JOIN|LEFT|CROSS)(\w+))?"
    )
    names = set()
    for table, alias in pattern.findall(sql):
        names |= {table, alias}
    return names - {""}


async def plans_of_postgresql(
    url: str, asked: Queries, *, is_free: bool = False
) -> dict[str, list[str]]:
    connection = await asyncpg.connect(url)
    if not is_free:
        # An empty table is cheapest to scan; what counts is whether there is another way.
        await connection.execute("SET enable_seqscan = off")
    found = {}
    for sql, params in asked.items():
        rows = await connection.fetch(f"EXPLAIN {numbered(sql)}", *params)
        found[sql] = [row[0].strip() for row in rows if "Seq Scan" in row[0]]
    await connection.close()
    return found


def unanswered(statuses: dict[str, int]) -> set[str]:
    """Operations that can be had by GET and were answered with 200 by no request."""
    document = load_openapi()
    expected = {
        re.sub(r"\{\w+\}", "[^/?]+", path): operation["operationId"]
        for path, method, operation in operations_of(document)
        if method == "get" and not operation.get("x-planned")
    }
    good = [path.partition("?")[0] for path, status in statuses.items() if status == 200]
    found = {
        name for path, name in expected.items() if any(re.fullmatch(path, one) for one in good)
    }
    return set(expected.values()) - found - NOT_ASKED


async def test_no_query_goes_through_a_table_that_grows(
    asked: Queries, chat_on_each: Chat, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "FIRST_STEP", 1)
    person, ids = await make_world(chat_on_each)
    statuses = await walk(person, ids)
    assert not {path: status for path, status in statuses.items() if status >= 500}
    assert unanswered(statuses) == set()
    for cost in (0, 10**9):
        monkeypatch.setattr(stored, "NAMING_COST", cost)
        await ask(person, "/messages/search?q=merhaba&sort=time&limit=2")
    async with opened_database(Settings(database=database_url), to_serve=False) as database:
        # Of people who post at the same moment, which nobody can be sure to do.
        pairs = {(ids["conversationId"], person.user_id), (NOT_THERE, NOT_THERE)}
        await database.read(lambda reader: select_writers(reader, pairs))
    looked_at = {sql: params for sql, params in asked.items() if not _is_passed_over(sql)}
    assert len(looked_at) > 60
    if database_url.startswith("sqlite"):
        plans = plans_of_sqlite(database_url, looked_at)
    else:
        plans = await plans_of_postgresql(database_url, looked_at)
    bad = {sql: scans for sql, scans in plans.items() if scans}
    assert not bad, "\n\n".join(f"{sql}\n  {scans}" for sql, scans in bad.items())


LARGE = ("messages", "events", "notifications", "stars", "reactions")
"""Tables that PostgreSQL never goes through in a filled world, whatever it is free to choose."""


async def test_postgresql_takes_the_indexes_when_it_knows_how_large_tables_are(
    asked: Queries, serve_chat: ServeChat
) -> None:
    """With statistics of a filled world, and free to choose, unlike in the test above."""
    with fresh_database() as url:
        settings = Settings(database=url)
        async with opened_database(settings, to_serve=False) as database:
            wanted = Volume(users=300, conversations=120, messages=20_000, seed=7)
            await fill_volume(settings, database, wanted, lambda _: None)
            await fill_belongings(database)
        person, ids = await make_world(await serve_chat(database=url))
        connection = await asyncpg.connect(url)
        await connection.execute("ANALYZE")
        await connection.close()
        asked.clear()
        assert unanswered(await walk(person, ids)) == set()
        looked_at = {sql: params for sql, params in asked.items() if not _is_passed_over(sql)}
        plans = await plans_of_postgresql(url, looked_at, is_free=True)
        looked_through = {
            sql: scans
            for sql, lines in plans.items()
            if (scans := [line for line in lines if re.search(rf" on ({'|'.join(LARGE)}) ", line)])
        }
        assert not looked_through
        one = {"SELECT text FROM messages WHERE text = ?": ("x",)}
        assert (await plans_of_postgresql(url, one, is_free=True)).popitem()[1]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT text FROM messages WHERE text = ?",
        "SELECT m.text FROM members o JOIN messages m ON m.kind = o.role WHERE o.user_id = ?",
    ],
)
async def test_a_query_without_an_index_is_noticed(
    chat_on_each: Chat, database_url: str, sql: str
) -> None:
    asked: Queries = {sql: ("x",)}
    if database_url.startswith("sqlite"):
        assert plans_of_sqlite(database_url, asked)[sql]
    else:
        assert (await plans_of_postgresql(database_url, asked))[sql]
