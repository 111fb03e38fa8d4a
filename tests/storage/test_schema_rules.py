"""What the tables refuse, what goes with what, and what has an index, on both databases."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, closing
from pathlib import Path

import pytest

from altlas_chat.storage import schema
from altlas_chat.storage.database import Database, Reader, Row, Transaction, UniqueViolated
from altlas_chat.storage.postgresql import PostgresDatabase
from altlas_chat.storage.schema import check_schema, create_schema_sqlite
from altlas_chat.storage.sqlite import SqliteDatabase
from altlas_chat.storage.sqlite_connections import connect
from tests.support.postgres import fresh_database

URL = "sqlite:///somewhere.db"
REFUSED = r"(?i)constraint|violates"


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(request.param, tmp_path / "chat.db") as database:
        yield database


@asynccontextmanager
async def opened(dialect: str, path: Path) -> AsyncIterator[Database]:
    """A database with its schema, made as ``serve`` and as the tests make it."""
    with ExitStack() as stack:
        found: Database
        if dialect == "sqlite":
            create_schema_sqlite(stack.enter_context(closing(connect(str(path)))))
            found = await SqliteDatabase.open(path, readers=1, batch_size=8)
        else:
            url = stack.enter_context(fresh_database())
            found = await PostgresDatabase.open(url, pool_size=2, batch_size=8)
        yield found
        await found.close()


async def run(database: Database, *steps: str) -> list[int]:
    """Each statement's number of changed rows, all in one transaction."""

    async def change(tx: Transaction) -> list[int]:
        return [await tx.execute(sql) for sql in steps]

    return await database.write(change, lane="test")


async def rows(database: Database, sql: str) -> list[tuple[object, ...]]:
    async def query(reader: Reader) -> list[Row]:
        return await reader.fetch_all(sql)

    return [tuple(row) for row in await database.read(query)]


def insert(table: str, **values: object) -> str:
    columns = ", ".join((*values, "created_at", "updated_at"))
    quoted = ", ".join(f"'{value}'" for value in values.values())
    return f"INSERT INTO {table} ({columns}) VALUES ({quoted}, 1, 1)"


def user(user_id: str, **more: str) -> str:
    names = dict.fromkeys(("username", "username_key", "display_name", "search_name"), user_id)
    return insert("users", user_id=user_id, **{**names, **more})


def conversation(conversation_id: str, **more: str) -> str:
    given = {"kind": "group", "created_by": "ayse", **more}
    return insert("conversations", conversation_id=conversation_id, **given)


def message(message_id: str, seq: int, sender: str = "'ayse'", client: str = "NULL") -> str:
    return (
        "INSERT INTO messages (message_id, conversation_id, seq, position, sender_id, client_id,"
        f" kind, text, created_at) VALUES ('{message_id}', 'c1', {seq}, {seq}, {sender}, {client}, 'text', 'merhaba', 1)"
    )


SCENE = (
    user("ayse"),
    user("mehmet"),
    conversation("c1"),
    "INSERT INTO members (conversation_id, user_id, joined_at) VALUES ('c1', 'ayse', 1)",
    message("m1", 1, client="'a1'"),
)


async def test_both_databases_have_the_same_columns(tmp_path: Path) -> None:
    embedded = """
        SELECT t.name, c.name, c."notnull" FROM sqlite_master t, pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'message_search%' AND c.name <> 'message_number'
        """
    served = """
        SELECT table_name::text, column_name::text, (is_nullable = 'NO')::int
        FROM information_schema.columns WHERE table_schema = 'public'
        AND column_name NOT IN ('search_vector', 'message_number')
        """
    async with opened("sqlite", tmp_path / "chat.db") as database:
        columns = sorted(await rows(database, embedded))
    async with opened("postgresql", tmp_path) as database:
        assert sorted(await rows(database, served)) == columns
    assert len({table for table, _, _ in columns}) == 27


async def test_text_is_ordered_by_code_point(database: Database) -> None:
    names = ["Zeki", "ali", "Ömer", "ışık", "Ali", "çağrı", "😀"]
    await run(database, *(user(f"u{n}", search_name=name) for n, name in enumerate(names)))
    found = await rows(database, "SELECT search_name FROM users ORDER BY search_name")
    assert [name for (name,) in found] == sorted(names)


async def test_the_schema_is_read_alike_on_both_databases(database: Database) -> None:
    found = await database.read(schema.select_schema)
    assert found.revision == schema.HEAD_REVISION
    check_schema(found, URL)


# Constraints


