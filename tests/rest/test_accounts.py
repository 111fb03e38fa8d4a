"""Accounts over HTTP: what a client sees of logging in, tokens and passwords."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from altlas_chat.domain.errors import SessionRevoked
from altlas_chat.server.run import running_server
from tests.support.devices import PASSWORD
from tests.support.running import Chat, Json, Person, ServeChat, quick_settings


async def post(
    chat: Chat, path: str, body: Json, token: str | None = None
) -> tuple[int, Any, Json]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    url = f"{chat.url}/v1{path}"
    async with chat.http.post(url, json=body, headers=headers) as response:
        answer = await response.json() if await response.read() else {}
        return response.status, response.headers, answer


async def log_in(chat: Chat, **name: str) -> Json:
    status, _, tokens = await post(chat, "/auth/login", {"password": PASSWORD, **name})
    assert status == 200, tokens
    return tokens


def with_token(person: Person, token: str) -> Person:
    return Person(person.http, person.url, person.user_id, token)


async def test_a_life_of_an_account(chat_on_each: Chat) -> None:
    chat = chat_on_each
    body = {"username": "Ayşe", "password": PASSWORD, "email": "ayse@example.org"}
    status, _, tokens = await post(chat, "/auth/register", body)
    assert (status, tokens["tokenType"]) == (201, "Bearer")
    assert tokens["user"]["displayName"] == "Ayşe"
    again = {"username": "AYŞE", "password": PASSWORD}
    status, _, problem = await post(chat, "/auth/register", again)
    assert (status, problem["code"]) == (409, "USERNAME_TAKEN")
    status, _, problem = await post(chat, "/auth/register", {**body, "username": "other"})
    assert (status, problem["code"]) == (409, "EMAIL_TAKEN")
    for name in ({"username": "ayşe"}, {"email": "AYSE@example.org"}, {"login": "ayşe"}):
        tokens = await log_in(chat, **name)
    ayse = Person(chat.http, chat.url, tokens["user"]["id"], tokens["accessToken"])
    me = await ayse.gets("GET", "/users/me")
    assert me["email"] == "ayse@example.org"
    assert "message:create" in me["permissions"]
    seen = await ayse.gets("GET", f"/users/{ayse.user_id}")
    assert "email" not in seen
    assert "permissions" not in seen


async def test_the_profile_changes_where_it_is_said(chat_on_each: Chat) -> None:
    ayse = await chat_on_each.person("ayse")
    before = await ayse.gets("GET", "/users/me")
    changed = await ayse.gets("PUT", "/users/me", {"displayName": " Ayşe Öz ", "bio": "çay"})
    assert changed == {**before, "displayName": "Ayşe Öz", "bio": "çay"}
    assert await ayse.gets("PUT", "/users/me", {"displayName": "Ayşe Öz"}) == changed
    assert (await ayse.gets("PUT", "/users/me", {"bio": ""}))["bio"] == ""


async def test_who_is_not_known_is_refused_with_what_is_wanted(chat: Chat) -> None:
    for header, code in (
        (None, "AUTH_UNAUTHORIZED"),
        ("", "AUTH_UNAUTHORIZED"),
        ("Bearer", "AUTH_UNAUTHORIZED"),
        ("Bearer  ", "AUTH_UNAUTHORIZED"),
        ("Basic YXlzZTp4", "AUTH_UNAUTHORIZED"),
        ("Bearer nonsense", "AUTH_TOKEN_INVALID"),
        ("Bearer a.b.c", "AUTH_TOKEN_INVALID"),
        ("Bearer " + "x" * 5000, "AUTH_TOKEN_INVALID"),
    ):
        headers = {} if header is None else {"Authorization": header}
        async with chat.http.get(f"{chat.url}/v1/users/me", headers=headers) as response:
            problem = await response.json()
            assert (response.status, problem["code"]) == (401, code), header
            assert response.headers["WWW-Authenticate"].startswith('Bearer realm="altlas-chat"')
            assert problem["remedy"]


async def test_a_token_that_nests_deeply_is_no_token(chat: Chat) -> None:
    def part(text: str) -> str:
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    deep = part('{"iss":' + "[" * 2500 + "]" * 2500 + "}")
    token = ".".join((part('{"alg":"HS256","typ":"JWT"}'), deep, "c2ln"))
    for path in ("/users/me", "/conversations"):
        status, problem = await Person(chat.http, chat.url, "", token).call("GET", path)
        assert (status, problem["code"]) == (401, "AUTH_TOKEN_INVALID")


async def test_wrong_passwords_are_slowed_down(chat: Chat) -> None:
    await chat.person("ayse")
    for _ in range(10):
        status, _, problem = await post(
            chat, "/auth/login", {"username": "ayse", "password": "wrong"}
        )
        assert (status, problem["code"]) == (401, "AUTH_INVALID_CREDENTIALS")
    status, headers, problem = await post(
        chat, "/auth/login", {"username": "ayse", "password": PASSWORD}
    )
    assert (status, problem["code"]) == (429, "RATE_LIMIT_EXCEEDED")
    assert 0 < int(headers["Retry-After"]) <= 300
    assert await chat.person("mehmet")


async def test_refreshing_rotates_and_repetition_ends_the_session(serve_chat: ServeChat) -> None:
    chat = await serve_chat(refresh_grace_seconds=0)
    ayse = await chat.person("ayse")
    tokens = await log_in(chat, username="ayse")
    status, _, fresh = await post(chat, "/auth/refresh", {"refreshToken": tokens["refreshToken"]})
    assert status == 200
    assert fresh["sessionId"] == tokens["sessionId"]
    assert fresh["refreshToken"] != tokens["refreshToken"]
    status, _, problem = await post(chat, "/auth/refresh", {"refreshToken": tokens["refreshToken"]})
    assert (status, problem["code"]) == (401, "AUTH_TOKEN_REUSED")
    status, _, problem = await post(chat, "/auth/refresh", {"refreshToken": fresh["refreshToken"]})
    assert (status, problem["code"]) == (401, "AUTH_SESSION_REVOKED")
    status, problem = await with_token(ayse, fresh["accessToken"]).call("GET", "/users/me")
    assert (status, problem["code"]) == (401, "AUTH_SESSION_REVOKED")
    assert (await ayse.call("GET", "/users/me"))[0] == 200


async def test_a_refresh_token_is_no_access_token_and_the_other_way_round(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    tokens = await log_in(chat, username="ayse")
    status, problem = await with_token(ayse, tokens["refreshToken"]).call("GET", "/users/me")
    assert (status, problem["code"]) == (401, "AUTH_TOKEN_INVALID")
    body = {"refreshToken": tokens["accessToken"][:512]}
    status, _, problem = await post(chat, "/auth/refresh", body)
    assert (status, problem["code"]) == (401, "AUTH_TOKEN_INVALID")


async def test_refreshing_at_once_from_many_tabs(chat_on_each: Chat) -> None:
    chat = chat_on_each
    await chat.person("ayse")
    tokens = await log_in(chat, username="ayse")
    body = {"refreshToken": tokens["refreshToken"]}
    answers = await asyncio.gather(*(post(chat, "/auth/refresh", body) for _ in range(8)))
    assert [status for status, _, _ in answers] == [200] * 8
    for _, _, fresh in answers:
        status, _, _ = await post(chat, "/auth/refresh", {"refreshToken": fresh["refreshToken"]})
        if status == 200:
            break
    else:
        pytest.fail("no answer's token could be used")


async def test_logging_out_here_and_everywhere(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    others = [with_token(ayse, (await log_in(chat, username="ayse"))["accessToken"]) for _ in "ab"]
    assert (await others[0].call("POST", "/auth/logout"))[0] == 204
    assert (await others[0].call("POST", "/auth/logout"))[0] == 401
    assert (await others[1].call("GET", "/users/me"))[0] == 200
    assert (await ayse.call("POST", "/auth/logout-everywhere"))[0] == 204
    for device in (ayse, *others):
        status, problem = await device.call("GET", "/users/me")
        assert (status, problem["code"]) == (401, "AUTH_SESSION_REVOKED")
    assert await log_in(chat, username="ayse")


async def test_another_password(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    other = with_token(ayse, (await log_in(chat, username="ayse"))["accessToken"])
    wish = {"currentPassword": "wrong", "newPassword": "another-horse-7"}
    status, problem = await ayse.call("PUT", "/auth/password", wish)
    assert (status, problem["code"]) == (401, "AUTH_INVALID_CREDENTIALS")
    status, _ = await ayse.call("PUT", "/auth/password", {**wish, "currentPassword": PASSWORD})
    assert status == 204
    assert (await ayse.call("GET", "/users/me"))[0] == 200
    assert (await other.call("GET", "/users/me"))[0] == 401
    status, _, _ = await post(chat, "/auth/login", {"username": "ayse", "password": PASSWORD})
    assert status == 401


async def test_registration_can_be_closed(serve_chat: ServeChat) -> None:
    chat = await serve_chat(registration="closed")
    body = {"username": "ayse", "password": PASSWORD}
    status, _, problem = await post(chat, "/auth/register", body)
    assert (status, problem["code"]) == (403, "PERMISSION_DENIED")


async def test_a_session_stays_ended_across_a_restart(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    settings = quick_settings(f"sqlite:///{tmp_path}/chat.db")
    async with running_server(settings) as running:
        chat = Chat(running, http, [])
        ended, lasting = await chat.people("ayse", "mehmet")
        assert (await ended.call("POST", "/auth/logout"))[0] == 204
    async with running_server(settings) as running:
        credentials = running.parts.deps.credentials
        with pytest.raises(SessionRevoked):
            credentials.claims_of(ended.token)
        assert credentials.claims_of(lasting.token)["sub"] == lasting.user_id
