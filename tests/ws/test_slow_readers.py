"""Who reads too slowly is cut, told why, and nobody else notices."""

import asyncio
import socket
import uuid
from collections import Counter
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


@pytest.mark.slow
async def test_who_reads_slowly_gets_the_latest_of_what_passes(serve_chat: ServeChat) -> None:
    chat: Chat = await serve_chat(outbox_bytes=1 << 30, receipt_tick_ms=0)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    parts = chat.running.parts
    connector = aiohttp.TCPConnector(socket_factory=small_socket)
    async with checked_session(connector=connector) as slow_http:
        slow = await lazy(slow_http, mehmet)
        await slow.asks("presence.watch", {"userIds": [ayse.user_id]})
        phone = await ayse.connects()
        (reader,) = parts.hub.listeners_of(mehmet.user_id)
        sent = 0
        while not reader.is_behind:
            assert sent < MANY, "a reader that does not read was never behind"
            await say(ayse, room, f"{sent} {TEXT}"[:4000])
            sent += 1
        for number in range(200):
            name = ("typing.start", "typing.stop")[number % 2]
            await phone.asks(name, {"conversationId": room})
            state = ("away", "online")[number % 2]
            await phone.asks("presence.set", {"presence": state})
        await phone.asks("presence.set", {"presence": "away"})
        last = {"conversationId": room, "clientId": str(uuid.uuid4()), "text": "the end"}
        seq = (await ayse.gets("POST", "/messages", last))["seq"]
        for reached in range(2, seq + 1):
            await phone.asks("conversation.delivered", {"conversationId": room, "seq": reached})
        # It reads on now. What is numbered is all there, of the rest how it is in the end.
        heard = []
        while not {"receipt.updated", "presence.updated", "typing.stopped"} <= {
            frame["event"] for frame in heard
        }:
            heard.append(await slow.next())
    numbered = [frame for frame in heard if frame["event"] == "message.created"]
    texts = [frame["data"]["message"]["text"].partition(" ")[0] for frame in numbered]
    assert texts == [*map(str, range(sent)), "the"]
    by_kind = Counter(frame["event"] for frame in heard)
    assert by_kind["typing.started"] + by_kind["typing.stopped"] <= 4
    assert by_kind["presence.updated"] <= 4
    receipts = [frame["data"] for frame in heard if frame["event"] == "receipt.updated"]
    assert len(receipts) <= 4
    assert receipts[-1]["deliveredSeq"] == seq


@pytest.mark.slow
async def test_a_long_replay_over_a_slow_line_is_not_held_against_its_reader(
    serve_chat: ServeChat,
) -> None:
    chat: Chat = await serve_chat(outbox_bytes=65536, outbox_frames=64)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    first = await mehmet.connects()
    cursor = first.ready["data"]["cursor"]
    await first.ws.close()
    sent = [f"{number} {TEXT}"[:4000] for number in range(400)]
    for text in sent:
        await say(ayse, room, text)
    connector = aiohttp.TCPConnector(socket_factory=small_socket)
    async with checked_session(connector=connector) as slow_http:
        slow = Wire(await slow_http.ws_connect(f"{chat.url}/v1/ws", max_msg_size=0))
        auth = {"token": mehmet.token, "resume": {"cursor": cursor}}
        await slow.sends("auth", auth, "hello")
        parts = chat.running.parts
        await until(lambda: bool(parts.hub.listeners_of(mehmet.user_id)))
        (reader,) = parts.hub.listeners_of(mehmet.user_id)
        await until(lambda: reader.is_behind)
        for number in range(5):
            sent.append(f"live {number}")
            await say(ayse, room, sent[-1])
        for text in sent:
            frame = await slow.next_of("message.created")
            assert frame["data"]["message"]["text"] == text
    assert parts.sockets.flusher.closings[4009] == 0
