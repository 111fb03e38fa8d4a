"""Presence is told to who asks for it and may know it: together, once, and as it is in the end."""

import asyncio

import pytest

from tests.support.running import Chat, Json, Person, ServeChat, Wire
from tests.support.waiting import until
from tests.ws.test_live import heard_until_quiet


async def watch(wire: Wire, *people: Person) -> dict[str, str]:
    """Want to know of people; how each is."""
    ids = [one.user_id for one in people]
    reply = await wire.asks("presence.watch", {"userIds": ids})
    assert reply["event"] == "reply", reply
    found = reply["data"]["presences"]
    assert [one["userId"] for one in found] == ids
    return {one["userId"]: one["presence"] for one in found}


async def told(wire: Wire) -> list[tuple[str, str]]:
    """The next change: who is how."""
    presences = (await wire.next_of("presence.updated"))["data"]["presences"]
    return [(one["userId"], one["presence"]) for one in presences]


async def set_presence(wire: Wire, presence: str) -> Json:
    reply = await wire.asks("presence.set", {"presence": presence})
    assert reply["event"] == "reply", reply
    data: Json = reply["data"]
    return data


async def settled(chat: Chat) -> None:
    """Everything that was to be told of presence is told."""
    watches = chat.running.parts.deps.watches

    def is_quiet() -> bool:
        return not (watches.stirred.is_set() or watches.to_tell() or watches.doubted())

    await until(is_quiet)


async def presences_heard(chat: Chat, wire: Wire) -> list[tuple[str, str]]:
    await settled(chat)
    return [
        (one["userId"], one["presence"])
        for frame in await heard_until_quiet(wire)
        if frame["event"] == "presence.updated"
        for one in frame["data"]["presences"]
    ]


async def shown(asker: Person, other: Person) -> Json:
    return await asker.gets("GET", f"/users/{other.user_id}/presence")


def user_of(page: Json, person: Person) -> Json:
    (found,) = [one["user"] for one in page["items"] if one["userId"] == person.user_id]
    user: Json = found
    return user


