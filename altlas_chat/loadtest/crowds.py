"""The people of a load test: logged in, or registered for it, with somewhere to write."""

import asyncio
import itertools
from collections.abc import Awaitable, Coroutine, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import aiohttp

from altlas_chat.loadtest.doing import Doer
from altlas_chat.loadtest.lines import Refused
from altlas_chat.loadtest.steps import Call, Json, Person
from altlas_chat.loadtest.targets import TargetUnusable

AT_ONCE = 20
"""Requests before the clock starts: hashing passwords is the server's dearest work."""

PAGE = 200
NOBODY = Person("", "", ())


class Login(NamedTuple):
    """A name with its password."""

    username: str
    password: str


async def logged_in(base: str, logins: Sequence[Login], needed_seconds: float = 0) -> list[Person]:
    """These people with the conversations that each has, in their order.

    Raises:
        TargetUnusable: one of them can't log in, or for less than is needed.
    """
    async with aiohttp.ClientSession() as session:
        doer = Doer(session, base)
        return await _at_once([_log_in(doer, login, needed_seconds) for login in logins])


async def registered(base: str, count: int, mark: str, needed_seconds: float = 0) -> list[Person]:
    """So many new accounts, named by ``mark`` and a number, each neighbour in a conversation.

    They stay on the server afterwards.

    Raises:
        TargetUnusable: the server takes no new accounts, or lets them in for less than is needed.
    """
    async with aiohttp.ClientSession() as session:
        doer = Doer(session, base)
        names = [f"{mark}-{number:05d}" for number in range(count)]
        people = await _at_once([_register(doer, name, needed_seconds) for name in names])
        for one, other in itertools.pairwise(people):
            await _said(doer.do(one, _open(other)), "a conversation can't be opened")
        return await _at_once([_with_conversations(doer, one) for one in people])


async def grouped(base: str, people: Sequence[Person], groups: int) -> list[Person]:
    """The same people, evenly divided into so many new groups, and writing there alone.

    Raises:
        TargetUnusable: a group can't be made.
    """
    async with aiohttp.ClientSession() as session:
        doer = Doer(session, base)
        placed: list[Person] = []
        for number in range(min(groups, len(people))):
            owner, *others = people[number::groups]
            body = {
                "name": f"Load {number + 1}",
                "memberIds": [one.user_id for one in others],
            }
            made = await _said(
                doer.do(owner, Call("createGroup", "POST", "/groups", body=body)),
                "a group can't be made",
            )
            room = (str(made["id"]),)
            placed += [replace(one, conversations=room) for one in (owner, *others)]
        return placed


async def usernames(base: str, admin: Login, count: int) -> list[str]:
    """The names of people on a server, without the one who asks.

    Raises:
        TargetUnusable: who asks is no administrator.
    """
    async with aiohttp.ClientSession() as session:
        doer = Doer(session, base)
        asking = await _log_in(doer, admin)
        found: list[str] = []
        cursor: str | None = None
        while len(found) < count:
            query: dict[str, str | int] = {"limit": PAGE} | ({"cursor": cursor} if cursor else {})
            page = await _said(
                doer.do(asking, Call("listUsers", "GET", "/admin/users", query)),
                "the people can't be listed",
            )
            found += [one["username"] for one in page["items"]]
            cursor = page["nextCursor"]
            if cursor is None:
                break
        return [name for name in found if name != admin.username][:count]


async def _at_once(making: Sequence[Coroutine[Any, Any, Person]]) -> list[Person]:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(person: Coroutine[Any, Any, Person]) -> Person:
        async with room:
            return await person

    return list(await asyncio.gather(*map(one, making)))


async def _log_in(doer: Doer, login: Login, needed_seconds: float = 0) -> Person:
    step = Call("login", "POST", "/auth/login", body=login._asdict())
    try:
        tokens = await doer.do(NOBODY, step)
    except Refused as refused:
        detail = f"{login.username} can't log in: {refused}."
        raise TargetUnusable(detail, "Check the name and the password.") from refused
    return await _with_conversations(doer, _person(tokens, needed_seconds))


async def _register(doer: Doer, name: str, needed_seconds: float) -> Person:
    body = {"username": name, "password": f"load-test-{name}"}
    step = Call("register", "POST", "/auth/register", body=body)
    tokens = await _said(doer.do(NOBODY, step), "accounts can't be made here")
    return _person(tokens, needed_seconds)


def _person(tokens: Json, needed_seconds: float) -> Person:
    lasts = float(tokens["expiresInSeconds"])
    if lasts < needed_seconds:
        raise TargetUnusable(
            f"Access tokens last {lasts:,.0f} s there, and this takes {needed_seconds:,.0f} s.",
            "Take a shorter --duration, or raise `access_token_seconds` at the server.",
        )
    return Person(str(tokens["user"]["id"]), str(tokens["accessToken"]), ())


def _open(other: Person) -> Call:
    return Call("openConversation", "POST", "/conversations", body={"userId": other.user_id})


async def _with_conversations(doer: Doer, person: Person) -> Person:
    step = Call("listConversations", "GET", "/conversations", {"limit": PAGE})
    page = await _said(doer.do(person, step), "conversations can't be listed")
    may_write = [
        str(one["id"])
        for one in page["items"]
        if one["permissions"] is None or one["permissions"]["posting"] == "members"
    ]
    return replace(person, conversations=tuple(may_write))


async def _said(answer: Awaitable[Json], otherwise: str) -> Json:
    try:
        return await answer
    except Refused as refused:
        raise TargetUnusable(f"{otherwise}: {refused}") from refused
