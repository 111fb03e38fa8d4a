"""``altlas-chat contract test``: a running server held to its contract by Schemathesis."""

from pathlib import Path
from typing import Annotated

import typer

from altlas_chat_cli.commands.talk import DEFAULT_URL

Source = Annotated[
    str | None,
    typer.Argument(
        metavar="DOCUMENT",
        help="An OpenAPI document. Left out, our own contract.",
        show_default=False,
    ),
]
Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        help="Address of the API with its base path, http://127.0.0.1:8000/v1."
        f" [default for our own contract: {DEFAULT_URL}/v1]",
        show_default=False,
    ),
]
Header = Annotated[
    list[str] | None,
    typer.Option("--header", "-H", help="A header of every request, `Name: value`; repeatable."),
]
Auth = Annotated[
    str | None, typer.Option("--auth", help="`user:password` (Basic), or a token (Bearer).")
]
Login = Annotated[
    str | None,
    typer.Option("--login", help="Log in to an altlas-chat server by this name or e-mail address."),
]
Password = Annotated[
    str | None,
    typer.Option(
        envvar="ALTLAS_CHAT_PASSWORD", help="Of --login. Left out, the demo world's or asked for."
    ),
]
Include = Annotated[
    list[str] | None,
    typer.Option(
        "--include",
        help="Only operations of this operationId, tag, path or `GET /path`; * fits all.",
    ),
]
Exclude = Annotated[
    list[str] | None, typer.Option("--exclude", help="Not these; may be repeated as --include.")
]
Phases = Annotated[
    str | None,
    typer.Option(
        "--phases", help="Some of examples,coverage,fuzzing,stateful.", show_default=False
    ),
]
Checks = Annotated[
    str | None, typer.Option("--checks", help="Only these checks of Schemathesis, by commas.")
]
NoChecks = Annotated[
    str | None, typer.Option("--exclude-checks", help="Not these checks of Schemathesis.")
]
Seed = Annotated[int | None, typer.Option(help="The same seed makes the same requests.")]
Examples = Annotated[
    int | None, typer.Option("--max-examples", min=1, help="Most requests for each operation.")
]
Time = Annotated[int | None, typer.Option("--max-time", min=1, help="Most seconds of the run.")]
Timeout = Annotated[
    float, typer.Option("--request-timeout", min=0.1, help="Most seconds of one request.")
]
Workers = Annotated[int, typer.Option(min=1, max=64, help="So many requests at once.")]
Junit = Annotated[Path | None, typer.Option("--junit", help="Write a JUnit report.")]
Html = Annotated[Path | None, typer.Option("--html", help="Write a report as a page.")]
Remote = Annotated[
    bool, typer.Option("--remote", help="The server is on another machine, and may be tested.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")]


def contract_test(
    *,
    source: Source = None,
    url: Url = None,
    headers: Header = None,
    auth: Auth = None,
    login: Login = None,
    password: Password = None,
    include: Include = None,
    exclude: Exclude = None,
    phases: Phases = None,
    checks: Checks = None,
    exclude_checks: NoChecks = None,
    seed: Seed = None,
    max_examples: Examples = None,
    max_time: Time = None,
    request_timeout: Timeout = 30.0,
    workers: Workers = 1,
    junit: Junit = None,
    html: Html = None,
    remote: Remote = False,
    as_json: AsJson = False,
) -> None:
    """Ask a running server what its contract allows and forbids, and judge the answers.

    Schemathesis makes the requests (pip install 'altlas-chat[contract-test]').
    They write: test a server whose data may be lost. Without --include some
    operations of our own contract are left out: what ends the session, and what never ends.

    Exit codes: 0 the server keeps its contract; 1 it does not, or a report
    can't be written; 2 the command line or the document is wrong; 3 the server
    or Schemathesis is not there; 130 Ctrl-C, after reporting what was found.
    """
    # Loaded here, so that --help stays quick.
    from altlas_chat_cli.testing import Wish, headers_of, plan_of, require_allowed, tell  # noqa: PLC0415

    if url is None and source is not None:
        raise typer.BadParameter("say where the server is", param_hint="--url")
    wish = Wish(source, (url or f"{DEFAULT_URL}/v1").rstrip("/"), login, password)
    require_allowed(wish.url, remote=remote)
    plan = plan_of(
        wish,
        headers=headers_of(headers or [], auth),
        include=include or [],
        exclude=exclude or [],
        phases=phases,
        checks=checks,
        without_checks=exclude_checks,
        seed=seed,
        max_examples=max_examples,
        max_seconds=max_time,
        request_seconds=request_timeout,
        workers=workers,
        junit=junit,
        html=html,
    )
    raise typer.Exit(tell(wish, plan, as_json=as_json))
