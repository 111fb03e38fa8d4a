"""The demo world, played: as it should look, the same again, once, and never among real people."""

from typing import Any

import pytest

from altlas_chat.domain.accounts import LoginRequest, RegisterRequest
from altlas_chat.domain.permissions import ROLE_PERMISSIONS, Actor
from altlas_chat.seeding.demo import has_demo, seed_demo
from altlas_chat.seeding.playground import SeedingRefused
from altlas_chat.seeding.quiet import SetClock, quiet_deps, seeded_ids
from altlas_chat.seeding.story import DEMO_PASSWORD, load_story
from altlas_chat.services import accounts, conversations, sync
from altlas_chat.services.accounts import Device
from altlas_chat.services.conversations import Listing
from altlas_chat.services.deps import Deps
from altlas_chat.storage.accounts import select_login
from altlas_chat.storage.database import Database
from tests.seeding.places import NOW, Place

SEEN = {
    "ayse": {
        "Duyurular / Announcements": 0,
        "Sürüm 1.0": 0,
        "Çay Molası ☕": 2,
        "Mehmet Kaya": 2,
        "Sarah Miller": 2,
    },
    "zeynep": {
        "Duyurular / Announcements": 1,
        "Çay Molası ☕": 2,
        "İzmir yolculuğu": 0,
        "İrem Işık": 1,
        "Mehmet Kaya": 0,
    },
    "ismail": {
        "Duyurular / Announcements": 1,
        "Çay Molası ☕": 1,
        "Emre Şahin": 0,
    },
}
"""What some of them see on the morning after: each conversation with what is unread."""


async def actor_of(database: Database, name: str) -> Actor:
    found = await database.read(lambda reader: select_login(reader, name))
    assert found is not None
    return Actor(found[0].user_id, "user", ROLE_PERMISSIONS["user"])


async def seen_by(deps: Deps, name: str) -> dict[str, Any]:
    actor = await actor_of(deps.database, name)
    snapshot = await sync.take_snapshot(deps, actor)
    return {view["name"] or view["peer"]["displayName"]: view for view in snapshot["conversations"]}


def quiet(place: Place, database: Database):
    return quiet_deps(place.settings_of(database), database, SetClock(NOW), seeded_ids("test"))


async def test_everybody_sees_what_the_story_tells(place: Place) -> None:
    async with place.fresh() as database:
        people = await seed_demo(place.settings_of(database), database, place.blobs, today=NOW)
        async with quiet(place, database) as deps:
            for name, expected in SEEN.items():
                views = await seen_by(deps, name)
                assert {title: view["unreadCount"] for title, view in views.items()} == expected
            ayse, zeynep = await seen_by(deps, "ayse"), await seen_by(deps, "zeynep")
            emre = await actor_of(database, "emre")
            listed = await conversations.list_conversations(deps, emre, Listing(), None, 200)
    assert [name for name, _ in people] == [one.username for one in load_story().people]
    last = ayse["Mehmet Kaya"]["lastMessage"]
    assert last["text"].startswith("Bir de kahve makinesi")
    assert last["state"] == "delivered"
    assert ayse["Duyurular / Announcements"]["membership"]["role"] == "owner"
    assert zeynep["İzmir yolculuğu"]["membership"]["isFavourite"]
    assert zeynep["İzmir yolculuğu"]["memberCount"] == 3
    assert zeynep["Mehmet Kaya"]["membership"]["isArchived"]
    assert len(listed["items"]) == 4


async def test_the_messages_are_of_every_kind(place: Place) -> None:
    async with place.fresh() as database:
        await seed_demo(place.settings_of(database), database, place.blobs, today=NOW)
        dump = await place.dump(database)
    columns = "number id conversation seq position sender client fingerprint kind text content"
    columns += " mentions reply forwarded thread created edited edits deleted deleted_by"
    messages = [dict(zip(columns.split(), row, strict=True)) for row in dump["messages"]]
    assert {"text", "emoji", "image", "location", "system"} == {one["kind"] for one in messages}
    for name in ("mentions", "reply", "forwarded", "thread", "edited", "deleted", "content"):
        assert any(one[name] for one in messages), name
    assert not any("kedi-kuyruk" in one["text"] for one in messages), "it was deleted"
    assert dump["message_edits"]
    assert dump["message_mentions"]
    for table in (
        "files",
        "message_files",
        "reactions",
        "pins",
        "stars",
        "drafts",
        "tasks",
        "notifications",
    ):
        assert dump[table], table
    assert all(NOW - 8 * 86_400_000 < one["created"] < NOW for one in messages)


