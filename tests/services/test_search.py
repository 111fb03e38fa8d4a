"""Finding messages: what a Turkish reader expects, in which order, and nothing that is not for him."""

import contextlib
from typing import Any

import pytest

from altlas_chat.domain.conversations import MembersToAdd, OpenDirect
from altlas_chat.domain.errors import CursorInvalid, ValidationFailed
from altlas_chat.domain.messages import MessageEdit
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.times import rfc3339
from altlas_chat.services import conversations, groups, messages, search
from altlas_chat.services.paging import page_cursor
from altlas_chat.services.search import MessageSearch
from altlas_chat.storage import search as stored
from tests.support.world import World

Json = dict[str, Any]


async def pages(
    world: World, actor: Actor, words: str, *, limit: int = 100, **more: Any
) -> list[Json]:
    """All hits, page by page."""
    found: list[Json] = []
    cursor = None
    while True:
        page = await search.search_messages(
            world.deps, actor, MessageSearch(words, **more), cursor, limit
        )
        assert len(page["items"]) <= limit
        found += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            return found


async def texts(world: World, actor: Actor, words: str, **more: Any) -> list[str]:
    return [hit["message"]["text"] for hit in await pages(world, actor, words, **more)]


async def talk(world: World, *said: str) -> tuple[Actor, Actor, str]:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    for text in said:
        await world.says(ayse, room, text)
    return ayse, mehmet, room


CITY = ["İSTANBUL", "istanbul", "ıstanbul", "Istanbul", "I\u0307stanbul", "İstanbul'da", "ISTANBUL"]


@pytest.mark.parametrize(
    "words", ["İSTANBUL", "istanbul", "ıstanbul", "Istanbul", '"istanbul"', "ista*"]
)
async def test_every_istanbul_finds_every_other(world: World, words: str) -> None:
    ayse, mehmet, _ = await talk(world, *CITY, "ankara")
    for reader in (ayse, mehmet):
        assert sorted(await texts(world, reader, words)) == sorted(CITY)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("şok", ["şok oldum", "sok onu"]),
        ("sok", ["sok onu", "şok oldum"]),
        ("SOK", ["sok onu", "şok oldum"]),
        ("sınır", ["sınır", "SINIR", "sinir"]),
        ("sinir", ["sinir", "SINIR", "sınır"]),
        ("strasse", ["Straße 5"]),
        ("final", ["ﬁnal günü"]),
        ("cafe", ["cafe\u0301 açık"]),
        ("saat onda", ["Toplantı saat 10'da, onda!"]),
        ('"saat 10"', ["Toplantı saat 10'da, onda!"]),
        ("saat-10", ["Toplantı saat 10'da, onda!"]),
        ('"10 saat"', []),
        ("saat yok", []),
        ("topl*", ["Toplantı saat 10'da, onda!"]),
        ("topl", []),
        ("toplantı AND saat", []),
        ("ayse@example.org", ["yaz: ayse@example.org"]),
        ("example", ["yaz: ayse@example.org"]),
        ("a_b", ["a_b-c"]),
        ("日本*", ["日本語です"]),
    ],
)
async def test_what_is_found_in_which_order(world: World, words: str, found: list[str]) -> None:
    said = [
        "SINIR", "sınır", "sinir", "sok onu", "şok oldum", "Straße 5", "ﬁnal günü", "cafe\u0301 açık",
        "Toplantı saat 10'da, onda!", "yaz: ayse@example.org", "a_b-c", "日本語です",
    ]  # fmt: skip
    ayse, _, _ = await talk(world, *said)
    got = await texts(world, ayse, words)
    assert sorted(got) == sorted(found)
    assert got[:1] == found[:1] or found[0] in ("sınır", "sinir")


