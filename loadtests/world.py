"""A database with people and conversations to measure on, made through the services."""

import asyncio
import functools
import itertools
import random
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from altlas_chat.domain.accounts import RegisterRequest
from altlas_chat.domain.conversations import GroupDraft, OpenDirect
from altlas_chat.domain.permissions import ROLE_PERMISSIONS, Actor
from altlas_chat.seeding.phrases import load_words
from altlas_chat.server.opening import opened_database
from altlas_chat.services import accounts, conversations, groups
from altlas_chat.services.credentials import load_credentials
from altlas_chat.services.deps import Deps
from altlas_chat.settings import Settings
from altlas_chat.system import Randomness, SystemClock, SystemIds

PASSWORD = "correct-horse-9"
"""Everybody's."""


@functools.cache
def texts() -> Sequence[str]:
    """What people say here: some thousand sentences in both languages, in no order."""
    sentences = list(load_words(1).sentences)
    random.Random(1).shuffle(sentences)
    return sentences


@dataclass(frozen=True)
class Person:
    """Somebody who can connect at once."""

    user_id: str
    token: str


@dataclass(frozen=True)
class Talk:
    """A conversation: who sends, and who listens."""

    conversation_id: str
    sender: Person
    listeners: Sequence[Person]


@dataclass(frozen=True)
class World:
    """A closed database file, to be copied for each run."""

    file: Path
    people: Sequence[Person]
    talks: Sequence[Talk]
    circles: Sequence[Sequence[Talk]] = ()

    def copy(self, folder: Path) -> Path:
        """A fresh copy in a new folder inside ``folder``."""
        inner = folder / f"run-{next(_NUMBERS)}"
        inner.mkdir()
        return Path(shutil.copy(self.file, inner / "chat.db"))


_NUMBERS = itertools.count(1)


class _Nobody:
    """Nobody listens while a world is made."""

    def publish(self, announcements: Any) -> None: ...

    def look_again(self, streams: Iterable[str]) -> None: ...

    def pass_on(self, stream: str, event: Any, **among: Any) -> None: ...

    def pass_on_to_all(self, streams: Any, event: Any, *, but: Any = ()) -> None: ...

    def doubt(self, user_ids: Any) -> None: ...

    def tell_everybody(self, event: Any) -> None: ...

    def end_session(self, session_id: str) -> None: ...

    def end_person(self, user_id: str) -> None: ...

    def reconnect_person(self, user_id: str) -> None: ...


def make_world(
    folder: Path,
    *,
    people: int,
    directs: int = 0,
    group: int = 0,
    groups: int = 1,
    circles: Sequence[int] = (),
) -> World:
    """A world with so many people.

    ``directs`` direct conversations of two people each, whom no other of them
    has, and if asked for ``groups`` of a sender and ``group`` listeners, whom
    no other group has. Each of the ``circles`` is one person's direct
    conversations with so many others: the people after those of ``directs`` have
    one each, the others are the last people.
    """
    file = folder / f"world-{next(_NUMBERS)}.db"
    sizes = [group + 1] * groups if group else []
    return World(file, *asyncio.run(_make(f"sqlite:///{file}", people, directs, sizes, circles)))


def make_talks(url: str, *, directs: int) -> Sequence[Talk]:
    """So many direct conversations in an empty database, of two people each."""
    return asyncio.run(_make(url, 2 * directs, directs, (), ()))[1]


async def _make(
    url: str, people: int, directs: int, sizes: Sequence[int], circles: Sequence[int]
) -> tuple[list[Person], list[Talk], list[list[Talk]]]:
    settings = Settings(
        database=url, argon2_time_cost=1, argon2_memory_kib=1024, access_token_seconds=86400
    )
    clock, randomness = SystemClock(), Randomness()
    async with opened_database(settings, to_serve=False) as database:
        credentials = await load_credentials(settings, database, clock, randomness)
        ids = SystemIds(clock)
        deps = Deps(settings, database, _Nobody(), clock, ids, randomness, credentials)
        cast = await asyncio.gather(*(_register(deps, number) for number in range(people)))
        pairs = [cast[2 * number : 2 * number + 2] for number in range(directs)]
        talks = list(await asyncio.gather(*(_direct(deps, *pair) for pair in pairs)))
        for number, size in enumerate(sizes):
            sender, *listeners = cast[number * size : (number + 1) * size]
            talks.append(await _group(deps, sender, listeners))
        around = []
        for person, size in zip(cast[2 * directs :], circles, strict=False):
            others = cast[-size:]
            around.append(await asyncio.gather(*(_direct(deps, one, person) for one in others)))
        credentials.close()
    return cast, talks, around


async def _register(deps: Deps, number: int) -> Person:
    name = f"person-{number:05d}"
    request = RegisterRequest.model_validate({"username": name, "password": PASSWORD})
    tokens = await accounts.register(deps, request, accounts.Device())
    return Person(tokens.user.user_id, tokens.access_token)


def _actor(person: Person) -> Actor:
    return Actor(person.user_id, "user", ROLE_PERMISSIONS["user"])


async def _direct(deps: Deps, sender: Person, listener: Person) -> Talk:
    request = OpenDirect.model_validate({"userId": listener.user_id})
    view, _ = await conversations.open_direct(deps, _actor(sender), request)
    return Talk(str(view["id"]), sender, [listener])


async def _group(deps: Deps, sender: Person, listeners: Sequence[Person]) -> Talk:
    body = {"name": "Everybody", "memberIds": [one.user_id for one in listeners]}
    view = await groups.create_group(deps, _actor(sender), GroupDraft.model_validate(body))
    return Talk(str(view["id"]), sender, listeners)
