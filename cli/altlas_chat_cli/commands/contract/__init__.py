"""``altlas-chat contract …``: a tool for each thing that one does with an API's document.

Each sub-command has its own module here and is named below.
"""

import typer

app = typer.Typer(
    help="Judge, compare, publish and test API documents; our own where none is named.",
    no_args_is_help=True,
)
