"""HTTP's own manners: methods, addresses, request ids, other origins, the base path."""

import re
from typing import Any

import aiohttp
import pytest

from altlas_chat.contract.documents import load_operations
from tests.support import contract
from tests.support.raw import request_bytes, send_raw
from tests.support.running import Chat, ServeChat

ORIGIN = "https://chat.example.org"


async def ask(chat: Chat, method: str, path: str, **headers: str) -> tuple[int, Any, Any]:
    """Status, headers, and JSON if there is some."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with chat.http.request(method, chat.url + path, headers=named) as response:
        body = await response.json(content_type=None) if await response.read() else None
        return response.status, response.headers, body


@pytest.mark.parametrize(
    "path",
    ["/", "/v1", "/v1/", "/v2/healthz", "/healthz", "/v1/nothing", "/v1/healthz/", "/v1//healthz"],
)
async def test_an_address_that_is_none(chat: Chat, path: str) -> None:
    status, headers, problem = await ask(chat, "GET", path)
    assert (status, problem["code"]) == (404, "RESOURCE_NOT_FOUND")
    assert headers["Content-Type"] == "application/problem+json"
    assert problem["requestId"] == headers["X-Request-Id"]
    assert problem["remedy"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/v1/healthz", "GET, HEAD"),
        ("GET", "/v1/auth/login", "POST"),
        ("OPTIONS", "/v1/auth/login", "POST"),
        ("PATCH", "/v1/users/me", "GET, HEAD, PUT"),
        ("POST", "/v1/messages/x", "DELETE, GET, HEAD, PUT"),
        ("TRACE", "/v1/messages/x", "DELETE, GET, HEAD, PUT"),
        ("PROPFIND", "/v1/conversations", "GET, HEAD, POST"),
    ],
)
async def test_a_method_that_the_address_has_not(
    chat: Chat, method: str, path: str, allowed: str
) -> None:
    status, headers, problem = await ask(chat, method, path)
    assert (status, problem["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert headers["Allow"] == allowed


def plain_paths_that_a_template_matches() -> dict[str, set[str]]:
    """The methods of each path such as /messages/search, where there is /messages/{messageId}."""
    paths = {one.path for one in load_operations()}
    templates = [re.compile(re.sub(r"\{\w+\}", "[^/]+", one)) for one in paths if "{" in one]
    return {
        path: {one.method.upper() for one in load_operations() if one.path == path}
        for path in sorted(paths)
        if "{" not in path and any(one.fullmatch(path) for one in templates)
    }


async def test_a_plain_address_answers_for_itself(chat: Chat) -> None:
    plain = plain_paths_that_a_template_matches()
    assert {"/messages/search", "/messages/starred", "/users/me", "/users/me/avatar"} <= set(plain)
    for path, methods in plain.items():
        has = methods | ({"HEAD"} if "GET" in methods else set())
        for method in {"GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE"} - has:
            status, headers, problem = await ask(chat, method, f"/v1{path}")
            assert (status, problem["code"]) == (405, "METHOD_NOT_ALLOWED"), (method, path)
            assert headers["Allow"] == ", ".join(sorted(has)), (method, path)
        for method in methods:
            status, _, _ = await ask(chat, method, f"/v1{path}")
            assert status == 401, (method, path)


async def test_what_only_begins_like_a_plain_address_is_a_parameter(chat: Chat) -> None:
    for path in ("/v1/messages/searched", "/v1/messages/search%0A", "/v1/users/search/avatar"):
        _, headers, _ = await ask(chat, "PATCH", path)
        assert "GET" in headers["Allow"]
        assert (await ask(chat, "GET", path))[0] == 401


async def test_head_is_get_without_the_body(chat: Chat) -> None:
    for path in ("/v1/healthz", "/v1/readyz", "/v1/openapi.json"):
        status, headers, body = await ask(chat, "HEAD", path)
        assert (status, body) == (200, None)
        _, of_get, _ = await ask(chat, "GET", path)
        assert headers["Content-Length"] == of_get["Content-Length"]
    status, _, body = await ask(chat, "HEAD", "/v1/users/me")
    assert (status, body) == (401, None)
    status, _, _ = await ask(chat, "HEAD", "/v1/nothing")
    assert status == 404


@pytest.mark.parametrize("name", ["abc-1.2_3", "x" * 64])
async def test_a_request_keeps_the_id_that_it_was_given(chat: Chat, name: str) -> None:
    _, headers, _ = await ask(chat, "GET", "/v1/healthz", X_Request_Id=name)
    assert headers["X-Request-Id"] == name
    _, headers, problem = await ask(chat, "GET", "/v1/users/me", X_Request_Id=name)
    assert headers["X-Request-Id"] == problem["requestId"] == name


@pytest.mark.parametrize("name", ["x" * 65, "a b", "<script>", "é", "a;b", ""])
async def test_an_id_that_is_none_is_replaced(chat: Chat, name: str) -> None:
    answer = await send_raw(
        chat.url, request_bytes("GET", "/v1/users/me", X_Request_Id=name.encode().decode("latin-1"))
    )
    assert answer.headers["x-request-id"] == answer.json()["requestId"]
    assert answer.headers["x-request-id"] not in (name, "")


async def test_two_requests_have_two_ids(chat: Chat) -> None:
    first = (await ask(chat, "GET", "/v1/healthz"))[1]["X-Request-Id"]
    assert first != (await ask(chat, "GET", "/v1/healthz"))[1]["X-Request-Id"]


async def test_answers_are_neither_kept_nor_guessed_at(chat: Chat) -> None:
    for path in ("/v1/healthz", "/v1/users/me"):
        _, headers, _ = await ask(chat, "GET", path)
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"


async def test_health_and_readiness(chat: Chat) -> None:
    assert (await ask(chat, "GET", "/v1/healthz"))[2] == {"status": "ok"}
    assert (await ask(chat, "GET", "/v1/readyz"))[2] == {"status": "ready"}
    chat.running.parts.health.is_draining = True
    status, headers, problem = await ask(chat, "GET", "/v1/readyz")
    assert (status, problem["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert int(headers["Retry-After"]) >= 1
    assert (await ask(chat, "GET", "/v1/healthz"))[0] == 200


async def test_the_contract_is_served(chat: Chat) -> None:
    _, _, document = await ask(chat, "GET", "/v1/openapi.json")
    assert document["openapi"].startswith("3.1")
    assert "/messages" in document["paths"]
    _, _, document = await ask(chat, "GET", "/v1/asyncapi.json")
    assert document["asyncapi"].startswith("3.")


async def test_who_is_no_administrator_is_told_so(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    status, problem = await ayse.call("GET", "/admin/users")
    assert (status, problem["code"]) == (403, "PERMISSION_DENIED")


# -- other origins ---------------------------------------------------------------------


async def preflight(chat: Chat, origin: str, method: str = "PATCH") -> tuple[int, Any, Any]:
    return await ask(
        chat,
        "OPTIONS",
        "/v1/messages",
        Origin=origin,
        Access_Control_Request_Method=method,
        Access_Control_Request_Headers="content-type,authorization,x-requested-with,x-api-key",
    )


async def test_a_page_of_a_named_origin_may_call(serve_chat: ServeChat) -> None:
    chat = await serve_chat(cors_origins=(ORIGIN, "http://localhost:3000"))
    for origin in (ORIGIN, "http://localhost:3000"):
        status, headers, body = await preflight(chat, origin)
        assert (status, body) == (204, None)
        assert headers["Access-Control-Allow-Origin"] == origin
        assert headers["Access-Control-Allow-Credentials"] == "true"
        assert headers["Access-Control-Max-Age"] == "86400"
        assert "PATCH" in headers["Access-Control-Allow-Methods"]
        for name in ("Content-Type", "Authorization", "X-Requested-With", "X-API-Key"):
            assert name in headers["Access-Control-Allow-Headers"]
        for path in ("/v1/healthz", "/v1/users/me", "/v1/nothing"):
            _, headers, _ = await ask(chat, "GET", path, Origin=origin)
            assert headers["Access-Control-Allow-Origin"] == origin
            assert headers["Access-Control-Allow-Credentials"] == "true"
            assert "X-Request-Id" in headers["Access-Control-Expose-Headers"]
            assert "Origin" in headers.getall("Vary")


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        ORIGIN + ".evil.example",
        ORIGIN + ":444",
        "http://chat.example.org",
        "null",
    ],
)
async def test_a_page_of_another_origin_may_not(serve_chat: ServeChat, origin: str) -> None:
    chat = await serve_chat(cors_origins=(ORIGIN,))
    for _, headers, _ in (
        await preflight(chat, origin),
        await ask(chat, "GET", "/v1/healthz", Origin=origin),
    ):
        assert not any(name.startswith("Access-Control-") for name in headers)
        assert headers["Vary"] == "Origin"


async def test_no_page_may_unless_it_is_set(chat: Chat) -> None:
    _, headers, _ = await preflight(chat, ORIGIN)
    assert not any(name.startswith("Access-Control-") for name in headers)


async def test_a_star_lets_all_call_without_credentials(serve_chat: ServeChat) -> None:
    chat = await serve_chat(cors_origins=("*",))
    _, headers, _ = await preflight(chat, "https://anybody.example")
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers


# -- the base path -----------------------------------------------------------------------


async def test_everything_is_below_the_base_path(
    serve_chat: ServeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract, "BASE_PATHS", {"/chat/api", "/v1"})
    chat = await serve_chat(base_path="/chat/api")
    assert (await ask(chat, "GET", "/chat/api/healthz"))[0] == 200
    assert (await ask(chat, "GET", "/v1/nothing"))[0] == 404
    ayse, mehmet = await chat.people("ayse", "mehmet")
    token = {"Authorization": f"Bearer {ayse.token}"}
    place = f"{chat.url}/chat/api/conversations"
    async with chat.http.post(place, json={"userId": mehmet.user_id}, headers=token) as response:
        assert response.status == 201
        location = response.headers["Location"]
    assert location.startswith("/chat/api/conversations/")
    async with chat.http.get(chat.url + location, headers=token) as response:
        assert response.status == 200
    async with chat.http.ws_connect(f"{chat.url}/chat/api/ws", headers=token) as socket:
        assert (await socket.receive_json())["event"] == "ready"


# -- the socket's address ------------------------------------------------------------------


async def test_the_sockets_address_wants_an_upgrade(chat: Chat) -> None:
    status, _, problem = await ask(chat, "GET", "/v1/ws")
    assert (status, problem["errors"][0]["parameter"]) == (422, "Upgrade")


@pytest.mark.parametrize("query", ["token=secret", "resume=now"])
async def test_the_sockets_address_takes_nothing_else(chat: Chat, query: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await chat.http.ws_connect(f"{chat.url}/v1/ws?{query}")
    assert refused.value.status == 422


async def test_unknown_parameters_are_refused_everywhere(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    for method, path in (("GET", "/users/me"), ("GET", "/healthz"), ("POST", "/auth/logout")):
        status, problem = await ayse.call(method, path, unknown=1)
        assert (status, problem["errors"][0]["parameter"]) == (422, "unknown")
