"""``altlas-chat mock``: a server that answers as a contract says, without a backend.

Exit codes: 0 it ended as it was told to, or the self-check found every answer
valid; 1 the self-check found one that is not, something broke the contract
(--fail-on-violations), or the port is taken; 2 the command line is wrong or a
contract can't be used; 130 Ctrl-C during start.
"""

from typing import Annotated

import typer

from altlas_chat_cli import output
from altlas_chat_cli.commands import mock_options as options
from altlas_chat_cli.commands.talk import DEFAULT_URL

DEFAULT_PORT = int(DEFAULT_URL.rpartition(":")[2])

Contracts = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[CONTRACT]...",
        help="OpenAPI or AsyncAPI documents, or folders of them; left out, our own contract.",
    ),
]
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 picks a free one.")]
Validation = Annotated[
    str | None,
    typer.Option(
        "--validate",
        metavar="off|warn|strict",
        help="Requests that break the contract: not looked at, answered with a header, refused."
        " Left out: strict, with --proxy warn.",
    ),
]
Dynamic = Annotated[
    bool, typer.Option("--dynamic", help="Make values up even where there are examples.")
]
Seed = Annotated[int, typer.Option(help="Another seed makes up other values.")]
SpokenLanguage = Annotated[
    str, typer.Option("--language", metavar="en|tr", help="Language of names and sentences.")
]
Cors = Annotated[bool, typer.Option("--cors/--no-cors", help="Let pages of any origin ask.")]
Fetch = Annotated[bool, typer.Option("--fetch", help="Follow references to http(s) addresses.")]
SelfCheck = Annotated[
    bool, typer.Option("--self-check", help="Prove that every answer is valid, and end.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No line for each request.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="The address (or what the self-check found) as JSON.")
]


def mock(
    contracts: Contracts = None,
    *,
    host: Host = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    validate: Validation = None,
    dynamic: Dynamic = False,
    seed: Seed = 0,
    language: SpokenLanguage = "en",
    cors: Cors = True,
    fetch: Fetch = False,
    latency: options.Latency = None,
    error_rate: options.ErrorRate = None,
    errors: options.Errors = None,
    rule: options.Rules = None,
    weather: options.Sky = "",
    admin: options.AdminPath = "/__mock",
    admin_token_file: options.AdminTokenFile = None,
    record: options.Record = None,
    journal_size: options.JournalSize = 1000,
    mask: options.Masked = True,
    watch: options.Watch = True,
    stateful: options.Stateful = False,
    stateful_items: options.StatefulItems = 3,
    emit: options.Emit = None,
    scenario: options.Scenarios = None,
    proxy: options.Proxy = None,
    proxy_errors: options.ProxyErrors = False,
    proxy_timeout: options.ProxyTimeout = 30.0,
    fail_on_violations: options.FailOnViolations = False,
    self_check: SelfCheck = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Answer as a contract says, without a backend: examples, made-up values, checked requests.

    A request may wish for its answer: `Prefer: code=404, example=NAME,
    dynamic=true`, or `?__code=404&__example=NAME&__dynamic=true`.

    Exit codes: 0 it ended as it was told to, or every answer is valid; 1 an
    answer is not valid (--self-check), something broke the contract
    (--fail-on-violations) or the port is taken; 2 the command line is wrong or
    a contract can't be used; 130 Ctrl-C while it starts.
    """
    # Loaded here, so that --help stays quick.
    from altlas_chat_cli import mocking  # noqa: PLC0415

    settings = mocking.chosen_settings(
        host=host,
        port=port,
        validate=validate or ("warn" if proxy and not proxy_errors else "strict"),
        dynamic=dynamic,
        seed=seed,
        language=language,
        cors=cors,
        stateful=stateful,
        stateful_items=stateful_items,
    )
    try:
        chosen = mocking.chosen_options(
            amounts={"latency": latency, "error": error_rate, "status": errors},
            rules=rule or [],
            weather=weather,
            seed=seed,
            admin=admin,
            admin_token=mocking.chosen_token(admin_token_file),
            record=record,
            journal_size=journal_size,
            masked=mask,
            watch=watch,
            proxy=mocking.chosen_proxy(
                proxy, strict=proxy_errors, timeout_seconds=proxy_timeout, stateful=stateful
            ),
        )
        wishes = mocking.chosen_wishes(emit or [], scenario or [])
        documents = mocking.opened(contracts or [], fetch=fetch)
        if self_check:
            raise typer.Exit(mocking.checked(documents, settings, as_json=as_json))
        sources = mocking.Sources(contracts or [], fetch=fetch)
        summary = mocking.serve(
            documents, settings, chosen, sources, wishes, quiet=quiet, as_json=as_json
        )
        if fail_on_violations and summary.broken:
            raise typer.Exit(output.FAILED)
    except KeyboardInterrupt as interrupt:
        raise typer.Exit(output.INTERRUPTED) from interrupt