@pytest.mark.parametrize(
    "wrong",
    [
        user("zeynep", role="king"),
        user("zeynep", origin="mars"),
        user("zeynep", language="de"),
        user("zeynep", email="z@example.org"),
        conversation("c2", kind="direct"),
        conversation("c2", direct_key="a|b"),
        conversation("c2", posting="nobody"),
        conversation("c2", created_by="nobody"),
        "UPDATE members SET role = 'king'",
        "UPDATE members SET notifications = 'loud'",
        "UPDATE members SET read_seq = -1",
        "INSERT INTO members (conversation_id, user_id, joined_at) VALUES ('c1', 'nobody', 1)",
        "INSERT INTO streams (stream, seq, message_count, changed_at) VALUES ('s', 1, 2, 1)",
        "INSERT INTO events (stream, seq, kind, at) VALUES ('s', 0, 'x', 1)",
        message("m2", 2, sender="NULL"),
        message("m2", 2, sender="'nobody'"),
        message("m2", 0),
        "UPDATE messages SET reply_to_id = 'nothing'",
        "UPDATE messages SET text = NULL",
        "INSERT INTO blocks (user_id, blocked_id, created_at) VALUES ('ayse', 'ayse', 1)",
        insert("tasks", task_id="t", title="t", creator_id="ayse", status="lost"),
        insert("tasks", task_id="t", title="t", creator_id="ayse", priority="highest"),
        "INSERT INTO files (file_id, owner_id, name, media_type, kind, size_bytes, sha256, created_at) VALUES ('f', 'ayse', 'f', 'a/b', 'file', 1, 'no such blob', 1)",
    ],
)
async def test_what_cannot_be_is_refused(database: Database, wrong: str) -> None:
    await run(database, *SCENE)
    with pytest.raises(Exception, match=REFUSED):
        await run(database, wrong)


@pytest.mark.parametrize(
    ("again", "columns"),
    [
        (user("ayse2", username_key="ayse"), ["username_key"]),
        (message("m2", 1), ["conversation_id", "seq"]),
        (message("m2", 2, client="'a1'"), ["sender_id", "client_id"]),
    ],
)
async def test_a_repeated_key_names_its_columns(
    database: Database, again: str, columns: list[str]
) -> None:
    await run(database, *SCENE)
    with pytest.raises(UniqueViolated) as caught:
        await run(database, again)
    assert all(column in caught.value.key for column in columns)


async def test_many_messages_may_have_no_client_id(database: Database) -> None:
    system = message("m4", 4, sender="NULL").replace("'text'", "'system'")
    await run(database, *SCENE, message("m2", 2), message("m3", 3), system)
    assert len(await rows(database, "SELECT 1 FROM messages")) == 4


async def test_what_hangs_on_a_message_goes_with_it(database: Database) -> None:
    await run(
        database,
        *SCENE,
        message("m2", 2),
        "UPDATE messages SET reply_to_id = 'm1', thread_root_id = 'm1' WHERE message_id = 'm2'",
        "INSERT INTO reactions (message_id, user_id, emoji, created_at) VALUES ('m1', 'ayse', '👍', 1)",
        "INSERT INTO message_edits (message_id, edit_number, text, edited_at) VALUES ('m1', 1, 'm', 1)",
        "INSERT INTO hidden_messages (user_id, message_id, conversation_id, hidden_at) VALUES ('mehmet', 'm1', 'c1', 1)",
    )
    await run(database, "DELETE FROM messages WHERE message_id = 'm1'")
    for table in ("reactions", "message_edits", "hidden_messages"):
        assert await rows(database, f"SELECT 1 FROM {table}") == []
    assert await rows(database, "SELECT message_id, reply_to_id, thread_root_id FROM messages") == [
        ("m2", None, None)
    ]


@pytest.mark.parametrize("table", ["users", "conversations"])
async def test_what_others_see_holds_people_and_conversations(
    database: Database, table: str
) -> None:
    await run(database, *SCENE)
    with pytest.raises(Exception, match=REFUSED):
        await run(database, f"DELETE FROM {table}")


async def test_what_is_a_persons_own_goes_with_the_person(database: Database) -> None:
    await run(
        database,
        user("ayse"),
        "INSERT INTO sessions (session_id, user_id, created_at, last_used_at, expires_at) VALUES ('s', 'ayse', 1, 1, 2)",
        "INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at) VALUES ('h', 's', 1, 2)",
    )
    await run(database, "DELETE FROM users")
    assert await rows(database, "SELECT 1 FROM refresh_tokens") == []


