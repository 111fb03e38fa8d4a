"""``altlas-chat migrate``: the database's schema.

Exit codes: 0 done; 1 it did not work, and nothing was changed; 2 the command
line or the settings are wrong; 3 (``status`` only) the database waits for
``migrate up``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from altlas_chat.settings import load_settings, without_password
from altlas_chat_cli import output

if TYPE_CHECKING:
    from altlas_chat.storage.migrations.runner import Progress, Revision

app = typer.Typer(
    help="Bring a database's schema up to date, or see where it stands.", no_args_is_help=True
)

Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        help="sqlite:///file.db or postgresql://user@host/name. [default: the setting]",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the outcome as one line of JSON.")]


@app.command("up")
def up(*, database: Database = None, as_json: Json = False) -> None:
    """Apply what is missing, in one transaction: all of it or nothing.

    Makes an SQLite file that does not exist yet; a PostgreSQL database must be
    there. Stop the servers of a database that holds something, and make a copy
    of it, first. Two runs at the same time do the work once.

    Exit codes: 0 the database is up to date; 1 it did not work, and nothing
    was changed; 2 the command line or the settings are wrong.
    """
    # Loaded here, so that --help stays quick.
    from altlas_chat.storage.migrations import runner  # noqa: PLC0415
    from altlas_chat.storage.schema import SchemaProblem  # noqa: PLC0415

    url = load_settings({"database": database}).database
    try:
        with _no_server_on(url):
            applied = runner.upgrade(url, told=_tell)
        current = runner.status(url).current
    except SchemaProblem as error:
        output.explain(error, as_json=as_json)
        raise typer.Exit(output.FAILED) from error
    shown = without_password(url)
    if as_json:
        output.print_json({"database": shown, "current": current, "applied": _as_json(applied)})
    elif applied:
        output.print_line(f"{shown} is at revision {current} now.")
    else:
        output.print_line(f"{shown} is at revision {current} already; nothing to do.")


@app.command("status", short_help="Say at which revision the database is, and what is missing.")
def status(*, database: Database = None, as_json: Json = False) -> None:
    """Say at which revision the database is, and what `migrate up` would apply.

    Changes nothing, and makes no file.

    Exit codes: 0 the database is up to date; 1 it can't be read, or is no
    database of this program; 2 the command line or the settings are wrong; 3
    the database waits for `migrate up`.
    """
    from altlas_chat.storage.migrations import runner  # noqa: PLC0415
    from altlas_chat.storage.schema import SchemaProblem  # noqa: PLC0415

    url = load_settings({"database": database}).database
    try:
        found = runner.status(url)
    except SchemaProblem as error:
        output.explain(error, as_json=as_json)
        raise typer.Exit(output.FAILED) from error
    shown, pending = without_password(url), _as_json(found.pending)
    if as_json:
        output.print_json(
            {"database": shown, "current": found.current, "head": found.head, "pending": pending}
        )
    else:
        output.print_line(f"database  {shown}")
        output.print_line(f"current   {found.current or 'none: the database is empty'}")
        output.print_line(f"head      {found.head}")
        for revision in found.pending:
            output.print_line(f"pending   {revision.revision}  {revision.title}")
    if found.pending:
        raise typer.Exit(output.NOT_READY)


@contextmanager
def _no_server_on(url: str) -> Iterator[None]:
    """Keep servers off an embedded database meanwhile; refuse if one has it open."""
    from altlas_chat.server.single import AlreadyServed, only_server_of  # noqa: PLC0415
    from altlas_chat.storage.migrations.refusals import MigrationFailed  # noqa: PLC0415
    from altlas_chat.storage.migrations.urls import sqlite_path  # noqa: PLC0415

    path = sqlite_path(url)
    if path is None or not Path(path).is_file():
        yield
        return
    try:
        with only_server_of(Path(path)):
            yield
    except AlreadyServed as error:
        detail = f"A server has the database {path} open; nothing was changed."
        raise MigrationFailed(detail, "Stop the server, then run it again.") from error


def _tell(progress: "Progress") -> None:
    """A line for each step, as it begins."""
    if progress.revision is not None:
        output.say(f"applying  {progress.revision.revision}  {progress.revision.title}")
    elif progress.stage == "waiting":
        output.say("waiting   another migration of this database is under way")
    else:
        output.say("checking  the whole database, before the commit")


def _as_json(revisions: "list[Revision]") -> list[dict[str, str]]:
    return [revision._asdict() for revision in revisions]
