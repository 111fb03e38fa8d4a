"""A migration is done whole, once, by one; or it is not done at all."""

import asyncio
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from altlas_chat.server.single import only_server_of
from altlas_chat.storage.migrations import engines, runner
from altlas_chat.storage.migrations.runner import MigrationFailed, Progress, Revision
from altlas_chat.storage.migrations.urls import UnknownDatabaseUrl
from altlas_chat.storage.schema import TABLES_OF_POSTGRESQL, NotOurDatabase, SchemaNewer
from altlas_chat.storage.sqlite_connections import connect
from altlas_chat_cli.commands import migrate
from tests.support.postgres import fresh_database, postgres_server

FIRST = Revision("0001", "All tables of version 1")
SECOND = Revision("0002", "A second step")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'chat.db'}"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    with fresh_database(empty=True) as url:
        yield url


@pytest.fixture(params=["sqlite_url", "postgresql_url"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    """Our revisions, in a folder to which a test may add some."""
    folder = tmp_path / "versions"
    folder.mkdir()
    for revision in runner.VERSIONS.glob("revision_*.py"):
        (folder / revision.name).write_text(revision.read_text())
    return folder


def second_step(versions: Path, body: str) -> None:
    """Add a revision 0002 that does ``body``."""
    source = '"""A second step."""\nimport os\nfrom alembic import op\nimport sqlalchemy\n'
    source += 'revision = "0002"\ndown_revision = "0001"\n\n\ndef upgrade():\n'
    (versions / "revision_0002.py").write_text(source + indent(dedent(body), "    "))


def ask(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """What the last of the statements answers."""
    if url.startswith("sqlite"):
        with closing(connect(url.removeprefix("sqlite:///"))) as connection:
            return [connection.execute(sql).fetchall() for sql in statements][-1]

    async def answer() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(url)
        try:
            return [[tuple(r) for r in await connection.fetch(sql)] for sql in statements][-1]
        finally:
            await connection.close()

    return asyncio.run(answer())


def shape(url: str) -> list[tuple[Any, ...]]:
    """All tables, and the revision."""
    if url.startswith("sqlite"):
        tables = ask(url, "SELECT name, sql FROM sqlite_master ORDER BY name")
    else:
        tables = sorted(ask(url, TABLES_OF_POSTGRESQL))
    if any(table[0] == "alembic_version" for table in tables):
        return tables + ask(url, "SELECT version_num FROM alembic_version")
    return tables


PEOPLE = (
    "INSERT INTO users (user_id, username, username_key, display_name, search_name, created_at, updated_at) VALUES ('ayse', 'a', 'a', 'A', 'a', 1, 1)",
    "INSERT INTO conversations (conversation_id, kind, created_by, created_at, updated_at) VALUES ('c1', 'group', 'ayse', 1, 1)",
    "INSERT INTO members (conversation_id, user_id, joined_at) VALUES ('c1', 'ayse', 1)",
)


# The way up


def test_up_brings_an_empty_database_to_the_head(url: str) -> None:
    assert runner.status(url) == (None, "0001", [FIRST])
    assert runner.upgrade(url) == [FIRST]
    assert runner.status(url) == ("0001", "0001", [])


def test_up_again_does_nothing(url: str) -> None:
    runner.upgrade(url)
    before = shape(url)
    assert runner.upgrade(url) == []
    assert shape(url) == before


def test_each_step_is_told_before_it_is_done(url: str, versions: Path) -> None:
    second_step(versions, 'op.execute("CREATE TABLE second (x INTEGER)")')
    told: list[Progress] = []
    runner.upgrade(url, told=told.append, versions=versions)
    assert [progress.revision for progress in told if progress.revision] == [FIRST, SECOND]


def test_up_stops_at_its_target(url: str, versions: Path) -> None:
    second_step(versions, 'op.execute("CREATE TABLE second (x INTEGER)")')
    assert runner.upgrade(url, "0001", versions=versions) == [FIRST]
    assert runner.status(url, versions=versions) == ("0001", "0002", [SECOND])
    assert runner.upgrade(url, versions=versions) == [SECOND]


def test_status_makes_no_file(sqlite_url: str, tmp_path: Path) -> None:
    runner.status(sqlite_url)
    assert not (tmp_path / "chat.db").exists()


def test_a_new_file_is_for_its_owner_alone(sqlite_url: str, tmp_path: Path) -> None:
    runner.upgrade(sqlite_url)
    assert (tmp_path / "chat.db").stat().st_mode & 0o777 == 0o600


def test_a_schema_of_its_own_beside_another_program(postgresql_url: str) -> None:
    """Another program's revisions in ``public`` are neither read nor written."""
    ask(
        postgresql_url,
        "CREATE TABLE alembic_version (version_num VARCHAR(32))",
        "INSERT INTO alembic_version VALUES ('theirs')",
        "CREATE SCHEMA chat",
    )
    name = postgresql_url.partition("?")[0].rpartition("/")[2]
    ask(postgresql_url, f"ALTER DATABASE {name} SET search_path = chat, public")
    assert runner.upgrade(postgresql_url) == [FIRST]
    assert ask(postgresql_url, "SELECT version_num FROM chat.alembic_version") == [("0001",)]
    assert ask(postgresql_url, "SELECT version_num FROM public.alembic_version") == [("theirs",)]


# Whole or not at all


HALF = """
    op.execute("CREATE TABLE half (x INTEGER)")
    op.execute("INSERT INTO half VALUES (1)")
    op.execute("UPDATE users SET bio = 'changed'")
    op.execute("CREATE TABLE half (x INTEGER)")
"""


def test_a_migration_that_fails_half_way_leaves_nothing(url: str, versions: Path) -> None:
    runner.upgrade(url)
    ask(url, *PEOPLE)
    before = shape(url)
    second_step(versions, HALF)
    with pytest.raises(MigrationFailed, match=r"Revision 0002 failed.*half.*already exists"):
        runner.upgrade(url, versions=versions)
    assert shape(url) == before
    assert ask(url, "SELECT bio FROM users") == [("",)]
    assert runner.status(url, versions=versions).pending == [SECOND]


def test_a_later_step_that_fails_takes_the_earlier_ones_back(url: str, versions: Path) -> None:
    second_step(versions, HALF)
    with pytest.raises(MigrationFailed):
        runner.upgrade(url, versions=versions)
    assert shape(url) == []


def test_a_mistake_in_a_revisions_own_code_leaves_nothing(url: str, versions: Path) -> None:
    second_step(versions, 'op.execute("CREATE TABLE half (x INTEGER)")\nraise KeyError("oops")')
    with pytest.raises(KeyError, match="oops"):
        runner.upgrade(url, versions=versions)
    assert shape(url) == []


def test_a_migration_that_is_killed_leaves_nothing(url: str, versions: Path) -> None:
    runner.upgrade(url)
    before = shape(url)
    second_step(versions, 'op.execute("CREATE TABLE half (x INTEGER)")\nos.kill(os.getpid(), 9)')
    program = "import sys, pathlib; from altlas_chat.storage.migrations import runner;"
    program += "runner.upgrade(sys.argv[1], versions=pathlib.Path(sys.argv[2]))"
    done = subprocess.run([sys.executable, "-c", program, url, versions], check=False)
    assert done.returncode == -signal.SIGKILL
    assert shape(url) == before


def test_rebuilding_a_table_keeps_what_points_to_it(sqlite_url: str, versions: Path) -> None:
    """With foreign keys on, dropping the old table would delete the members."""
    runner.upgrade(sqlite_url)
    ask(sqlite_url, *PEOPLE)
    second_step(
        versions,
        """
        with op.batch_alter_table("conversations", recreate="always") as table:
            table.add_column(sqlalchemy.Column("topic", sqlalchemy.Text))
        """,
    )
    runner.upgrade(sqlite_url, versions=versions)
    assert ask(sqlite_url, "SELECT conversation_id, topic FROM conversations") == [("c1", None)]
    assert ask(sqlite_url, "SELECT conversation_id, user_id FROM members") == [("c1", "ayse")]


def test_a_migration_that_loses_rows_is_taken_back(sqlite_url: str, versions: Path) -> None:
    runner.upgrade(sqlite_url)
    ask(sqlite_url, *PEOPLE)
    second_step(versions, 'op.execute("DELETE FROM conversations")')
    with pytest.raises(MigrationFailed, match="members → conversations"):
        runner.upgrade(sqlite_url, versions=versions)
    assert ask(sqlite_url, "SELECT conversation_id FROM conversations") == [("c1",)]
    assert runner.status(sqlite_url).current == "0001"


# One at a time


def test_two_at_once_do_the_work_once(url: str) -> None:
    applied: list[list[Revision]] = []
    ready = threading.Barrier(2)

    def up() -> None:
        ready.wait()
        applied.append(runner.upgrade(url))

    threads = [threading.Thread(target=up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(applied) == [[], [FIRST]]


async def test_a_second_migration_waits_for_the_first(postgresql_url: str) -> None:
    loop = asyncio.get_running_loop()
    told: asyncio.Queue[str] = asyncio.Queue()

    def tell(progress: Progress) -> None:
        loop.call_soon_threadsafe(told.put_nowait, progress.stage)

    other = await asyncpg.connect(postgresql_url)
    try:
        await other.execute(f"SELECT pg_advisory_lock({engines.ADVISORY_LOCK})")
        second = asyncio.create_task(asyncio.to_thread(runner.upgrade, postgresql_url, told=tell))
        assert await told.get() == "waiting"
        assert not second.done()
    finally:
        await other.close()
    assert await second == [FIRST]


def test_a_database_in_use_is_told_so(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_SECONDS", 0.05)
    with closing(connect(str(tmp_path / "chat.db"))) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(MigrationFailed, match="locked") as caught:
            runner.upgrade(sqlite_url)
    assert "Stop the servers" in caught.value.remedy


# What is refused


def test_a_newer_database_is_refused(url: str) -> None:
    runner.upgrade(url)
    ask(url, "UPDATE alembic_version SET version_num = '0999'")
    for work in (runner.status, runner.upgrade):
        with pytest.raises(SchemaNewer, match="0999"):
            work(url)


def test_another_programs_database_is_refused(url: str) -> None:
    ask(url, "CREATE TABLE recipes (x INTEGER)")
    before = shape(url)
    for work in (runner.status, runner.upgrade):
        with pytest.raises(NotOurDatabase, match="recipes"):
            work(url)
    assert shape(url) == before


def test_a_file_that_is_no_database_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "chat.db").write_bytes(b"\x89PNG" * 1000)
    for work in (runner.status, runner.upgrade):
        with pytest.raises(NotOurDatabase, match="not a usable SQLite database"):
            work(sqlite_url)
    assert (tmp_path / "chat.db").read_bytes() == b"\x89PNG" * 1000


@pytest.mark.parametrize(
    "given", ["mysql://u:p@h/d", "chat.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", ""]
)
def test_a_url_that_names_no_database_is_refused(given: str) -> None:
    with pytest.raises(UnknownDatabaseUrl) as caught:
        runner.upgrade(given)
    assert "sqlite:///FILE" in caught.value.remedy
    assert ":p@" not in caught.value.detail


def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MigrationFailed, match="unable to open") as caught:
        runner.upgrade(f"sqlite:///{tmp_path}/none/chat.db")
    assert "folder exists" in caught.value.remedy
    with pytest.raises(MigrationFailed, match="is a folder"):
        runner.upgrade(f"sqlite:///{tmp_path}")


def test_what_postgresql_refuses_is_explained(postgresql_url: str) -> None:
    nobody_there = "postgresql://u:geheim@127.0.0.1:1/chat"
    with pytest.raises(MigrationFailed, match="u:\\*\\*\\*@") as caught:
        runner.upgrade(nobody_there)
    assert "runs" in caught.value.remedy
    with pytest.raises(MigrationFailed, match='"missing" does not exist') as caught:
        runner.status(postgres_server().url_of("missing"))
    assert "createdb" in caught.value.remedy
    with pytest.raises(MigrationFailed, match="URL is not valid"):
        runner.status("postgresql:///chat?port=many")


def test_a_role_that_may_make_no_tables_is_told_so(postgresql_url: str) -> None:
    name = postgresql_url.partition("?")[0].rpartition("/")[2]
    role = f"role_{name}"
    ask(postgresql_url, f"CREATE ROLE {role} LOGIN", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    try:
        with pytest.raises(MigrationFailed, match="permission denied") as caught:
            runner.upgrade(postgresql_url.replace("//postgres@", f"//{role}@"))
        assert "GRANT CREATE" in caught.value.remedy
    finally:
        ask(postgresql_url, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


# The command


def call(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(migrate.app, list(words))
    return done.exit_code, done.stdout, done.stderr


def test_the_command_goes_up_and_says_where_it_stands(url: str) -> None:
    code, said, _ = call("status", "--database", url)
    assert code == 3
    assert "pending   0001  All tables of version 1" in said
    code, said, progress = call("up", "--database", url)
    assert code == 0
    assert "is at revision 0001 now" in said
    assert "applying  0001  All tables of version 1" in progress
    assert call("status", "--database", url)[0] == 0
    assert "nothing to do" in call("up", "--database", url)[1]


def test_the_command_speaks_json(sqlite_url: str) -> None:
    step = {"revision": "0001", "title": "All tables of version 1"}
    code, said, _ = call("status", "--json", "--database", sqlite_url)
    at = {"database": sqlite_url, "head": "0001"}
    assert (code, json.loads(said)) == (3, {**at, "current": None, "pending": [step]})
    code, said, _ = call("up", "--json", "--database", sqlite_url)
    done = {"database": sqlite_url, "current": "0001", "applied": [step]}
    assert (code, json.loads(said)) == (0, done)
    code, said, _ = call("status", "--json", "--database", sqlite_url)
    assert (code, json.loads(said)) == (0, {**at, "current": "0001", "pending": []})


@pytest.mark.parametrize("command", ["up", "status"])
def test_the_command_says_what_is_wrong_and_what_to_do(command: str, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam, " * 100)
    database = f"sqlite:///{tmp_path / 'letter.txt'}"
    code, said, complaint = call(command, "--database", database)
    assert (code, said) == (1, "")
    assert "not a usable SQLite database" in complaint
    assert "Name another file" in complaint
    code, said, _ = call(command, "--json", "--database", database)
    assert (code, set(json.loads(said)["error"])) == (1, {"detail", "remedy"})


def test_the_command_lets_a_running_server_be(sqlite_url: str, tmp_path: Path) -> None:
    runner.upgrade(sqlite_url)
    with only_server_of(tmp_path / "chat.db"):
        code, _, complaint = call("up", "--database", sqlite_url)
        assert (code, call("status", "--database", sqlite_url)[0]) == (1, 0)
    assert "Stop the server" in complaint
    assert call("up", "--database", sqlite_url)[0] == 0


def test_the_command_loads_no_migration_library_before_it_is_used() -> None:
    program = "import sys, altlas_chat_cli.commands.migrate;"
    program += "print(sorted({'sqlalchemy', 'alembic', 'asyncpg', 'aiohttp'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