HARD = [
    '"', "'", '"""', "(", "a AND", "NOT a", "NEAR(a b)", "a NEAR/2 b", "text:a", "^a", "a* b*", "{a}",
    "a:*", "a & b", "!a", "a <-> b", "'; DROP TABLE users; --", "a\x00b", "\x00", "\\", "%", "_", "?",
    "$1", "* a", "a **", "-a", "+a", "@kimage", "@c1", "\ud7ff", "😀", "a" * 200, "ab* " * 50,
]  # fmt: skip


@pytest.mark.parametrize("words", HARD)
async def test_nothing_in_a_query_is_an_operator(world: World, words: str) -> None:
    ayse, _, _ = await talk(world, "a b", "x")
    found: list[str] = []
    with contextlib.suppress(ValidationFailed):
        found = await texts(world, ayse, words)
    assert set(found) <= {"a b"}


@pytest.mark.parametrize("words", ["", "  ", '""', "?!…", "*", "“”", "😀"])
async def test_without_a_word_there_is_nothing_to_look_for(world: World, words: str) -> None:
    ayse, _, _ = await talk(world, "x")
    with pytest.raises(ValidationFailed) as refused:
        await texts(world, ayse, words)
    assert [one.code for one in refused.value.errors] == ["NO_WORDS"]


async def test_a_beginning_of_one_letter_is_refused(world: World) -> None:
    ayse, _, _ = await talk(world, "x")
    with pytest.raises(ValidationFailed) as refused:
        await texts(world, ayse, "x*")
    assert [one.code for one in refused.value.errors] == ["TOO_SHORT"]


# -- what one may see ----------------------------------------------------------------------


