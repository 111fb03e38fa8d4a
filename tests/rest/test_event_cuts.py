"""Streams of events under fire: cut at any byte, each event is heard once (invariant 5).

The client keeps nothing but the last id, as a browser does: no double is
dropped and no hole is asked for.
"""

import asyncio
import contextlib
import random
import uuid
from dataclasses import dataclass, field

import aiohttp
import pytest

from altlas_chat.domain.cursor import Cursor
from tests.support.contract import checked_session
from tests.support.proxy import Proxy
from tests.support.running import Chat, Json, Person
from tests.support.streams import hearing

BROKEN = (aiohttp.ClientError, OSError, AssertionError)


async def say(person: Person, room: str, text: str) -> Json:
    draft = {"conversationId": room, "clientId": str(uuid.uuid4()), "text": text}
    return await person.gets("POST", "/messages", draft)


@dataclass
class Browser:
    """A device behind a proxy that connects again with its last id, for ever."""

    person: Person
    proxy: Proxy
    last_id: str
    heard: list[tuple[str, int]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    begins: dict[str, int] = field(default_factory=dict)
    connections: int = 0
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        while True:
            async with checked_session() as http:
                person = Person(http, self.proxy.url, self.person.user_id, self.person.token)
                with contextlib.suppress(*BROKEN):
                    await self._listen_once(person)

    async def _listen_once(self, person: Person) -> None:
        async with hearing(person, self.last_id) as stream:
            self.connections += 1
            while (frame := await stream.next()) is not None:
                self.last_id = stream.last_id or self.last_id
                if frame["event"] == "resync_required":
                    self.heard.append(("resync_required", 0))
                if "seq" in frame:
                    self.heard.append((frame["stream"], frame["seq"]))
                if frame["event"] == "conversation.joined":
                    view = frame["data"]["conversation"]
                    self.begins[f"conversation:{view['id']}"] = view["seq"]
                if frame["event"] == "message.created":
                    self.texts.append(frame["data"]["message"]["text"])
                self.told.set()

    async def has(self, truth: dict[str, int]) -> None:
        """Wait until everything was heard."""
        async with asyncio.timeout(30):
            while Cursor.decode(self.last_id).positions != truth:
                self.told.clear()
                await self.told.wait()


async def begun(person: Person, proxy: Proxy) -> Browser:
    cursor = (await person.gets("GET", "/sync"))["cursor"]
    return Browser(person, proxy, cursor, begins=dict(Cursor.decode(cursor).positions))


def assert_each_once(browser: Browser, truth: dict[str, int]) -> None:
    """Each stream in its order from where it began, without a hole or a double."""
    streams: dict[str, list[int]] = {stream: [] for stream in truth}
    for stream, seq in browser.heard:
        streams[stream].append(seq)
    for stream, seqs in streams.items():
        assert seqs == list(range(browser.begins[stream] + 1, truth[stream] + 1)), stream


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
async def test_each_event_is_heard_once_wherever_the_stream_is_cut(
    chat_on_each: Chat, seed: int
) -> None:
    chat, chance = chat_on_each, random.Random(seed)
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    rooms = [await chat.group(ayse, mehmet, zeynep), await chat.direct(ayse, mehmet)]
    sent: list[str] = []

    async def write() -> None:
        for number in range(120):
            room = chance.choice(rooms)
            sent.append(f"{number}")
            message = await say(ayse, room, f"{number}")
            if number % 7 == 0:
                await ayse.gets("PUT", f"/messages/{message['id']}", {"text": f"{number}!"})
            if number % 40 == 20:
                rooms.append(await chat.group(ayse, mehmet, name=f"{number}"))

    async def cut(browser: Browser) -> None:
        while True:
            browser.told.clear()
            await browser.told.wait()
            if chance.random() < 0.3:
                browser.proxy.cut()
            else:
                browser.proxy.cut_after(chance.randrange(1, 4000))

    async with contextlib.AsyncExitStack() as stack:
        proxies = [await stack.enter_async_context(Proxy(chat.url)) for _ in range(2)]
        browsers = [await begun(mehmet, proxy) for proxy in proxies]
        tasks = [asyncio.create_task(one.listen()) for one in browsers]
        cutting = [asyncio.create_task(cut(one)) for one in browsers]
        await write()
        for task in cutting:
            task.cancel()
        await asyncio.gather(*cutting, return_exceptions=True)
        truth = Cursor.decode((await mehmet.gets("GET", "/sync"))["cursor"]).positions
        for browser in browsers:
            await browser.has(truth)
        for task in tasks:
            task.cancel()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in found), found
    assert sum(one.connections for one in browsers) > 10, "hardly anything was cut"
    for browser in browsers:
        assert_each_once(browser, truth)
        # What was written before a new group was heard of came with the group.
        assert len(set(browser.texts)) > 80


@pytest.mark.slow
async def test_cut_at_every_byte_of_a_replay(chat: Chat) -> None:
    """One replay of five events, broken after each of its first bytes in turn."""
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    cursor = (await mehmet.gets("GET", "/sync"))["cursor"]
    for number in range(5):
        await say(ayse, room, f"{number}")
    async with Proxy(chat.url) as proxy, checked_session() as http:
        person = Person(http, proxy.url, mehmet.user_id, mehmet.token)
        for size in (*range(1, 900, 37), *range(900, 9000, 211)):
            heard: list[str] = []
            last_id: str | None = cursor
            task = asyncio.create_task(_cut(proxy, size))
            while heard[-1:] != ["4"]:
                with contextlib.suppress(*BROKEN):
                    async with hearing(person, last_id) as stream:
                        while (frame := await stream.next()) is not None:
                            last_id = stream.last_id or last_id
                            if frame["event"] == "message.created":
                                heard.append(frame["data"]["message"]["text"])
                            if heard[-1:] == ["4"]:
                                break
            task.cancel()
            assert heard == ["0", "1", "2", "3", "4"], size


async def _cut(proxy: Proxy, size: int) -> None:
    """Break the next connection after so many bytes of the server's."""
    made = proxy.connections
    while proxy.connections == made:
        await asyncio.sleep(0)
    proxy.cut_after(size)