async def test_coming_and_going_is_told_to_who_watches(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    wire, idle = await ayse.connects(), await zeynep.connects()
    assert await watch(wire, mehmet, zeynep, ayse) == {
        mehmet.user_id: "offline",
        zeynep.user_id: "online",
        ayse.user_id: "online",
    }
    phone = await mehmet.connects()
    assert await told(wire) == [(mehmet.user_id, "online")]
    assert (await shown(ayse, mehmet))["presence"] == "online"
    await phone.ws.close()
    frame = await wire.next_of("presence.updated")
    assert frame["data"]["presences"] == [await shown(ayse, mehmet)]
    assert frame["data"]["presences"][0]["lastSeenAt"] is not None
    # Who does not watch is told of nobody; who watches no longer neither.
    assert await presences_heard(chat, idle) == []
    assert await watch(wire) == {}
    phone = await mehmet.connects()
    assert await presences_heard(chat, wire) == []


async def test_the_most_present_device_counts(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    wire = await ayse.connects()
    phone, laptop = await mehmet.connects(), await mehmet.connects()
    await watch(wire, mehmet)
    assert (await set_presence(phone, "away"))["presence"] == "online"
    assert await presences_heard(chat, wire) == []
    assert (await set_presence(laptop, "away"))["presence"] == "away"
    assert await told(wire) == [(mehmet.user_id, "away")]
    assert (await shown(ayse, mehmet))["presence"] == "away"
    room = await chat.direct(ayse, mehmet)
    for path, view in (
        (f"/users/{mehmet.user_id}", lambda answer: answer),
        (f"/conversations/{room}", lambda answer: answer["peer"]),
        (f"/conversations/{room}/members", lambda answer: user_of(answer, mehmet)),
    ):
        assert view(await ayse.gets("GET", path))["presence"] == "away", path
    await set_presence(phone, "online")
    assert await told(wire) == [(mehmet.user_id, "online")]
    await phone.ws.close()
    assert await told(wire) == [(mehmet.user_id, "away")]
    await laptop.ws.close()
    assert await told(wire) == [(mehmet.user_id, "offline")]
    # A device begins as present, whatever the last one was.
    await mehmet.connects()
    assert await told(wire) == [(mehmet.user_id, "online")]


async def test_a_connection_that_flaps_is_no_change(serve_chat: ServeChat) -> None:
    chat = await serve_chat(presence_grace_seconds=30)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    hub = chat.running.parts.hub
    wire, phone = await ayse.connects(), await mehmet.connects()
    await watch(wire, mehmet)
    for _ in range(3):
        await phone.ws.close()
        await until(lambda: not hub.is_there(mehmet.user_id))
        assert (await shown(ayse, mehmet))["presence"] == "online"
        await settled(chat)
        phone = await mehmet.connects()
    assert await presences_heard(chat, wire) == []
    await set_presence(phone, "away")
    await told(wire)
    await phone.ws.close()
    assert await presences_heard(chat, wire) == []
    assert (await shown(ayse, mehmet))["presence"] == "away"


async def test_who_does_not_come_back_is_gone_in_the_end(serve_chat: ServeChat) -> None:
    chat = await serve_chat(presence_grace_seconds=1)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    wire, phone = await ayse.connects(), await mehmet.connects()
    await watch(wire, mehmet)
    begun = asyncio.get_running_loop().time()
    await phone.ws.close()
    assert await told(wire) == [(mehmet.user_id, "offline")]
    assert asyncio.get_running_loop().time() - begun > 0.9


async def test_what_changes_within_a_tick_comes_together(serve_chat: ServeChat) -> None:
    chat = await serve_chat(presence_tick_ms=500)
    ayse, *others = await chat.people("ayse", *(f"person{number}" for number in range(8)))
    wire = await ayse.connects()
    await watch(wire, *others)
    wires = [await other.connects() for other in others]
    for one in wires[:4]:
        await set_presence(one, "away")
    await wires[-1].ws.close()
    seen: dict[str, str] = {}
    frames = 0
    while len(seen) < 7 or list(seen.values()).count("away") < 4:
        seen.update(await told(wire))
        frames += 1
    assert frames <= 3
    assert await presences_heard(chat, wire) == []
    assert [seen.get(one.user_id) for one in others] == ["away"] * 4 + ["online"] * 3 + [
        seen.get(others[-1].user_id)
    ]
    assert seen.get(others[-1].user_id, "offline") == "offline"


async def test_between_reply_and_events_nothing_is_lost(serve_chat: ServeChat) -> None:
    """Whatever happens while it is asked: what the client knows in the end is true."""
    chat = await serve_chat(presence_tick_ms=10)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    wire, phone = await ayse.connects(), await mehmet.connects()
    known: dict[str, str] = {}
    for number in range(40):
        await phone.sends("presence.set", {"presence": ("away", "online")[number % 2]}, number)
        await wire.sends("presence.watch", {"userIds": [mehmet.user_id]}, number)
        while True:
            frame = await wire.next()
            for one in frame["data"].get("presences", ()):
                known[one["userId"]] = one["presence"]
            if frame.get("id") == number:
                break
        await phone.next_of("reply")
        await settled(chat)
        for frame in await heard_until_quiet(wire):
            for one in frame["data"].get("presences", ()):
                known[one["userId"]] = one["presence"]
        assert known[mehmet.user_id] == (await shown(ayse, mehmet))["presence"]


@pytest.mark.parametrize("hider", [0, 1])
async def test_privacy_holds_at_watching_and_afterwards(chat_on_each: Chat, hider: int) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    hides = (ayse, mehmet)[hider]
    wire, phone = await ayse.connects(), await mehmet.connects()
    await hides.gets("PUT", "/preferences", {"privacy": {"presence": "nobody"}})
    assert await watch(wire, mehmet) == {mehmet.user_id: "offline"}
    await set_presence(phone, "away")
    await phone.ws.close()
    phone = await mehmet.connects()
    assert await presences_heard(chat, wire) == []
    # It is opened: what is true now is told, and what comes.
    await hides.gets("PUT", "/preferences", {"privacy": {"presence": "everyone"}})
    assert await told(wire) == [(mehmet.user_id, "online")]
    await set_presence(phone, "away")
    assert await told(wire) == [(mehmet.user_id, "away")]
    # It is hidden again: the person seems to go, and nothing follows.
    await hides.gets("PUT", "/preferences", {"privacy": {"presence": "nobody"}})
    assert await told(wire) == [(mehmet.user_id, "offline")]
    await set_presence(phone, "online")
    await phone.ws.close()
    assert await presences_heard(chat, wire) == []


@pytest.mark.parametrize("blocker", [0, 1])
async def test_a_block_ends_it_without_a_new_socket(chat_on_each: Chat, blocker: int) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    sides = [ayse, mehmet]
    wire, phone = await ayse.connects(), await mehmet.connects()
    await watch(wire, mehmet)
    place = f"/users/me/blocks/{sides[1 - blocker].user_id}"
    await sides[blocker].gets("PUT", place)
    frame = await wire.next_of("presence.updated")
    gone = {"userId": mehmet.user_id, "presence": "offline", "lastSeenAt": None}
    assert frame["data"]["presences"] == [gone] == [await shown(ayse, mehmet)]
    await set_presence(phone, "away")
    await phone.ws.close()
    assert await presences_heard(chat, wire) == []
    # Of who is not there, a block is not to be noticed.
    await sides[blocker].gets("DELETE", place)
    await wire.next_of("presence.updated")
    await sides[blocker].gets("PUT", place)
    assert await presences_heard(chat, wire) == []
    await sides[blocker].gets("DELETE", place)
    await wire.next_of("presence.updated")
    await mehmet.connects()
    assert await told(wire) == [(mehmet.user_id, "online")]


async def test_last_seen_has_its_own_privacy(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    wire, phone = await ayse.connects(), await mehmet.connects()
    await mehmet.gets("PUT", "/preferences", {"privacy": {"lastSeen": "nobody"}})
    await watch(wire, mehmet)
    await phone.ws.close()
    frame = await wire.next_of("presence.updated")
    assert [one["lastSeenAt"] for one in frame["data"]["presences"]] == [None]


async def test_lists_have_a_bound_and_take_the_place_of_each_other(serve_chat: ServeChat) -> None:
    chat = await serve_chat(max_watched=2)
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    wire = await ayse.connects()
    assert wire.ready["data"]["limits"]["maxWatched"] == 2
    ids = [ayse.user_id, mehmet.user_id, zeynep.user_id]
    refused = await wire.asks("presence.watch", {"userIds": ids})
    assert refused["data"]["code"] == "VALIDATION_ERROR"
    assert refused["data"]["errors"][0]["pointer"] == "/data/userIds"
    twice = await wire.asks("presence.watch", {"userIds": [mehmet.user_id] * 3 + ["nobody"]})
    assert [one["userId"] for one in twice["data"]["presences"]] == [mehmet.user_id]
    await watch(wire, zeynep)
    await mehmet.connects()
    assert await presences_heard(chat, wire) == []
    for bad in ({}, {"userIds": None}, {"userIds": "x"}, {"userIds": [5]}, {"userIds": [], "x": 1}):
        answer = await wire.asks("presence.watch", bad)
        assert answer["data"]["code"] == "VALIDATION_ERROR", bad
    for bad in ({}, {"presence": "offline"}, {"presence": None}, {"presence": "away", "x": 1}):
        answer = await wire.asks("presence.set", bad)
        assert answer["data"]["code"] == "VALIDATION_ERROR", bad


async def test_a_socket_that_is_gone_leaves_nothing_behind(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    wire, phone = await ayse.connects(), await mehmet.connects()
    await watch(wire, mehmet, ayse)
    await set_presence(wire, "away")
    await wire.ws.close()
    await phone.ws.close()
    parts = chat.running.parts
    await until(lambda: parts.hub.listener_count == 0)
    await settled(chat)
    left = (parts.sockets.attendance, parts.deps.watches)
    for part in left:
        kept = {name: held for name, held in vars(part).items() if name != "_seen"}
        assert not [name for name, held in kept.items() if isinstance(held, dict | set) and held]