async def test_only_what_one_may_see_at_this_moment(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    group = await world.group(ayse, mehmet)
    for text in ("elma bir", "elma iki", "elma üç"):
        await world.says(ayse, group, text)
    one, two, three = [found["id"] for found in (await world.history(ayse, group))[-3:]]
    assert await texts(world, zeynep, "elma") == []
    assert await texts(world, zeynep, "elma", conversation_id=group) == []
    assert len(await texts(world, mehmet, "elma")) == 3
    await messages.delete_message_for_me(world.deps, mehmet, one)
    assert "elma bir" not in await texts(world, mehmet, "elma")
    await messages.delete_message_for_everyone(world.deps, ayse, two)
    assert await texts(world, ayse, "elma", by_time=True) == ["elma üç", "elma bir"]
    await messages.edit_message(
        world.deps, ayse, three, MessageEdit.model_validate({"text": "armut"})
    )
    assert await texts(world, ayse, "elma") == ["elma bir"]
    assert await texts(world, ayse, "armut") == ["armut"]
    await conversations.clear_conversation(world.deps, ayse, group)
    assert await texts(world, ayse, "armut") == []
    await world.says(ayse, group, "armut yine")
    assert await texts(world, ayse, "armut") == ["armut yine"]
    await groups.remove_member(world.deps, ayse, group, mehmet.user_id)
    assert await texts(world, mehmet, "armut") == []
    assert await texts(world, mehmet, "armut", conversation_id=group) == []


async def test_who_comes_later_finds_what_the_history_shows(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    group = await world.group(ayse)
    await world.says(ayse, group, "elma")
    await groups.add_members(
        world.deps, ayse, group, MembersToAdd.model_validate({"userIds": [mehmet.user_id]})
    )
    shown = [one["text"] for one in await world.history(mehmet, group)]
    assert ("elma" in shown) == (await texts(world, mehmet, "elma") == ["elma"])


async def test_somebody_in_very_many_conversations_finds_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    for number, other in enumerate((mehmet, zeynep)):
        await world.says(other, await world.direct(ayse, other), f"elma {number}")
    await world.says(mehmet, await world.direct(mehmet, zeynep), "elma gizli")
    expected = ["elma 1", "elma 0"]
    assert await texts(world, ayse, "elma", by_time=True) == expected
    monkeypatch.setattr(stored, "MOST_NAMED", {"sqlite": 1, "postgresql": 1})
    assert await texts(world, ayse, "elma", by_time=True) == expected
    assert await texts(world, ayse, "elma") == expected


WALKS = {"steps only": 10**9, "steps, then names": 2, "names after one step": 0}
"""What naming a conversation to the index is taken to cost."""


@pytest.mark.parametrize("naming_cost", WALKS.values(), ids=WALKS.keys())
async def test_what_lies_far_behind_messages_of_others_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, naming_cost: int
) -> None:
    """Between two matches lie others' messages: fewer, as many, and more than a step takes."""
    monkeypatch.setattr(stored, "NAMING_COST", naming_cost)
    monkeypatch.setattr(stored, "FIRST_STEP", 1)
    monkeypatch.setattr(stored, "LARGEST_STEP", 8)
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    group = await world.group(ayse, mehmet, zeynep)
    room, secret = await world.direct(ayse, mehmet), await world.direct(mehmet, zeynep)
    said = []
    for number, between in enumerate((13, 0, 1, 5, 6, 7, 8)):
        for _ in range(between):
            await world.says(zeynep, secret, "elma gizli")
        said.append(f"elma {number}")
        await world.says(mehmet, group if number % 2 else room, said[-1])
    for limit in (1, 2, 6, 7, 50):
        for by_time in (True, False):
            found = await texts(world, ayse, "elma", limit=limit, by_time=by_time)
            assert found == said[::-1], (limit, by_time)
    assert await texts(world, ayse, "elma", limit=1, conversation_id=group) == said[1::2][::-1]
    assert await texts(world, ayse, "elma", limit=2, sender_id=zeynep.user_id) == []
    assert len(await texts(world, zeynep, "elma", limit=3)) == 40 + 3
    await groups.remove_member(world.deps, ayse, group, zeynep.user_id)
    assert set(await texts(world, zeynep, "elma", limit=3)) == {"elma gizli"}


async def test_what_is_hidden_cleared_and_deleted_fills_no_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "FIRST_STEP", 1)
    ayse, mehmet, room = await talk(world, *["elma eski"] * 7)
    await conversations.clear_conversation(world.deps, ayse, room)
    for _ in range(3):
        for text in ("elma", "elma sil", "elma gizle"):
            await world.says(ayse, room, text)
    for message in await world.history(ayse, room):
        if message["text"] == "elma sil":
            await messages.delete_message_for_everyone(world.deps, ayse, message["id"])
        if message["text"] == "elma gizle":
            await messages.delete_message_for_me(world.deps, ayse, message["id"])
    for limit in (1, 2, 3, 4):
        assert await texts(world, ayse, "elma", limit=limit, by_time=True) == ["elma"] * 3
        assert len(await texts(world, mehmet, "elma", limit=limit)) == 7 + 6


# -- filters, order, pages -------------------------------------------------------------------


async def test_filters(world: World) -> None:
    ayse, mehmet, room = await talk(world, "elma bir")
    group = await world.group(ayse, mehmet)
    early = world.clock.now_ms()
    world.clock.forward(20 * 86_400)
    await world.says(mehmet, group, "elma iki", mentions=[ayse.user_id])
    place = {"latitude": 41.0, "longitude": 29.0}
    await world.says(mehmet, room, "elma yer", kind="location", content=place)
    late = world.clock.now_ms()
    world.clock.forward(20 * 86_400)
    await world.says(ayse, room, "elma son")
    everything = ["elma son", "elma yer", "elma iki", "elma bir"]

    async def found(**more: Any) -> list[str]:
        return await texts(world, ayse, "elma", by_time=True, **more)

    assert await found() == everything
    assert await found(conversation_id=group) == ["elma iki"]
    assert await found(sender_id=mehmet.user_id) == ["elma yer", "elma iki"]
    assert await found(since=rfc3339(early)) == everything[:3]
    assert await found(until=rfc3339(late)) == everything[1:]
    assert await found(since=rfc3339(early), until=rfc3339(late)) == ["elma yer", "elma iki"]
    assert await found(since=rfc3339(late), until=rfc3339(early)) == []
    assert await found(since="1970-01-01T00:00:00Z", until="9999-12-31T23:59:59Z") == everything
    assert await found(kind="location") == ["elma yer"]
    assert await found(kind="text") == ["elma son", "elma iki", "elma bir"]
    assert await found(kind="voice") == []
    assert await found(having="location") == ["elma yer"]
    assert await found(having="mention") == ["elma iki"]
    assert await found(having="file") == []
    assert await found(having="image") == []
    for wrong in ("0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2026-11-24T05:00:00"):
        with pytest.raises(ValidationFailed) as refused:
            await found(since=wrong)
        assert refused.value.errors[0].parameter == "since"


