"""``altlas-chat contract bundle``: one file of a document of many."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from altlas_chat_cli import output


class Form(StrEnum):
    """How a file is written."""

    YAML = "yaml"
    JSON = "json"


Source = Annotated[
    str | None,
    typer.Argument(
        metavar="DOCUMENT",
        help="An OpenAPI or AsyncAPI document. Left out, our own contract.",
        show_default=False,
    ),
]
Target = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        help="The file to write; left out, the bundle is printed. Of our own contract, and with"
        " --release, a folder.",
    ),
]
Format = Annotated[
    Form | None,
    typer.Option("--format", help="How it is written. [default: as the file's name says, or yaml]"),
]
Check = Annotated[
    bool,
    typer.Option("--check", help="Write nothing; say which files are stale."),
]
Release = Annotated[
    bool,
    typer.Option(
        "--release",
        help="Write into the folder of the document's version (v1.0) below --output. What was"
        " released is never changed.",
    ),
]
Fetch = Annotated[bool, typer.Option("--fetch", help="Follow references to http(s) addresses.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")]


def bundle(
    *,
    source: Source = None,
    target: Target = None,
    form: Format = None,
    check: Check = False,
    release: Release = False,
    fetch: Fetch = False,
    as_json: AsJson = False,
) -> None:
    """Make one file of a document of many; references stay references.

    What other files hold becomes a component under its name there; nothing is
    written out twice. Of our own contract two files are made: the whole, and
    the Chat tab's part, each with its events in it (x-asyncapi).

    Exit codes: 0 written, or everything is as it should be; 1 a file is stale
    (--check), would change a release, or can't be written; 2 the command line
    or the document is wrong.
    """
    # Loaded here, so that --help stays quick.
    from altlas_chat.specs.findings import DocumentUnusable  # noqa: PLC0415
    from altlas_chat_cli.bundling import Wish, carry_out  # noqa: PLC0415

    if target is None and (source is None or release or check):
        raise typer.BadParameter("say where: -o FILE, or -o FOLDER", param_hint="--output")
    wish = Wish(source, target, None if form is None else form.value, fetch)
    try:
        code = carry_out(wish, check=check, release=release, as_json=as_json)
    except DocumentUnusable as unusable:
        for finding in unusable.findings:
            output.say(str(finding))
        raise typer.Exit(output.WRONG_USE) from unusable
    raise typer.Exit(code)
