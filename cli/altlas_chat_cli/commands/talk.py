"""``altlas-chat talk``: a small terminal client.

Exit codes: 0 ended by /quit or at the end of the input, with everything
acknowledged; 1 it did not work, or a line was refused; 2 the command line is
wrong; 130 Ctrl-C.
"""

from typing import Annotated

import typer

from altlas_chat_cli import output

DEFAULT_URL = "http://127.0.0.1:8765"

As = Annotated[str, typer.Option("--as", help="User name or e-mail address of who talks.")]
With = Annotated[
    str | None,
    typer.Option("--with", help="Talk to this person: a user name, a name, or an id."),
]
In = Annotated[
    str | None,
    typer.Option("--in", help="Talk in this conversation: its id, or (the beginning of) its name."),
]
Url = Annotated[
    str, typer.Option("--url", help="Address of the server; with a path, where the API begins.")
]
Password = Annotated[
    str | None,
    typer.Option(
        "--password",
        help="The password. Left out, that of the demo world is tried, then it is asked for.",
    ),
]


def talk(
    *,
    who: As,
    peer: With = None,
    conversation: In = None,
    url: Url = DEFAULT_URL,
    password: Password = None,
) -> None:
    """Talk in a terminal: the last messages, what comes live, and what you type.

    Each line that you type is sent. /who says who is here, /help what else
    there is, /quit ends. When the connection breaks it comes back by itself,
    and what was missed is shown.

    With a pipe as input each line is sent and waited for, and the end of the
    input ends it: `echo merhaba | altlas-chat talk --as ayse --with mehmet`.

    Exit codes: 0 ended, everything was acknowledged; 1 it did not work, or a
    line was refused; 2 the command line is wrong; 130 Ctrl-C.
    """
    if peer is not None and conversation is not None:
        raise typer.BadParameter("Give --with or --in, not both.")
    # Loaded here, so that --help stays quick.
    import asyncio  # noqa: PLC0415

    from altlas_chat_cli.talking import NotSaid, Wish, hold_talk  # noqa: PLC0415

    wish = Wish(who, peer, conversation, url, password)
    try:
        refused = asyncio.run(hold_talk(wish))
    except NotSaid as error:
        output.explain(error)
        raise typer.Exit(output.WRONG_USE) from error
    except KeyboardInterrupt as interrupt:
        raise typer.Exit(output.INTERRUPTED) from interrupt
    if refused:
        raise typer.Exit(output.FAILED)
