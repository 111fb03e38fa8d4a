"""The proxy: everything arrives as it was sent, and what breaks the contract is told."""

import asyncio
import gzip
import io
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web

from altlas_chat.mock.forwarding import decoded
from altlas_chat.mock.real_server import ProxySettings, ProxyUnusable, real_server
from altlas_chat.mock.settings import MockSettings, Validate
from tests.mock.equipped import Equipped, equipped
from tests.mock.served import openapi
from tests.support.process import free_port
from tests.support.waiting import until

PET = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "secret": {"type": "string", "writeOnly": True},
    },
}
PETS = {
    "200": {
        "description": "Pets",
        "headers": {"X-Total": {"required": True, "schema": {"type": "integer", "maximum": 9}}},
        "content": {"application/json": {"schema": {"type": "array", "items": PET}}},
    },
    "304": {"description": "The same"},
    "4XX": {"description": "No", "content": {"application/problem+json": {}}},
}
DOCUMENT = openapi(
    {
        "/pets": {
            "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
            "get": {"operationId": "listPets", "responses": PETS},
            "post": {
                "operationId": "addPet",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": PET}},
                },
                "responses": {
                    "201": {
                        "description": "Added",
                        "content": {"application/json": {"schema": PET}},
                    }
                },
            },
        },
        "/any": {"get": {"responses": {"default": {"description": "Anything"}}}},
        "/files": {
            "get": {"responses": {"200": {"description": "Bytes", "content": {"image/*": {}}}}},
        },
        "/events": {
            "get": {
                "responses": {"200": {"description": "Live", "content": {"text/event-stream": {}}}}
            },
        },
    },
    servers=[{"url": "https://pets.example/v1"}],
)

Handler = Any


@asynccontextmanager
async def proxied(
    folder: Any, handler: Handler, *, path: str = "", settings: MockSettings | None = None, **more
) -> AsyncIterator[Equipped]:
    """A proxy in front of a real server with one handler for everything."""

    async def answered(request: web.Request) -> web.StreamResponse:
        result = handler(request)
        return await result if asyncio.iscoroutine(result) else result

    app = web.Application(client_max_size=2**30)
    app.router.add_route("*", "/{path:.*}", answered)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}{path}"
    settings = settings or MockSettings(validate=Validate.WARN)
    try:
        async with equipped(
            folder, DOCUMENT, settings, proxy=ProxySettings(url=url, **more)
        ) as ask:
            yield ask
    finally:
        await runner.cleanup()


def pets(value: Any = ({"id": 1},), status: int = 200, **headers: str) -> web.Response:
    named = {"X-Total": "1", **{name.replace("_", "-"): one for name, one in headers.items()}}
    return web.json_response(
        list(value) if isinstance(value, tuple) else value, status=status, headers=named
    )


def told(ask: Equipped) -> list[tuple[str, str, str, str, str]]:
    """All that was found wrong, advice left out."""
    return [
        (side, one.where, one.name, one.pointer, one.keyword)
        for entry in ask.entries
        for side, one in entry.breaches
        if not one.is_advice
    ]


async def test_an_exchange_that_keeps_the_contract_is_passed_on_as_it_is(tmp_path):
    seen: list[web.Request] = []

    def handler(request):
        seen.append(request)
        return pets(Set_Cookie="a=1", Date="today", Server="real")

    async with proxied(tmp_path, handler) as ask:
        headers = {"X-Mine": "ğ", "Cookie": "a=1", "User-Agent": "me", "Authorization": "Bearer x"}
        answer = await ask("GET", "/pets?limit=3&x=%2F+a", headers=headers)
        assert (answer.status, answer.json) == (200, [{"id": 1}])
        assert answer.headers.getall("Set-Cookie") == ["a=1"]
        assert answer.headers["Server"] == "real"
        assert "X-Mock-Violations" not in answer.headers or "unknown" in str(answer.headers)
        [request] = seen
        assert request.raw_path == "/pets?limit=3&x=%2F+a"
        assert {name: request.headers[name] for name in headers} == headers
        assert request.host == ask.equipment.forwarder.server.authority
        assert told(ask) == []
        assert ask.entries[0].origin == "proxy"
        assert ask.equipment.summary.lines == ["1 exchanges, none broke the contract."]


