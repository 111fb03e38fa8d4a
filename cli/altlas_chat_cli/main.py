"""The ``altlas-chat`` command: its sub-commands, and its way out when one fails."""

import sys
from typing import Annotated, Any

import typer

from altlas_chat import __version__
from altlas_chat_cli import output
from altlas_chat_cli.commands import (
    config,
    contract,
    loadtest,
    migrate,
    mock,
    seed,
    serve,
    tail,
    talk,
    user,
)


class CommandLine(typer.Typer):
    """A Typer application that ends with a message and an exit code, whatever happens."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; exits with its code."""
        try:
            return super().__call__(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - a person is told, and sees no traceback
            given = sys.argv[1:]
            code = output.explain(error, debug="--debug" in given, as_json="--json" in given)
            sys.exit(code)


app = CommandLine(
    name="altlas-chat",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("serve")(serve.serve)
app.command("mock", short_help="Answer as a contract says, without a backend.")(mock.mock)
app.add_typer(migrate.app, name="migrate")
app.command("seed", short_help="Fill a database with the demo world, or with volume.")(seed.seed)
app.command("talk", short_help="Talk in a terminal; reconnects and resumes.")(talk.talk)
app.command("tail", short_help="Print live events, as a table or as JSON lines.")(tail.tail)
app.add_typer(user.app, name="user")
app.add_typer(contract.app, name="contract")
app.add_typer(loadtest.app, name="loadtest")
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
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where in the program an error came from.")
    ] = False,
) -> None:
    """A self-hosted chat backend and its toolkit."""
    del version, debug  # both are seen to before a command runs


if __name__ == "__main__":
    app()
