"""The server pings, and lets go of who does not answer."""

import asyncio

import aiohttp

from tests.support.running import Chat, Person, ServeChat

SHORT = {"heartbeat_seconds": 2, "pong_timeout_seconds": 1}


async def deaf(chat: Chat, person: Person) -> aiohttp.ClientWebSocketResponse:
    """A socket that answers no pings by itself."""
    header = {"Authorization": f"Bearer {person.token}"}
    socket = await chat.http.ws_connect(f"{chat.url}/v1/ws", headers=header, autoping=False)
    assert (await socket.receive_json())["event"] == "ready"
    return socket


async def test_who_answers_no_ping_is_dropped_and_who_does_is_not(serve_chat: ServeChat) -> None:
    chat = await serve_chat(**SHORT)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    listening = await mehmet.connects()
    # A client answers pings while it reads.
    reading = asyncio.create_task(listening.next_of("pong"))
    silent = await deaf(chat, ayse)
    assert (await silent.receive(timeout=5)).type is aiohttp.WSMsgType.PING
    assert (await silent.receive(timeout=5)).type in (
        aiohttp.WSMsgType.CLOSED,
        aiohttp.WSMsgType.CLOSE,
        aiohttp.WSMsgType.ERROR,
    )
    assert silent.close_code == 1006
    # The other one was pinged in the same time, and answered.
    await listening.sends("ping", {}, 1)
    assert (await reading)["id"] == 1
    assert len(chat.running.parts.sockets.open) == 1
    await silent.close()


async def test_any_frame_counts_as_a_sign_of_life(serve_chat: ServeChat) -> None:
    chat = await serve_chat(**SHORT)
    ayse = await chat.person("ayse")
    socket = await deaf(chat, ayse)
    pings = 0
    while pings < 3:
        message = await socket.receive(timeout=5)
        if message.type is aiohttp.WSMsgType.PING:
            pings += 1
            await socket.send_str('{"event":"ping","id":"alive"}')
        else:
            assert message.type is aiohttp.WSMsgType.TEXT, message
    await socket.send_str('{"event":"ping","id":"last"}')
    while True:
        frame = await socket.receive_json()
        if frame["id"] == "last":
            break
    await socket.close()


async def test_a_clients_ping_is_answered_with_what_it_said(serve_chat: ServeChat) -> None:
    chat = await serve_chat()
    ayse = await chat.person("ayse")
    socket = await deaf(chat, ayse)
    await socket.ping(b"are you there?")
    message = await socket.receive(timeout=5)
    assert (message.type, bytes(message.data)) == (aiohttp.WSMsgType.PONG, b"are you there?")
    await socket.close()


async def test_before_auth_the_heart_beats_too(serve_chat: ServeChat) -> None:
    chat = await serve_chat(auth_timeout_seconds=60, **SHORT)
    socket = await chat.http.ws_connect(f"{chat.url}/v1/ws", autoping=False)
    assert (await socket.receive(timeout=5)).type is aiohttp.WSMsgType.PING
    message = await socket.receive(timeout=5)
    assert message.type is not aiohttp.WSMsgType.TEXT
    assert socket.close_code == 1006
    await socket.close()
