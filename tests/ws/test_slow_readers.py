"""Who reads too slowly is cut, told why, and nobody else notices."""

import asyncio
import socket
import uuid
from typing import Any

import aiohttp
import pytest

from tests.support.contract import checked_session
from tests.support.running import Chat, Person, ServeChat, Wire
from tests.support.waiting import until

TEXT = "👩" * 4000
MANY = 3000


def small_socket(address: Any) -> socket.socket:
    """A client's socket that takes little before it is read."""
    family, kind, protocol, *_ = address
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    return made


async def lazy(http: aiohttp.ClientSession, person: Person) -> Wire:
    """A device that takes its frames only when it is asked to."""
    wire = Wire(await http.ws_connect(f"{person.url}/v1/ws", max_msg_size=0))
    await wire.sends("auth", {"token": person.token}, "hello")
    wire.ready = await wire.next()
    return wire


async def read_to_the_end(wire: Wire) -> list[str]:
    heard: list[str] = []
    while heard[-1:] != ["the end"]:
        frame = await wire.next_of("message.created")
        heard.append(frame["data"]["message"]["text"])
    return heard


async def say(person: Person, room: str, text: str) -> None:
    draft = {"conversationId": room, "clientId": str(uuid.uuid4()), "text": text}
    await person.gets("POST", "/messages", draft)


@pytest.mark.slow
async def test_a_slow_reader_is_cut_and_its_neighbours_hear_all(serve_chat: ServeChat) -> None:
    chat: Chat = await serve_chat(outbox_bytes=65536)
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    group = await chat.group(ayse, mehmet, zeynep)
    async with checked_session() as slow_http:
        slow = await lazy(slow_http, mehmet)
        quick = await zeynep.connects()
        reading = asyncio.create_task(read_to_the_end(quick))
        sockets = chat.running.parts.sockets
        sent: list[str] = []
        while all(not one.is_closing for one in sockets.open):
            assert len(sent) < MANY, "a reader that does not read was never cut"
            sent.append(f"{len(sent)} {TEXT}"[:4000])
            await say(ayse, group, sent[-1])
        # It reads on now, and learns why it is over.
        assert await slow.close_code() == 4009
        sent.append("the end")
        await say(ayse, group, sent[-1])
        async with asyncio.timeout(20):
            assert await reading == sent
        # What it missed is not lost to it.
        again = await mehmet.connects({"cursor": slow.ready["data"]["cursor"]})
        for text in sent:
            frame = await again.next_of("message.created")
            assert frame["data"]["message"]["text"] == text


@pytest.mark.slow
async def test_a_slow_reader_that_never_reads_again_is_let_go(serve_chat: ServeChat) -> None:
    chat: Chat = await serve_chat(outbox_bytes=65536)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    connector = aiohttp.TCPConnector(socket_factory=small_socket)
    async with checked_session(connector=connector) as slow_http:
        await lazy(slow_http, mehmet)
        sockets = chat.running.parts.sockets
        for _ in range(MANY):
            await say(ayse, room, TEXT)
            if not sockets.open:
                break
        await until(lambda: not sockets.open)
        assert chat.running.parts.hub.listener_count == 0
