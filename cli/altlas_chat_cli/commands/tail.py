"""``altlas-chat tail``: live events of one person, as a table or as JSON lines.

Exit codes: 0 as many events as were asked for; 1 it did not work; 2 the command
line is wrong; 130 Ctrl-C.
"""

from typing import Annotated

import typer

from altlas_chat_cli import output
from altlas_chat_cli.commands.talk import DEFAULT_URL, Password, Url

As = Annotated[str, typer.Option("--as", help="User name or e-mail address of who listens.")]
Events = Annotated[
    list[str] | None,
    typer.Option(
        "--event", help="Only events of this kind, or pattern such as `message.*`; may be repeated."
    ),
]
In = Annotated[
    list[str] | None,
    typer.Option(
        "--in",
        help="Only of this conversation: its id, or (the beginning of) its name; may be repeated.",
    ),
]
Count = Annotated[
    int | None, typer.Option("--count", min=1, help="End after so many events. Left out, never.")
]
Cursor = Annotated[
    str | None,
    typer.Option("--cursor", help="Begin with what came after this cursor, not at the present."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON for each event.")]


def tail(
    *,
    who: As,
    events: Events = None,
    conversations: In = None,
    count: Count = None,
    cursor: Cursor = None,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    password: Password = None,
) -> None:
    """Print live events: what one person hears, as it comes.

    Lines of time, event, conversation and words; with --json the frames as
    they came, one a line. When the connection breaks it comes back by itself,
    and what was missed is printed.

    Exit codes: 0 as many events as --count asks for; 1 it did not work; 2 the
    command line is wrong; 130 Ctrl-C.
    """
    # Loaded here, so that --help stays quick.
    import asyncio  # noqa: PLC0415

    from altlas_chat_cli.logging_in import Account  # noqa: PLC0415
    from altlas_chat_cli.tailing import Wish, print_events  # noqa: PLC0415

    account = Account(who, password, url, "altlas-chat tail")
    wish = Wish(tuple(events or ()), tuple(conversations or ()), count, cursor, as_json)
    try:
        asyncio.run(print_events(account, wish))
    except KeyboardInterrupt as interrupt:
        raise typer.Exit(output.INTERRUPTED) from interrupt