async def test_they_can_log_in(place: Place) -> None:
    async with place.fresh() as database:
        people = await seed_demo(place.settings_of(database), database, place.blobs)
        async with quiet(place, database) as deps:
            for name, password in people[:2]:
                request = LoginRequest.model_validate({"username": name, "password": password})
                tokens = await accounts.login(deps, request, Device())
                assert tokens.user.username == name
    assert {password for _, password in people} == {DEMO_PASSWORD}


async def test_the_same_seed_is_the_same_world(place: Place) -> None:
    dumps = []
    for seed in (1, 1, 2):
        async with place.fresh() as database:
            await seed_demo(
                place.settings_of(database), database, place.blobs, seed=seed, today=NOW
            )
            dumps.append(await place.dump(database))
    one, same, other = dumps
    assert one == same
    assert {row[1] for row in one["messages"]}.isdisjoint(row[1] for row in other["messages"])
    assert sorted(row[9] for row in one["messages"]) == sorted(row[9] for row in other["messages"])


async def test_on_another_day_all_moves_by_as_much_and_ids_stay(sqlite_place: Place) -> None:
    dumps = []
    for day in (0, 3):
        async with sqlite_place.fresh() as database:
            settings = sqlite_place.settings_of(database)
            await seed_demo(
                settings, database, sqlite_place.blobs, today=NOW + day * 86_400_000 + day
            )
            dumps.append(await sqlite_place.dump(database))
    one, later = dumps
    moved = [(*row[:15], row[15] + 3 * 86_400_000) for row in one["messages"]]
    assert [row[:16] for row in later["messages"]] == moved


async def test_secrets_do_not_come_from_the_seed(sqlite_place: Place) -> None:
    kept = set()
    for _ in range(2):
        async with sqlite_place.fresh() as database:
            await seed_demo(
                sqlite_place.settings_of(database), database, sqlite_place.blobs, today=NOW
            )
            rows = await database.read(
                lambda reader: reader.fetch_all(
                    "SELECT value FROM meta WHERE name IN ('token_secret', 'database_id')"
                )
            )
            kept |= {row[0] for row in rows}
    assert len(kept) == 4


async def test_seeding_twice_adds_nothing(place: Place) -> None:
    async with place.fresh() as database:
        settings = place.settings_of(database)
        assert not await has_demo(database)
        first = await seed_demo(settings, database, place.blobs, today=NOW)
        assert await has_demo(database)
        before = await place.dump(database)
        assert await seed_demo(settings, database, place.blobs, seed=2) == first
        assert await place.dump(database) == before


async def test_it_stays_away_from_other_peoples_accounts(place: Place) -> None:
    async with place.fresh() as database:
        async with quiet(place, database) as deps:
            request = RegisterRequest.model_validate({"username": "kemal", "password": "12345678"})
            await accounts.register(deps, request, Device())
        before = await place.dump(database)
        with pytest.raises(SeedingRefused, match="accounts of its own") as refused:
            await seed_demo(place.settings_of(database), database, place.blobs)
        assert "--database" in refused.value.remedy
        assert await place.dump(database) == before


async def test_people_who_register_later_do_no_harm(sqlite_place: Place) -> None:
    async with sqlite_place.fresh() as database:
        settings = sqlite_place.settings_of(database)
        await seed_demo(settings, database, sqlite_place.blobs)
        async with quiet(sqlite_place, database) as deps:
            request = RegisterRequest.model_validate({"username": "kemal", "password": "12345678"})
            await accounts.register(deps, request, Device())
        assert await seed_demo(settings, database, sqlite_place.blobs)


async def test_half_a_world_is_not_taken_for_a_whole_one(sqlite_place: Place) -> None:
    async with sqlite_place.fresh() as database:
        settings = sqlite_place.settings_of(database)
        await seed_demo(settings, database, sqlite_place.blobs)
        await database.write(
            lambda tx: tx.execute("DELETE FROM meta WHERE name = 'demo_world'"), lane="meta"
        )
        with pytest.raises(SeedingRefused, match="in part only"):
            await seed_demo(settings, database, sqlite_place.blobs)


async def test_narrow_limits_of_a_server_do_not_hinder_the_story(sqlite_place: Place) -> None:
    async with sqlite_place.fresh() as database:
        usual = sqlite_place.settings_of(database)
        narrow = {"max_message_characters": 5, "edit_window_seconds": 0, "registration": "closed"}
        settings = type(usual)(
            database=usual.database,
            argon2_memory_kib=1024,
            argon2_time_cost=1,
            **narrow,
        )
        assert await seed_demo(settings, database, sqlite_place.blobs)
