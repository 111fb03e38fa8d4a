"""How a command that talks to a server gets in, and what it says when it can't."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

from altlas_chat.client.api import Api
from altlas_chat.client.errors import LoggedOut, Refused, Unreachable
from altlas_chat.client.plain_text import plain
from altlas_chat.seeding.story import DEMO_PASSWORD
from altlas_chat_cli import output


class Account(NamedTuple):
    """Who logs in, where; ``device`` is what the session is called."""

    who: str
    password: str | None
    url: str
    device: str


class EntryFailed(Exception):
    """It can't be; ``remedy`` says what to do."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy


@contextmanager
def told(url: str) -> Iterator[None]:
    """Turn what a server, or its absence, does to a client into words and a remedy.

    Raises:
        EntryFailed: no server, a refusal, or the session is over.
    """
    try:
        yield
    except Unreachable as error:
        raise EntryFailed(
            f"No altlas-chat server answers at {url}.",
            f"Start one (`{output.program()} serve --demo`), or name its address with --url.",
        ) from error
    except LoggedOut as error:
        raise EntryFailed(
            f"The session is over: {plain(str(error))}.", "Run it again to log in again."
        ) from error
    except Refused as error:
        raise EntryFailed(
            f"The server refuses: {detail_of(error)}", f"Its code is {plain(error.code)}."
        ) from error


def address_of(url: str) -> tuple[str, str]:
    """The server's address and where its API begins; a path in the URL is that."""
    url = url if "://" in url else f"http://{url}"
    root = url.rstrip("/")
    return root, "" if urlsplit(root).path else "/v1"


def detail_of(refusal: Refused) -> str:
    problem = refusal.problem
    said = [str(one.get("detail")) for one in problem.get("errors") or () if one.get("detail")]
    return plain("; ".join(said) or str(problem.get("detail") or problem.get("title")))


async def log_in(api: Api, account: Account) -> None:
    """Begin a session; without a password that of the demo world is tried, then it is asked for.

    Raises:
        EntryFailed: the name and the password do not fit.
        Refused: the server refuses for another reason.
        Unreachable: nobody answers.
    """
    device_name = account.device
    try:
        await api.log_in(account.who, account.password or DEMO_PASSWORD, device_name)
        return
    except Refused as refusal:
        if refusal.code != "AUTH_INVALID_CREDENTIALS":
            raise
    asked = account.password is None and sys.stdin.isatty()
    try:
        if asked:
            prompt = f"Password of {plain(account.who)}: "
            await api.log_in(account.who, getpass.getpass(prompt), device_name)
            return
    except Refused as refusal:
        if refusal.code != "AUTH_INVALID_CREDENTIALS":
            raise
    raise EntryFailed(
        f"There is no “{plain(account.who)}” with this password at {account.url}.",
        "Check the name, and the password" + ("." if asked else " (--password)."),
    )
