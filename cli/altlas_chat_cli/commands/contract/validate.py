"""``altlas-chat contract validate``: is a document what its specification asks for?

Exit codes: 0 it is (warnings and hints don't count, see ``--fail-on``); 1 something
is wrong; 2 the command line is wrong, or a document can't be read; 130 Ctrl-C.
"""

from typing import Annotated

import typer

from altlas_chat_cli import output

FORMATS = ("text", "json", "github", "sarif")
LIMITS = ("error", "warning", "info")

Documents = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DOCUMENT]...",
        help="OpenAPI or AsyncAPI documents, - for standard input; left out, our own contract.",
    ),
]
Format = Annotated[
    str, typer.Option("--format", metavar="|".join(FORMATS), help="How findings are told.")
]
AsJson = Annotated[bool, typer.Option("--json", help="The same as --format json.")]
FailOn = Annotated[
    str,
    typer.Option("--fail-on", metavar="|".join(LIMITS), help="The least severity that exits 1."),
]
Fetch = Annotated[bool, typer.Option("--fetch", help="Follow references to http(s) addresses.")]
MaxSize = Annotated[
    int | None,
    typer.Option(
        "--max-size",
        min=1,
        metavar="MIB",
        help="Largest file that is read; left out, the setting document_max_mib.",
    ),
]


def validate(
    documents: Documents = None,
    *,
    form: Format = "text",
    as_json: AsJson = False,
    fail_on: FailOn = "error",
    fetch: Fetch = False,
    max_size: MaxSize = None,
) -> None:
    """Judge whether a document is what its specification asks for: OpenAPI 3, AsyncAPI 2 and 3.

    The official schemas, openapi-spec-validator, prance and checks of our own
    judge it, over all of its files. Each finding has file, line and column, its
    rule and a remedy.

    Exit codes: 0 nothing is as bad as --fail-on; 1 something is; 2 the command
    line is wrong, or a document can't be read; 130 Ctrl-C.
    """
    if form not in FORMATS:
        raise typer.BadParameter(f"--format is {', '.join(FORMATS)}, not {form}")
    if fail_on not in LIMITS:
        raise typer.BadParameter(f"--fail-on is {', '.join(LIMITS)}, not {fail_on}")
    # Loaded here, so that --help stays quick.
    from altlas_chat.settings import document_bytes  # noqa: PLC0415
    from altlas_chat.specs.findings import Severity  # noqa: PLC0415
    from altlas_chat.specs.sources import Limits  # noqa: PLC0415
    from altlas_chat_cli import validating  # noqa: PLC0415

    largest = document_bytes() if max_size is None else max_size << 20
    limits = Limits(largest_file=largest)
    wish = validating.Wish("json" if as_json else form, Severity(fail_on), fetch, limits)
    try:
        code = validating.validate_documents(documents or [], wish)
    except KeyboardInterrupt as interrupt:
        raise typer.Exit(output.INTERRUPTED) from interrupt
    raise typer.Exit(code)
