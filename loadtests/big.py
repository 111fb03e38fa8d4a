"""The large world that is read, on SQLite or PostgreSQL, and askers who have all that there is."""

import asyncio
import http.client
import json
import secrets
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from altlas_chat.domain.times import rfc3339
from altlas_chat.seeding.volume import Progress, Volume, fill_volume
from altlas_chat.server.opening import opened_database
from altlas_chat.services.credentials import Credentials, load_credentials
from altlas_chat.settings import Settings
from altlas_chat.storage.database import Database, Reader, Row
from altlas_chat.system import Randomness, SystemClock
from loadtests.belongings import fill_belongings
from loadtests.harness import COMMAND, Plan, Process, environment, say, temporary_folder

PEOPLE, CONVERSATIONS, MESSAGES = 10_000, 2_000, 1_000_000
ASKERS = 40
"""People who ask in turn; the first is in every group, the next two in many."""

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8"
    "cfc000000301010018dd8db00000000049454e44ae426082"
)
"""A PNG of one pixel."""

DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Asker:
    """Somebody who reads, and what there is to be read: ids by the names of parameters."""

    user_id: str
    token: str
    rooms: Sequence[str]
    ids: Mapping[str, str]


class Words(NamedTuple):
    """Words by how many messages have them."""

    rare: Sequence[str] = ()
    frequent: Sequence[str] = ()
    commonest: Sequence[str] = ()


@dataclass(frozen=True)
class Big:
    """A filled database, its readers, and its words."""

    url: str
    folder: Path
    askers: Sequence[Asker]
    words: Words = field(default_factory=Words)


@contextmanager
def opened(plan: Plan) -> Iterator[Big]:
    """The big database: made new and removed, or found where it was kept."""
    messages = plan.count(MESSAGES, least=2_000)
    wanted = Volume(
        plan.count(PEOPLE, least=200), plan.count(CONVERSATIONS, least=60), messages, seed=7
    )
    with temporary_folder(plan.folder) as folder:
        if plan.database is not None:
            url = plan.database
            migrate = [*COMMAND, "migrate", "up", "--database", url]
            subprocess.run(migrate, env=environment({}), stdout=subprocess.DEVNULL, check=True)
        elif plan.kept is not None:
            plan.kept.mkdir(parents=True, exist_ok=True)
            url = f"sqlite:///{plan.kept.resolve() / f'reads-{messages}.db'}"
        else:
            url = f"sqlite:///{folder / 'reads.db'}"
        began = time.perf_counter()
        askers, words = asyncio.run(_prepared(url, wanted))
        say(f"reads: the database is there after {time.perf_counter() - began:.0f} s")
        yield Big(url, folder, askers, words)


async def _prepared(url: str, wanted: Volume) -> tuple[list[Asker], Words]:
    settings = Settings(database=url, access_token_seconds=86400)

    def told(progress: Progress) -> None:
        if progress.stage == "messages" and progress.done % 200_000 == 0:
            say(f"reads: {progress.done:,} of {progress.total:,} messages")

    async with opened_database(settings, to_serve=False) as database:
        await fill_volume(settings, database, wanted, told)
        if await fill_belongings(database) and database.dialect == "postgresql":
            await database.write(lambda tx: tx.execute("ANALYZE"), lane="belongings")
        credentials = await load_credentials(settings, database, SystemClock(), Randomness())
        try:
            askers = await database.read(lambda reader: _askers(reader, credentials))
        finally:
            credentials.close()
        return askers, await _words(url, database)


async def _askers(reader: Reader, credentials: Credentials) -> list[Asker]:
    """Who is in most conversations, and others who are in at least one group."""
    rows = await reader.fetch_all(
        "SELECT m.user_id, count(*) FROM members m GROUP BY m.user_id"
        " HAVING sum(CASE WHEN m.conversation_id IN (SELECT conversation_id FROM conversations"
        " WHERE kind = 'group') THEN 1 ELSE 0 END) > 0 ORDER BY 2 DESC, 1 LIMIT ?",
        ASKERS,
    )
    found = []
    for user_id, _ in rows:
        rooms = await reader.fetch_all(
            "SELECT conversation_id FROM members WHERE user_id = ?", user_id
        )
        there = await reader.fetch_one(
            "SELECT m.conversation_id, (SELECT x.message_id FROM messages x"
            " WHERE x.conversation_id = m.conversation_id ORDER BY x.seq DESC LIMIT 1), o.user_id"
            " FROM members m JOIN conversations c ON c.conversation_id = m.conversation_id"
            " JOIN members o ON o.conversation_id = m.conversation_id AND o.user_id <> m.user_id"
            " WHERE m.user_id = ? AND c.kind = 'group' ORDER BY m.conversation_id LIMIT 1",
            user_id,
        )
        if there is None:  # alone in all of them
            continue
        room, message, other = there
        ids = {"conversationId": room, "groupId": room, "messageId": message, "userId": other}
        ids |= {"userIds": other, "senderId": other, "assigneeId": user_id, "creatorId": user_id}
        token = credentials.access_token(user_id, "admin", f"{user_id}-bench")
        found.append(Asker(user_id, token, [row[0] for row in rooms], ids))
    return found


