"""A peer that sends a byte now and then, and never a whole frame: not served for ever."""

import asyncio

import pytest

from tests.support.raw_socket import TEXT, RawSocket, frame
from tests.support.running import ServeChat

PAUSE_SECONDS = 0.05
ENDLESS = frame(TEXT, b'{"event":"ping","data":{}}' + b" " * 60_000)


async def drips(raw: RawSocket) -> list[int]:
    """Send a byte, look whether something came, and so on; the opcodes until the server closed."""
    heard = []
    receiving = asyncio.create_task(raw.receive())
    for byte in ENDLESS:
        await raw.send(bytes([byte]))
        done, _ = await asyncio.wait([receiving], timeout=PAUSE_SECONDS)
        if done:
            found = receiving.result()
            if found is None:
                return heard
            heard.append(found.opcode)
            receiving = asyncio.create_task(raw.receive())
    raise AssertionError("it was listened to for ever")


@pytest.mark.slow
async def test_before_it_is_known_its_time_is_up(serve_chat: ServeChat) -> None:
    chat = await serve_chat(auth_timeout_seconds=1)
    raw = await RawSocket.open(chat.url)
    assert TEXT in await drips(raw), "it is told why"
    await raw.close()


@pytest.mark.slow
async def test_afterwards_it_is_as_one_that_says_nothing(serve_chat: ServeChat) -> None:
    chat = await serve_chat(heartbeat_seconds=2, pong_timeout_seconds=1)
    person = await chat.person("ayse")
    raw = await RawSocket.open(chat.url, Authorization=f"Bearer {person.token}")
    await drips(raw)
    await raw.close()
    assert not chat.running.parts.hub.listeners_of(person.user_id)
