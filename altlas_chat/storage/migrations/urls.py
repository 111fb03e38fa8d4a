"""What a database's URL says.

``sqlite:///altlas-chat.db`` (beside the working folder),
``sqlite:////var/lib/altlas-chat.db`` (absolute), ``postgresql://…``.
"""

from altlas_chat.settings import without_password
from altlas_chat.storage.schema import SchemaProblem

__all__ = ["UnknownDatabaseUrl", "sqlite_path", "without_password"]

_SQLITE = "sqlite:///"
_POSTGRESQL = ("postgresql://", "postgres://")


class UnknownDatabaseUrl(SchemaProblem):
    """The URL names no database that there could be."""


def sqlite_path(database: str) -> str | None:
    """The file of an embedded database; None for a PostgreSQL URL.

    Raises:
        UnknownDatabaseUrl: it is neither, or names no file.
    """
    if database.startswith(_POSTGRESQL):
        return None
    path = database.removeprefix(_SQLITE)
    if path == ":memory:":
        raise UnknownDatabaseUrl(
            "A database in memory is not to be had: it is a file, or in PostgreSQL.",
            "Write `sqlite:///FILE`; `altlas-chat serve --demo` throws its file away.",
        )
    if path in ("", database):
        raise UnknownDatabaseUrl(
            f"{without_password(database)!r} is no URL of a database.",
            "Write `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`.",
        )
    return path
