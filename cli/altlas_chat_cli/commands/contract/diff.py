"""``altlas-chat contract diff``: what changed between two versions, and whom it harms.

Exit codes: 0 nothing is as bad as ``--fail-on``; 1 something is; 2 the command
line is wrong, or a document or an ignore file can't be used; 130 Ctrl-C.
"""

from pathlib import Path
from typing import Annotated

import typer

from altlas_chat_cli import output

FORMATS = ("text", "json", "markdown", "html", "github", "junit")
LIMITS = ("breaking", "dangerous", "any", "none")
STABILITIES = ("draft", "alpha", "beta", "stable")

Old = Annotated[
    str | None,
    typer.Argument(
        metavar="[OLD]",
        help="The old document: a file, or REVISION:PATH of git. Left out with NEW, what was "
        "released last of our own contract.",
    ),
]
New = Annotated[str | None, typer.Argument(metavar="[NEW]", help="The new document; likewise.")]
Format = Annotated[
    str, typer.Option("--format", metavar="|".join(FORMATS), help="How changes are told.")
]
AsJson = Annotated[bool, typer.Option("--json", help="The same as --format json.")]
FailOn = Annotated[
    str,
    typer.Option(
        "--fail-on", metavar="|".join(LIMITS), help="The least level of change that exits 1."
    ),
]
Rule = Annotated[
    list[str] | None,
    typer.Option(
        "--rule",
        metavar="RULE=LEVEL",
        help="A level of one's own for a rule: breaking, dangerous, safe, or none to silence it; "
        "may be repeated.",
    ),
]
Ignore = Annotated[
    Path | None,
    typer.Option(
        "--ignore",
        help="A file of changes that were agreed to: a line is a rule and, if not all, the "
        "operation, `request-parameter-removed GET /users/*`.",
    ),
]
OnlyBreaking = Annotated[
    bool, typer.Option("--only-breaking", help="Tell of breaking changes alone.")
]
Flatten = Annotated[
    bool,
    typer.Option(
        "--flatten-all-of",
        help="Compare what allOf joins property by property, not branch by branch.",
    ),
]
StableDays = Annotated[
    int,
    typer.Option(
        "--deprecation-days-stable",
        min=0,
        help="Days that must lie between a deprecation and its x-sunset. 0 asks for none.",
    ),
]
BetaDays = Annotated[
    int,
    typer.Option(
        "--deprecation-days-beta", min=0, help="The same for what is x-stability-level: beta."
    ),
]
Stability = Annotated[
    str,
    typer.Option(
        "--stability-level",
        metavar="|".join(STABILITIES),
        help="What is less stable by its x-stability-level may change as it likes.",
    ),
]
Versions = Annotated[
    bool,
    typer.Option(
        "--check-version", help="Also tell when something breaks and info.version did not rise so."
    ),
]
Fetch = Annotated[bool, typer.Option("--fetch", help="Follow references to http(s) addresses.")]
Rules = Annotated[bool, typer.Option("--rules", help="List every rule with its level, and end.")]


def diff(
    old: Old = None,
    new: New = None,
    *,
    form: Format = "text",
    as_json: AsJson = False,
    fail_on: FailOn = "breaking",
    rule: Rule = None,
    ignore: Ignore = None,
    only_breaking: OnlyBreaking = False,
    flatten: Flatten = False,
    stable_days: StableDays = 0,
    beta_days: BetaDays = 0,
    stability: Stability = "beta",
    versions: Versions = False,
    fetch: Fetch = False,
    rules: Rules = False,
) -> None:
    """Tell what changed between two versions of a document, and whether it breaks a client.

    Breaking: a client that keeps to the old document may fail. Dangerous: that
    can't be told from the documents. Safe: it can't. What a client sends may
    be widened, what it receives may be narrowed.

    Exit codes: 0 nothing is as bad as --fail-on; 1 something is; 2 the command
    line is wrong, or a document or an ignore file can't be used; 130 Ctrl-C.
    """
    for name, value, known in (
        ("--format", form, FORMATS),
        ("--fail-on", fail_on, LIMITS),
        ("--stability-level", stability, STABILITIES),
    ):
        if value not in known:
            raise typer.BadParameter(f"{name} is {', '.join(known)}, not {value}")
    if (old is None) != (new is None):
        raise typer.BadParameter("name two documents, OLD and NEW, or none")
    # Loaded here, so that --help stays quick.
    from altlas_chat.specs.findings import DocumentUnusable  # noqa: PLC0415
    from altlas_chat.toolkit.diffing.levels import Level  # noqa: PLC0415
    from altlas_chat_cli import diffing  # noqa: PLC0415

    form = "json" if as_json else form
    try:
        if rules:
            diffing.list_rules(as_json=form == "json")
            return
        wish = diffing.Wish(
            form=form,
            fail_on=None if fail_on == "none" else Level("safe" if fail_on == "any" else fail_on),
            at_least=Level.BREAKING if only_breaking else Level.SAFE,
            rules=tuple(rule or ()),
            ignore=ignore,
            fetch=fetch,
            stable_days=stable_days,
            beta_days=beta_days,
            stability=stability,
            flatten=flatten,
            versions=versions,
        )
        raise typer.Exit(diffing.diff_documents(old, new, wish))
    except DocumentUnusable as error:
        output.explain(error, as_json=form == "json")
        raise typer.Exit(output.WRONG_USE) from error
    except KeyboardInterrupt as interrupt:
        raise typer.Exit(output.INTERRUPTED) from interrupt
