"""The one door: a change and its events, together or not at all, and told after that."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from altlas_chat.domain.errors import ChatError, ClientIdReused
from altlas_chat.domain.events import Announcement, PassingEvent, conversation_stream, user_stream
from altlas_chat.domain.messages import MessageEdit
from altlas_chat.server.opening import opened_database
from altlas_chat.services import groups, messages, receipts, users
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.credentials import load_credentials
from altlas_chat.services.deps import Deps
from altlas_chat.services.posting import post_message
from altlas_chat.storage.database import Database, Reader, Row
from altlas_chat.system import Randomness, SystemIds
from tests.support.postgres import fresh_database
from tests.support.running import quick_settings
from tests.support.world import Ear, HandClock, World


async def rows(database: Database, sql: str) -> list[Row]:
    return await database.read(lambda reader: reader.fetch_all(sql))


async def assert_sound(database: Database) -> None:
    """Streams are dense, and each change has its events, each event its change."""

    async def query(reader: Reader) -> None:
        events: dict[str, list[int]] = {}
        kinds: dict[tuple[str, int], str] = {}
        for stream, seq, kind in await reader.fetch_all(
            "SELECT stream, seq, kind FROM events ORDER BY stream, seq"
        ):
            events.setdefault(stream, []).append(seq)
            kinds[stream, seq] = kind
        counts = {}
        for stream, seq, count, last in await reader.fetch_all(
            "SELECT stream, seq, message_count, last_message_seq FROM streams"
        ):
            assert events.get(stream, []) == list(range(1, seq + 1)), stream
            counts[stream] = (count, last)
        assert set(events) <= set(counts)
        found = await reader.fetch_all(
            "SELECT conversation_id, seq, position, sender_id FROM messages"
            " ORDER BY conversation_id, seq"
        )
        written = {(conversation_stream(row[0]), row[1]) for row in found}
        assert written == {place for place, kind in kinds.items() if kind == "message.created"}
        for conversation_id in {row[0] for row in found}:
            of_people = [row for row in found if row[0] == conversation_id and row[3]]
            assert [row[2] for row in of_people] == list(range(1, len(of_people) + 1))
            last = of_people[-1][1] if of_people else 0
            assert counts[conversation_stream(conversation_id)] == (len(of_people), last)

    await database.read(query)


class Broken(Exception):
    """What a change raises in the middle."""


async def breaks(world: World, room: str, *, after: int) -> None:
    """A change that takes places in streams, writes, and fails."""
    stream = conversation_stream(room)

    async def change(change: Change) -> None:
        for _ in range(after):
            await change.announce(stream, "conversation.updated", {"conversationId": room}, {})
        await change.tx.execute("UPDATE conversations SET updated_at = 0")
        raise Broken

    with pytest.raises(Broken):
        await commit_change(world.deps, stream, change, actor_id=None)


async def test_a_change_that_fails_leaves_neither_change_nor_event(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    before = await rows(world.deps.database, "SELECT stream, seq FROM streams ORDER BY stream")
    world.ear.told.clear()
    await breaks(world, room, after=3)
    after = await rows(world.deps.database, "SELECT stream, seq FROM streams ORDER BY stream")
    assert [tuple(row) for row in after] == [tuple(row) for row in before]
    assert world.ear.told == []
    assert (await world.view(ayse, room))["updatedAt"] != "1970-01-01T00:00:00.000Z"
    await assert_sound(world.deps.database)


async def test_streams_stay_dense_though_many_write_and_some_fail(world: World) -> None:
    people = await world.people("ayse", "mehmet", "zeynep", "ali")
    ayse, mehmet, zeynep, ali = people
    rooms = [
        await world.group(ayse, mehmet, zeynep, ali),
        await world.direct(ayse, mehmet),
        await world.group(mehmet, zeynep, ali),
    ]
    drafts = [world.draft(room, f"in {room}") for room in rooms]
    world.ear.told.clear()

    async def refused(work: Any) -> None:
        with pytest.raises(ChatError):
            await work

    async def both(first: Any, second: Any) -> None:
        await first
        await second

    work = []
    for number in range(25):
        for room in rooms:
            work.append(world.says(mehmet, room, f"{number}"))
            work.append(breaks(world, room, after=number % 3 + 1))
        # The same draft again and again: a place is taken for each, and given back.
        work += [post_message(world.deps, mehmet, draft) for draft in drafts]
        stranger = world.draft(rooms[1], "not mine")
        work.append(refused(post_message(world.deps, zeynep, stranger)))
        other = drafts[0].model_copy(update={"text": f"other {number}"})
        work.append(post_message(world.deps, ali, drafts[0]))
        work.append(_reused(world, mehmet, other))
    await asyncio.gather(*work)
    await assert_sound(world.deps.database)
    told: dict[str, list[int]] = {}
    for announcement in world.ear.told:
        told.setdefault(announcement.event.stream, []).append(announcement.event.seq)
    for stream, seqs in told.items():
        # On PostgreSQL commits are told as they come; the hub puts them in order.
        assert sorted(seqs) == list(range(min(seqs), min(seqs) + len(seqs))), stream
        if world.deps.database.dialect == "sqlite":
            assert seqs == sorted(seqs)


async def _reused(world: World, actor: Any, draft: Any) -> None:
    """Under a ``client_id`` that another draft has, or is about to have."""
    with suppress(ClientIdReused):
        await post_message(world.deps, actor, draft)


async def test_everything_at_once_leaves_a_sound_database(world: World) -> None:
    people = await world.people("ayse", "mehmet", "zeynep", "ali", "veli")
    ayse, *others = people
    group = await world.group(*people)
    sent = [await world.says(person, group, "first") for person in people]

    async def tolerant(work: Any) -> None:
        with suppress(ChatError):
            await work

    deps = world.deps
    work = []
    for number in range(12):
        for person, message in zip(people, sent, strict=True):
            edit = MessageEdit.model_validate({"text": f"edit {number}"})
            work += [
                world.says(person, group, f"{number}"),
                messages.edit_message(deps, person, message["id"], edit),
                receipts.mark_read(deps, person, group, message["seq"]),
                receipts.mark_delivered(deps, person, group, message["seq"]),
            ]
        one = others[number % 4]
        work += [
            groups.remove_member(deps, ayse, group, one.user_id),
            groups.add_members(
                deps, ayse, group, groups.MembersToAdd.model_validate({"userIds": [one.user_id]})
            ),
            groups.set_role(deps, ayse, group, one.user_id, "admin"),
            messages.delete_message_for_me(deps, one, sent[number % 5]["id"]),
            messages.delete_message_for_everyone(deps, ayse, sent[-1]["id"]),
        ]
    await asyncio.gather(*(tolerant(one) for one in work))
    await assert_sound(deps.database)
    members = await rows(deps.database, "SELECT member_count FROM conversations")
    present = await rows(deps.database, "SELECT count(*) FROM members")
    assert members[0][0] == present[0][0]
    view = await world.view(ayse, group)
    page = await world.history(ayse, group)
    unread = [
        message
        for message in page
        if message["seq"] > view["membership"]["readSeq"]
        and message["senderId"] not in (None, ayse.user_id)
    ]
    assert view["unreadCount"] == len(unread)


# -- nobody is told before it is durable ---------------------------------------------------


class Witness(Ear):
    """A listener that looks, over its own connection, whether what it is told is there."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.not_there: list[tuple[str, int]] = []

    def publish(self, announcements: Sequence[Announcement]) -> None:
        super().publish(announcements)
        for one in announcements:
            if not self._is_there(one.event.stream, one.event.seq):
                self.not_there.append((one.event.stream, one.event.seq))

    def pass_on(
        self,
        stream: str,
        event: PassingEvent,
        *,
        but: Collection[str] = (),
        only: Collection[str] | None = None,
    ) -> None:
        super().pass_on(stream, event, but=but, only=only)

    def _is_there(self, stream: str, seq: int) -> bool:
        if self._url.startswith("sqlite:///"):
            with closing(sqlite3.connect(self._url.removeprefix("sqlite:///"))) as connection:
                sql = "SELECT count(*) FROM events WHERE stream = ? AND seq = ?"
                return bool(connection.execute(sql, (stream, seq)).fetchone()[0])

        async def look() -> bool:
            connection = await asyncpg.connect(self._url)
            try:
                sql = "SELECT count(*) FROM events WHERE stream = $1 AND seq = $2"
                return bool(await connection.fetchval(sql, stream, seq))
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, look()).result()


