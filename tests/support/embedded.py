"""Databases on SQLite that have their schema already: a copy costs a tenth of making one."""

import contextlib
import tempfile
from functools import cache
from pathlib import Path

from altlas_chat.storage.schema import ensure_schema_sqlite
from altlas_chat.storage.sqlite_connections import connect


def database_in(file: Path) -> str:
    """The URL of the database in this file; an empty one is made if there is none."""
    if not file.exists():
        file.touch(0o600)
        file.write_bytes(_empty())
    return f"sqlite:///{file}"


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory(prefix="altlas-chat-schema-") as folder:
        file = Path(folder, "chat.db")
        with contextlib.closing(connect(str(file))) as connection:
            ensure_schema_sqlite(connection, f"sqlite:///{file}")
        return file.read_bytes()
