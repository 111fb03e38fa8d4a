"""``altlas-chat seed``: fills a database with the demo world, or with volume.

Exit codes: 0 done; 1 it did not work; 2 the command line or the settings are
wrong; 3 the database waits for ``migrate up``; 130 interrupted, what was kept
until then is whole.
"""

import gc
import time
from typing import Annotated

import typer

from altlas_chat.settings import Settings, load_settings, without_password
from altlas_chat_cli import output

LARGEST_SEED = 999_999
"""It is a part of user names, which are short."""

USUAL = {"users": 100, "conversations": 300, "messages": 10_000}
"""How much volume there is when only some of the numbers are given."""

Users = Annotated[
    int | None,
    typer.Option(
        min=2, help=f"Volume: people in all. [default: {USUAL['users']}]", show_default=False
    ),
]
Conversations = Annotated[
    int | None,
    typer.Option(
        min=0,
        help=f"Volume: conversations in all. [default: {USUAL['conversations']}]",
        show_default=False,
    ),
]
Messages = Annotated[
    int | None,
    typer.Option(
        min=0, help=f"Volume: messages in all. [default: {USUAL['messages']}]", show_default=False
    ),
]
Seed = Annotated[
    int, typer.Option(min=0, max=LARGEST_SEED, help="Another number makes another world.")
]
Database_ = Annotated[
    str | None,
    typer.Option(
        "--database",
        help="sqlite:///file.db or postgresql://user@host/name. [default: the setting]",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the outcome as one line of JSON.")]


def seed(
    *,
    users: Users = None,
    conversations: Conversations = None,
    messages: Messages = None,
    seed: Seed = 1,
    database: Database_ = None,
    as_json: Json = False,
) -> None:
    """Fill a database: the demo world, or volume when a number is given.

    The demo world is a small cast whose conversations tell a story, in Turkish
    and English. It is made once; a second run finds it and adds nothing.

    Volume is as many people, conversations and messages as are asked for. The
    numbers are totals of a seed: what the same seed made before counts, so an
    interrupted run goes on when it is repeated, and larger numbers add to it.

    The same seed makes the same world again. All people have one password,
    which everybody knows, so a database with other people's accounts is
    refused. Stop the server of the database first.
    """
    settings = load_settings({"database": database})
    given = {"users": users, "conversations": conversations, "messages": messages}
    numbers = {name: number for name, number in given.items() if number is not None}
    if numbers:
        _seed_volume(settings, {**USUAL, **numbers, "seed": seed}, as_json=as_json)
    else:
        _seed_demo(settings, seed, as_json=as_json)


def _seed_demo(settings: Settings, seed: int, *, as_json: bool) -> None:
    # Loaded here, so that --help stays quick.
    import asyncio  # noqa: PLC0415

    from altlas_chat_cli.filling import make_demo  # noqa: PLC0415

    people, is_new = asyncio.run(make_demo(settings, seed))
    shown = without_password(settings.database)
    if as_json:
        logins = [{"username": name, "password": password} for name, password in people]
        output.print_json({"database": shown, "isNew": is_new, "people": logins})
        return
    found = "is ready" if is_new else "was there already; nothing was added"
    output.print_line(f"The demo world in {shown} {found}.")
    output.print_line(f"people    {', '.join(name for name, _ in people)}")
    output.print_line(f"password  {people[0][1]}   (of all)")


def _seed_volume(settings: Settings, numbers: dict[str, int], *, as_json: bool) -> None:
    import asyncio  # noqa: PLC0415

    from altlas_chat.seeding.story import DEMO_PASSWORD  # noqa: PLC0415
    from altlas_chat.seeding.volume import Volume  # noqa: PLC0415
    from altlas_chat_cli.filling import make_volume  # noqa: PLC0415

    gc.disable()  # rows make no cycles; to look for some takes a fifth of the time
    began = time.monotonic()
    try:
        filled = asyncio.run(make_volume(settings, Volume(**numbers)))
    except KeyboardInterrupt as interrupt:
        output.say("Interrupted. What was kept is whole; the same command goes on from there.")
        raise typer.Exit(output.INTERRUPTED) from interrupt
    seconds = time.monotonic() - began
    shown = without_password(settings.database)
    added = {
        "users": filled.users,
        "conversations": filled.conversations,
        "messages": filled.messages,
    }
    if as_json:
        login = {"username": filled.somebody, "password": DEMO_PASSWORD}
        found = {"database": shown, "wanted": numbers, "added": added}
        output.print_json({**found, "seconds": round(seconds, 3), "login": login})
        return
    told = ", ".join(f"{count:,} {name}" for name, count in added.items())
    output.print_line(f"Added {told} to {shown} in {seconds:.1f} s.")
    output.print_line(f"One of them: {filled.somebody}. Password of all: {DEMO_PASSWORD}")
