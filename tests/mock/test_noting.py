"""What of an exchange comes into the journal."""

import asyncio

import aiohttp
from aiohttp import web

from tests.mock.equipped import equipped
from tests.mock.served import answering, json_example, openapi
from tests.support.waiting import until

ADD_PET = answering(
    json_example("x" * 5_000),
    operationId="addPet",
    requestBody={"content": {"application/json": {}}},
)
DOCUMENT = openapi({"/pets": {"post": ADD_PET}})


async def test_sockets_are_in_it_when_they_are_over(tmp_path):
    async def once(request: web.BaseRequest) -> web.StreamResponse | None:
        if request.path != "/live":
            return None
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        return socket

    async with equipped(tmp_path, DOCUMENT) as ask:
        ask.mock.mount("/", ask.equipment.noted(once), in_front=True)
        url = f"{ask.running.url}/live?x=1"
        async with aiohttp.ClientSession() as http, http.ws_connect(url) as socket:
            await socket.close(code=4000)
        await until(lambda: ask.entries)
        [entry] = ask.entries
        assert (entry.status, entry.target, entry.origin) == (101, "/live?x=1", "closed 4000")


async def test_what_is_left_for_later_is_the_same_as_what_is_written_at_once(tmp_path):
    async with equipped(tmp_path, DOCUMENT) as ask:
        await ask.get("/nowhere", X_Mine="1")
        await ask("POST", "/pets", json={"name": "cat"})
        ask.equipment.journal.listeners.append(lambda _: None)
        await ask.get("/nowhere", X_Mine="1")
        later, posted, at_once = ask.entries
        assert (later.number, posted.number, at_once.number) == (1, 2, 3)
        for entry in (later, at_once):
            assert (entry.method, entry.status, entry.path) == ("GET", 404, "/nowhere")
            assert ("X-Mine", "1") in list(entry.request_headers)
        assert later.answer_body == at_once.answer_body
        assert later.began_ms <= posted.began_ms <= at_once.began_ms
        assert posted.request_body == b'{"name": "cat"}'
        assert posted.operation == "addPet"
        assert posted.answer_bytes == len(posted.answer_body) == 5_002


async def test_an_address_in_the_request_line_is_told_as_its_path(tmp_path):
    async with equipped(tmp_path, DOCUMENT) as ask:
        reader, writer = await asyncio.open_connection("127.0.0.1", ask.running.port)
        writer.write(b"GET http://pets.example/cats?x=1 HTTP/1.1\r\nHost: pets.example\r\n\r\n")
        assert b"404" in await reader.readline()
        writer.write_eof()
        writer.close()
        [entry] = ask.entries
        assert (entry.address, entry.target) == ("http://pets.example", "/cats?x=1")
