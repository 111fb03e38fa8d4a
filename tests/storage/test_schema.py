"""A database made either way has one shape, and a database of another shape is refused."""

import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from altlas_chat.storage import migrations, schema
from altlas_chat.storage.migrations import runner
from altlas_chat.storage.schema import check_schema, create_schema_sqlite, ensure_schema_sqlite
from altlas_chat.storage.sqlite_connections import connect

URL = "sqlite:///somewhere.db"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(str(tmp_path / "chat.db"))) as connection:
        yield connection


def described(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """All that the database says of its shape, without the spaces between words."""
    found = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master")
    return sorted((kind, name, " ".join(sql.split())) for kind, name, sql in found)


# One schema


def test_the_head_is_alembics_head() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    in_order = [step.revision for step in script.walk_revisions()][::-1]
    assert script.get_current_head() == schema.HEAD_REVISION
    assert list(schema.REVISIONS) == in_order


def test_both_ways_to_make_a_database_make_the_same(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    create_schema_sqlite(connection)
    runner.upgrade(f"sqlite:///{tmp_path / 'migrated.db'}")
    with closing(connect(str(tmp_path / "migrated.db"))) as migrated:
        assert described(migrated) == described(connection)
        stamp = "SELECT version_num FROM alembic_version"
        assert migrated.execute(stamp).fetchall() == connection.execute(stamp).fetchall()


def test_schema_loads_no_migration_library() -> None:
    program = (
        "import sys, altlas_chat.storage.schema;"
        "print(sorted({'sqlalchemy', 'alembic', 'mako'} & {m.split('.')[0] for m in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_constraints_are_whole_after_the_migrations(tmp_path: Path) -> None:
    """Alembic's batch mode forgets a CHECK without a name, and every ON DELETE."""
    runner.upgrade(f"sqlite:///{tmp_path / 'migrated.db'}")
    with closing(connect(str(tmp_path / "migrated.db"))) as migrated:
        pointers = migrated.execute(
            'SELECT t.name, f."from" FROM sqlite_master t, pragma_foreign_key_list(t.name) f'
            " WHERE t.type = 'table' AND f.on_delete = 'NO ACTION'"
        )
        assert pointers.fetchall() == []
        for _, name, sql in described(migrated):
            checks, named = sql.count("CHECK ("), len(re.findall(r"CONSTRAINT \w+ CHECK \(", sql))
            assert checks == named, name


def test_whatever_points_to_a_removable_row_is_indexed(connection: sqlite3.Connection) -> None:
    """Else removing one message or file would read whole tables."""
    create_schema_sqlite(connection)
    missing = []
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
        leading = {
            connection.execute("SELECT name FROM pragma_index_info(?)", (index,)).fetchone()[0]
            for (index,) in connection.execute("SELECT name FROM pragma_index_list(?)", (table,))
        }
        pointers = connection.execute(
            'SELECT "from", "table" FROM pragma_foreign_key_list(?)', (table,)
        )
        missing += [
            (table, column)
            for column, target in pointers
            if target in ("messages", "files", "blobs", "tasks", "sessions")
            and column not in leading
        ]
    assert missing == []


# Who is refused


def test_a_new_file_gets_the_schema_once(connection: sqlite3.Connection) -> None:
    assert ensure_schema_sqlite(connection, URL) is True
    before = described(connection)
    assert ensure_schema_sqlite(connection, URL) is False
    assert described(connection) == before
    check_schema(schema.read_schema_sqlite(connection, URL), URL)


def test_of_several_that_start_at_once_one_makes_the_schema(tmp_path: Path) -> None:
    made: list[bool] = []
    ready = threading.Barrier(4)

    def start() -> None:
        with closing(connect(str(tmp_path / "chat.db"))) as connection:
            ready.wait()
            made.append(ensure_schema_sqlite(connection, URL))

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False, False, False, True]


def test_a_schema_that_cannot_be_made_whole_is_not_made(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        @staticmethod
        def statements(_: str) -> list[str]:
            return ["CREATE TABLE half (x)", "CREATE TABLE half (x)"]

    monkeypatch.setattr(schema, "REVISIONS", {**schema.REVISIONS, "0002": Broken})
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        create_schema_sqlite(connection)
    assert described(connection) == []
    assert not connection.in_transaction


def test_an_empty_database_is_told_how_to_begin() -> None:
    with pytest.raises(schema.SchemaMissing) as caught:
        check_schema(schema.FoundSchema(None, frozenset()), URL)
    assert f"altlas-chat migrate up --database {URL}" in caught.value.remedy


def test_a_database_that_is_behind_is_told_how_to_go_on(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_schema_sqlite(connection)
    monkeypatch.setattr(schema, "HEAD_REVISION", "0002")
    with pytest.raises(schema.SchemaBehind, match=r"at revision 0001.*needs 0002") as caught:
        ensure_schema_sqlite(connection, URL)
    assert f"altlas-chat migrate up --database {URL}" in caught.value.remedy


def test_a_newer_database_is_left_alone(connection: sqlite3.Connection) -> None:
    create_schema_sqlite(connection)
    connection.execute("UPDATE alembic_version SET version_num = '0999'")
    with pytest.raises(schema.SchemaNewer, match=r"0999.*newer altlas-chat"):
        ensure_schema_sqlite(connection, URL)


@pytest.mark.parametrize(
    ("table", "revision"),
    [("recipes", None), ("users", None), ("recipes", "0001"), ("recipes", "1f0c2b")],
)
def test_another_programs_database_is_left_alone(
    connection: sqlite3.Connection, table: str, revision: str | None
) -> None:
    connection.execute(f"CREATE TABLE {table} (x)")
    if revision is not None:
        connection.execute(schema.VERSION_TABLE)
        connection.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
    before = described(connection)
    with pytest.raises(schema.NotOurDatabase, match="another program"):
        ensure_schema_sqlite(connection, URL)
    assert described(connection) == before


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 200)
    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(schema.NotOurDatabase, match="not a usable SQLite database"),
    ):
        ensure_schema_sqlite(connection, URL)
    assert path.read_text() == "Dear Sir or Madam, " * 200


def test_an_old_sqlite_is_refused() -> None:
    schema.require_sqlite((3, 35, 0))
    with pytest.raises(schema.SqliteTooOld, match=r"SQLite 3\.34\.1; 3\.35\.0 is the oldest"):
        schema.require_sqlite((3, 34, 1))
