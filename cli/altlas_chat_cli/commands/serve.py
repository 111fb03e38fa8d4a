"""``altlas-chat serve``: the chat server."""

import importlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from altlas_chat.settings import Settings, load_settings
from altlas_chat_cli import output

DEMO_DATABASE = "demo.db"


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 picks a free one.")] = None,
    database: Annotated[
        str | None, typer.Option(help="sqlite:///file.db or postgresql://user@host/name.")
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Seed a demo world, in a throw-away database by default.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print the address as one line of JSON first.")
    ] = False,
) -> None:
    """Serve the chat: REST and WebSocket, until Ctrl-C or SIGTERM.

    An SQLite database is made if there is none; a PostgreSQL one must have been
    prepared with `altlas-chat migrate up`.
    """
    given = {"host": host, "port": port, "database": database}
    settings = load_settings({name: value for name, value in given.items() if value is not None})
    if demo and database is None:
        with tempfile.TemporaryDirectory(prefix="altlas-chat-demo-") as folder:
            url = f"sqlite:///{Path(folder) / DEMO_DATABASE}"
            _serve(replace(settings, database=url), demo=True, as_json=json)
    else:
        _serve(settings, demo=demo, as_json=json)


def _serve(settings: Settings, *, demo: bool, as_json: bool) -> None:
    # Loaded here, so that --help stays quick.
    program: Any = importlib.import_module("altlas_chat.server.program")

    def started(url: str, people: list[tuple[str, str]]) -> None:
        if as_json:
            output.print_json({"url": url, "database": settings.database})
        _welcome(url, settings, people)

    program.run(settings, started, demo=demo)


def _welcome(url: str, settings: Settings, people: list[tuple[str, str]]) -> None:
    say = output.say
    say(f"altlas-chat listens on {url}  (database {settings.database})")
    if not people:
        say(f"API: {url}{settings.base_path}/openapi.json   Stop: Ctrl-C")
        return
    names = ", ".join(name for name, _ in people)
    password = people[0][1]
    first, second = people[0][0], people[1][0]
    at = "" if url.endswith(":8765") else f" --url {url}"
    say("")
    say(f"A demo world is ready. People: {names}. Password of all: {password}")
    say("Try this next:")
    say(f"  open   {url}{settings.base_path}/openapi.json   (the API's contract)")
    talk = f"{output.program()} talk"
    say(f"  talk   {talk} --as {first} --with {second}{at}")
    say(f"         {talk} --as {second} --with {first}{at}   (in a second terminal)")
    say(
        f"  curl   curl -s {url}{settings.base_path}/auth/login"
        " -H 'Content-Type: application/json'"
        f' -d \'{{"username":"{first}","password":"{password}"}}\''
    )
    say("Stop the server with Ctrl-C.")
