"""The ``altlas-chat`` command: its sub-commands, and the one place that explains errors."""

import sys
from typing import Annotated

import typer

from altlas_chat import __version__
from altlas_chat_cli import output
from altlas_chat_cli.commands import config, migrate, seed, serve, talk

app = typer.Typer(
    name="altlas-chat",
    help="A self-hosted chat backend and its toolkit.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.add_typer(migrate.app, name="migrate")
app.command("seed")(seed.seed)
app.command("talk")(talk.talk)
app.add_typer(config.app, name="config")


def _print_version(wanted: bool) -> None:
    if wanted:
        output.print_line(f"altlas-chat {__version__}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    """Options that stand before the command."""
    del version, debug


def main() -> None:
    """Run the command line; exits with its code."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(output.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - a user never sees a traceback
        sys.exit(output.explain(error, debug="--debug" in sys.argv[1:]))


if __name__ == "__main__":
    main()
