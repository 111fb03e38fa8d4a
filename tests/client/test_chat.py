"""The front door of the Python client; what it does in trouble is in tests/clients."""

import asyncio

import pytest

import altlas_chat.client
from altlas_chat.client import Chat as ClientChat
from altlas_chat.client import LoggedOut, MemoryStore, Refused
from altlas_chat.client.backoff import Backoff
from altlas_chat.domain.times import rfc3339
from tests.support.devices import PASSWORD
from tests.support.proxy import Proxy
from tests.support.running import Chat
from tests.support.waiting import until


def client(url: str, chat: Chat, **more: object) -> ClientChat:
    quick = {"http": chat.http, "backoff": lambda: Backoff(0.02, 0.2), **more}
    return ClientChat(url, **quick)  # type: ignore[arg-type]


async def test_talking(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with client(chat.url, chat) as one, client(chat.url, chat) as other:
        assert (await one.log_in("ayse", PASSWORD))["id"] == ayse.user_id
        await other.log_in("mehmet", PASSWORD)
        message = await one.send(room, "Merhaba", mentions=[mehmet.user_id])
        async for event in other.events():
            if event["event"] == "message.created":
                assert event["data"]["message"]["id"] == message["id"]
                break
        assert other.state.conversations[room].view["unreadCount"] == 1
        assert (await other.read(room))["unreadCount"] == 0
        assert (await other.call("GET", f"/messages/{message['id']}"))["text"] == "Merhaba"
        at = rfc3339(chat.running.parts.deps.clock.now_ms() + 3_600_000)
        assert (await one.send(room, "later", scheduledAt=at))["scheduledAt"] == at
        with pytest.raises(Refused):
            await one.send(room, "")
        assert one.unsent == []


async def test_before_logging_in_there_is_nothing(chat: Chat) -> None:
    async with client(chat.url, chat) as one:
        assert one.unsent == []
        for work in (
            one.send("1", "hello"),
            one.request("conversation.read", {}),
            one.read("1", 1),
        ):
            with pytest.raises(LoggedOut):
                await work
        with pytest.raises(Refused):
            await one.log_in("ayse", "wrong")
    with pytest.raises(RuntimeError):
        await client(chat.url, chat).log_in("ayse", PASSWORD)


async def test_a_session_goes_on(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with client(chat.url, chat) as one:
        await one.log_in("ayse", PASSWORD)
        credentials = one.api.session
    async with client(chat.url, chat) as again:
        await again.go_on(credentials)
        await again.send(room, "the same session")
        await again.log_out()
        with pytest.raises(LoggedOut):
            async for _ in again.events():
                pass
        with pytest.raises(LoggedOut):
            await again.send(room, "too late")


async def test_closing_it_keeps_the_drafts(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    store = MemoryStore()
    async with Proxy(chat.url) as proxy:
        async with client(proxy.url, chat, store=store) as one:
            await one.log_in("ayse", PASSWORD)
            proxy.hold_requests()
            sending = asyncio.create_task(one.send(room, "kept"))
            await until(lambda: one.unsent)
        with pytest.raises(LoggedOut):
            await sending
        assert [entry.draft["text"] for entry in await store.all()] == ["kept"]
        proxy.cut()
        proxy.let_go()
        async with client(proxy.url, chat, store=store) as again:
            await again.log_in("ayse", PASSWORD)
            async for event in again.events():
                if event["event"] == "message.created":
                    assert event["data"]["message"]["text"] == "kept"
                    break
            await until(lambda: not again.unsent)
    assert await store.all() == []


def test_the_front_door_names_what_is_needed() -> None:
    for name in altlas_chat.client.__all__:
        assert getattr(altlas_chat.client, name).__name__ == name