@pytest.fixture
async def witnessed(database_url: str) -> AsyncIterator[tuple[World, Witness]]:
    clock, randomness, settings = HandClock(), Randomness(), quick_settings(database_url)
    async with opened_database(settings, to_serve=False) as database:
        credentials = await load_credentials(settings, database, clock, randomness)
        witness = Witness(database_url)
        deps = Deps(settings, database, witness, clock, SystemIds(clock), randomness, credentials)
        yield World(deps, witness, clock), witness
        credentials.close()


async def test_nobody_is_told_of_what_is_not_durable(witnessed: tuple[World, Witness]) -> None:
    world, witness = witnessed
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room = await world.direct(ayse, mehmet)
    group = await world.group(ayse, mehmet)
    sent = await asyncio.gather(*(world.says(ayse, room, f"{number}") for number in range(12)))
    await receipts.mark_read(world.deps, mehmet, room, sent[-1]["seq"])
    wanted = groups.MembersToAdd.model_validate({"userIds": [zeynep.user_id]})
    await groups.add_members(world.deps, ayse, group, wanted)
    await messages.delete_message_for_everyone(world.deps, ayse, sent[0]["id"])
    assert len(witness.told) > 20
    assert witness.not_there == []


async def test_the_witness_can_tell(witnessed: tuple[World, Witness]) -> None:
    """Told inside the transaction, an event is not there yet."""
    world, witness = witnessed
    ayse = await world.person("ayse")
    stream = user_stream(ayse.user_id)

    async def change(change: Change) -> None:
        me = await users.current_user_view(change.tx, ayse.user_id)
        await change.announce(stream, "user.updated", {}, {"user": me})
        witness.publish(change._announcements)

    await commit_change(world.deps, stream, change, actor_id=ayse.user_id)
    assert witness.not_there == [(stream, 1)]


