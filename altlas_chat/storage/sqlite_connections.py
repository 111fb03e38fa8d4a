"""Connections to a file of SQLite: their settings, and what their errors mean."""

import sqlite3

from altlas_chat.storage.database import PATIENCE_SECONDS, StorageUnavailable, UniqueViolated

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -65536",
    # Pages that many changes touch are then copied back once for all of them.
    "PRAGMA wal_autocheckpoint = 8000",
)


def translated(error: BaseException) -> BaseException:
    """The storage layer's own error for one of SQLite's; another stays as it is."""
    text = str(error)
    if isinstance(error, sqlite3.IntegrityError) and text.startswith("UNIQUE constraint failed: "):
        return UniqueViolated(text.removeprefix("UNIQUE constraint failed: "))
    if isinstance(error, sqlite3.OperationalError | sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.InterfaceError
    ):
        return StorageUnavailable(text)
    return error


def connect(path: str, patience_seconds: float = PATIENCE_SECONDS) -> sqlite3.Connection:
    """A connection with the settings that durability rests on.

    Raises:
        sqlite3.Error: there is no database at ``path``, or it can't be opened.
    """
    connection = sqlite3.connect(
        path,
        timeout=patience_seconds,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection
