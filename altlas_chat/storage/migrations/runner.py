"""Brings a database to the newest shape: all the way, or not at all.

Whatever goes wrong on the way (a statement, a full disk, ``kill -9``), the
database is afterwards as it was before. Two runs at the same time do the work
once.
"""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import asyncpg
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from altlas_chat.settings import without_password
from altlas_chat.storage.migrations import engines
from altlas_chat.storage.migrations.refusals import MigrationFailed, refusal, wrong_encoding
from altlas_chat.storage.migrations.urls import sqlite_path
from altlas_chat.storage.schema import (
    TABLES_OF_POSTGRESQL,
    FoundSchema,
    check_origin,
    found_schema,
    read_schema_sqlite,
    require_sqlite,
)

__all__ = ["MigrationFailed", "Progress", "Revision", "SchemaStatus", "status", "upgrade"]

_HERE = Path(__file__).parent
VERSIONS = _HERE / "versions"


class Revision(NamedTuple):
    """One step in the history of the schema."""

    revision: str
    title: str


class SchemaStatus(NamedTuple):
    """Where a database stands; ``current`` is None when it is empty or not made yet."""

    current: str | None
    head: str
    pending: list[Revision]


class Progress(NamedTuple):
    """What a migration does next.

    ``waiting`` for another migration, ``applying`` a revision, ``checking``
    the whole database before the commit.
    """

    stage: Literal["waiting", "applying", "checking"]
    revision: Revision | None = None


def _silent(progress: Progress) -> None:
    del progress


def status(url: str, *, versions: Path = VERSIONS) -> SchemaStatus:
    """Where the database stands. Changes nothing, and makes no file.

    Raises:
        SchemaMismatch: the database is of a newer program, or not ours.
        MigrationFailed: it can't be reached or read.
    """
    script = _script(versions)
    try:
        path = sqlite_path(url)
        if path is not None:
            found = _found_on_sqlite(path, url)
        else:
            found = engines.on_postgresql(url, _found_on_postgresql)
    except _TROUBLE as error:
        raise refusal(error, without_password(url), None) from error
    _check_origin(script, found, url)
    return _status(script, found.revision)


def upgrade(
    url: str,
    target: str = "head",
    *,
    told: Callable[[Progress], None] = _silent,
    versions: Path = VERSIONS,
) -> list[Revision]:
    """Bring the database to ``target``, in one transaction; the revisions that were applied.

    A SQLite file that does not exist is made. Nothing is done, and nothing
    returned, if the database is there already.

    Raises:
        SchemaMismatch: the database is of a newer program, or not ours.
        MigrationFailed: something went wrong; nothing was changed.
    """
    script = _script(versions)
    at_work: list[Revision] = []

    def begin(revision: Revision) -> None:
        at_work[:] = [revision]
        told(Progress("applying", revision))

    def work(connection: Connection) -> list[Revision]:
        _check_origin(script, _found_on(connection, url), url)
        return _apply(connection, script, target, begin)

    try:
        path = sqlite_path(url)
        if path is None:
            return engines.on_postgresql(url, work, waiting=lambda: told(Progress("waiting")))
        require_sqlite()
        _found_on_sqlite(path, url)
        return engines.on_sqlite(path, work, checking=lambda: told(Progress("checking")))
    except _TROUBLE as error:
        doing = at_work[0].revision if at_work else None
        raise refusal(error, without_password(url), doing) from error


_TROUBLE = (
    sqlite3.Error,
    DBAPIError,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    engines.DamagedDatabase,
    CommandError,
)


def _script(versions: Path) -> ScriptDirectory:
    return ScriptDirectory(_HERE, version_locations=[versions])


def _found_on_sqlite(path: str, url: str) -> FoundSchema:
    if Path(path).is_dir():
        raise IsADirectoryError(f"{path} is a folder")
    if not Path(path).exists():
        return FoundSchema(None, frozenset())
    connection = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)
    try:
        return read_schema_sqlite(connection, url)
    finally:
        connection.close()


def _found_on_postgresql(connection: Connection) -> FoundSchema:
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise wrong_encoding(str(encoding))
    tables = frozenset(str(row[0]) for row in connection.exec_driver_sql(TABLES_OF_POSTGRESQL))
    revision = None
    if "alembic_version" in tables:
        sql = "SELECT version_num FROM alembic_version"
        revision = connection.exec_driver_sql(sql).scalar()
    return found_schema(tables, revision)


def _found_on(connection: Connection, url: str) -> FoundSchema:
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.dbapi_connection
        return read_schema_sqlite(driver, url)
    return _found_on_postgresql(connection)


def _check_origin(script: ScriptDirectory, found: FoundSchema, url: str) -> None:
    known = [revision.revision for revision in script.walk_revisions()]
    check_origin(found, without_password(url), known)


def _status(script: ScriptDirectory, current: str | None) -> SchemaStatus:
    head = script.get_current_head()
    if head is None:
        raise CommandError("there are no revisions")
    pending = [_revision(step) for step in script.iterate_revisions(head, current or "base")]
    return SchemaStatus(current, head, pending[::-1])


def _revision(step: Any) -> Revision:
    return Revision(str(step.revision), str(step.doc).rstrip("."))


def _apply(
    connection: Connection,
    script: ScriptDirectory,
    target: str,
    begin: Callable[[Revision], None],
) -> list[Revision]:
    applied: list[Revision] = []

    def steps(heads: tuple[str, ...], context: MigrationContext) -> Iterator[MigrationStep]:
        del context
        current = heads[0] if heads else "base"
        for found in reversed(list(script.iterate_revisions(target, current))):
            applied.append(_revision(found))
            begin(applied[-1])
            yield MigrationStep.upgrade_from_script(script.revision_map, found)

    context = MigrationContext.configure(
        connection,
        opts={
            "fn": steps,
            "script": script,
            "transactional_ddl": True,
            "version_table_schema": _schema_of(connection),
        },
    )
    with Operations.context(context):
        context.run_migrations()
    return applied


def _schema_of(connection: Connection) -> str | None:
    """Where new tables go; another program's revisions may stand further on in the path."""
    if connection.dialect.name == "sqlite":
        return None
    return str(connection.exec_driver_sql("SELECT current_schema()").scalar_one())
