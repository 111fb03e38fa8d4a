"""Which shape the database has, and which one this program needs.

Makes a fresh embedded database in its newest shape and refuses every other
one with a remedy. Changes no database that holds something; that is the work
of :mod:`altlas_chat.storage.migrations.runner`. Imports neither Alembic nor
SQLAlchemy, so that ``serve`` starts without them.
"""

import sqlite3
from collections.abc import Collection
from typing import NamedTuple

from altlas_chat.storage.database import Reader
from altlas_chat.storage.migrations import ddl_0001

HEAD_REVISION = "0001"
"""The shape that this program works with."""

REVISIONS = {"0001": ddl_0001}
"""Every shape that there was, in order, by the module that leads to it."""

OLDEST_SQLITE = (3, 35, 0)
"""The first SQLite with ``RETURNING``; tested is 3.40 and newer."""

VERSION_TABLE = """\
CREATE TABLE alembic_version (
\tversion_num VARCHAR(32) NOT NULL,
\tCONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)"""
"""Alembic's own table of the present revision, as Alembic writes it."""

_LANDMARKS = frozenset({"meta", "users", "streams", "events", "conversations", "messages"})
"""Tables that every revision has: what tells our revision 0001 from another program's."""


class SchemaProblem(Exception):
    """Something is wrong with a database; ``remedy`` says what to do about it."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(f"{detail} {remedy}")
        self.detail = detail
        self.remedy = remedy


class SchemaMismatch(SchemaProblem):
    """The database can't be used by this program as it is."""


class SchemaMissing(SchemaMismatch):
    """The database is empty."""


class SchemaBehind(SchemaMismatch):
    """The database has an earlier shape than this program needs."""


class SchemaNewer(SchemaMismatch):
    """A newer altlas-chat has changed the database; this one would harm it."""


class NotOurDatabase(SchemaMismatch):
    """It is no database, or another program's."""


class SqliteTooOld(SchemaMismatch):
    """The SQLite library of this Python lacks what the statements need."""


class FoundSchema(NamedTuple):
    """What a database holds: the revision that it was stamped with, and its tables."""

    revision: str | None
    tables: frozenset[str]

    @property
    def is_empty(self) -> bool:
        return self.revision is None and not self.tables


