"""``altlas-chat config``: which settings are in force, and where they came from."""

from pathlib import Path
from typing import Annotated

import typer

from altlas_chat.settings import TABLE, Configuration, load_configuration, without_password
from altlas_chat_cli import output

MASKED = "***"

app = typer.Typer(help="Show and check the settings.", no_args_is_help=True)

File = Annotated[
    Path | None,
    typer.Option(
        "--file",
        help="The settings file. [default: $ALTLAS_CHAT_CONFIG, else ./altlas-chat.toml]",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("show")
def show(*, file: File = None, as_json: Json = False) -> None:
    """Show every setting, its value, and where the value came from.

    Secrets, and passwords in addresses, are not shown.
    """
    found = load_configuration(file=file)
    rows = {name: (_shown(found, name), found.places.get(name, "default")) for name in TABLE}
    if as_json:
        output.print_json({name: {"value": v, "from": place} for name, (v, place) in rows.items()})
        return
    for name, (value, place) in rows.items():
        output.print_line(f"{name} = {output.as_toml(value)}   ({place})")


@app.command("check")
def check(*, file: File = None, as_json: Json = False) -> None:
    """Check the settings and say everything that is wrong.

    Exit codes: 0 they are in order; 2 something is wrong.
    """
    found = load_configuration(file=file)
    if as_json:
        output.print_json({"file": None if found.file is None else str(found.file), "problems": []})
    else:
        read = f" (file {found.file})" if found.file else ""
        output.say(f"The settings are in order{read}.")


def _shown(found: Configuration, name: str) -> object:
    value = getattr(found.settings, name)
    if TABLE[name].secret:
        return None if value is None else MASKED
    if isinstance(value, tuple):
        return list(value)
    return without_password(value) if isinstance(value, str) else value
