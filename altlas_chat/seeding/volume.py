"""Fills a database with very many messages, as fast as is honest.

People and conversations are made by the services; messages and read marks are
worked out as the services would and kept many thousands at a time
(:mod:`altlas_chat.seeding.ledger`). What is there afterwards can't be told
from what the services write where nobody wants notifications of messages.

Reproducible: the same seed and numbers give the same people, conversations,
ids, texts, readers and order. The numbers are totals: what the same seed made
before counts, so an interrupted filling goes on when it is run again, larger
numbers add to it, and smaller ones change nothing. Another seed makes another
world beside it. Moments are spread over the last ``DAYS`` days before the day
of the filling.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from altlas_chat.domain.events import conversation_stream, user_stream
from altlas_chat.seeding.chatter import Chatter
from altlas_chat.seeding.crowd import (
    bring_people,
    conversation_id,
    count_there,
    open_conversations,
    person_id,
    plan_openings,
)
from altlas_chat.seeding.ledger import open_ledger
from altlas_chat.seeding.phrases import Words, load_words
from altlas_chat.seeding.playground import SeedingRefused, claim
from altlas_chat.seeding.quiet import SetClock, quiet_deps, seeded_ids
from altlas_chat.seeding.story import DAY_MS
from altlas_chat.services.deps import Deps
from altlas_chat.settings import Settings
from altlas_chat.storage import bulk
from altlas_chat.storage.bulk import Place, Side
from altlas_chat.storage.database import Database, Reader
from altlas_chat.system import SystemClock

DAYS = 20
"""Less than events are kept by default, so that nothing of a fresh world is trimmed at once."""

PAGE = 20_000
"""Messages that are kept in one step; an interruption loses no more."""


class Volume(NamedTuple):
    """How much of a seed's world there is to be in all."""

    users: int
    conversations: int
    messages: int
    seed: int = 1


class Progress(NamedTuple):
    """How far the filling has come."""

    stage: Literal["people", "conversations", "messages"]
    done: int
    total: int


Told = Callable[[Progress], None]


class Filled(NamedTuple):
    """What was added, and the user name of one who can log in."""

    users: int
    conversations: int
    messages: int
    somebody: str | None


async def fill_volume(
    settings: Settings, database: Database, wanted: Volume, told: Told, *, now: int | None = None
) -> Filled:
    """Add what is missing of what is wanted.

    Each step is durable and whole when ``told`` hears of it.

    Raises:
        SeedingRefused: the database holds other people's accounts, somebody
            else writes in it, or there can be no such world.
    """
    wanted = await database.read(lambda reader: _with_what_is_there(reader, wanted))
    _require_possible(wanted)
    await claim(database)
    now = SystemClock().now_ms() if now is None else now
    filling = _Filling(database, wanted, now - now % DAY_MS, load_words(wanted.seed), told)
    standing = await filling.standing()
    clock = SetClock(max(filling.today - DAYS * DAY_MS, standing.latest_at))
    async with quiet_deps(settings, database, clock, seeded_ids("unused")) as deps:
        names, joined = await filling.bring_people(deps)
        opened = await filling.open_missing(deps, standing, list(names))
    posted = await filling.post_missing(names)
    return Filled(joined, opened, posted, next(iter(names.values()), None))


async def _with_what_is_there(reader: Reader, wanted: Volume) -> Volume:
    """People and conversations of the seed do not become fewer."""
    seed = wanted.seed
    users = await count_there(
        reader, lambda number: user_stream(person_id(seed, number)), wanted.users
    )
    conversations = await count_there(
        reader,
        lambda number: conversation_stream(conversation_id(seed, number)),
        wanted.conversations,
    )
    return wanted._replace(users=users, conversations=conversations)


def _require_possible(wanted: Volume) -> None:
    if wanted.conversations and wanted.users < 2:
        raise SeedingRefused("A conversation needs two people.", "Ask for --users 2 or more.")
    if wanted.messages and not wanted.conversations:
        raise SeedingRefused("Messages need a conversation.", "Ask for --conversations 1 or more.")


class _Standing(NamedTuple):
    """The seed's conversations as they are in the database."""

    sides: list[Side]
    places: dict[str, Place]

    @property
    def latest_at(self) -> int:
        """When something happened there last."""
        return max((place.changed_at for place in self.places.values()), default=0)


@dataclass
class _Filling:
    """One run, from the beginning to the end of ``today``'s eve."""

    database: Database
    wanted: Volume
    today: int
    words: Words
    told: Told

    def conversation_ids(self) -> list[str]:
        numbers = range(1, self.wanted.conversations + 1)
        return [conversation_id(self.wanted.seed, number) for number in numbers]

    async def standing(self) -> _Standing:
        ids = self.conversation_ids()

        async def query(reader: Reader) -> _Standing:
            sides = await bulk.select_sides(reader, ids)
            streams = {conversation_stream(side.conversation_id) for side in sides}
            streams |= {user_stream(side.user_id) for side in sides}
            return _Standing(sides, await bulk.select_places(reader, streams))

        return await self.database.read(query)

    async def bring_people(self, deps: Deps) -> tuple[dict[str, str], int]:
        def told(done: int) -> None:
            self.told(Progress("people", done, self.wanted.users))

        return await bring_people(deps, self.wanted.seed, self.wanted.users, self.words, told)

    async def open_missing(self, deps: Deps, standing: _Standing, people: list[str]) -> int:
        groups: dict[str, list[str]] = {}
        for side in standing.sides:
            groups.setdefault(side.conversation_id, []).append(side.user_id)
        pairs = {frozenset(both) for both in groups.values() if len(both) == 2}
        ids = self.conversation_ids()
        missing = [number for number, one in enumerate(ids, 1) if one not in groups]
        openings = plan_openings(self.wanted.seed, missing, people, pairs, self.words.topics)

        def told(done: int) -> None:
            self.told(Progress("conversations", len(groups) + done, len(ids)))

        await open_conversations(deps, self.wanted.seed, openings, told)
        return len(missing)

    async def post_missing(self, names: Mapping[str, str]) -> int:
        total = self.wanted.messages
        standing = await self.standing()
        ledger = open_ledger(standing.places, standing.sides)
        before = sum(room.message_count for room in ledger.rooms)
        begin = standing.latest_at
        step = max(0, self.today - begin) / max(1, total - before)

        def moment(number: int) -> int:
            return begin + int((number - before) * step)

        chatter = Chatter(self.wanted.seed, ledger.rooms, names, self.words.sentences)
        self.told(Progress("messages", before, total))
        for first in range(before, total, PAGE):
            count = min(PAGE, total - first)
            for action in chatter.page(first, count, moment):
                ledger.take(action)
            await ledger.keep(self.database)
            self.told(Progress("messages", first + count, total))
        return max(0, total - before)