async def test_a_full_text_row_is_found_and_forgotten(database: Database) -> None:
    await run(database, *SCENE)
    if database.dialect == "sqlite":
        find = "SELECT rowid FROM message_search WHERE message_search MATCH 'istanbul'"
        put = "INSERT INTO message_search (rowid, text) VALUES (1, 'istanbul bugun')"
        forget = "INSERT INTO message_search (message_search, rowid, text) VALUES ('delete', 1, 'istanbul bugun')"
    else:
        find = "SELECT message_id FROM messages WHERE search_vector @@ to_tsquery('simple', 'istanbul')"
        put = "UPDATE messages SET search_vector = to_tsvector('simple', 'istanbul bugun')"
        forget = "UPDATE messages SET search_vector = to_tsvector('simple', '')"
    await run(database, put)
    assert len(await rows(database, find)) == 1
    await run(database, forget)
    assert await rows(database, find) == []


# Indexes


READS = """
SELECT user_id FROM users WHERE search_name >= 'a' AND search_name < 'b' ORDER BY search_name, user_id LIMIT 20
SELECT session_id FROM sessions WHERE user_id = 'a' ORDER BY last_used_at DESC
SELECT token_hash FROM refresh_tokens WHERE session_id = 's'
SELECT user_id FROM blocks WHERE blocked_id = 'a'
SELECT user_id FROM user_words WHERE word >= 'a' AND word < 'b'
SELECT word FROM user_words WHERE user_id = 'a'
SELECT conversation_id FROM members WHERE user_id = 'a'
SELECT stream, seq FROM events WHERE at < 5 ORDER BY at LIMIT 100
SELECT text FROM messages WHERE conversation_id = 'c' AND seq < 9 ORDER BY seq DESC LIMIT 50
SELECT text FROM messages WHERE thread_root_id = 'm' ORDER BY seq LIMIT 50
SELECT text FROM messages WHERE reply_to_id = 'm'
SELECT message_id FROM message_mentions WHERE user_id = 'a' AND conversation_id = 'c' AND seq > 5
SELECT user_id FROM message_mentions WHERE message_id = 'm'
SELECT message_id FROM stars WHERE user_id = 'a' ORDER BY created_at, message_id LIMIT 20
SELECT draft FROM scheduled_messages WHERE sent_message_id IS NULL AND failed_code IS NULL AND scheduled_at <= 5 ORDER BY scheduled_at LIMIT 20
SELECT draft FROM scheduled_messages WHERE user_id = 'a' ORDER BY scheduled_at
SELECT name FROM files WHERE conversation_id = 'c'
SELECT sum(size_bytes) FROM files WHERE owner_id = 'a'
SELECT name FROM files WHERE sha256 = 'x'
SELECT message_id FROM message_files WHERE file_id = 'f'
SELECT file_id FROM message_files WHERE conversation_id = 'c' AND (seq, ordinal) < (9, 2) ORDER BY seq DESC, ordinal DESC LIMIT 20
SELECT file_id FROM message_files WHERE conversation_id = 'c' AND kind = 'image' ORDER BY seq DESC, ordinal DESC LIMIT 20
SELECT user_id FROM users WHERE avatar_file_id = 'f'
SELECT kind FROM notifications WHERE user_id = 'a' ORDER BY created_at DESC, notification_id DESC LIMIT 20
SELECT count(*) FROM notifications WHERE user_id = 'a' AND read_at IS NULL
SELECT title FROM tasks WHERE assignee_id = 'a' ORDER BY created_at, task_id LIMIT 20
SELECT title FROM tasks WHERE creator_id = 'a' ORDER BY created_at, task_id LIMIT 20
SELECT title FROM tasks WHERE conversation_id = 'c' ORDER BY created_at, task_id LIMIT 20
"""


async def test_every_read_has_an_index(database: Database) -> None:
    async def plans(reader: Reader) -> dict[str, str]:
        explain = "EXPLAIN QUERY PLAN " if reader.dialect == "sqlite" else "EXPLAIN "
        if reader.dialect == "postgresql":
            # An empty table is cheapest to scan; what counts is whether there is another way.
            await reader.fetch_all("SET LOCAL enable_seqscan = off")
        return {
            sql: "\n".join(str(row[-1]) for row in await reader.fetch_all(explain + sql))
            for sql in READS.strip().splitlines()
        }

    bad = {
        sql: plan
        for sql, plan in (await database.read(plans)).items()
        if "Seq Scan" in plan or "SCAN " in plan or "TEMP B-TREE" in plan
    }
    assert bad == {}
