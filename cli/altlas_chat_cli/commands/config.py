"""``altlas-chat config``: which settings are in force, and where they came from."""

from pathlib import Path
from typing import Annotated

import typer

from altlas_chat.settings import TABLE, Loaded, load_with_origins
from altlas_chat_cli import output

app = typer.Typer(help="Show and check the settings.", no_args_is_help=True)

File = Annotated[Path | None, typer.Option(help="Settings file instead of altlas-chat.toml.")]


@app.command()
def show(
    *,
    file: File = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show every setting, its value, and where it came from. Secrets are not shown."""
    loaded = load_with_origins(file=file)
    rows = {name: (_shown(loaded, name), loaded.origins[name]) for name in TABLE}
    if json:
        output.print_json({name: {"value": v, "origin": o} for name, (v, o) in rows.items()})
        return
    for name, (value, origin) in rows.items():
        output.print_line(f"{name} = {value}   ({origin})")


@app.command()
def check(*, file: File = None) -> None:
    """Check the settings; exit 1 and say what is wrong if one can't be used."""
    load_with_origins(file=file)
    output.say("The settings are in order.")


def _shown(loaded: Loaded, name: str) -> object:
    value = getattr(loaded.settings, name)
    if TABLE[name].metadata["secret"] and value is not None:
        return "********"
    return list(value) if isinstance(value, tuple) else value
