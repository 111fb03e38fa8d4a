"""The connection to PostgreSQL breaks when a change was committed, and before the server knows it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.line import Line
from tests.support.postgres import fresh_database
from tests.support.running import Chat, Json, Person, ServeChat, Wire


@pytest.fixture
def line() -> Iterator[Line]:
    with fresh_database() as url:
        yield Line(url)


@pytest.fixture
async def chat(line: Line, serve_chat: ServeChat, tmp_path: Path) -> AsyncIterator[Chat]:
    async with line.open(tmp_path) as url:
        yield await serve_chat(database=url)


async def unheard(
    person: Person, line: Line, room: str, method: str, path: str, body: Json | None
) -> None:
    """A call about a room whose commit is made, and whose answer from the database is lost."""
    line.loses, before = room, line.lost
    status, problem = await person.call(method, path, body)
    assert (status, problem["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert line.lost == before + 1


async def hears(wire: Wire, event: str) -> Json:
    async with asyncio.timeout(20):
        return await wire.next_of(event)


async def test_a_message_is_heard_all_the_same(chat: Chat, line: Line) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    wire = await mehmet.connects()
    draft = {"conversationId": room, "clientId": "c", "text": "merhaba"}
    await unheard(ayse, line, room, "POST", "/messages", draft)
    assert (await hears(wire, "message.created"))["data"]["message"]["text"] == "merhaba"
    assert (await ayse.call("POST", "/messages", draft))[0] == 200
    await ayse.gets("POST", "/messages", {**draft, "clientId": "d", "text": "next"})
    assert (await hears(wire, "message.created"))["data"]["message"]["text"] == "next"


async def test_who_was_removed_hears_no_more(chat: Chat, line: Line) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.group(ayse, mehmet)
    wire = await mehmet.connects()
    await unheard(ayse, line, room, "DELETE", f"/groups/{room}/members/{mehmet.user_id}", None)
    left = await hears(wire, "conversation.left")
    assert left["data"] == {"conversationId": room, "reason": "removed"}


async def test_who_was_added_hears_from_then_on(chat: Chat, line: Line) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.group(ayse)
    wire = await mehmet.connects()
    body = {"userIds": [mehmet.user_id]}
    await unheard(ayse, line, room, "POST", f"/groups/{room}/members", body)
    assert (await hears(wire, "conversation.joined"))["data"]["conversation"]["id"] == room
    await ayse.gets("POST", "/messages", {"conversationId": room, "clientId": "c", "text": "hi"})
    assert (await hears(wire, "message.created"))["data"]["message"]["text"] == "hi"
