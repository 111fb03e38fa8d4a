"""Requests as they come over the wire: odd ones, too. None is answered with 500."""

import asyncio
import logging

import pytest

from tests.mock.served import answering, json_example, mocked, openapi

THINGS = openapi(
    {
        "/things/{id}": {
            "get": answering(
                json_example("one"),
                parameters=[
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "n", "in": "query", "schema": {"type": "integer"}},
                ],
            ),
            "post": answering(json_example("made"), requestBody={"content": json_example({})}),
        },
        "/options": {"options": answering(json_example("mine"))},
    },
    servers=[
        {
            "url": "https://api.example.org/{v}",
            "variables": {"v": {"default": "v1", "enum": ["v1", "v2"]}},
        }
    ],
)


async def exchange(ask, request: bytes) -> bytes:
    """What comes back on a connection of its own until it is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", ask.running.port)
    writer.write(request)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


ODD = [
    (b"GET /things/%zz", 200),
    (b"GET /things/%00", 200),
    (b"GET /things/%C3%28", 200),
    (b"GET /things/..", 200),
    (b"GET //things//7", 404),
    (b"GET http://elsewhere.example/things/7", 200),
    (b"GET /things/7?%=&&==&n", 422),
    (b"GET /things/7?n=99999999999999999999999", 200),
    (b"GET /things/7?n=" + b"9" * 299, 200),
    (b"GET /things/7?n=" + b"9" * 6000, 422),
    (b"GET /things/7?n=1e999", 422),
    (b"GET /things/7?__code=x", 422),
    (b"GET /things/7?__code=100", 422),
    (b"OPTIONS *", 204),
    (b"PROPFIND /things/7", 405),
]


@pytest.mark.parametrize(("start", "status"), ODD)
async def test_odd_requests(tmp_path, start, status):
    async with mocked(tmp_path, THINGS) as ask:
        answer = await exchange(ask, start + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 %d" % status), answer


async def test_a_body_that_is_not_encoded_as_it_says(tmp_path, caplog):
    request = (
        b"POST /things/7 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Encoding: gzip\r\n"
        b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )
    with caplog.at_level(logging.ERROR):
        async with mocked(tmp_path, THINGS) as ask:
            answer = await exchange(ask, request)
    assert answer.startswith(b"HTTP/1.1 400")
    assert not caplog.records


async def test_a_client_that_waits_for_leave_to_send(tmp_path):
    head = (
        b"POST /things/7 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\n"
        b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n"
    )
    async with mocked(tmp_path, THINGS) as ask:
        reader, writer = await asyncio.open_connection("127.0.0.1", ask.running.port)
        writer.write(head)
        leave = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        writer.write(b"{}")
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
    assert leave == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert answer.startswith(b"HTTP/1.1 200")


async def test_many_requests_on_one_connection(tmp_path):
    request = b"GET /things/7 HTTP/1.1\r\nHost: a\r\n\r\n"
    last = b"GET /things/7 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    async with mocked(tmp_path, THINGS) as ask:
        answer = await exchange(ask, request * 5 + last)
    assert answer.count(b"HTTP/1.1 200 OK") == 6


async def test_head_is_get_without_its_body(tmp_path):
    async with mocked(tmp_path, THINGS) as ask:
        answer = await ask("HEAD", "/things/7")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == "5"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/things/7", 200),
        ("/v1/things/7", 200),
        ("/v2/things/7", 200),
        ("/v3/things/7", 404),
        ("/things/7?__server=https://api.example.org/v2", 200),
        ("/things/7?__server=https%3A%2F%2Fapi.example.org%2Fv3", 404),
    ],
)
async def test_base_paths_of_servers(tmp_path, path, status):
    async with mocked(tmp_path, THINGS) as ask:
        assert (await ask.get(path)).status == status


async def test_an_operation_may_have_servers_of_its_own(tmp_path):
    paths = {
        "/a": {"get": answering(json_example("a"), servers=[{"url": "/own/"}])},
        "/b": {"servers": [{"url": "/other"}], "get": answering(json_example("b"))},
    }
    async with mocked(tmp_path, openapi(paths, servers=[{"url": "/all"}])) as ask:
        found = [
            (await ask.get(path)).status for path in ("/own/a", "/all/a", "/other/b", "/all/b")
        ]
    assert found == [200, 404, 200, 404]


ORIGIN = {"Origin": "https://app.example"}


async def test_pages_of_other_origins_may_ask(tmp_path):
    asked = ORIGIN | {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, x-own",
    }
    async with mocked(tmp_path, THINGS) as ask:
        before = await ask("OPTIONS", "/things/7", headers=asked)
        then = await ask("GET", "/things/7", headers=ORIGIN)
        refused = await ask("GET", "/nowhere", headers=ORIGIN)
        plain = await ask.get("/things/7")
    assert before.status == 204
    assert before.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert before.headers["Access-Control-Allow-Headers"] == "content-type, x-own"
    for answer in (before, then, refused):
        assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example"
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert answer.headers["Vary"] == "Origin"
    assert "Content-Type" in then.headers["Access-Control-Expose-Headers"]
    assert plain.headers["Access-Control-Allow-Origin"] == "*"


async def test_without_cors_options_is_the_contracts(tmp_path):
    async with mocked(tmp_path, THINGS, cors=False) as ask:
        mine = await ask("OPTIONS", "/options", headers=ORIGIN)
        other = await ask("OPTIONS", "/things/7", headers=ORIGIN)
    assert (mine.status, mine.json) == (200, "mine")
    assert "Access-Control-Allow-Origin" not in mine.headers
    assert (other.status, other.headers["Allow"]) == (405, "GET, HEAD, POST")


async def test_what_is_deprecated_says_so(tmp_path):
    old = {"deprecated": True, "x-sunset": "2027-06-30", "x-deprecated-at": "2026-01-01"}
    paths = {
        "/old": {"get": answering(json_example(1), **old)},
        "/older": {"get": answering(json_example(1), deprecated=True)},
        "/new": {"get": answering(json_example(1))},
    }
    async with mocked(tmp_path, openapi(paths)) as ask:
        old_one, older, new = [await ask.get(path) for path in ("/old", "/older", "/new")]
    assert old_one.headers["Deprecation"] == "@1767225600"
    assert old_one.headers["Sunset"] == "Wed, 30 Jun 2027 00:00:00 GMT"
    assert older.headers["Deprecation"] == "@0"
    assert "Deprecation" not in new.headers
