"""Finding people and groups by what they are called."""

from typing import Any

import pytest

from altlas_chat.domain.accounts import ProfileUpdate
from altlas_chat.domain.conversations import GroupUpdate
from altlas_chat.domain.errors import CursorInvalid, ValidationFailed
from altlas_chat.domain.permissions import Actor
from altlas_chat.services import groups, parties, users
from altlas_chat.services.paging import page_cursor
from altlas_chat.storage.blocks import insert_block
from altlas_chat.storage.database import Transaction
from tests.support.world import World

Json = dict[str, Any]


async def named(world: World, **names: str) -> list[Actor]:
    """People by user name, with the names that others read."""
    people = []
    for username, shown in names.items():
        person = await world.person(username)
        update = ProfileUpdate.model_validate({"displayName": shown})
        await users.update_profile(world.deps, person, update)
        people.append(person)
    return people


async def found(
    world: World, actor: Actor, name: str, kind: str | None = None, limit: int = 100
) -> list[str]:
    """User names of people, names of groups, over all pages."""
    names: list[str] = []
    cursor = None
    while True:
        page = await parties.search_parties(world.deps, actor, name, kind, cursor, limit)
        for hit in page["items"]:
            names.append(hit["user"]["username"] if hit["kind"] == "user" else hit["group"]["name"])
        cursor = page["nextCursor"]
        if cursor is None:
            return names


@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_the_best_first_over_all_pages(world: World, limit: int) -> None:
    ayse, *_ = await named(
        world,
        ayse="Ayşe Yılmaz",
        sok="Zeki Demir",
        fatma="Fatma Şok",
        sokrates="Sokrates Ak",
        zekiye="Şokak Can",
        mehmet="Mehmet Sok",
    )
    await world.group(ayse, name="Şok Ekibi")
    # the user name itself; then spelled so, first those that begin so; then the others
    assert await found(world, ayse, "sok", limit=limit) == [
        "sok", "sokrates", "mehmet", "Şok Ekibi", "zekiye", "fatma",
    ]  # fmt: skip
    assert (await found(world, ayse, "şok", limit=limit))[:3] == ["Şok Ekibi", "zekiye", "fatma"]


@pytest.mark.parametrize("name", ["İSTANBUL", "istanbul", "ıstanbul", "Istanbul", "ista", "İ"])
async def test_turkish_letters_meet(world: World, name: str) -> None:
    (ayse,) = await named(world, ayse="İstanbul Ayşe")
    assert await found(world, ayse, name) == ["ayse"]


async def test_each_word_begins_a_word(world: World) -> None:
    ayse, mehmet = await named(world, ayse="Ayşe Nur Yılmaz", mehmet="Mehmet Yıldız")
    await world.group(ayse, name="Ürün Yıl Sonu")
    assert await found(world, mehmet, "yıl") == ["ayse", "mehmet"]
    assert await found(world, ayse, "yil", "group") == ["Ürün Yıl Sonu"]
    assert await found(world, ayse, "yil ay") == ["ayse"]
    assert await found(world, ayse, "yil ur") == ["Ürün Yıl Sonu"]
    assert await found(world, ayse, "ilmaz") == []


async def test_a_new_name_takes_the_place_of_the_old(world: World) -> None:
    ayse, mehmet = await named(world, ayse="Ayşe", mehmet="Mehmet Eski")
    await users.update_profile(
        world.deps, mehmet, ProfileUpdate.model_validate({"displayName": "Mehmet Yeni"})
    )
    group = await world.group(ayse, name="Önceki")
    await groups.update_group(
        world.deps, ayse, group, GroupUpdate.model_validate({"name": "Sonraki"})
    )
    assert await found(world, ayse, "eski") == await found(world, ayse, "once") == []
    assert await found(world, ayse, "yeni") == ["mehmet"]
    assert await found(world, ayse, "son") == ["Sonraki"]


async def test_only_active_people_who_did_not_block_one_and_own_groups(world: World) -> None:
    ayse, mehmet, kapali = await named(world, ayse="Ayşe", mehmet="Elma", kapali="Elma Kapalı")
    group = await world.group(mehmet, name="Elmacılar")

    async def change(tx: Transaction) -> None:
        await tx.execute("UPDATE users SET is_active = FALSE WHERE user_id = ?", kapali.user_id)

    await world.deps.database.write(change, lane="test")
    assert await found(world, ayse, "elma") == ["mehmet"]
    assert await found(world, mehmet, "elma") == ["mehmet", "Elmacılar"]

    async def block(tx: Transaction) -> None:
        await insert_block(tx, mehmet.user_id, ayse.user_id, 1)

    await world.deps.database.write(block, lane="test")
    assert await found(world, ayse, "elma") == []
    assert await found(world, mehmet, "ayse") == ["ayse"]
    await groups.delete_group(world.deps, mehmet, group)
    assert await found(world, mehmet, "elma") == ["mehmet"]


@pytest.mark.parametrize("name", [" ", "%", "_", '"', "*", "😀", "\x00"])
async def test_without_a_word_there_is_nobody(world: World, name: str) -> None:
    (ayse,) = await world.people("ayse")
    with pytest.raises(ValidationFailed) as refused:
        await found(world, ayse, name)
    assert [one.code for one in refused.value.errors] == ["NO_WORDS"]


@pytest.mark.parametrize("name", ["a%", "a_", "%a", "a' OR 1=1 --", "a\x00b", "a" * 100, "a " * 50])
async def test_no_sign_of_a_name_has_a_meaning(world: World, name: str) -> None:
    ayse, *_ = await named(world, ayse="Zeki", mehmet="Zeki")
    assert set(await found(world, ayse, name)) <= {"ayse"}


async def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    (ayse,) = await world.people("ayse")
    for cursor in (page_cursor("a", 1), page_cursor(1, "a"), "?"):
        with pytest.raises(CursorInvalid):
            await parties.search_parties(world.deps, ayse, "a", None, cursor, 5)
