"""``altlas-chat tail``: what one person hears, in lines or as JSON, also after a cut."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from altlas_chat_cli import output
from tests.support.devices import PASSWORD
from tests.support.proxy import Proxy
from tests.support.running import Chat, Person
from tests.support.talking import TalkProcess, talking
from tests.support.waiting import until


@asynccontextmanager
async def tail_of(url: str, folder: Path, name: str, *words: str) -> AsyncIterator[TalkProcess]:
    words = ("--as", name, "--password", PASSWORD, "--url", url, *words)
    async with talking(folder, *words, name="tail") as tail:
        yield tail


async def listens(chat: Chat, person: Person) -> None:
    await until(lambda: bool(chat.running.parts.hub.listeners_of(person.user_id)))


async def write(person: Person, room: str, text: str) -> None:
    body = {"conversationId": room, "clientId": os.urandom(8).hex(), "text": text}
    await person.gets("POST", "/messages", body)


async def test_lines_for_people(chat: Chat, tmp_path: Path) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    async with tail_of(chat.url, tmp_path, "mehmet", "--event", "message.*") as tail:
        await listens(chat, mehmet)
        await write(ayse, room, "Merhaba\x1b[2J\ndünya")
        line = await tail.shows("message.created")
        assert line.split()[1:] == ["message.created", "Ayse", "Ayse:", "Merhaba[2J", "dünya"]
        tail.interrupt()
        assert await tail.ended() == output.INTERRUPTED
    assert not any("notification" in line for line in tail.shown), "it was not asked for"


async def test_json_for_programs_and_an_end(chat: Chat, tmp_path: Path) -> None:
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    room, other = await chat.direct(ayse, mehmet), await chat.direct(zeynep, mehmet)
    words = ("--json", "--in", room, "--count", "2", "--event", "message.created")
    async with tail_of(chat.url, tmp_path, "mehmet", *words) as tail:
        await listens(chat, mehmet)
        await write(zeynep, other, "elsewhere")
        await write(ayse, room, "bir")
        await write(ayse, room, "iki")
        assert await tail.ended() == output.DONE
    frames = [json.loads(line) for line in tail.shown]
    assert [one["data"]["message"]["text"] for one in frames] == ["bir", "iki"]
    assert [one["stream"] for one in frames] == [f"conversation:{room}"] * 2


async def test_what_was_missed_is_printed(chat: Chat, tmp_path: Path) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    cursor = (await mehmet.gets("GET", "/sync"))["cursor"]
    await write(ayse, room, "before")
    words = ("--cursor", cursor, "--event", "message.created", "--count", "3")
    async with (
        Proxy(chat.url) as proxy,
        tail_of(proxy.url, tmp_path, "mehmet", *words) as tail,
    ):
        await tail.shows("before")
        proxy.refuses = True
        proxy.cut()
        await tail.tells("reconnecting")
        await write(ayse, room, "meanwhile")
        proxy.refuses = False
        await tail.tells("back")
        await write(ayse, room, "afterwards")
        assert await tail.ended() == output.DONE
    assert [line.split()[-1] for line in tail.shown] == ["before", "meanwhile", "afterwards"]


async def test_what_cannot_be_is_told(chat: Chat, tmp_path: Path) -> None:
    await chat.person("ayse")
    async with tail_of(chat.url, tmp_path, "ayse", "--in", "nowhere") as tail:
        assert await tail.ended() == output.FAILED
        await tail.tells("There is no conversation")
    async with tail_of("http://127.0.0.1:1", tmp_path, "ayse") as tail:
        assert await tail.ended() == output.FAILED
        await tail.tells("No altlas-chat server answers")
    async with tail_of(chat.url, tmp_path, "ayse", "--cursor", "nonsense", "--count", "1") as tail:
        await tail.tells("events are missing here: cursor_invalid")
