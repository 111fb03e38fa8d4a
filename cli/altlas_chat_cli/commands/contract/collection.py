"""``altlas-chat contract collection``: an API as requests for Postman or Bruno.

Exit codes: 0 written; 1 it could not be written; 2 the command line is wrong
or the document can't be used; 130 Ctrl-C.
"""

from pathlib import Path
from typing import Annotated

import typer

from altlas_chat_cli import output

FORMATS = ("postman", "bruno")
GROUPINGS = ("tags", "paths", "none")
LANGUAGES = ("en", "tr")

Document = Annotated[
    str | None,
    typer.Argument(metavar="[DOCUMENT]", help="An OpenAPI document; left out, our own contract."),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="The file, or for Bruno the folder, to write; left out, Postman's goes to stdout.",
    ),
]
Form = Annotated[
    str, typer.Option("--format", metavar="|".join(FORMATS), help="The program it is for.")
]
Environment = Annotated[
    Path | None,
    typer.Option("--environment", help="Write an environment of Postman to this file, too."),
]
Folders = Annotated[
    str, typer.Option("--folders", metavar="|".join(GROUPINGS), help="What makes the folders.")
]
BaseUrl = Annotated[
    str, typer.Option("--base-url", help="Where the API is, in place of what the document says.")
]
Saved = Annotated[
    bool, typer.Option("--answers/--no-answers", help="Keep sample answers beside the requests.")
]
Seed = Annotated[int, typer.Option(help="Another seed makes up other values.")]
SpokenLanguage = Annotated[
    str, typer.Option("--language", metavar="en|tr", help="Language of names and sentences.")
]
Fetch = Annotated[bool, typer.Option("--fetch", help="Follow references to http(s) addresses.")]
AsJson = Annotated[bool, typer.Option("--json", help="Say what was written as JSON.")]


def collection(
    document: Document = None,
    *,
    out: Output = None,
    form: Form = "postman",
    environment: Environment = None,
    folders: Folders = "tags",
    base_url: BaseUrl = "",
    answers: Saved = True,
    seed: Seed = 0,
    language: SpokenLanguage = "en",
    fetch: Fetch = False,
    as_json: AsJson = False,
) -> None:
    """Make a collection of requests that can be sent at once, for Postman or Bruno.

    Addresses, credentials and tokens are variables; what is optional is there
    and turned off; bodies are the document's examples, else made up. The same
    document gives the same file, ids included.

    Exit codes: 0 written; 1 it could not be written; 2 the command line is
    wrong or the document can't be used; 130 Ctrl-C.
    """
    for name, value, known in (
        ("--format", form, FORMATS),
        ("--folders", folders, GROUPINGS),
        ("--language", language, LANGUAGES),
    ):
        if value not in known:
            raise typer.BadParameter(f"{name} is {', '.join(known)}, not {value}")
    if out is None and (form == "bruno" or environment is not None):
        raise typer.BadParameter("it is more than one file: name where it goes with --output")
    # Loaded here, so that --help stays quick.
    from altlas_chat_cli import collecting  # noqa: PLC0415

    wish = collecting.Wish(document, out, form, environment, fetch, as_json)
    choices = collecting.chosen(
        grouping=folders, base_url=base_url, saved=answers, seed=seed, language=language
    )
    try:
        raise typer.Exit(collecting.write_collection(wish, choices))
    except KeyboardInterrupt as interrupt:
        raise typer.Exit(output.INTERRUPTED) from interrupt
