"""Volume: can't be told from what the services write, goes on where it stopped, harms nobody."""

from dataclasses import replace

import pytest

from altlas_chat.domain.accounts import LoginRequest, RegisterRequest
from altlas_chat.domain.permissions import ROLE_PERMISSIONS, Actor
from altlas_chat.seeding import volume
from altlas_chat.seeding.chatter import Chatter
from altlas_chat.seeding.demo import seed_demo
from altlas_chat.seeding.ledger import Action, Ledger, Post, Read, open_ledger
from altlas_chat.seeding.phrases import load_words
from altlas_chat.seeding.playground import SeedingRefused
from altlas_chat.seeding.quiet import SetClock, quiet_deps, seeded_ids
from altlas_chat.seeding.story import DEMO_PASSWORD
from altlas_chat.seeding.volume import Progress, Volume, fill_volume
from altlas_chat.services import accounts, posting, receipts
from altlas_chat.services.accounts import Device
from altlas_chat.services.deps import Deps
from altlas_chat.services.messages import Place as HistoryPlace
from altlas_chat.services.messages import list_messages
from altlas_chat.storage import bulk
from altlas_chat.storage.database import Database, Reader, Transaction
from altlas_chat.storage.streams import select_position
from tests.seeding.places import NOW, Dump, Place
from tests.support.world import World, assert_dense, assert_same

SMALL = Volume(users=7, conversations=9, messages=300)
PAGE = 300
DAY = 24 * 60 * 60 * 1000


def unheard(progress: Progress) -> None:
    """Nobody asks how far it is."""


async def fill(place: Place, database: Database, wanted: Volume, now: int = NOW) -> volume.Filled:
    return await fill_volume(place.settings_of(database), database, wanted, unheard, now=now)


def quiet(place: Place, database: Database, clock: SetClock | None = None):
    clock = clock or SetClock(NOW)
    return quiet_deps(place.settings_of(database), database, clock, seeded_ids("test"))


# -- the same as the services ----------------------------------------------------------


async def ledger_of(database: Database) -> Ledger:
    async def query(reader: Reader) -> Ledger:
        ids = [r[0] for r in await reader.fetch_all("SELECT conversation_id FROM conversations")]
        sides = await bulk.select_sides(reader, ids)
        streams = [row[0] for row in await reader.fetch_all("SELECT stream FROM streams")]
        return open_ledger(await bulk.select_places(reader, streams), sides)

    return await database.read(query)


async def talk_about(database: Database, ledger: Ledger) -> list[list[Action]]:
    """Some pages of what people do."""
    rows = await database.read(
        lambda reader: reader.fetch_all("SELECT user_id, username FROM users")
    )
    chatter = Chatter(5, ledger.rooms, {row[0]: row[1] for row in rows}, load_words(5).sentences)
    return [
        list(chatter.page(first, PAGE, lambda number: NOW + 40 * number))
        for first in range(0, 3 * PAGE, PAGE)
    ]


async def want_no_notifications(tx: Transaction) -> None:
    await tx.execute("UPDATE members SET notifications = 'none'")
    await tx.execute("UPDATE notifications SET read_at = created_at")


class Given:
    """Gives the one id that is set."""

    def __init__(self) -> None:
        self.next_id = ""

    def new(self) -> str:
        return self.next_id


async def let_services(deps: Deps, clock: SetClock, actions: list[Action]) -> None:
    """Do the same by the services, one by one."""
    given = Given()
    deps = replace(deps, ids=given)
    for action in actions:
        clock.at = action.at
        actor = Actor(action.seat.user_id, "user", ROLE_PERMISSIONS["user"])
        room = action.room.conversation_id
        if isinstance(action, Post):
            given.next_id = action.message_id
            await posting.post_message(deps, actor, action.draft)
            continue
        position = await deps.database.read(
            lambda reader, room=room: select_position(reader, f"conversation:{room}")
        )
        assert position is not None
        mark = receipts.mark_read if isinstance(action, Read) else receipts.mark_delivered
        await mark(deps, actor, room, position[0])