@pytest.mark.parametrize("by_time", [True, False])
@pytest.mark.parametrize("limit", [1, 3, 7])
async def test_pages_hold_still_while_people_write(
    world: World, monkeypatch: pytest.MonkeyPatch, limit: int, *, by_time: bool
) -> None:
    monkeypatch.setattr(search, "RANKED", 5)
    said = [f"elma {'elma ' * (number % 3)}{number}" for number in range(12)]
    ayse, _, room = await talk(world, *said)
    wanted = MessageSearch("elma", by_time=by_time)
    seen: list[str] = []
    cursor = None
    while True:
        page = await search.search_messages(world.deps, ayse, wanted, cursor, limit)
        seen += [hit["message"]["text"] for hit in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
        await world.says(ayse, room, "elma elma elma yeni")
    assert sorted(seen) == sorted(said)
    if by_time:
        assert seen == said[::-1]
    else:
        newest = sorted(said[-5:], key=lambda text: (-text.count("elma"), -int(text.split()[-1])))
        assert seen[:5] == newest


async def test_a_cursor_that_was_made_up_is_refused(world: World) -> None:
    ayse, _, _ = await talk(world, "elma")
    for place in ((), (1,), ("",), ("a", "b", 1, "c"), ("9" * 30,), ("\x00",), ("a", "b")):
        cursor = page_cursor(*place)
        for by_time in (True, False):
            wanted = MessageSearch("elma", by_time=by_time)
            try:
                page = await search.search_messages(world.deps, ayse, wanted, cursor, 5)
            except CursorInvalid:
                continue
            assert world.deps.database.dialect == "postgresql", place
            assert page["nextCursor"] is None or page["items"]


# -- what a hit says -----------------------------------------------------------------------


async def test_a_hit_names_its_conversation_as_the_asker_knows_it(world: World) -> None:
    ayse, mehmet, _ = await talk(world, "elma")
    group = await world.group(ayse, mehmet, name="Ürün Ekibi")
    await world.says(ayse, group, "elma")
    hits = await pages(world, mehmet, "elma", by_time=True)
    assert [hit["conversation"]["name"] for hit in hits] == ["Ürün Ekibi", "ayse"]
    assert [hit["conversation"]["kind"] for hit in hits] == ["group", "direct"]
    shown = await messages.get_message(world.deps, mehmet, hits[0]["message"]["id"])
    assert hits[0]["message"] == shown


async def test_highlights_are_pieces_of_the_text_as_it_was_written(world: World) -> None:
    ayse, _, _ = await talk(world, "Dün I\u0307STANBUL'da, straße ﬁnal istanbul")
    (hit,) = await pages(world, ayse, "istanbul strasse fi*")
    pieces = [(piece["text"], piece["isMatch"]) for piece in hit["highlights"]]
    assert pieces == [
        ("Dün ", False),
        ("I\u0307STANBUL", True),
        ("'da, ", False),
        ("straße", True),
        (" ", False),
        ("ﬁ", True),
        ("nal ", False),
        ("istanbul", True),
    ]


async def test_a_direct_conversation_is_opened_with_whom_one_finds(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    request = OpenDirect.model_validate({"userId": mehmet.user_id})
    view, _ = await conversations.open_direct(world.deps, ayse, request)
    await world.says(mehmet, view["id"], "elma")
    assert await texts(world, ayse, "elma") == ["elma"]
