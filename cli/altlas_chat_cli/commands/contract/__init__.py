"""``altlas-chat contract …``: a tool for each thing that one does with an API's document.

Each sub-command has its own module here and is named below.
"""

import typer

from altlas_chat_cli.commands.contract import (
    bundle,
    collection,
    diff,
    docs,
    examples,
    lint,
    test,
    validate,
)

app = typer.Typer(
    help="Judge, compare, publish and test API documents; our own where none is named.",
    no_args_is_help=True,
)

app.command("validate", short_help="Judge whether a document is what its specification asks for.")(
    validate.validate
)
app.command("lint", short_help="Judge whether a document is good, by rules one can set.")(lint.lint)
app.command("bundle", short_help="Make one file of a document of many.")(bundle.bundle)
app.command("diff", short_help="Tell what changed between two versions, and what breaks.")(
    diff.diff
)
app.command("docs", short_help="Write the documentation of an API as files.")(docs.docs)
app.command("collection", short_help="Make a collection of requests for Postman or Bruno.")(
    collection.collection
)
app.command("examples", short_help="Fill the examples that a document lacks.")(examples.examples)
app.command("test", short_help="Hold a running server to its contract (Schemathesis).")(
    test.contract_test
)
