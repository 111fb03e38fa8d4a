"""The live connection, through a cable that is pulled again and again."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest

from altlas_chat.client.errors import LoggedOut, Refused
from altlas_chat.services import housekeeping
from tests.client.test_api import expired
from tests.support.devices import Device
from tests.support.proxy import Proxy
from tests.support.running import Chat, Json, Person, ServeChat
from tests.support.tokens import token_that_ends
from tests.support.waiting import until


@pytest.fixture
async def proxy(chat: Chat) -> AsyncIterator[Proxy]:
    async with Proxy(chat.url) as proxy:
        yield proxy


async def say(person: Person, room: str, text: str) -> Json:
    draft = {"conversationId": room, "clientId": str(uuid.uuid4()), "text": text}
    return await person.gets("POST", "/messages", draft)


async def texts(person: Person, room: str) -> list[str]:
    page = await person.gets("GET", f"/conversations/{room}/messages", limit=200)
    return [message["text"] for message in page["items"]]


def heard(device: Device, room: str) -> list[str]:
    return [
        frame["data"]["message"]["text"]
        for frame in device.heard[f"conversation:{room}"]
        if frame["event"] == "message.created"
    ]


async def away(device: Device) -> None:
    """Wait until the device noticed that its connection is gone."""
    async with asyncio.timeout(10):
        await device.connection.disconnected.wait()


async def back(device: Device) -> None:
    async with asyncio.timeout(10):
        await device.connection.connected.wait()


async def test_it_comes_back_and_hears_what_it_missed(chat: Chat, proxy: Proxy) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with Device(proxy.url, "mehmet") as device:
        await say(ayse, room, "heard")
        await device.hears("heard")
        proxy.refuses = True
        proxy.cut()
        await away(device)
        for number in range(3):
            await say(ayse, room, f"missed {number}")
        proxy.refuses = False
        await say(ayse, room, "live")
        await device.hears("live")
        assert heard(device, room) == ["heard", "missed 0", "missed 1", "missed 2", "live"]
        assert device.connection.reconnects >= 1


async def test_many_cuts_lose_and_double_nothing(chat: Chat, proxy: Proxy) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with Device(proxy.url, "mehmet") as device:
        for number in range(60):
            await say(ayse, room, f"{number}")
            if number % 6 == 5:
                await device.hears(f"{number - 3}")
                proxy.cut() if number % 12 == 5 else proxy.cut_after(number * 20)
        await device.hears("59")
        assert heard(device, room) == [f"{number}" for number in range(60)]
        assert proxy.connections > 5


async def test_a_command_whose_answer_was_lost_is_sent_again_and_is_one_message(
    chat: Chat, proxy: Proxy
) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    listening = await ayse.connects()
    async with Device(proxy.url, "mehmet") as device:
        proxy.hold_answers()
        sending = asyncio.create_task(device.says(room, "once"))
        # The server has it, and the answer is on its way.
        assert (await listening.next_of("message.created"))["data"]["message"]["text"] == "once"
        assert not sending.done()
        proxy.cut()
        proxy.let_go()
        async with asyncio.timeout(10):
            message = await sending
        await device.hears("once")
        assert heard(device, room) == ["once"]
    assert await texts(ayse, room) == ["once"]
    assert message["text"] == "once"


async def test_a_command_that_never_arrived_is_sent_again(chat: Chat, proxy: Proxy) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with Device(proxy.url, "mehmet") as device:
        proxy.hold_requests()
        sending = [asyncio.create_task(device.says(room, f"{number}")) for number in range(5)]
        await asyncio.sleep(0)
        assert await texts(ayse, room) == []
        proxy.cut()
        proxy.let_go()
        async with asyncio.timeout(10):
            await asyncio.gather(*sending)
    assert sorted(await texts(ayse, room)) == [f"{number}" for number in range(5)]


async def test_what_is_asked_while_it_is_away_is_sent_when_it_is_back(
    chat: Chat, proxy: Proxy
) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with Device(proxy.url, "mehmet") as device:
        proxy.refuses = True
        proxy.cut()
        await away(device)
        sending = asyncio.create_task(device.says(room, "later"))
        tries = device.connection.reconnects
        await until(lambda: device.connection.reconnects >= tries + 2)
        assert not sending.done()
        proxy.refuses = False
        async with asyncio.timeout(10):
            await sending
    assert await texts(ayse, room) == ["later"]


async def test_an_expired_token_is_refreshed(chat: Chat, proxy: Proxy) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with Device(proxy.url, "mehmet") as device:
        old = device.api.session
        device.api.session.access_token = expired(chat, old.access_token)
        stale = device.api.session.access_token
        proxy.cut()
        await away(device)
        await back(device)
        await say(ayse, room, "hello")
        await device.hears("hello")
        assert device.api.session.access_token != stale
        assert device.api.session.session_id == old.session_id


async def test_it_renews_its_token_before_that_expires(chat: Chat, proxy: Proxy) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with Device(proxy.url, "mehmet") as device:
        own = Person(chat.http, chat.url, device.user_id, device.api.session.access_token)
        soon = token_that_ends(chat, own, 2)
        device.api.session.access_token = soon
        proxy.cut()
        await away(device)
        await back(device)
        reconnects = device.connection.reconnects
        (socket,) = chat.running.parts.sockets.open
        assert socket.ends_at is not None
        first_end = socket.ends_at
        await until(lambda: device.connection._token != soon)
        # It is the same socket, and it outlives the old token.
        clock = chat.running.parts.deps.clock
        await until(lambda: clock.now_ms() > first_end + 1500)
        assert chat.running.parts.sockets.open == [socket]
        assert socket.ends_at > first_end + 600_000
        assert device.connection.reconnects == reconnects
        await say(ayse, room, "still there?")
        await device.hears("still there?")


async def test_where_renewing_fails_it_comes_again(chat: Chat, proxy: Proxy) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with Device(proxy.url, "mehmet") as device:
        own = Person(chat.http, chat.url, device.user_id, device.api.session.access_token)
        device.api.session.access_token = token_that_ends(chat, own, 1)
        proxy.cut()
        await away(device)
        await back(device)
        proxy.hold_requests()
        await away(device)
        proxy.let_go()
        await back(device)
        await say(ayse, room, "hello")
        await device.hears("hello")


async def test_a_session_that_is_ended_ends_everything(chat: Chat, proxy: Proxy) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with Device(proxy.url, "mehmet") as device:
        proxy.hold_requests()
        waiting = asyncio.create_task(device.says(room, "never"))
        await asyncio.sleep(0)
        assert (await mehmet.call("POST", "/auth/logout-everywhere"))[0] == 204
        for lost in (waiting, asyncio.create_task(device.says(room, "too late"))):
            with pytest.raises(LoggedOut):
                async with asyncio.timeout(10):
                    await lost
        connections = proxy.connections
        proxy.let_go()
        assert device._listening is not None
        with pytest.raises(LoggedOut):
            await device._listening
        assert proxy.connections == connections


async def test_when_the_log_does_not_reach_back_it_starts_over(serve_chat: ServeChat) -> None:
    chat = await serve_chat(event_log_days=0)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with Proxy(chat.url) as proxy, Device(proxy.url, "mehmet") as device:
        await say(ayse, room, "heard")
        await device.hears("heard")
        proxy.refuses = True
        proxy.cut()
        await away(device)
        await say(ayse, room, "in the snapshot only")
        clock = chat.running.parts.deps.clock
        at = clock.now_ms()
        while clock.now_ms() <= at:
            await asyncio.sleep(0)
        await housekeeping.trim_log(chat.running.parts.deps)
        proxy.refuses = False

        def resync() -> Json | None:
            found = [frame for frame in device.frames if frame["event"] == "resync_required"]
            return found[0] if found else None

        frame = await device.waits_for(resync)
        assert frame["data"]["reason"] == "log_trimmed"
        view = frame["data"]["snapshot"]["conversations"][0]
        assert view["lastMessage"]["text"] == "in the snapshot only"
        assert device.connection.positions.cursor == frame["data"]["snapshot"]["cursor"]
        await say(ayse, room, "live")
        await device.hears("live")
        proxy.cut()
        await away(device)
        await say(ayse, room, "resumed")
        await device.hears("resumed")
        assert [one["event"] for one in device.frames].count("resync_required") == 1


async def test_a_hole_in_a_stream_is_filled_by_coming_again(chat: Chat, proxy: Proxy) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with Device(proxy.url, "mehmet") as device:
        first = await say(ayse, room, "first")
        await device.hears("first")
        # As if the last event had been lost on its way.
        device.connection.positions.seen[f"conversation:{room}"] = first["seq"] - 1
        device.heard.clear()
        await say(ayse, room, "second")
        await device.hears("second")
        assert heard(device, room) == ["first", "second"]
        assert device.connection.reconnects == 1


async def test_what_is_refused_is_told_to_who_asked(chat: Chat, proxy: Proxy) -> None:
    await chat.person("mehmet")
    async with Device(proxy.url, "mehmet") as device:
        with pytest.raises(Refused) as refused:
            await device.says("nowhere", "hello")
        assert refused.value.code == "CONVERSATION_NOT_FOUND"
        with pytest.raises(Refused) as refused:
            await device.connection.request("nonsense", {})
        assert refused.value.code == "UNKNOWN_COMMAND"


@pytest.mark.parametrize("size", [70_000, 2_000_000])
async def test_a_command_that_no_frame_can_carry_is_refused(
    chat: Chat, proxy: Proxy, size: int
) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with Device(proxy.url, "mehmet") as device:
        with pytest.raises(Refused) as refused:
            async with asyncio.timeout(10):
                await device.says(room, "x" * size)
        assert refused.value.code == "FRAME_TOO_LARGE"
        proxy.refuses = True
        proxy.cut()
        await away(device)
        sending = asyncio.create_task(device.says(room, "x" * size))
        proxy.refuses = False
        with pytest.raises(Refused):
            async with asyncio.timeout(10):
                await sending
        await device.says(room, "still here")


async def test_closing_it_leaves_nobody_waiting(chat: Chat, proxy: Proxy) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with Device(proxy.url, "mehmet") as device:
        proxy.hold_requests()
        waiting = asyncio.create_task(device.says(room, "never"))
        await asyncio.sleep(0)
    with pytest.raises(LoggedOut):
        async with asyncio.timeout(10):
            await waiting


async def test_a_server_that_restarts_is_waited_for(chat: Chat, proxy: Proxy) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with Device(proxy.url, "mehmet") as device:
        sockets = chat.running.parts.sockets
        await sockets.drain(0)
        await away(device)
        await say(ayse, room, "meanwhile")
        sockets.is_draining = False
        await device.hears("meanwhile")
