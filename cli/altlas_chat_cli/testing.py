"""How ``altlas-chat contract test`` goes: who may be tested, as whom, and what is said of it."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import typer

from altlas_chat.client.api import Api
from altlas_chat.reading import read_document
from altlas_chat.specs.documents import Document
from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.toolkit.own import own_openapi
from altlas_chat.toolkit.testing import (
    ENDS,
    PHASES,
    REFUSED_BY_MEANING,
    NotInstalled,
    Outcome,
    Plan,
    ServerNotThere,
    basic,
    is_of_this_machine,
    require_server,
    run_tests,
)
from altlas_chat_cli import output
from altlas_chat_cli.logging_in import Account, address_of, log_in, told


@dataclass(frozen=True, slots=True)
class Wish:
    """What is tested, where, and as whom; no source is our own contract."""

    source: str | None
    url: str
    login: str | None
    password: str | None


class NotAllowed(Exception):
    """A server that may not be tested."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy


def require_allowed(url: str, *, remote: bool) -> None:
    """A test writes: another machine only for who says so, and types its name.

    Exits when it is not allowed, or the address is none.
    """
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise typer.BadParameter(f"{url} is no address such as http://127.0.0.1:8000/v1")
    if is_of_this_machine(url):
        return
    if not remote:
        _refuse(f"{address.hostname} is not this machine.", "If it may be tested, add --remote.")
    if not sys.stdin.isatty():
        _refuse(
            f"Testing {address.hostname} has to be confirmed by hand.",
            "Run it in a terminal, where the name of the host can be typed.",
        )
    typed = typer.prompt(f"Type the host's name to test {address.hostname}", err=True)
    if typed.strip() != address.hostname:
        _refuse("That was not the host's name.", "Nothing was sent.")


def _refuse(detail: str, remedy: str) -> None:
    output.explain(NotAllowed(detail, remedy))
    raise typer.Exit(output.WRONG_USE)


def headers_of(lines: Sequence[str], auth: str | None) -> dict[str, str]:
    """The headers that were given; exits when one is none."""
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip() or "\n" in line:
            raise typer.BadParameter(f"{line!r} is no header such as `X-Api-Key: abc`")
        headers[name.strip()] = value.strip()
    if auth is not None:
        headers["Authorization"] = basic(auth) if ":" in auth else f"Bearer {auth}"
    return headers


def plan_of(wish: Wish, *, phases: str | None, exclude: Sequence[str], **others: Any) -> Plan:
    """The plan that a command line asks for; exits when a phase is none."""
    named = tuple(_split(phases))
    unknown = [one for one in named if one not in PHASES]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]} is no phase: {', '.join(PHASES)}")
    if wish.source is None and not others["include"]:
        exclude = [*exclude, *sorted(ENDS)]
    for option in ("checks", "without_checks"):
        others[option] = tuple(_split(others[option]))
    if wish.source is None and not others["checks"]:
        others["without_checks"] += REFUSED_BY_MEANING
    return Plan(url=wish.url, phases=named, exclude=exclude, **others)


def _split(text: str | None) -> list[str]:
    return [one.strip() for one in (text or "").split(",") if one.strip()]


def tell(wish: Wish, plan: Plan, *, as_json: bool) -> int:
    """Test and say what was found; the exit code.

    Raises:
        EntryFailed: --login does not get in.
        NothingChosen, RunFailed: see ``run_tests``.
    """
    try:
        document = _document(wish)
        if wish.login is not None:
            require_server(wish.url)
            token = asyncio.run(_token(wish, wish.login))
            plan = replace(plan, headers={**plan.headers, "Authorization": f"Bearer {token}"})
        outcome = run_tests(document, plan)
    except DocumentUnusable as unusable:
        for finding in unusable.findings:
            output.say(str(finding))
        return output.WRONG_USE
    except (NotInstalled, ServerNotThere) as missing:
        output.explain(missing, as_json=as_json)
        return output.NOT_READY
    if as_json:
        output.print_json(outcome.as_json())
    else:
        _summarise(outcome)
    if outcome.interrupted:
        return output.INTERRUPTED
    return output.DONE if outcome.passed else output.FAILED


def _document(wish: Wish) -> Document:
    return own_openapi() if wish.source is None else read_document(wish.source)


async def _token(wish: Wish, who: str) -> str:
    async with aiohttp.ClientSession() as http:
        api = Api(http, *address_of(wish.url))
        with told(wish.url):
            await log_in(api, Account(who, wish.password, wish.url, "altlas-chat contract test"))
        return api.session.access_token


def _summarise(outcome: Outcome) -> None:
    for failure in outcome.failures:
        places = ", ".join(failure["operations"] or ())
        output.print_line(f"{failure['title']} ({failure['count']}): {places}")
    for error in outcome.errors:
        output.print_line(f"error: {error}")
    end = "interrupted: " if outcome.interrupted else ""
    output.print_line(
        f"{end}{outcome.operations} operations, {outcome.cases} requests,"
        f" {len(outcome.failures)} kinds of failure, seed {outcome.seed}"
    )
