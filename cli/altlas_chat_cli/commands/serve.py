"""``altlas-chat serve``: the chat server."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from altlas_chat.settings import Settings, load_settings, without_password
from altlas_chat_cli import output
from altlas_chat_cli.commands.talk import DEFAULT_URL

DEMO_DATABASE = "demo.db"
_FIRST_PERSON = '{"username":"ayse","password":"choose-a-long-one"}'


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 picks a free one.")] = None,
    database: Annotated[
        str | None, typer.Option(help="sqlite:///file.db or postgresql://user@host/name.")
    ] = None,
    files: Annotated[
        str | None,
        typer.Option(
            help="Folder or s3://bucket/prefix for the bytes of files. Left out, a folder beside"
            " the database file."
        ),
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
    given = {"host": host, "port": port, "database": database, "files": files}
    settings = load_settings({name: value for name, value in given.items() if value is not None})
    if demo and database is None:
        with tempfile.TemporaryDirectory(prefix="altlas-chat-demo-") as folder:
            url = f"sqlite:///{Path(folder) / DEMO_DATABASE}"
            _serve(replace(settings, database=url), demo=True, as_json=json)
    else:
        _serve(settings, demo=demo, as_json=json)


def _serve(settings: Settings, *, demo: bool, as_json: bool) -> None:
    # Loaded here, so that --help stays quick.
    import logging  # noqa: PLC0415

    from altlas_chat.server import program  # noqa: PLC0415

    shown = without_password(settings.database)

    def started(url: str, people: list[tuple[str, str]]) -> None:
        if as_json:
            output.print_json({"url": url, "database": shown})
        if settings.log_format == "json":
            # Who reads stderr is a program.
            logging.getLogger("altlas_chat").info("listens on %s (database %s)", url, shown)
        else:
            _welcome(url, shown, settings.base_path, people)

    program.run(settings, started, demo=demo)


def _welcome(url: str, database: str, base_path: str, people: list[tuple[str, str]]) -> None:
    say = output.say
    say(f"altlas-chat listens on {url}  (database {database})")
    if not people:
        say(f"  open   {url}{base_path}/openapi.json   (the API's contract)")
        say(f"  curl   {_curl(url, base_path, 'register')} -d '{_FIRST_PERSON}'   (an account)")
        say(f"  docs   {url}{base_path}/docs   (read and try it in a browser)")
        say("Stop the server with Ctrl-C.")
        return
    names = ", ".join(name for name, _ in people)
    password = people[0][1]
    first, second = people[0][0], people[1][0]
    at = _talk_address(url, base_path)
    say("")
    say(f"A demo world is ready. People: {names}. Password of all: {password}")
    say("Try this next:")
    say(f"  open   {url}{base_path}/openapi.json   (the API's contract)")
    say(f"  docs   {url}{base_path}/docs   (read and try it in a browser)")
    talk = f"{output.program()} talk"
    say(f"  talk   {talk} --as {first} --with {second}{at}")
    say(f"         {talk} --as {second} --with {first}{at}   (in a second terminal)")
    account = f'{{"username":"{first}","password":"{password}"}}'
    say(f"  curl   {_curl(url, base_path, 'login')} -d '{account}'")
    say("Stop the server with Ctrl-C.")


def _curl(url: str, base_path: str, operation: str) -> str:
    return f"curl -s {url}{base_path}/auth/{operation} -H 'Content-Type: application/json'"


def _talk_address(url: str, base_path: str) -> str:
    """What `talk` must be told of the address; nothing where it is the usual one."""
    if base_path != "/v1":
        return f" --url {url}{base_path}"
    return "" if url == DEFAULT_URL else f" --url {url}"
