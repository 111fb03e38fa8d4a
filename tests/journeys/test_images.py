"""Large images come to the real program, and their pixels are never in its memory."""

import asyncio
from pathlib import Path

import aiohttp
import psutil
import pytest
from PIL import Image

from tests.rest.test_files import upload
from tests.support.devices import PASSWORD
from tests.support.images import claiming, tiresome, written
from tests.support.process import ServerProcess
from tests.support.running import Person

MIB = 1 << 20
GROWTH_AT_MOST = 12 * MIB
"""Of the server, by images of 75 MiB of pixels each."""


async def test_images_do_not_count_into_the_servers_memory(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    server = ServerProcess(f"sqlite:///{tmp_path}/chat.db", tmp_path)
    await server.start()
    assert server.process is not None
    process = psutil.Process(server.process.pid)
    body = {"username": "ayse", "password": PASSWORD, "displayName": "Ayşe"}
    async with http.post(f"{server.url}/v1/auth/register", json=body) as response:
        answer = await response.json()
    ayse = Person(http, server.url, answer["user"]["id"], answer["accessToken"])
    assert (await upload(ayse, written(Image.new("RGB", (9, 9)))))[0] == 201
    before = process.memory_info().rss
    large = [written(Image.new("RGB", (5120, 5120 - n)), "JPEG") for n in range(4)]
    most = 0
    uploads = asyncio.gather(*(upload(ayse, one) for one in large))
    while not uploads.done():
        most = max(most, process.memory_info().rss)
        await asyncio.wait([uploads], timeout=0.01)
    assert [(status, file["hasPreview"]) for status, file in await uploads] == [(201, True)] * 4
    assert most - before < GROWTH_AT_MOST
    assert await server.stop() == 0


@pytest.mark.slow
async def test_the_server_answers_others_while_it_has_a_hard_one(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    server = ServerProcess(f"sqlite:///{tmp_path}/chat.db", tmp_path)
    await server.start()
    body = {"username": "ayse", "password": PASSWORD, "displayName": "Ayşe"}
    async with http.post(f"{server.url}/v1/auth/register", json=body) as response:
        answer = await response.json()
    ayse = Person(http, server.url, answer["user"]["id"], answer["accessToken"])
    hard = asyncio.ensure_future(upload(ayse, tiresome()))
    _, bomb = await upload(ayse, claiming(50_000, 50_000))
    assert bomb["errors"][0]["code"] == "TOO_MANY_PIXELS"
    answered = 0
    while not hard.done():
        await ayse.gets("GET", "/users/me")
        answered += 1
    assert answered > 100
    assert (await hard)[0] == 201
    assert await server.stop() == 0
