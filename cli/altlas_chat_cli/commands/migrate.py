"""``altlas-chat migrate``: the database's schema.

Exit codes: 0 done; 1 it did not work, and nothing was changed; 2 the command
line is wrong; 3 (``status`` only) the database waits for ``migrate up``.
"""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from altlas_chat.settings import load_settings

if TYPE_CHECKING:
    from altlas_chat.storage.migrations.runner import Progress, Revision
    from altlas_chat.storage.schema import SchemaProblem

EXIT_FAILED = 1
EXIT_BEHIND = 3

app = typer.Typer(
    name="migrate",
    help="Bring a database's schema up to date, or see where it stands.",
    no_args_is_help=True,
)

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        help="sqlite:///file.db or postgresql://user@host/name. [default: the setting]",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")]


@app.command("up")
def up(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Apply what is missing, in one transaction: all of it or nothing.

    Makes an SQLite file that does not exist yet; a PostgreSQL database must be
    there. Make a copy of a database that holds something first, and stop its
    servers. Two runs at the same time do the work once.

    Exit codes: 0 the database is up to date; 1 it did not work, and nothing
    was changed.
    """
    # Loaded here, so that --help stays quick.
    from altlas_chat.storage.migrations import runner, urls
    from altlas_chat.storage.schema import SchemaProblem

    url = _database(database)
    shown = urls.without_password(url)
    try:
        applied = runner.upgrade(url, told=_tell)
        current = runner.status(url).current
    except SchemaProblem as error:
        raise _failed(error, as_json) from error
    if as_json:
        _print_json(database=shown, current=current, applied=_as_json(applied))
    elif applied:
        typer.echo(f"{shown} is at revision {current} now.")
    else:
        typer.echo(f"{shown} is at revision {current} already; nothing to do.")


@app.command("status")
def status(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Say at which revision the database is, and what `migrate up` would apply.

    Changes nothing, and makes no file.

    Exit codes: 0 the database is up to date; 1 it can't be read, or is no
    database of this program; 3 it is behind.
    """
    from altlas_chat.storage.migrations import runner, urls
    from altlas_chat.storage.schema import SchemaProblem

    url = _database(database)
    shown = urls.without_password(url)
    try:
        found = runner.status(url)
    except SchemaProblem as error:
        raise _failed(error, as_json) from error
    if as_json:
        _print_json(
            database=shown, current=found.current, head=found.head, pending=_as_json(found.pending)
        )
    else:
        typer.echo(f"database  {shown}")
        typer.echo(f"current   {found.current or 'none: the database is empty'}")
        typer.echo(f"head      {found.head}")
        for revision in found.pending:
            typer.echo(f"pending   {revision.revision}  {revision.title}")
    if found.pending:
        raise typer.Exit(EXIT_BEHIND)


def _database(given: str | None) -> str:
    chosen = {} if given is None else {"database": given}
    return load_settings(chosen).database


def _tell(progress: "Progress") -> None:
    """One line on stderr for each step, so that stdout is the outcome alone."""
    if progress.revision is not None:
        line = f"applying  {progress.revision.revision}  {progress.revision.title}"
    elif progress.stage == "waiting":
        line = "waiting   another migration of this database is under way"
    else:
        line = "checking  the whole database before the commit"
    typer.echo(line, err=True)


def _as_json(revisions: "list[Revision]") -> list[dict[str, str]]:
    return [revision._asdict() for revision in revisions]


def _print_json(**outcome: Any) -> None:
    typer.echo(json.dumps(outcome, ensure_ascii=False))


def _failed(error: "SchemaProblem", as_json: bool) -> typer.Exit:
    if as_json:
        _print_json(error={"detail": error.detail, "remedy": error.remedy})
    else:
        typer.echo(f"error: {error.detail}\n{error.remedy}", err=True)
    return typer.Exit(EXIT_FAILED)