async def test_what_belongs_to_one_connection_is_not_passed_on(tmp_path):
    seen = []

    def handler(request):
        seen.append(request.headers)
        return pets(Connection="X-Hop", X_Hop="1", Keep_Alive="timeout=5", X_Kept="1")

    async with proxied(tmp_path, handler) as ask:
        hops = {"Connection": "keep-alive, X-Hop", "X-Hop": "1", "TE": "trailers", "X-Kept": "1"}
        answer = await ask("GET", "/pets", headers={**hops, "Proxy-Authorization": "x"})
        assert not {"X-Hop", "TE", "Proxy-Authorization"} & set(seen[0])
        assert seen[0]["X-Kept"] == "1"
        assert "X-Hop" not in answer.headers
        assert answer.headers["X-Kept"] == "1"


BROKEN = [
    (pets(status=500, value={}), "status", "", "", "undeclared"),
    (pets(value=[{"id": "x"}]), "body", "", "/0/id", "type"),
    (pets(value=[{}]), "body", "", "/0", "required"),
    (web.Response(text="[]", headers={"X-Total": "1"}), "header", "Content-Type", "", "contentType"),
    (web.json_response([]), "header", "X-Total", "", "required"),
    (pets(X_Total="10"), "header", "X-Total", "", "maximum"),
    (pets(X_Total="many"), "header", "X-Total", "", "type"),
    (
        web.Response(body=b"[", content_type="application/json", headers={"X-Total": "1"}),
        "body", "", "", "format",
    ),
    (
        web.Response(body=b"", content_type="application/json", headers={"X-Total": "1"}),
        "body", "", "", "required",
    ),
    (pets(status=404, value={}), "header", "Content-Type", "", "contentType"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(BROKEN)))
async def test_an_answer_that_breaks_the_contract_is_told_and_passed_on(tmp_path, number):
    response, *place = BROKEN[number]
    body, status = response.body, response.status
    again = lambda _: web.Response(  # noqa: E731 - a response can be sent once
        body=body, status=status, headers={k: v for k, v in response.headers.items() if k != "Content-Length"}
    )  # fmt: skip
    async with proxied(tmp_path, again) as ask:
        answer = await ask("GET", "/pets")
        assert (answer.status, answer.body) == (status, body)
        assert told(ask) == [("answer", *place)]
        [header] = orjson.loads(answer.headers["X-Mock-Violations"])
        assert header["side"] == "answer"
        assert ask.equipment.summary.broken == 1
        assert "1 x listPets: answer" in ask.equipment.summary.lines[1]


async def test_a_property_only_for_requests_breaks_the_contract_in_an_answer(tmp_path):
    async with proxied(tmp_path, lambda _: pets(value=[{"id": 1, "secret": "x"}])) as ask:
        await ask("GET", "/pets")
        assert told(ask) == [("answer", "body", "", "/0/secret", "writeOnly")]


async def test_strictly_it_is_refused(tmp_path):
    strict = MockSettings(validate=Validate.STRICT)
    calls = []

    def handler(request):
        calls.append(request.path)
        return pets(value=[{"id": "x"}])

    async with proxied(tmp_path, handler, settings=strict, strict=True) as ask:
        answer = await ask("GET", "/pets")
        assert (answer.status, answer.headers["Content-Type"]) == (502, "application/problem+json")
        assert answer.places == [("body", "", "/0/id")]
        assert (await ask("GET", "/pets?limit=x")).status in (400, 422)
        assert (await ask("GET", "/nowhere")).status == 404
        assert calls == ["/pets"], "what is refused is not forwarded"


async def test_requests_are_held_to_the_contract_and_passed_on_too(tmp_path):
    async def handler(request):
        return web.json_response(await request.json(), status=201)

    async with proxied(tmp_path, handler) as ask:
        answer = await ask("POST", "/pets?limit=many", json={"id": 1, "name": "ğ"})
        assert (answer.status, answer.json) == (201, {"id": 1, "name": "ğ"})
        answer = await ask("POST", "/pets", json={"id": "x"})
        assert answer.json == {"id": "x"}
        assert told(ask) == [
            ("request", "query", "limit", "", "type"),
            ("request", "body", "", "/id", "type"),
            ("answer", "body", "", "/id", "type"),
        ]


