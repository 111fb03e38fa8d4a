"""``altlas-chat contract lint``: rules beyond those of the specification.

Exit codes: 0 nothing is as bad as ``--fail-on``; 1 something is; 2 the command
line or a configuration is wrong, or a document can't be used; 130 Ctrl-C.
"""

from pathlib import Path
from typing import Annotated

import typer

from altlas_chat_cli import output

FORMATS = ("text", "json", "github", "junit", "sarif")
LIMITS = ("error", "warning", "info")

Documents = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DOCUMENT]...", help="OpenAPI or AsyncAPI documents; left out, our own contract."
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="The configuration; left out, altlas-chat-lint.yaml beside the document or here.",
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
Rules = Annotated[bool, typer.Option("--rules", help="List every rule, and end.")]
Explain = Annotated[
    str | None,
    typer.Option(
        "--explain", metavar="RULE", help="Tell all of one rule, with a good and a bad sample."
    ),
]


def lint(
    documents: Documents = None,
    *,
    config: Config = None,
    form: Format = "text",
    as_json: AsJson = False,
    fail_on: FailOn = "error",
    fetch: Fetch = False,
    rules: Rules = False,
    explain: Explain = None,
) -> None:
    """Judge whether a document is good: examples that fit, error answers, security, names ….

    Each finding has file, line and column, its rule and a remedy. Rules are
    set in altlas-chat-lint.yaml, and let pass by `x-lint-ignore: [RULE]` in
    the document.

    Exit codes: 0 nothing is as bad as --fail-on; 1 something is; 2 the command
    line or a configuration is wrong, or a document can't be used; 130 Ctrl-C.
    """
    if form not in FORMATS:
        raise typer.BadParameter(f"--format is {', '.join(FORMATS)}, not {form}")
    if fail_on not in LIMITS:
        raise typer.BadParameter(f"--fail-on is {', '.join(LIMITS)}, not {fail_on}")
    # Loaded here, so that --help stays quick.
    from altlas_chat.specs.findings import Severity  # noqa: PLC0415
    from altlas_chat_cli import linting  # noqa: PLC0415

    form = "json" if as_json else form
    try:
        if rules:
            linting.list_rules(as_json=form == "json")
        elif explain is not None:
            linting.explain_rule(explain, as_json=form == "json")
        else:
            wish = linting.Wish(form, Severity(fail_on), config, fetch)
            raise typer.Exit(linting.lint_documents(documents or [], wish))
    except KeyboardInterrupt as interrupt:
        raise typer.Exit(output.INTERRUPTED) from interrupt