async def test_a_lost_commit_is_told_to_nobody(world: World) -> None:
    """The commit itself fails: the whole batch is raised, and nothing of it is announced."""
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    database = world.deps.database
    world.ear.told.clear()
    if database.dialect == "postgresql":
        trigger = (
            (
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE 'the disk is full'; END $$"
            ),
            (
                "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON messages"
                " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"
            ),
        )
        undo = "DROP TRIGGER refuse ON messages"
    else:
        # Checked when the transaction is committed.
        trigger = (
            "CREATE TABLE nowhere (id TEXT PRIMARY KEY)",
            "CREATE TABLE refused (id TEXT REFERENCES nowhere DEFERRABLE INITIALLY DEFERRED)",
            (
                "CREATE TRIGGER refuse AFTER INSERT ON messages"
                " BEGIN INSERT INTO refused VALUES ('x'); END"
            ),
        )
        undo = "DROP TRIGGER refuse"
    await script(database, *trigger)
    outcomes = await asyncio.gather(
        *(world.says(ayse, room, f"{number}") for number in range(5)), return_exceptions=True
    )
    assert all(isinstance(one, Exception) for one in outcomes)
    assert world.ear.told == []
    await script(database, undo)
    await world.says(ayse, room, "after")
    assert [one["text"] for one in await world.history(ayse, room)] == ["after"]
    await assert_sound(database)


async def script(database: Database, *statements: str) -> None:
    async def change(tx: Any) -> None:
        for statement in statements:
            await tx.execute(statement)

    await database.write(change, lane="test")


# -- two nodes on one PostgreSQL -----------------------------------------------------------


async def test_two_nodes_decide_one_after_another() -> None:
    """What is decided under a stream's lock is still so at the commit, whoever else decides."""
    clock, ear, randomness = HandClock(), Ear(), Randomness()
    with fresh_database() as url:
        settings = quick_settings(url)
        async with (
            opened_database(settings, to_serve=False) as here,
            opened_database(settings, to_serve=False) as there,
        ):
            credentials = await load_credentials(settings, here, clock, randomness)
            deps = Deps(settings, here, ear, clock, SystemIds(clock), randomness, credentials)
            nodes = [deps, replace(deps, database=there)]
            world = World(deps, ear, clock)
            owners = await world.people("ayse", "mehmet")
            for _ in range(12):
                group = await world.group(*owners)
                await groups.set_role(deps, owners[0], group, owners[1].user_id, "owner")
                third = await world.person(f"third{group[-8:]}")
                wanted = groups.MembersToAdd.model_validate({"userIds": [third.user_id]})
                await groups.add_members(deps, owners[0], group, wanted)
                outcomes = await asyncio.gather(
                    *(
                        groups.leave_group(node, owner, group)
                        for node, owner in zip(nodes, owners, strict=True)
                    ),
                    return_exceptions=True,
                )
                assert sorted(type(one).__name__ for one in outcomes) == ["LastOwner", "NoneType"]
            room = await world.direct(*owners)
            texts = [(node, f"{number}") for number in range(30) for node in nodes]
            await asyncio.gather(
                *(post_message(node, owners[0], world.draft(room, text)) for node, text in texts)
            )
            await assert_sound(here)
        credentials.close()