def _words_of_sqlite(file: str) -> list[Row]:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.w USING fts5vocab(main, message_search, row)")
        return connection.execute("SELECT term, doc FROM temp.w").fetchall()


async def _words(url: str, database: Database) -> Words:
    if database.dialect == "sqlite":
        rows = _words_of_sqlite(url.removeprefix("sqlite:///"))
    else:
        some = "SELECT search_vector FROM messages WHERE message_number % 10 = 0"
        sql = f"SELECT word, ndoc FROM ts_stat('{some}')"
        rows = await database.read(lambda reader: reader.fetch_all(sql))
    plain = [row for row in rows if len(row[0]) > 1 and not row[0].startswith("@")]
    found = [row[0] for row in sorted(plain, key=lambda row: (-row[1], row[0]))]
    middle = len(found) // 2
    return Words(found[middle : middle + 20], found[20:40], found[:5])


# -- asking ------------------------------------------------------------------------


class Client:
    """Asks one server over one connection, one request after another."""

    def __init__(self, server: Process) -> None:
        address = urlsplit(server.hello["url"])
        self._http = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)

    def get(self, path: str, asker: Asker) -> tuple[float, int]:
        """How many milliseconds until the whole answer was there, and its status."""
        began = time.perf_counter()
        self._http.request("GET", f"/v1{path}", headers={"Authorization": f"Bearer {asker.token}"})
        response = self._http.getresponse()
        response.read()
        return (time.perf_counter() - began) * 1e3, response.status

    def send(
        self, method: str, path: str, asker: Asker, body: bytes = b"", kind: str = ""
    ) -> dict[str, Any]:
        """The answer to a request that makes or removes something.

        Raises:
            ConnectionError: it was refused.
        """
        headers = {"Authorization": f"Bearer {asker.token}"} | (
            {"Content-Type": kind} if kind else {}
        )
        self._http.request(method, f"/v1{path}", body, headers)
        response = self._http.getresponse()
        answer = response.read()
        if response.status >= 400:
            raise ConnectionError(f"{method} {path}: {response.status} {answer.decode()}")
        found: dict[str, Any] = json.loads(answer) if answer else {}
        return found

    def close(self) -> None:
        self._http.close()


@contextmanager
def equipped(client: Client, askers: Sequence[Asker]) -> Iterator[list[Asker]]:
    """The askers with what there is no row of in a filled world; it is gone afterwards."""
    made: list[tuple[Asker, str]] = []
    try:
        yield [_equipped(client, asker, made) for asker in askers]
    finally:
        for asker, path in reversed(made):
            client.send("DELETE", path, asker)


def _equipped(client: Client, asker: Asker, made: list[tuple[Asker, str]]) -> Asker:
    """An image as a file and as avatar, a link to it, a draft, a task, a message for later."""

    def send(method: str, path: str, **body: object) -> dict[str, Any]:
        return client.send(method, path, asker, json.dumps(body).encode(), "application/json")

    limit = secrets.token_hex(8)
    form = (
        f'--{limit}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    ).encode()
    body = form + PICTURE + f"\r\n--{limit}--\r\n".encode()
    room = asker.ids["conversationId"]
    file = client.send("POST", "/files", asker, body, f"multipart/form-data; boundary={limit}")
    made.append((asker, f"/files/{file['id']}"))
    send("PUT", "/users/me/avatar", fileId=file["id"])
    made.append((asker, "/users/me/avatar"))
    link = send("POST", f"/files/{file['id']}/links", expiresInSeconds=3600)
    send("PUT", f"/conversations/{room}/draft", text="taslak")
    made.append((asker, f"/conversations/{room}/draft"))
    task = send("POST", "/tasks", title="To do")
    made.append((asker, f"/tasks/{task['id']}"))
    at = rfc3339(SystemClock().now_ms() + 30 * DAY_MS)
    later = send(
        "POST",
        "/messages",
        conversationId=room,
        clientId=secrets.token_hex(8),
        text="sonra",
        scheduledAt=at,
    )
    made.append((asker, f"/scheduled-messages/{later['id']}"))
    ids = {"fileId": file["id"], "taskId": task["id"], "scheduledId": later["id"]}
    ids["signature"] = urlsplit(link["url"]).path.rpartition("/")[2]
    return Asker(asker.user_id, asker.token, asker.rooms, {**asker.ids, **ids})
