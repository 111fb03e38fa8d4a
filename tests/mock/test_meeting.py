"""Weather on the wire: what clients really see of it."""

import asyncio
import time

import aiohttp
import pytest

from altlas_chat.mock.plans import read_plan
from tests.mock.equipped import equipped
from tests.mock.served import answering, json_example, openapi
from tests.support.waiting import until

LONG = "x" * 20_000
DOCUMENT = openapi(
    {
        "/pets": {
            "get": {
                "operationId": "listPets",
                "responses": {
                    "200": {"description": "Pets", "content": json_example(LONG)},
                    "503": {"description": "Busy", "content": json_example({"error": "busy"})},
                },
            }
        },
        "/pets/{id}": {"get": answering(json_example("pet")), "delete": answering(None, "204")},
    }
)


async def test_every_answer_is_late_by_latency(tmp_path):
    async with equipped(tmp_path, DOCUMENT, rules=("listPets: latency=150ms",)) as ask:
        began = time.perf_counter()
        assert (await ask.get("/pets/7")).status == 200
        assert time.perf_counter() - began < 0.15
        began = time.perf_counter()
        assert (await ask.get("/pets")).status == 200
        assert 0.15 <= time.perf_counter() - began < 2
        assert [one.weather for one in ask.entries] == ["", "+150ms"]


async def test_an_error_says_when_to_come_back(tmp_path):
    async with equipped(tmp_path, DOCUMENT, amounts={"error": 1}) as ask:
        answer = await ask.get("/pets")
        undeclared = await ask.get("/pets/7")
        nowhere = await ask.get("/nowhere")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert (undeclared.status, undeclared.json["status"]) == (503, 503)
    assert nowhere.status == 503


async def test_the_same_seed_and_calls_bring_the_same_answers_in_every_mock(tmp_path):
    async def statuses(seed: int) -> list[int]:
        options = {"amounts": {"error": 0.4, "status": "500,502"}, "seed": seed}
        async with equipped(tmp_path, DOCUMENT, **options) as ask:
            found = []
            for _ in range(30):
                found.append((await ask.get("/pets")).status)
                await ask.get("/pets/7")
            return found

    first = await statuses(1)
    assert set(first) == {200, 500, 502}
    assert await statuses(1) == first
    assert await statuses(2) != first


async def test_calls_at_the_same_time_share_out_the_same_weather(tmp_path):
    async with equipped(tmp_path, DOCUMENT, amounts={"error": 0.4}) as ask:
        answers = await asyncio.gather(*(ask.get("/pets/7") for _ in range(40)))
        together = sorted(one.status for one in answers)
        ask.equipment.weather.change(ask.equipment.weather.plan)
        alone = sorted([(await ask.get("/pets/7")).status for _ in range(40)])
    assert together == alone


@pytest.mark.parametrize("fault", ["drop", "reset", "garbage", "truncate"])
async def test_a_connection_that_breaks_is_no_answer(tmp_path, fault, caplog):
    async with equipped(tmp_path, DOCUMENT, rules=(f"listPets: {fault}",)) as ask:
        for _ in range(2):
            with pytest.raises(aiohttp.ClientError):
                await ask.get("/pets")
        assert (await ask.get("/pets/7")).status == 200
        *broken, last = ask.entries  # the client may try again by itself
        assert len(broken) >= 2
        assert {one.weather for one in broken} == {fault}
        assert last.weather == ""
        assert broken[0].status == (200 if fault == "truncate" else 0)
    assert not caplog.records, "for the mock it is no error"


async def raw(ask, *, more: bytes = b"", method: bytes = b"GET") -> bytes:
    """All bytes of a connection until the mock closes it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", ask.running.port)
    writer.write(method + b" /pets HTTP/1.1\r\nHost: localhost\r\n\r\n" + more)
    found = b""
    try:
        async with asyncio.timeout(10):
            while part := await reader.read(65536):
                found += part
    except ConnectionResetError:
        found += b"<reset>"
    writer.close()
    return found


@pytest.mark.parametrize("fault", ["drop", "reset"])
async def test_a_reset_is_told_from_an_end(tmp_path, fault):
    async with equipped(tmp_path, DOCUMENT, amounts={fault: 1}) as ask:
        assert await raw(ask) == (b"<reset>" if fault == "reset" else b"")


async def test_half_a_body_comes_with_the_length_of_the_whole(tmp_path):
    async with equipped(tmp_path, DOCUMENT, amounts={"truncate": 1}) as ask:
        head, _, body = (await raw(ask)).partition(b"\r\n\r\n")
        assert b"Content-Length: 20002" in head
        assert len(body) == 10001
        assert b"Content-Length: 20002" in await raw(ask, method=b"HEAD")


async def test_after_an_answer_the_connection_ends_although_it_was_to_be_kept(tmp_path):
    async with equipped(tmp_path, DOCUMENT, amounts={"drop-after": 1}) as ask:
        again = b"GET /pets HTTP/1.1\r\nHost: localhost\r\n\r\n"
        found = await raw(ask, more=again)
    assert found.count(b"200 OK") == 1
    assert found.endswith(LONG.encode() + b'"')
    assert b"Connection: close" not in found


async def test_a_stalled_call_ends_when_the_client_goes(tmp_path):
    async with equipped(tmp_path, DOCUMENT, rules=("listPets: stall",)) as ask:
        with pytest.raises(asyncio.TimeoutError):
            async with asyncio.timeout(0.1):
                await ask.get("/pets")
        await until(lambda: ask.entries)
        assert (ask.entries[0].status, ask.entries[0].weather) == (0, "stall")


async def test_a_slow_body_comes_at_its_speed_and_whole(tmp_path):
    async with equipped(tmp_path, DOCUMENT, amounts={"slow-body": "100KB/s"}) as ask:
        began = time.perf_counter()
        answer = await ask.get("/pets")
        assert 0.15 <= time.perf_counter() - began < 2
        assert answer.json == LONG
        assert (await ask("DELETE", "/pets/7")).status == 204


async def test_too_many_calls_are_told_so(tmp_path):
    async with equipped(tmp_path, DOCUMENT, rules=("GET /pets/*: limit=2/h",)) as ask:
        found = [await ask.get("/pets/7") for _ in range(3)]
        assert [one.status for one in found] == [200, 200, 429]
        assert 3590 < int(found[2].headers["Retry-After"]) <= 3600
        assert (await ask.get("/pets")).status == 200


async def test_weather_is_switched_at_run_time(tmp_path):
    async with equipped(tmp_path, DOCUMENT) as ask:
        assert (await ask.get("/pets")).status == 200
        ask.equipment.weather.change(read_plan({"preset": "outage"}))
        assert (await ask.get("/pets")).status == 503
        ask.equipment.weather.change(read_plan({}))
        assert (await ask.get("/pets")).status == 200
