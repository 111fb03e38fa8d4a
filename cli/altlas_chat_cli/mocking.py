"""How ``altlas-chat mock`` speaks: what it starts with, a line for each request, its check."""

import asyncio
import sys
from collections.abc import Sequence
from typing import Any, get_args

import typer

from altlas_chat.mock.compiled import Compiled, compile_documents
from altlas_chat.mock.contracts import load_contracts
from altlas_chat.mock.exchange import Exchange
from altlas_chat.mock.pipeline import Mock
from altlas_chat.mock.settings import MockSettings, Validate
from altlas_chat.specs.documents import Document
from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.specs.sampling import Language
from altlas_chat_cli import output

FLUSH_SECONDS = 0.05
MOST_TRIES = 5


def chosen_settings(*, validate: str, language: str, **others: Any) -> MockSettings:
    """The settings that a command line names; exits when one is wrong."""
    languages = get_args(Language)
    if validate not in [*Validate]:
        raise typer.BadParameter(f"--validate is {', '.join(Validate)}, not {validate}")
    if language not in languages:
        raise typer.BadParameter(f"--language is {', '.join(languages)}, not {language}")
    return MockSettings(
        validate=Validate(validate),
        language=next(one for one in languages if one == language),
        **others,
    )


def opened(contracts: Sequence[str], *, fetch: bool) -> list[Document]:
    """The documents; exits with every finding when one can't be used."""
    try:
        return load_contracts(contracts, fetch=fetch)
    except DocumentUnusable as unusable:
        for finding in unusable.findings:
            output.say(str(finding))
        raise typer.Exit(output.WRONG_USE) from unusable


def checked(documents: Sequence[Document], settings: MockSettings, *, as_json: bool) -> int:
    """Say of every answer whether it is valid; the exit code."""
    from altlas_chat.mock.self_check import check_all  # noqa: PLC0415 - only then

    compiled = compile_documents(documents, seed=settings.seed, language=settings.language)
    report = check_all(compiled)
    if as_json:
        output.print_json(report.as_json())
    else:
        for one in report.wrong:
            output.print_line(str(one))
        output.print_line(
            f"{report.answers} answers of {report.operations} operations made,"
            f" {len(report.wrong)} not valid."
        )
    return output.FAILED if report.wrong else output.DONE


def serve(
    documents: Sequence[Document], settings: MockSettings, *, quiet: bool, as_json: bool
) -> None:
    """Serve until Ctrl-C."""
    from altlas_chat.mock.program import run  # noqa: PLC0415 - only then

    compiled = compile_documents(documents, seed=settings.seed, language=settings.language)
    mock = Mock(compiled, settings)
    if not quiet:
        mock.listeners.append(RequestLines())

    def started(running: Any) -> None:
        if as_json:
            output.print_json({"url": running.url, "operations": len(compiled.endpoints)})
        _welcome(running.url, compiled)

    run(mock, started)


def _welcome(url: str, compiled: Compiled) -> None:
    say = output.say
    say(f"altlas-chat mock listens on {url}")
    for document in compiled.documents:
        info = document.data.get("info")
        title = info.get("title", "") if isinstance(info, dict) else ""
        say(f"  {document.kind} {document.version}  {title}  ({document.source})")
    say(f"  {len(compiled.endpoints)} operations, {len(compiled.sockets)} documents of events")
    tries = [one.operation for one in compiled.endpoints if one.operation.method == "get"]
    plain = sorted(tries, key=lambda one: "{" in one.path)[:MOST_TRIES]
    if plain:
        say("Try this next:")
    for operation in plain:
        say(f"  curl -s '{url}{operation.path}'".replace("{", "").replace("}", ""))
    if plain:
        say(
            f"  curl -s -H 'Prefer: code=404' '{url}{plain[0].path}'".replace("{", "").replace(
                "}", ""
            )
        )
    say("Stop it with Ctrl-C.")


class RequestLines:
    """A line for each request, written a little later and many at once."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def __call__(self, exchange: Exchange) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._flush)
        reply = exchange.reply
        status = "cut" if reply is None else str(reply.status)
        target = f"{exchange.path}?{exchange.query}" if exchange.query else exchange.path
        line = f"{exchange.method:7} {target} {status} {exchange.seconds * 1000:.1f} ms"
        if exchange.breaches:
            line += "".join(f"\n        {one}" for one in exchange.breaches)
        self._lines.append(line)

    def _flush(self) -> None:
        lines, self._lines = self._lines, []
        sys.stderr.write("\n".join(map(_harmless, lines)) + "\n")
        sys.stderr.flush()


def _harmless(line: str) -> str:
    """Without signs that would steer a terminal."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "�" for sign in line)