async def test_what_the_contract_does_not_know_is_passed_on_and_told(tmp_path):
    async with proxied(tmp_path, lambda request: web.Response(text=request.method)) as ask:
        assert (await ask("GET", "/nowhere")).text == "GET"
        assert (await ask("DELETE", "/pets", data=b"x")).text == "DELETE"
        assert {one[1] for one in told(ask)} == {"operation"}
        assert len(told(ask)) == 2


async def test_a_preflight_is_answered_here_unless_that_is_off(tmp_path):
    asked = {"Origin": "http://page.example", "Access-Control-Request-Method": "GET"}
    async with proxied(tmp_path, lambda _: pets(X_Real="1")) as ask:
        assert "X-Real" not in (await ask("OPTIONS", "/pets", headers=asked)).headers
        answer = await ask("GET", "/pets", headers={"Origin": "http://page.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "http://page.example"
    settings = MockSettings(validate=Validate.WARN, cors=False)
    async with proxied(tmp_path, lambda _: pets(X_Real="1"), settings=settings) as ask:
        assert "X-Real" in (await ask("OPTIONS", "/pets", headers=asked)).headers


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_what_is_compressed_is_passed_on_so_and_looked_at_plain(tmp_path, encoding):
    plain = orjson.dumps([{"id": "x"}])
    body = gzip.compress(plain) if encoding == "gzip" else zlib.compress(plain)
    asked = []

    def handler(request):
        asked.append(request.headers["Accept-Encoding"])
        headers = {"Content-Encoding": encoding, "X-Total": "1"}
        return web.Response(body=body, content_type="application/json", headers=headers)

    async with proxied(tmp_path, handler) as ask:
        answer = await ask("GET", "/pets", headers={"Accept-Encoding": f"br, {encoding};q=0.5"})
        assert answer.headers["Content-Encoding"] == encoding
        assert answer.json == [{"id": "x"}]
        assert told(ask) == [("answer", "body", "", "/0/id", "type")]
        await ask("GET", "/pets", headers={"Accept-Encoding": "br"})
        assert asked == [f"{encoding};q=0.5", "identity"]


def test_encodings_are_undone_or_left():
    raw = b"x" * 100
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    assert decoded(raw, "") == raw
    assert decoded(gzip.compress(raw), "GZIP") == raw
    assert decoded(deflater.compress(raw) + deflater.flush(), "deflate") == raw
    assert decoded(raw, "gzip") is None
    assert decoded(raw, "br") is None
    assert decoded(gzip.compress(b"\0" * 50_000_000), "gzip") is None


async def test_redirects_are_passed_on(tmp_path):
    def handler(request):
        return web.Response(status=307, headers={"Location": "https://elsewhere.example/"})

    async with proxied(tmp_path, handler) as ask:
        answer = await ask("GET", "/any")
        assert (answer.status, answer.headers["Location"]) == (307, "https://elsewhere.example/")
        assert told(ask) == []


async def test_a_head_and_an_answer_without_body_stay_what_they_are(tmp_path):
    def handler(request):
        return web.Response(status=304, headers={"X-Total": "1"}) if request.query else pets()

    async with proxied(tmp_path, handler) as ask:
        head = await ask("HEAD", "/pets")
        assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", "11")
        same = await ask("GET", "/pets?limit=1")
        assert (same.status, same.body) == (304, b"")
        assert told(ask) == []


async def test_what_the_real_server_has_not_got_yet_is_answered_by_the_mock(tmp_path):
    async with proxied(tmp_path, lambda _: pets(status=501)) as ask:
        answer = await ask("GET", "/pets", headers={"Prefer": "dynamic=true"})
        assert answer.status == 200
        assert all(isinstance(one["id"], int) for one in answer.json)
        assert (await ask("GET", "/nowhere")).status == 501
        assert [one.origin for one in ask.entries] == ["mock for 501", "proxy"]
        assert [one[1] for one in told(ask)] == ["operation"]


async def test_the_address_may_have_a_path_in_front_that_is_not_doubled(tmp_path):
    async with proxied(tmp_path, lambda one: web.Response(text=one.path), path="/v1") as ask:
        assert (await ask("GET", "/any")).text == "/v1/any"
        assert (await ask("GET", "/v1/any?x=1")).text == "/v1/any"
    async with proxied(tmp_path, lambda one: web.Response(text=one.path), path="/x/") as ask:
        assert (await ask("GET", "/any")).text == "/x/any"
        assert (await ask("GET", "/v1/any")).text == "/x/v1/any"


async def test_large_and_live_bodies_are_passed_on_as_they_come(tmp_path):
    large = b"\x89PNG" + bytes(20_000_000)
    goes_on = asyncio.Event()

    async def handler(request):
        if request.path == "/files":
            return web.Response(body=large, content_type="image/png")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"data: 1\n\n")
        await goes_on.wait()
        await response.write(b"data: 2\n\n")
        return response

    async with proxied(tmp_path, handler) as ask:
        answer = await ask("GET", "/files")
        assert answer.body == large
        assert answer.headers["Content-Length"] == str(len(large))
        async with aiohttp.ClientSession() as http, http.get(f"{ask.running.url}/events") as live:
            assert await live.content.readline() == b"data: 1\n"
            goes_on.set()
            assert (await live.content.read()).endswith(b"data: 2\n\n")
        await until(lambda: len(ask.entries) == 2)
        first, second = ask.entries
        assert (first.answer_bytes, len(first.answer_body)) == (len(large), 64_000)
        assert second.answer_body == b"data: 1\n\ndata: 2\n\n"
        assert told(ask) == []


async def test_a_large_body_is_passed_on_unread(tmp_path):
    async def handler(request):
        size = 0
        async for part in request.content.iter_any():
            size += len(part)
        text = f"{request.headers['Content-Length']} {size}"
        return web.json_response({"id": size, "text": text}, status=201)

    large = b'{"id": 1, "name": "' + b"x" * 80_000_000 + b'"}'
    async with proxied(tmp_path, handler) as ask:
        headers = {"Content-Type": "application/json"}
        answer = await ask("POST", "/pets", data=io.BytesIO(large), headers=headers)
        assert answer.json == {"id": len(large), "text": f"{len(large)} {len(large)}"}
        assert told(ask) == []
        assert ask.entries[0].request_bytes == len(large)
        answer = await ask("POST", "/pets", data=io.BytesIO(large), headers=headers, expect100=True)
        assert answer.status == 201
        headers["Content-Type"] = "text/csv"
        await ask("POST", "/pets", data=io.BytesIO(large), headers=headers)
        assert [one[4] for one in told(ask)] == ["contentType"]


async def test_a_server_that_breaks_off_breaks_off_here_too(tmp_path, caplog):
    async def handler(request):
        response = web.StreamResponse(headers={"Content-Type": "image/png", "Content-Length": "99"})
        await response.prepare(request)
        await response.write(b"abc")
        request.transport.close()
        return response

    async with proxied(tmp_path, handler) as ask:
        with pytest.raises(aiohttp.ClientPayloadError):
            await ask("GET", "/files")
        await until(lambda: ask.entries)
    assert not [one for one in caplog.records if "mock" in one.name or one.name == "aiohttp.server"]


async def test_a_server_that_is_not_there_is_told_with_what_to_do(tmp_path):
    settings = MockSettings(validate=Validate.WARN)
    proxy = ProxySettings(url=f"http://127.0.0.1:{free_port()}")
    async with equipped(tmp_path, DOCUMENT, settings, proxy=proxy) as ask:
        answer = await ask("GET", "/pets")
        assert (answer.status, answer.headers["Content-Type"]) == (502, "application/problem+json")
        assert "--proxy" in answer.json["detail"]


async def test_a_server_that_is_silent_is_waited_for_so_long(tmp_path):
    async def handler(request):
        await asyncio.Event().wait()

    async with proxied(tmp_path, handler, timeout_seconds=0.1) as ask:
        answer = await ask("GET", "/pets")
        assert answer.status == 504
        assert "--proxy-timeout" in answer.json["detail"]


async def test_weather_comes_over_the_real_server_too(tmp_path):
    calls = []
    async with proxied(tmp_path, lambda one: calls.append(one) or pets()) as ask:
        await ask.admin("PUT", "/weather", {"error": 1, "status": 503})
        assert (await ask("GET", "/pets")).status == 503
        assert not calls


@pytest.mark.parametrize(
    "url", ["pets.example", "ftp://pets.example", "http://", "http://a:b@c.example", "http://x?y=1"]
)
def test_what_is_no_address_of_a_server_is_told(url):
    with pytest.raises(ProxyUnusable) as caught:
        real_server(url)
    assert url in caught.value.detail
    assert caught.value.remedy