async def test_every_row_is_what_the_services_write(place: Place) -> None:
    empty = SMALL._replace(messages=0)
    async with place.fresh() as one, place.fresh() as other:
        await fill(place, one, empty)
        await fill(place, other, empty)
        for database in (one, other):
            await database.write(want_no_notifications, lane="test")
        assert await place.dump(one) == await place.dump(other)

        ledger = await ledger_of(one)
        for page in await talk_about(one, ledger):
            for action in page:
                ledger.take(action)
            await ledger.keep(one)

        clock = SetClock(NOW)
        async with quiet(place, other, clock) as deps:
            for page in await talk_about(other, await ledger_of(other)):
                await let_services(deps, clock, page)

        volume_rows, service_rows = await place.dump(one), await place.dump(other)
    for table, rows in service_rows.items():
        assert volume_rows[table] == rows, table
    kinds = {row[2] for row in service_rows["events"]}
    assert {"message.created", "conversation.read"} <= kinds
    assert service_rows["message_mentions"]
    assert any(row[12] for row in service_rows["messages"]), "no reply was compared"
    assert any(row[11] > 0 for row in service_rows["members"]), "no unread own message was compared"


async def test_state_equals_events(world: World) -> None:
    """An old snapshot with what the log says since is a fresh snapshot, for everybody."""
    database = world.deps.database
    settings = world.deps.settings
    await fill_volume(settings, database, SMALL._replace(messages=20), unheard, now=NOW)
    rows = await database.read(lambda reader: reader.fetch_all("SELECT user_id FROM users"))
    people = [Actor(row[0], "user", ROLE_PERMISSIONS["user"]) for row in rows]
    before = [await world.known_to(actor) for actor in people]
    await fill_volume(settings, database, SMALL, unheard, now=NOW)
    for actor, (state, cursor) in zip(people, before, strict=True):
        replayed = await world.replayed(actor, cursor)
        assert_dense(replayed)
        for frame in [*replayed, *replayed]:
            state.apply(frame)
        fresh, _ = await world.known_to(actor)
        assert_same(state, fresh, actor.user_id)
    assert any(state.conversations for state, _ in before)


# -- totals, seeds, and going on ---------------------------------------------------------


async def test_the_same_seed_is_the_same_world(place: Place) -> None:
    dumps = []
    for seed in (3, 3, 4):
        async with place.fresh() as database:
            await fill(place, database, SMALL._replace(seed=seed))
            dumps.append(await place.dump(database))
    one, same, other = dumps
    assert one == same
    assert {row[1] for row in one["messages"]}.isdisjoint(row[1] for row in other["messages"])
    assert [row[9] for row in one["messages"]] != [row[9] for row in other["messages"]]


def without_moments(dump: Dump) -> list[tuple[object, ...]]:
    return [row[:15] for row in dump["messages"]]


async def test_what_was_interrupted_goes_on_to_the_same_world(
    sqlite_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volume, "PAGE", 50)
    async with sqlite_place.fresh() as whole, sqlite_place.fresh() as pieces:
        await fill(sqlite_place, whole, SMALL)

        class Interrupted(Exception):
            pass

        def interrupt(progress: Progress) -> None:
            if progress == Progress("messages", 150, 300):
                raise Interrupted

        settings = sqlite_place.settings_of(pieces)
        with pytest.raises(Interrupted):
            await fill_volume(settings, pieces, SMALL, interrupt, now=NOW)
        assert len((await sqlite_place.dump(pieces))["messages"]) > 150
        rest = await fill(sqlite_place, pieces, SMALL, now=NOW + DAY)
        assert rest[:3] == (0, 0, 150)
        one, other = await sqlite_place.dump(whole), await sqlite_place.dump(pieces)
    assert without_moments(one) == without_moments(other)
    moments = [row[15] for row in sorted(other["messages"])]
    assert moments == sorted(moments)


async def test_numbers_are_totals_and_larger_ones_add(place: Place) -> None:
    async with place.fresh() as database:
        assert (await fill(place, database, SMALL))[:3] == (7, 9, 300)
        before = await place.dump(database)
        assert (await fill(place, database, SMALL))[:3] == (0, 0, 0)
        assert await place.dump(database) == before
        larger = Volume(users=9, conversations=12, messages=350)
        assert (await fill(place, database, larger, now=NOW + DAY))[:3] == (2, 3, 50)
        smaller = Volume(users=2, conversations=1, messages=10)
        assert (await fill(place, database, smaller, now=NOW + DAY))[:3] == (0, 0, 0)
        more = smaller._replace(messages=400)
        assert (await fill(place, database, more, now=NOW + DAY))[:3] == (0, 0, 50)
        after = await place.dump(database)
    assert len(after["users"]) == 9
    assert len(after["conversations"]) == 12
    assert sum(row[8] != "system" for row in after["messages"]) == 400
    for stream, seq, *_ in after["streams"]:
        own = sorted(row[1] for row in after["events"] if row[0] == stream)
        assert own == list(range(1, seq + 1)), "a hole"


