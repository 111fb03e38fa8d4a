"""What both clients do when the network, the server or the session fails: the same tests drive them."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from altlas_chat.services import housekeeping
from altlas_chat.ws.commands import COMMANDS
from tests.client.test_api import expired
from tests.support.devices import PASSWORD, register
from tests.support.driving import Begin, Driven, Refusal
from tests.support.process import ServerProcess
from tests.support.running import Chat, Json, Person, ServeChat
from tests.support.waiting import until
from tests.support.wire_proxy import Way, WireProxy

PIECES = 40
"""In how many places of an exchange it is cut, each way."""


@pytest.fixture
async def proxy(chat: Chat) -> AsyncIterator[WireProxy]:
    async with WireProxy(chat.url) as proxy:
        yield proxy


async def say(person: Person, room: str, text: str) -> Json:
    draft = {"conversationId": room, "clientId": f"by rest {text}", "text": text}
    return await person.gets("POST", "/messages", draft)


async def texts(person: Person, room: str) -> list[str]:
    """All that was ever said in a conversation, in its order."""
    found: list[str] = []
    last = 0
    while True:
        path = f"/conversations/{room}/messages"
        page = await person.gets("GET", path, limit=100, after=last)
        found += [message["text"] for message in page["items"] if message["kind"] == "text"]
        if not page["hasAfter"]:
            return found
        last = page["items"][-1]["seq"]


@asynccontextmanager
async def away(proxy: WireProxy, device: Driven) -> AsyncIterator[None]:
    """There is no way to the server inside the ``with`` block."""
    proxy.refuses = True
    proxy.cut()
    yield
    ready = device.times_heard("ready")
    proxy.refuses = False
    await device.waits_for(lambda: device.times_heard("ready") > ready)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["up", "down"])
async def test_cut_at_every_point_of_the_exchange(
    chat: Chat, proxy: WireProxy, begin: Begin, way: Way
) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    device = await begin(proxy.url, "mehmet")

    async def exchange(word: str) -> None:
        """Both say something while the device comes back."""
        proxy.cut()
        sent = [device.sends(room, f"{word} of mehmet's {number}") for number in range(2)]
        await say(ayse, room, f"{word} of ayse's")
        async with asyncio.timeout(30):
            await asyncio.gather(*sent)
        await device.hears(f"{word} of ayse's")
        await device.hears(f"{word} of mehmet's 1")

    for word in ("first", "second"):  # the second time it has what it resumes with
        await exchange(word)
    proxy.passed = {}
    proxy.cut()
    await until(lambda: proxy.passed)
    size = proxy.passed[way]
    places = sorted({1, 2, *range(0, size, size // PIECES)} - {0})
    for place in places:
        proxy.plans.append((way, place))
        await exchange(f"cut {way} at {place}")
    assert proxy.cuts >= len(places) - 1  # the last one is cut, or over before that
    device.assert_each_once_in_order()
    words = ["first", "second", *(f"cut {way} at {place}" for place in places)]
    said = await texts(ayse, room)
    assert said == device.texts(room)
    assert [one for one in said if "mehmet" in one] == [
        f"{word} of mehmet's {number}" for word in words for number in range(2)
    ]
    assert [one for one in said if "ayse" in one] == [f"{word} of ayse's" for word in words]


@pytest.mark.parametrize("loses", [False, True], ids=["repeated and swapped", "lost, too"])
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_frames_that_are_repeated_swapped_or_lost(
    chat: Chat, begin: Begin, seed: int, *, loses: bool
) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with WireProxy(chat.url, chance=random.Random(seed)) as proxy:
        device = await begin(proxy.url, "mehmet")
        proxy.loses = loses
        sent = []
        for number in range(40):
            sent.append(device.sends(room, f"m{number}"))
            await say(ayse, room, f"a{number}")
        async with asyncio.timeout(30):
            await asyncio.gather(*sent)
        proxy.loses = False
        await say(ayse, room, "the end")  # what was lost at the end is found by what follows it
        await device.hears("the end")
        assert proxy.mischief > 20
        device.assert_each_once_in_order()
        assert device.texts(room) == await texts(ayse, room)
        assert [one for one in device.texts() if one[0] == "m"] == [f"m{one}" for one in range(40)]


@pytest.mark.parametrize("how", ["kill", "stop"])
async def test_a_server_that_restarts_under_way(tmp_path: Path, begin: Begin, how: str) -> None:
    server = ServerProcess(f"sqlite:///{tmp_path}/chat.db", tmp_path)
    await server.start()
    try:
        other = [await register(server.url, name) for name in ("ayse", "mehmet")][1]
        ayse, mehmet = await begin(server.url, "ayse"), await begin(server.url, "mehmet")
        body = {"userId": other["id"]}
        view = await ayse.does("call", method="POST", path="/conversations", body=body)
        room = view["id"]
        sent = []
        for round_ in range(3):
            sent += [ayse.sends(room, f"{round_} before {number}") for number in range(15)]
            await mehmet.hears(f"{round_} before 3")
            if how == "kill":
                await server.kill()
            else:
                assert await server.stop() == 0
            sent += [ayse.sends(room, f"{round_} away {number}") for number in range(5)]
            await server.start()
            await mehmet.hears(f"{round_} away 4")
        async with asyncio.timeout(30):
            await asyncio.gather(*sent)
        expected = [
            f"{round_} {when} {number}"
            for round_ in range(3)
            for when, count in (("before", 15), ("away", 5))
            for number in range(count)
        ]
        for device in (ayse, mehmet):
            await device.hears(expected[-1])
            device.assert_each_once_in_order()
            assert device.texts(room) == expected
    finally:
        if server.process is not None:
            await server.stop()


async def test_what_is_said_without_a_connection_keeps_its_order(
    chat: Chat, proxy: WireProxy, begin: Begin
) -> None:
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    rooms = [await chat.direct(mehmet, other) for other in (ayse, zeynep)]
    device = await begin(proxy.url, "mehmet")
    async with away(proxy, device):
        sent = [
            device.sends(room, f"{number}") for number, room in itertools.product(range(10), rooms)
        ]
        facts = await device.does("facts")
        assert [draft["text"] for draft in facts["unsent"]] == [
            f"{number}" for number in range(10) for _ in rooms
        ]
        assert not any(one.done() for one in sent)
    async with asyncio.timeout(30):
        messages = await asyncio.gather(*sent)
    assert len({message["id"] for message in messages}) == 20
    for room in rooms:
        assert await texts(mehmet, room) == [f"{number}" for number in range(10)]
    assert (await device.does("facts"))["unsent"] == []


async def test_several_sends_whose_replies_are_lost_are_one_message_each(
    chat: Chat, proxy: WireProxy, begin: Begin
) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    rooms = [await chat.group(mehmet, ayse) for _ in range(6)]
    device = await begin(proxy.url, "mehmet")
    listening = await ayse.connects()
    proxy.hold_answers()
    sent = [device.sends(room, f"{number}") for number, room in itertools.product(range(2), rooms)]
    # The server has the first of each conversation, and the replies are on their way.
    heard = [await listening.next_of("message.created") for _ in rooms]
    proxy.cut()
    proxy.let_go()
    async with asyncio.timeout(30):
        await asyncio.gather(*sent)
    for room in rooms:
        assert await texts(ayse, room) == ["0", "1"]
    heard += [await listening.next_of("message.created") for _ in rooms]
    assert [frame["data"]["message"]["text"] for frame in heard] == ["0"] * 6 + ["1"] * 6


@pytest.mark.parametrize("is_held", [False, True], ids=["without a server", "under way"])
async def test_drafts_outlive_the_process(
    chat: Chat, proxy: WireProxy, begin: Begin, tmp_path: Path, *, is_held: bool
) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    store, listening = tmp_path / "drafts", await ayse.connects()
    device = await begin(proxy.url, "mehmet", store)
    if is_held:
        proxy.hold_answers()
    else:
        proxy.refuses = True
        proxy.cut()
    for number in range(4):
        device.sends(room, f"{number}", clientId=f"draft-{number}")
    device.sends(room, "x" * 5000, clientId="too long")
    assert len((await device.does("facts"))["unsent"]) == 5
    await until(lambda: store.exists() and b"too long" in store.read_bytes())
    if is_held:
        await listening.next_of("message.created")
    await device.kill()
    proxy.cut()
    proxy.let_go()
    proxy.refuses = False
    # Somebody else at the same device sends nothing of it.
    other = await begin(chat.url, "ayse", store)
    assert (await other.does("facts"))["unsent"] == []
    await other.kill()
    again = await begin(proxy.url, "mehmet", store)
    await again.waits_for(lambda: again.refused)
    assert await texts(ayse, room) == ["0", "1", "2", "3"]
    assert [(one["refused"], one["code"]) for one in again.refused] == [
        ("too long", "MESSAGE_TOO_LONG")
    ]
    assert (await again.does("facts"))["unsent"] == []
    await again.kill()
    last = await begin(proxy.url, "mehmet", store)
    assert (await last.does("facts"))["unsent"] == []


async def test_what_is_refused_is_told_and_holds_up_nothing(
    chat: Chat, proxy: WireProxy, begin: Begin
) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    device = await begin(proxy.url, "mehmet")
    cases = [
        (room, "x" * 5000, "MESSAGE_TOO_LONG"),
        (room, "x" * 70_000, "FRAME_TOO_LARGE"),
        (room, "😀" * 20_000, "FRAME_TOO_LARGE"),
        ("nowhere", "hello", "CONVERSATION_NOT_FOUND"),
    ]
    for where, text, code in cases:
        with pytest.raises(Refusal) as refused:
            async with asyncio.timeout(30):
                await device.sends(where, text)
        assert (refused.value.kind, refused.value.code) == ("Refused", code)
    with pytest.raises(Refusal) as refused:
        await device.does("request", event="nonsense", data={})
    assert refused.value.code == "UNKNOWN_COMMAND"
    await device.sends(room, "still here")
    assert await texts(ayse, room) == ["still here"]


async def test_an_expired_token_is_renewed(chat: Chat, proxy: WireProxy, begin: Begin) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    device = await begin(proxy.url, "mehmet")
    before = await device.does("facts")
    stale = expired(chat, before["token"])
    async with away(proxy, device):
        await device.does("useToken", token=stale)
        sending = device.sends(room, "hello")
    async with asyncio.timeout(30):
        await sending
    after = await device.does("facts")
    assert after["token"] != stale
    assert after["sessionId"] == before["sessionId"]
    # A call meets an expired token, too; many of them get one new one.
    await device.does("useToken", token=stale)
    calls = [device.ask("call", method="GET", path="/users/me") for _ in range(8)]
    async with asyncio.timeout(30):
        assert {one["username"] for one in await asyncio.gather(*calls)} == {"mehmet"}
    assert device.over is None


async def test_a_socket_outlives_its_first_token(serve_chat: ServeChat, begin: Begin) -> None:
    """By another token where the server takes one on the socket; else it need not end."""
    chat = await serve_chat(access_token_seconds=1)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with WireProxy(chat.url) as proxy:
        device = await begin(proxy.url, "mehmet")
        first = (await device.does("facts"))["token"]
        if "auth.renew" in COMMANDS:
            for _ in range(2):
                before = (await device.does("facts"))["token"]
                while (await device.does("facts"))["token"] == before:
                    await asyncio.sleep(0.05)
        await device.sends(room, "still here")
        assert ((await device.does("facts"))["token"] != first) is ("auth.renew" in COMMANDS)
        assert device.over is None
        assert proxy.sockets == 1


async def test_a_session_that_is_ended_ends_everything(
    chat: Chat, proxy: WireProxy, begin: Begin
) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    device = await begin(proxy.url, "mehmet")
    proxy.refuses = True
    proxy.cut()
    waiting = device.sends(room, "never")
    await mehmet.gets("POST", "/auth/logout-everywhere")
    proxy.refuses = False
    await device.waits_for(lambda: device.over)
    sockets = proxy.sockets
    for lost in (waiting, device.sends(room, "too late")):
        with pytest.raises(Refusal) as refused:
            async with asyncio.timeout(30):
                await lost
        assert refused.value.kind == "LoggedOut"
    assert device.over == "LoggedOut"
    assert proxy.sockets == sockets
    assert await texts(ayse, room) == []


async def test_a_session_that_is_ended_closes_an_open_socket_for_good(
    chat: Chat, proxy: WireProxy, begin: Begin
) -> None:
    mehmet = await chat.person("mehmet")
    device = await begin(proxy.url, "mehmet")
    await device.waits_for(lambda: device.times_heard("ready"))
    await mehmet.gets("POST", "/auth/logout-everywhere")
    await device.waits_for(lambda: device.over)
    assert proxy.sockets == 1


async def test_when_the_log_does_not_reach_back_it_starts_over(
    serve_chat: ServeChat, begin: Begin
) -> None:
    chat = await serve_chat(event_log_days=0)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with WireProxy(chat.url) as proxy:
        device = await begin(proxy.url, "mehmet")
        await say(ayse, room, "heard")
        await device.hears("heard")
        async with away(proxy, device):
            await say(ayse, room, "in the snapshot only")
            clock = chat.running.parts.deps.clock
            at = clock.now_ms()
            await until(lambda: clock.now_ms() > at)
            await housekeeping.trim_log(chat.running.parts.deps)
        await device.waits_for(lambda: device.times_heard("resync_required"))
        known = (await device.does("state"))["conversations"][room]["view"]
        assert known["lastMessage"]["text"] == "in the snapshot only"
        await say(ayse, room, "live")
        await device.hears("live")
        async with away(proxy, device):
            await say(ayse, room, "missed")
        await device.hears("missed")
        assert device.times_heard("resync_required") == 1
        assert device.texts() == ["heard", "live", "missed"]


async def test_a_wrong_password_is_refused(chat: Chat, begin: Begin, client_kind: str) -> None:
    await chat.person("mehmet")
    device = await begin(chat.url, "mehmet")
    with pytest.raises(Refusal) as refused:
        words = {"username": "mehmet", "password": f"{PASSWORD}!", "store": None}
        await device.does("start", url=chat.url, **words, firstMs=20, longestMs=200)
    assert refused.value.code == "AUTH_INVALID_CREDENTIALS"
