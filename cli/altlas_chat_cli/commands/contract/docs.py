"""``altlas-chat contract docs``: the documentation of an API as files of a folder."""

from pathlib import Path
from typing import Annotated

import typer

from altlas_chat_cli import output

Sources = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="DOCUMENT",
        help="OpenAPI and AsyncAPI documents of one API. Left out, our own contract.",
        show_default=False,
    ),
]
Folder = Annotated[Path, typer.Option("-o", "--output", help="The folder to write into.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")]


def docs(*, sources: Sources = None, folder: Folder, as_json: AsJson = False) -> None:
    """Write the documentation of an API as files: Swagger UI, a page of events, the documents.

    Open index.html by a double-click, or give the folder to any web server.
    Nothing is asked for elsewhere, and no page has script or style written into
    it: send the Content-Security-Policy that is printed, the pages have it too.

    Exit codes: 0 written; 1 the files can't be written; 2 the command line or
    a document is wrong.
    """
    # Loaded here, so that --help stays quick.
    from altlas_chat.reading import read_document  # noqa: PLC0415
    from altlas_chat.toolkit.documentation import export_documentation  # noqa: PLC0415
    from altlas_chat.toolkit.own import own_asyncapi, own_openapi  # noqa: PLC0415

    documents = [read_document(one) for one in sources or ()]
    site = export_documentation(documents or [own_openapi(), own_asyncapi()], folder)
    if as_json:
        names = [str(folder / name) for name in site.names]
        output.print_json({"files": names, "contentSecurityPolicy": site.policy})
        return
    output.print_line(str(folder / "index.html"))
    output.say(f"{len(site.names)} files are in {folder}. A web server should send with them:")
    output.say(f"  Content-Security-Policy: {site.policy}")