def require_sqlite(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> None:
    """Refuse a SQLite library that is too old.

    Raises:
        SqliteTooOld: it is older than ``OLDEST_SQLITE``.
    """
    if version < OLDEST_SQLITE:
        raise SqliteTooOld(
            f"This Python has SQLite {_dotted(version)}; {_dotted(OLDEST_SQLITE)} is the oldest"
            " that works (3.40 or newer is tested).",
            "Use a Python with a newer SQLite library, or PostgreSQL"
            " (`--database postgresql://…`).",
        )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


def check_schema(found: FoundSchema, database: str) -> None:
    """Refuse a database that this program can't work with.

    ``database`` is the URL for the message and its remedy, without a password.

    Raises:
        SchemaMissing: it is empty.
        SchemaBehind: it has an earlier shape.
        SchemaNewer: it has a later shape.
        NotOurDatabase: another program made it.
    """
    upgrade = f"altlas-chat migrate up --database {database}"
    if found.is_empty:
        raise SchemaMissing(f"The database {database} is empty.", f"Run `{upgrade}`.")
    check_origin(found, database)
    if found.revision != HEAD_REVISION:
        raise SchemaBehind(
            f"The database {database} is at revision {found.revision};"
            f" this program needs {HEAD_REVISION}.",
            f"Stop the servers that use it, make a copy of it, and run `{upgrade}`.",
        )


def check_origin(
    found: FoundSchema, database: str, known: Collection[str] = REVISIONS.keys()
) -> None:
    """Refuse a database from which no way leads to this program's shape.

    Raises:
        SchemaNewer: a later program made it.
        NotOurDatabase: another program made it.
    """
    if found.is_empty or (found.revision in known and found.tables >= _LANDMARKS):
        return
    revision = found.revision or ""
    if not (revision.isdecimal() and revision > max(known) and found.tables >= _LANDMARKS):
        raise NotOurDatabase(
            f"The database {database} belongs to another program: {_described(found)}.",
            "Name an empty database, or a file that does not exist yet, with `--database`.",
        )
    raise SchemaNewer(
        f"The database {database} is at revision {revision}, which a newer altlas-chat"
        f" made; this one knows revisions up to {max(known)}.",
        "Install that newer altlas-chat, or go back to a copy of the database"
        " from before its update.",
    )


def _described(found: FoundSchema) -> str:
    stamp = f"its revision is {found.revision!r}" if found.revision else "it has no revision"
    shown = ", ".join(sorted(found.tables)[:5]) or "none"
    return f"{stamp}, its tables are {shown}{', …' if len(found.tables) > 5 else ''}"


TABLES_OF_SQLITE = (
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
    r" AND name NOT LIKE 'sqlite\_%' ESCAPE '\'"
)
TABLES_OF_POSTGRESQL = (
    "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
    " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass"
    " AND d.objid = c.oid AND d.deptype = 'e')"
)
"""Tables and views in the schema that new tables would go to, without those of extensions."""


async def select_schema(reader: Reader) -> FoundSchema:
    """What the database behind ``reader`` holds."""
    sql = TABLES_OF_SQLITE if reader.dialect == "sqlite" else TABLES_OF_POSTGRESQL
    tables = frozenset(str(row[0]) for row in await reader.fetch_all(sql))
    revision = None
    if "alembic_version" in tables:
        row = await reader.fetch_one("SELECT version_num FROM alembic_version")
        revision = None if row is None else str(row[0])
    return found_schema(tables, revision)


def read_schema_sqlite(connection: sqlite3.Connection, database: str) -> FoundSchema:
    """What an embedded database holds.

    Raises:
        NotOurDatabase: the file is no SQLite database.
        sqlite3.Error: it can't be read at the moment.
    """
    try:
        tables = frozenset(str(row[0]) for row in connection.execute(TABLES_OF_SQLITE))
        revision = None
        if "alembic_version" in tables:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            revision = None if row is None else str(row[0])
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        raise NotOurDatabase(
            f"The file of {database} is not a usable SQLite database ({error}).",
            "Name another file with `--database sqlite:///FILE`, or bring back a copy of this one.",
        ) from error
    return found_schema(tables, revision)


def found_schema(tables: frozenset[str], revision: str | None) -> FoundSchema:
    """What was found, without Alembic's own table, which an empty database may have."""
    return FoundSchema(revision, tables - {"alembic_version"})


def create_schema_sqlite(connection: sqlite3.Connection) -> None:
    """Give an empty database the newest shape, in one transaction, and stamp it so.

    The same that ``migrate up`` makes of an empty file.

    Raises:
        SqliteTooOld: the library is too old; nothing was written.
        sqlite3.Error: it could not be written; nothing was.
    """
    require_sqlite()
    connection.execute("BEGIN IMMEDIATE")
    try:
        _write_schema(connection)
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise


def ensure_schema_sqlite(connection: sqlite3.Connection, database: str) -> bool:
    """Give the database its shape if it is empty, else check it; True if it was empty.

    Safe when several processes start on the same new file: one makes it, the
    others find it made.

    Raises:
        SchemaMismatch: the database can't be used; it was left as it is.
        sqlite3.Error: it could not be read or written.
    """
    require_sqlite()
    found = read_schema_sqlite(connection, database)
    if not found.is_empty:
        check_schema(found, database)
        return False
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = read_schema_sqlite(connection, database)
        if found.is_empty:
            _write_schema(connection)
        else:
            check_schema(found, database)
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise
    return found.is_empty


def _write_schema(connection: sqlite3.Connection) -> None:
    connection.execute(VERSION_TABLE.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"))
    for revision in REVISIONS.values():
        for statement in revision.statements("sqlite"):
            connection.execute(statement)
    connection.execute("INSERT INTO alembic_version (version_num) VALUES (?)", (HEAD_REVISION,))


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
