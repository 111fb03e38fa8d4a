"""``altlas-chat contract examples``: fills the examples that a document lacks.

Exit codes: 0 written, or none is missing; 1 examples are missing or wrong
(``--check``), or can't be made up or written; 2 the command line or the document
is wrong; 130 Ctrl-C.
"""

from pathlib import Path
from typing import Annotated

import typer

from altlas_chat_cli import output

PLACES = ("media-types", "parameters", "headers", "schemas")

Source = Annotated[str, typer.Argument(metavar="DOCUMENT", help="An OpenAPI document.")]
Target = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="The file to write; left out, the document is printed."),
]
InPlace = Annotated[bool, typer.Option("--in-place", help="Change the document's own files.")]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="|".join(PLACES),
        help="Where examples are wanted; may be repeated. [default: media-types, parameters]",
    ),
]
Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; exit 1 when examples are missing or wrong.")
]
Seed = Annotated[int, typer.Option("--seed", help="Other numbers give other examples.")]
Language = Annotated[
    str, typer.Option("--language", metavar="en|tr", help="The language of names and sentences.")
]
Fetch = Annotated[bool, typer.Option("--fetch", help="Follow references to http(s) addresses.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")]


def examples(
    source: Source,
    *,
    target: Target = None,
    in_place: InPlace = False,
    where: Where = None,
    check: Check = False,
    seed: Seed = 0,
    language: Language = "en",
    fetch: Fetch = False,
    as_json: AsJson = False,
) -> None:
    """Fill the examples that a document lacks; those that are there stay.

    They are made up of the schemas, each is valid, and the same every time.
    Nothing else of the files changes: comments, order and signs stay. Examples
    that do not fit their schemas are told.

    Exit codes: 0 written, or none is missing; 1 examples are missing or wrong
    (--check), or can't be made up or written; 2 the command line or the
    document is wrong; 130 Ctrl-C.
    """
    for one in where or ():
        if one not in PLACES:
            raise typer.BadParameter(f"--where is {', '.join(PLACES)}, not {one}")
    if language not in ("en", "tr"):
        raise typer.BadParameter(f"--language is en or tr, not {language}")
    if sum((target is not None, in_place, check)) > 1:
        raise typer.BadParameter("give one of -o, --in-place and --check")
    if as_json and target is None and not in_place and not check:
        raise typer.BadParameter("with --json say where: -o FILE, --in-place or --check")
    # Loaded here, so that --help stays quick.
    from altlas_chat.specs.findings import DocumentUnusable  # noqa: PLC0415
    from altlas_chat_cli.exemplifying import Wish, carry_out  # noqa: PLC0415

    wish = Wish(source, target, in_place, check, tuple(where or ()), seed, language, fetch, as_json)
    try:
        raise typer.Exit(carry_out(wish))
    except DocumentUnusable as unusable:
        for finding in unusable.findings:
            output.say(str(finding))
        if as_json:
            told = {"detail": unusable.detail, "remedy": unusable.remedy}
            output.print_json({"error": told})
        raise typer.Exit(output.WRONG_USE) from unusable
    except KeyboardInterrupt as interrupt:
        raise typer.Exit(output.INTERRUPTED) from interrupt
