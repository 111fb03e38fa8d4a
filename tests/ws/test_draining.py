"""A server that stops says so: sockets close with "restart", new ones are refused."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from altlas_chat.server.run import running_server
from tests.support.running import Chat, Json, ServeChat, open_wire, quick_settings


async def test_sockets_are_told_to_come_back(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    wires = [await ayse.connects(), await mehmet.connects(), await open_wire(chat.http, chat.url)]
    draining = asyncio.create_task(chat.running.parts.sockets.drain(0))
    for wire in wires:
        notice = await wire.next()
        assert (notice["event"], notice["data"]["code"]) == ("session.closing", 1012)
        assert await wire.close_code() == 1012
    await draining
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await open_wire(chat.http, chat.url)
    assert refused.value.status == 503
    status, problem = await ayse.call("GET", "/ws")
    assert (status, problem["code"]) == (503, "SERVER_RESTARTING")


async def test_they_go_one_after_another(serve_chat: ServeChat) -> None:
    chat = await serve_chat()
    ayse = await chat.person("ayse")
    wires = [await ayse.connects() for _ in range(5)]
    order: list[int] = []

    async def wait(number: int) -> None:
        assert await wires[number].close_code() == 1012
        order.append(number)

    waiting = [asyncio.create_task(wait(number)) for number in range(5)]
    loop = asyncio.get_running_loop()
    began = loop.time()
    await chat.running.parts.sockets.drain(0.1)
    assert loop.time() - began >= 0.08  # four pauses of a fifth
    await asyncio.gather(*waiting)
    assert sorted(order) == list(range(5))


async def test_a_few_do_not_keep_a_server_from_stopping(serve_chat: ServeChat) -> None:
    chat = await serve_chat()
    ayse = await chat.person("ayse")
    wires = [await ayse.connects() for _ in range(2)]
    closing = [asyncio.create_task(wire.close_code()) for wire in wires]
    async with asyncio.timeout(5):
        await chat.running.parts.sockets.drain(3600)
    assert [await one for one in closing] == [1012] * 2


async def test_what_was_sent_before_is_answered_before_the_end(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    wire = await ayse.connects()
    for number in range(20):
        draft = {"conversationId": room, "clientId": f"{number}", "text": f"{number}"}
        await wire.sends("message.send", draft, number)
    first = await wire.next_of("reply")
    draining = asyncio.create_task(chat.running.parts.sockets.drain(0))
    replies: list[Json] = [first]
    while (frame := await wire.next())["event"] != "session.closing":
        replies += [frame] if frame["event"] == "reply" else []
    assert await wire.close_code() == 1012
    await draining
    page = await mehmet.gets("GET", f"/conversations/{room}/messages")
    kept = {message["text"] for message in page["items"]}
    assert {reply["data"]["message"]["text"] for reply in replies} <= kept


async def test_readiness_turns_before_sockets_close(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    settings = quick_settings(f"sqlite:///{tmp_path}/chat.db", drain_seconds=1)
    async with running_server(settings) as running:
        chat = Chat(running, http, [])
        ayse = await chat.person("ayse")
        wires = [await ayse.connects() for _ in range(20)]
        closing = [asyncio.create_task(wire.close_code()) for wire in wires]
        ready = asyncio.create_task(readiness_after_the_first(chat, closing))
    assert await ready == 503
    assert [await one for one in closing] == [1012] * 20


async def readiness_after_the_first(chat: Chat, closing: list[asyncio.Task[int]]) -> int:
    await asyncio.wait(closing, return_when=asyncio.FIRST_COMPLETED)
    async with chat.http.get(f"{chat.url}/v1/readyz") as response:
        return response.status
