"""From a database URL to an open database whose schema fits this program."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path

from altlas_chat.server.single import AlreadyServed, only_server_of
from altlas_chat.settings import Settings
from altlas_chat.storage.database import Database, StorageUnavailable
from altlas_chat.storage.migrations.urls import sqlite_path, without_password
from altlas_chat.storage.postgresql import PostgresDatabase
from altlas_chat.storage.schema import check_schema, ensure_schema_sqlite, select_schema
from altlas_chat.storage.sqlite import SqliteDatabase, connect


class StartFailed(Exception):
    """It can't start; ``remedy`` says what to do."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy


@asynccontextmanager
async def opened_database(settings: Settings, *, to_serve: bool) -> AsyncIterator[Database]:
    """The database that the settings name, open inside the ``with`` block.

    An embedded one is made if there is none. Who opens one ``to_serve`` holds
    it alone among servers.

    Raises:
        StartFailed: it can't be reached, or another server has it.
        SchemaProblem: its URL names none, or its schema is not the one that
            this program works with.
    """
    path = sqlite_path(settings.database)
    if path is None:
        database: Database = await _open_postgresql(settings)
        try:
            yield database
        finally:
            await database.close()
        return
    file = Path(path)
    with ExitStack() as held:
        with _usable(file):
            if to_serve:
                held.enter_context(only_server_of(file))
            _prepare(file, settings.database)
            database = await SqliteDatabase.open(
                file, readers=settings.readers, batch_size=settings.group_commit_size
            )
        try:
            yield database
        finally:
            await database.close()


@contextmanager
def _usable(file: Path) -> Iterator[None]:
    remedy = "Check the path and its permissions, or name another with --database."
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        yield
    except AlreadyServed as error:
        raise StartFailed(
            f"Another server has the database {file} open; on SQLite there can be only one.",
            "Stop it, or use PostgreSQL for more than one process.",
        ) from error
    except (sqlite3.Error, StorageUnavailable) as error:
        raise StartFailed(f"The database file {file} can't be used: {error}.", remedy) from error
    except OSError as error:
        detail = f"The database file {file} can't be used: {error.strerror}."
        raise StartFailed(detail, remedy) from error


def _prepare(file: Path, url: str) -> None:
    with closing(connect(str(file))) as connection:
        ensure_schema_sqlite(connection, url)


async def _open_postgresql(settings: Settings) -> Database:
    url = settings.database
    try:
        database = await PostgresDatabase.open(
            url, pool_size=settings.postgres_pool, batch_size=settings.group_commit_size
        )
    except StorageUnavailable as error:
        raise StartFailed(
            f"The database {without_password(url)} does not answer: {error}.",
            "Check that PostgreSQL runs and that the URL is right.",
        ) from error
    try:
        check_schema(await database.read(select_schema), without_password(url))
    except BaseException:
        await database.close()
        raise
    return database
