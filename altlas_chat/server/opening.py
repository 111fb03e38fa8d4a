"""From a database URL to an open database whose schema fits this program."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path

from altlas_chat.server.single import AlreadyServed, only_server_of
from altlas_chat.settings import Settings
from altlas_chat.storage.database import Database, StorageUnavailable
from altlas_chat.storage.files import make_private
from altlas_chat.storage.migrations.urls import sqlite_path, without_password
from altlas_chat.storage.schema import check_schema, ensure_schema_sqlite, select_schema
from altlas_chat.storage.sqlite import SqliteDatabase
from altlas_chat.storage.sqlite_connections import connect

_BROKEN = "Name another file with --database, or bring back a copy of this one."
_REMEDIES = {
    "not a database": _BROKEN,
    "malformed": _BROKEN,
    "disk is full": "Make room on the disk, then run it again.",
    'role "': "Check the user in the URL.",
    "password": "Check the user and the password in the URL.",
    "does not exist": "Check the URL, or make the database with"
    " `createdb --encoding UTF8 --template template0 NAME`.",
}
"""What to do, by what the database's library says."""


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
        async with _opened_postgresql(settings, to_serve=to_serve) as shared:
            yield shared
        return
    file = Path(path)
    with ExitStack() as held:
        with _usable(file):
            if to_serve:
                held.enter_context(only_server_of(file))
            _prepare(file, settings.database)
            database: Database = await SqliteDatabase.open(
                file, readers=settings.readers, batch_size=settings.group_commit_size
            )
        with _answering(f"The database file {file}"):
            try:
                yield database
            finally:
                await database.close()


@asynccontextmanager
async def _opened_postgresql(settings: Settings, *, to_serve: bool) -> AsyncIterator[Database]:
    from altlas_chat.storage.alone import HeldByAnother, alone_on  # noqa: PLC0415 - as the driver

    shown = f"The database {without_password(settings.database)}"
    async with AsyncExitStack() as held:
        database = await _open_postgresql(settings)
        held.push_async_callback(database.close)
        held.enter_context(_answering(shown))
        if to_serve:
            try:
                await held.enter_async_context(alone_on(settings.database))
            except HeldByAnother as error:
                raise StartFailed(
                    f"{shown} is served or filled by another process;"
                    " this version knows no way to carry events between two.",
                    "Stop the other one, or name another database with --database.",
                ) from error
        yield database


def _remedy(said: object, usual: str) -> str:
    return next((remedy for part, remedy in _REMEDIES.items() if part in str(said)), usual)


@contextmanager
def _answering(database: str) -> Iterator[None]:
    """What a database refuses after it was opened is told to a person, too."""
    try:
        yield
    except StorageUnavailable as error:
        detail = f"{database} can't be used any longer: {error}."
        remedy = _remedy(error, "Check that it is there and may be written, then run it again.")
        raise StartFailed(detail, remedy) from error


@contextmanager
def _usable(file: Path) -> Iterator[None]:
    remedy = "Check the path and its permissions, or name another with --database."
    if not file.parent.exists():
        # A folder is not made: a misspelt path would be an empty chat in a new place.
        detail = f"The database file {file} can't be used: there is no folder {file.parent}."
        raise StartFailed(detail, "Make the folder, or name another file with --database.")
    try:
        yield
    except AlreadyServed as error:
        raise StartFailed(
            f"Another server has the database {file} open; on SQLite there can be only one.",
            "Stop it, or name another file with --database.",
        ) from error
    except (sqlite3.Error, StorageUnavailable) as error:
        detail = f"The database file {file} can't be used: {error}."
        raise StartFailed(detail, _remedy(error, remedy)) from error
    except OSError as error:
        detail = f"The database file {file} can't be used: {error.strerror}."
        raise StartFailed(detail, remedy) from error


def _prepare(file: Path, url: str) -> None:
    make_private(str(file))
    with closing(connect(str(file))) as connection:
        ensure_schema_sqlite(connection, url)


async def _open_postgresql(settings: Settings) -> Database:
    # Its driver is large, and who keeps to SQLite needs none of it.
    from altlas_chat.storage.postgresql import PostgresDatabase  # noqa: PLC0415

    url = settings.database
    try:
        database = await PostgresDatabase.open(
            url, pool_size=settings.postgres_pool, batch_size=settings.group_commit_size
        )
    except StorageUnavailable as error:
        raise StartFailed(
            f"The database {without_password(url)} can't be used: {error}.",
            _remedy(error, "Check that PostgreSQL runs and that the URL is right."),
        ) from error
    try:
        check_schema(await database.read(select_schema), without_password(url))
    except BaseException:
        await database.close()
        raise
    return database
