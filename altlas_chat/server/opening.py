"""From a database URL to an open database whose schema fits this program."""

import sqlite3
from pathlib import Path

from altlas_chat.settings import Settings
from altlas_chat.storage.database import Database, StorageUnavailable
from altlas_chat.storage.postgresql import PostgresDatabase
from altlas_chat.storage.schema import create_schema_sqlite, require_current_schema
from altlas_chat.storage.sqlite import SqliteDatabase, connect

SQLITE_PREFIX = "sqlite:///"


class StartFailed(Exception):
    """The server can't start; ``remedy`` says what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


async def open_database(settings: Settings) -> Database:
    """The database that the settings name. An embedded one is made if there is none.

    Raises:
        StartFailed: it can't be reached, is no database of ours, or its schema
            is not the one that this program works with.
    """
    url = settings.database
    if url.startswith(SQLITE_PREFIX):
        path = Path(url.removeprefix(SQLITE_PREFIX))
        _prepare_file(path, url)
        return await SqliteDatabase.open(
            path, readers=settings.readers, batch_size=settings.group_commit_size
        )
    if url.startswith(("postgresql://", "postgres://")):
        return await _open_postgresql(settings, url)
    raise StartFailed(
        f"The database URL {url!r} is of no known kind.",
        "Use sqlite:///file.db or postgresql://user@host/name.",
    )


def _prepare_file(path: Path, url: str) -> None:
    try:
        if not path.exists() or path.stat().st_size == 0:
            path.parent.mkdir(parents=True, exist_ok=True)
            create_schema_sqlite(path)
        else:
            _require_current_file(path, url)
    except (sqlite3.Error, OSError) as error:
        raise StartFailed(
            f"The database file {path} can't be used: {error}.",
            "Check the path and its permissions, or name another with --database.",
        ) from error


def _require_current_file(path: Path, url: str) -> None:
    connection = connect(str(path))
    try:
        row = None
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if "alembic_version" in tables:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    finally:
        connection.close()
    require_current_schema(None if row is None else row[0], url)


async def _open_postgresql(settings: Settings, url: str) -> Database:
    try:
        database = await PostgresDatabase.open(
            url, pool_size=settings.postgres_pool, batch_size=settings.group_commit_size
        )
    except StorageUnavailable as error:
        raise StartFailed(
            f"The database does not answer: {error}.",
            "Check that PostgreSQL runs and that the URL is right.",
        ) from error
    require_current_schema(await database.read(_revision), url)
    return database


async def _revision(reader: object) -> str | None:
    return None
