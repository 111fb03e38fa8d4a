"""A talk as a part: each message is shown once, whichever way it comes first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from altlas_chat.client.api import Api
from altlas_chat.client.connection import Connection
from altlas_chat.client.talk import Talk
from tests.support.devices import PASSWORD
from tests.support.running import Chat

WAIT_SECONDS = 10


class Wall:
    """Keeps what is shown."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._changed = asyncio.Event()

    def show(self, line: str) -> None:
        self.lines.append(line)
        self._changed.set()

    def notice(self, text: str) -> None:
        self.show(f"· {text}")

    async def shows(self, text: str) -> None:
        async with asyncio.timeout(WAIT_SECONDS):
            while not any(text in line for line in self.lines):
                self._changed.clear()
                await self._changed.wait()

    def count(self, text: str) -> int:
        return sum(line.endswith(text) for line in self.lines)


@asynccontextmanager
async def connected(chat: Chat, name: str) -> AsyncIterator[tuple[Api, Connection]]:
    api = Api(chat.http, chat.url)
    await api.log_in(name, PASSWORD)
    async with Connection(chat.http, api) as connection:
        async with asyncio.timeout(WAIT_SECONDS):
            await connection.connected.wait()
        yield api, connection


async def test_what_came_while_the_history_was_loaded_is_shown_once(chat: Chat) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    view = await mehmet.gets("GET", f"/conversations/{room}")
    wall = Wall()
    async with connected(chat, "mehmet") as (api, connection):
        talk = Talk(api, connection, view, wall, echo=True)
        # After the replies their events wait to be heard, and the history has them, too.
        await connection.send_message(room, "bir")
        await connection.send_message(room, "iki")
        await talk.begin()
        assert wall.count("iki") == 1
        listening = asyncio.create_task(talk.listen())
        await talk.say("üç")
        await wall.shows("üç")
        listening.cancel()
    assert [wall.count(text) for text in ("bir", "iki", "üç")] == [1, 1, 1]
