"""What a database's URL says.

``sqlite:///altlas-chat.db`` (beside the working folder),
``sqlite:////var/lib/altlas-chat.db`` (absolute), ``postgresql://…``.
"""

import re

from altlas_chat.storage.schema import SchemaProblem

_SQLITE = "sqlite:///"
_POSTGRESQL = ("postgresql://", "postgres://")
_PASSWORD = re.compile(r"(?<=[?&]password=)[^&]*")


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
    if path == database or path in ("", ":memory:"):
        raise UnknownDatabaseUrl(
            f"{without_password(database)!r} is no URL of a database.",
            "Write `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`.",
        )
    return path


def without_password(database: str) -> str:
    """The URL as it may be shown and logged."""
    scheme, separator, rest = database.partition("://")
    rest = _PASSWORD.sub("***", rest)
    account, at, place = rest.rpartition("@")
    if at and ":" in account:
        rest = f"{account.partition(':')[0]}:***@{place}"
    return f"{scheme}{separator}{rest}"
