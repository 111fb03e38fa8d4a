"""The people and conversations of a volume world, made through the services.

The same seed again finds by their ids those that are there, and makes the rest.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from altlas_chat.domain.accounts import User
from altlas_chat.domain.conversations import GroupDraft, OpenDirect
from altlas_chat.domain.permissions import ROLE_PERMISSIONS, Actor
from altlas_chat.seeding.phrases import Words
from altlas_chat.seeding.quiet import FIRST_ID_MS, SetClock, seeded_ids
from altlas_chat.seeding.story import DEMO_PASSWORD
from altlas_chat.services import accounts, conversations, groups
from altlas_chat.services.deps import Deps
from altlas_chat.storage.accounts import select_users
from altlas_chat.storage.bulk import select_places
from altlas_chat.storage.database import Reader, Transaction
from altlas_chat.system import Ids

PEOPLE_AT_ONCE = 500
PROBED_AT_ONCE = 100
TOLD_EVERY = 25
DIRECT_SHARE = 0.6
LARGEST_GROUP = 12
PAIR_TRIES = 5

Told = Callable[[int], None]
"""Hears how many are there by now."""

T = TypeVar("T")


def _chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


async def count_there(reader: Reader, stream_of: Callable[[int], str], least: int) -> int:
    """How many of something there are, when they are numbered from 1 without holes.

    Each has a stream of its own; ``least`` is what is given if there are fewer.
    """
    count = least
    while True:
        following = range(count + 1, count + 1 + PROBED_AT_ONCE)
        found = await select_places(reader, [stream_of(number) for number in following])
        if not found:
            return count
        count += len(found)


# -- people --------------------------------------------------------------------------


def person_id(seed: int, number: int) -> str:
    """The id of one of a seed's people."""
    return seeded_ids(f"person/{seed}/{number}", FIRST_ID_MS + number).new()


async def bring_people(
    deps: Deps, seed: int, count: int, words: Words, told: Told
) -> tuple[dict[str, str], int]:
    """The first ``count`` people of a seed, user names by id, and how many were made.

    All have the password of the demo world.
    """
    ids = [person_id(seed, number) for number in range(1, count + 1)]
    known = await deps.database.read(lambda reader: select_users(reader, ids))
    missing = [(number, one) for number, one in enumerate(ids, 1) if one not in known]
    names = {one.user_id: one.username for one in known.values()}
    if missing:
        told(len(names))
        password_hash = await deps.credentials.hash_password(DEMO_PASSWORD)
        at = deps.clock.now_ms()
        for chunk in _chunks(missing, PEOPLE_AT_ONCE):
            people = [_person(seed, number, user_id, words, at) for number, user_id in chunk]
            await _keep_people(deps, people, password_hash)
            names.update((one.user_id, one.username) for one in people)
            told(len(names))
    return {user_id: names[user_id] for user_id in ids}, len(missing)


async def _keep_people(deps: Deps, people: Sequence[User], password_hash: str) -> None:
    async def change(tx: Transaction) -> None:
        for person in people:
            await accounts.create_user(tx, person, password_hash)

    await deps.database.write(change, lane="people")


def _person(seed: int, number: int, user_id: str, words: Words, at: int) -> User:
    chance = random.Random(f"name/{seed}/{number}")  # noqa: S311 - must be foreseeable
    name = chance.choice(words.names)
    return User(
        user_id=user_id,
        username=f"{name.account_part}-{seed}-{number}",
        email=None,
        display_name=name.display_name,
        role="user",
        origin="local",
        language=name.language,
        bio="",
        avatar_file_id=None,
        is_active=True,
        last_seen_at=None,
        created_at=at,
        updated_at=at,
    )


# -- conversations -------------------------------------------------------------------


class Opening(NamedTuple):
    """A conversation to be made: by the first of its people; a direct one has no name."""

    number: int
    people: list[str]
    name: str | None


def ids_of_opening(seed: int, number: int) -> Ids:
    """Where a conversation's ids come from; the first is its own."""
    return seeded_ids(f"conversation/{seed}/{number}", FIRST_ID_MS + number)


def conversation_id(seed: int, number: int) -> str:
    """The id of a seed's conversation."""
    return ids_of_opening(seed, number).new()


def plan_openings(
    seed: int,
    numbers: Sequence[int],
    people: Sequence[str],
    pairs: set[frozenset[str]],
    topics: Sequence[str],
) -> list[Opening]:
    """Who is in which conversation; no two people get a second direct one.

    ``pairs`` are those who have one, and grows.
    """
    openings = []
    for number in numbers:
        chance = random.Random(f"opening/{seed}/{number}")  # noqa: S311 - must be foreseeable
        pair = _free_pair(chance, people, pairs) if chance.random() < DIRECT_SHARE else None
        if pair is not None:
            pairs.add(frozenset(pair))
            openings.append(Opening(number, pair, None))
        else:
            largest = min(LARGEST_GROUP, len(people))
            size = chance.randint(min(3, largest), largest)
            name = f"{chance.choice(topics)} {number}"
            openings.append(Opening(number, chance.sample(people, size), name))
    return openings


def _free_pair(
    chance: random.Random, people: Sequence[str], pairs: set[frozenset[str]]
) -> list[str] | None:
    for _ in range(PAIR_TRIES):
        pair = chance.sample(people, 2)
        if frozenset(pair) not in pairs:
            return pair
    return None


async def open_conversations(
    deps: Deps, seed: int, openings: Sequence[Opening], told: Told
) -> None:
    """Make conversations one after another, a millisecond apart: so each event has its place."""
    at = deps.clock.now_ms()
    if openings:
        told(0)
    for done, opening in enumerate(openings, 1):
        own = replace(
            deps, ids=ids_of_opening(seed, opening.number), clock=SetClock(at + opening.number)
        )
        await _open(own, opening)
        if done % TOLD_EVERY == 0 or done == len(openings):
            told(done)


async def _open(deps: Deps, opening: Opening) -> None:
    first, *others = opening.people
    actor = Actor(first, "user", ROLE_PERMISSIONS["user"])
    if opening.name is None:
        request = OpenDirect.model_validate({"userId": others[0]})
        await conversations.open_direct(deps, actor, request)
    else:
        draft = GroupDraft.model_validate({"name": opening.name, "memberIds": others})
        await groups.create_group(deps, actor, draft)