async def test_worlds_of_two_seeds_and_the_demo_live_side_by_side(place: Place) -> None:
    async with place.fresh() as database:
        await seed_demo(place.settings_of(database), database, place.blobs, today=NOW)
        await fill(place, database, SMALL)
        await fill(place, database, SMALL._replace(seed=2))
        dump = await place.dump(database)
        assert await seed_demo(place.settings_of(database), database, place.blobs)
    assert len(dump["users"]) == 8 + 2 * SMALL.users
    assert len({row[2] for row in dump["users"]}) == len(dump["users"])


async def test_nothing_is_of_the_future_and_nothing_is_trimmed_at_once(place: Place) -> None:
    async with place.fresh() as database:
        await fill(place, database, SMALL)
        await fill(place, database, SMALL._replace(messages=400), now=NOW + 1)
        dump = await place.dump(database)
    moments = [row[3] for row in dump["events"]]
    assert min(moments) > NOW - 30 * DAY
    assert max(moments) <= NOW


# -- people and texts ----------------------------------------------------------------------


async def test_they_can_log_in_and_read_their_history(place: Place) -> None:
    async with place.fresh() as database:
        filled = await fill(place, database, SMALL)
        assert filled.somebody is not None
        async with quiet(place, database) as deps:
            body = {"username": filled.somebody, "password": DEMO_PASSWORD}
            tokens = await accounts.login(deps, LoginRequest.model_validate(body), Device())
            actor = Actor(tokens.user.user_id, "user", ROLE_PERMISSIONS["user"])
            mine = await database.read(
                lambda reader: reader.fetch_all(
                    "SELECT conversation_id FROM members WHERE user_id = ?", actor.user_id
                )
            )
            for (conversation_id,) in mine:
                page = await list_messages(deps, actor, conversation_id, HistoryPlace(), 50)
                assert page["items"]
    assert mine


def test_words_are_turkish_and_english_and_valid_user_names_come_of_them() -> None:
    words = load_words(1)
    text = " ".join(words.sentences)
    assert all(sign in text for sign in "İıışğçöü")
    assert "Good morning" in text
    assert {name.language for name in words.names} == {"tr", "en"}
    longest = max(words.names, key=lambda name: len(name.account_part))
    for name in (*words.names, longest):
        RegisterRequest.model_validate(
            {"username": f"{name.account_part}-999999-1000000", "password": DEMO_PASSWORD}
        )


# -- refusals -----------------------------------------------------------------------------


async def test_it_stays_away_from_other_peoples_accounts(place: Place) -> None:
    async with place.fresh() as database:
        async with quiet(place, database) as deps:
            request = RegisterRequest.model_validate({"username": "kemal", "password": "12345678"})
            await accounts.register(deps, request, Device())
        before = await place.dump(database)
        with pytest.raises(SeedingRefused, match="accounts of its own"):
            await fill(place, database, SMALL)
        assert await place.dump(database) == before


@pytest.mark.parametrize(
    ("wanted", "why"),
    [(Volume(1, 1, 1), "two people"), (Volume(5, 0, 1), "need a conversation")],
)
async def test_what_can_not_be(sqlite_place: Place, wanted: Volume, why: str) -> None:
    async with sqlite_place.fresh() as database:
        with pytest.raises(SeedingRefused, match=why):
            await fill(sqlite_place, database, wanted)


async def test_two_people_can_fill_many_conversations(sqlite_place: Place) -> None:
    async with sqlite_place.fresh() as database:
        await fill(sqlite_place, database, Volume(2, 5, 50))
        dump = await sqlite_place.dump(database)
    assert sum(row[1] == "direct" for row in dump["conversations"]) <= 1
    assert len(dump["conversations"]) == 5


async def test_who_writes_meanwhile_is_not_overwritten(place: Place) -> None:
    async with place.fresh() as database:
        await fill(place, database, SMALL)
        ledger = await ledger_of(database)
        (first, *_) = await talk_about(database, ledger)
        async with quiet(place, database) as deps:
            room = ledger.rooms[0]
            actor = Actor(room.seats[0].user_id, "user", ROLE_PERMISSIONS["user"])
            draft = next(one.draft for one in first if isinstance(one, Post) and one.room is room)
            await posting.post_message(deps, actor, draft.model_copy(update={"reply_to_id": None}))
        before = await place.dump(database)
        for action in first:
            ledger.take(action)
        with pytest.raises(SeedingRefused, match="Somebody else writes"):
            await ledger.keep(database)
        assert await place.dump(database) == before
