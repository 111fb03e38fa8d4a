"""Why a migration did not happen, in words that say what to do."""

import sqlite3

from sqlalchemy.exc import DBAPIError

from altlas_chat.storage.migrations.engines import DamagedDatabase
from altlas_chat.storage.schema import SchemaProblem


class MigrationFailed(SchemaProblem):
    """The database was not migrated; it is as it was before."""


_BUSY = "Stop the servers that use the database, then run it again."
_SQLITE_REMEDIES = {
    "locked": _BUSY,
    "unable to open": "Check that the folder exists and that you may write there.",
    "readonly": "Check that you may write to the file and its folder.",
    "full": "Make room on the disk, then run it again.",
}
_POSTGRESQL_REMEDIES = {
    "28": "Check the user and the password in the URL.",
    "3D000": "Make it with `createdb --encoding UTF8 --template template0 NAME`.",
    "3F000": "Make the schema that the role's search_path names.",
    "42501": "Let the role make tables: `GRANT CREATE ON SCHEMA public TO ROLE`,"
    " or make it the owner of the database.",
    "53": "Free connections or room on the server, then run it again.",
    "55P03": _BUSY,
    "57": "Wait until the server is up, then run it again.",
}
_DEFAULT_REMEDY = "Nothing was changed; mend the cause and run it again."


def refusal(error: Exception, database: str, doing: str | None) -> MigrationFailed:
    """The driver's error as one that a person can act on; ``doing`` is the revision at work."""
    at_work = f"Revision {doing} failed on" if doing else "Could not work on"
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    said = _said(cause)
    if isinstance(error, DamagedDatabase):
        return MigrationFailed(
            f"The check of {database} failed, nothing was changed: {said}.",
            "Bring back a copy of the database, or report it with this message.",
        )
    return MigrationFailed(f"{at_work} {database}: {said}.", _remedy(cause, said))


def _said(cause: BaseException) -> str:
    lines = str(cause).strip().splitlines()
    text = lines[0] if lines else type(cause).__name__
    # SQLAlchemy's adapter puts the class in front: "<class '…'>: the message".
    return text.partition(">: ")[2].rstrip(".") or text.rstrip(".")


def _remedy(cause: BaseException, said: str) -> str:
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        for length in (5, 2):
            if state[:length] in _POSTGRESQL_REMEDIES:
                return _POSTGRESQL_REMEDIES[state[:length]]
    elif isinstance(cause, sqlite3.Error):
        for part, remedy in _SQLITE_REMEDIES.items():
            if part in said:
                return remedy
    elif isinstance(cause, IsADirectoryError):
        return "Name a file in it: `--database sqlite:///FOLDER/altlas-chat.db`."
    elif isinstance(cause, OSError):
        return "Check the address, and that the database server runs."
    return _DEFAULT_REMEDY


def wrong_encoding(encoding: str) -> MigrationFailed:
    """A PostgreSQL database that can't hold every text."""
    return MigrationFailed(
        f"The database's encoding is {encoding}; UTF8 is needed.",
        "Make another with `createdb --encoding UTF8 --template template0 NAME`.",
    )
