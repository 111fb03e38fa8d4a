"""The REST side of the client: tokens that expire, servers that are away."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import aiohttp
import jwt
import pytest
from aiohttp import web

from altlas_chat.client.api import Api
from altlas_chat.client.errors import LoggedOut, Refused, Unreachable
from tests.support.devices import PASSWORD
from tests.support.process import free_port
from tests.support.running import Chat


def expired(chat: Chat, token: str) -> str:
    """The same token, some time later."""
    claims = jwt.decode(token, options={"verify_signature": False})
    key = chat.running.parts.deps.credentials._key
    return jwt.encode({**claims, "exp": claims["iat"] - 60}, key, "HS256")


async def logged_in(chat: Chat, name: str = "ayse") -> Api:
    await chat.person(name)
    api = Api(chat.http, chat.url)
    await api.log_in(name, PASSWORD, "phone")
    return api


async def test_logging_in_and_calling(chat: Chat) -> None:
    api = await logged_in(chat)
    assert (await api.call("GET", "/users/me"))["id"] == api.session.user["id"]
    assert await api.call("POST", "/auth/logout") == {}
    with pytest.raises(Refused) as refused:
        await api.call("GET", "/users/me")
    assert refused.value.code == "AUTH_SESSION_REVOKED"


async def test_a_wrong_password_is_refused(chat: Chat) -> None:
    await chat.person("ayse")
    with pytest.raises(Refused) as refused:
        await Api(chat.http, chat.url).log_in("ayse", "wrong")
    assert refused.value.code == "AUTH_INVALID_CREDENTIALS"
    assert refused.value.problem["remedy"]


async def test_before_logging_in_there_is_no_session(chat: Chat) -> None:
    with pytest.raises(LoggedOut):
        await Api(chat.http, chat.url).call("GET", "/users/me")


async def test_an_expired_token_is_refreshed_once_for_all_who_need_it(chat: Chat) -> None:
    api = await logged_in(chat)
    before = api.session
    api.session.access_token = expired(chat, before.access_token)
    stale = api.session.refresh_token
    answers = await asyncio.gather(*(api.call("GET", "/users/me") for _ in range(8)))
    assert all(answer["id"] == before.user["id"] for answer in answers)
    assert api.session.session_id == before.session_id
    assert api.session.refresh_token != stale
    # Had it been refreshed twice, the first new token would have been superseded.
    await api.refresh(api.session.access_token)
    assert await api.call("GET", "/users/me")


async def test_a_refused_refresh_is_the_end_of_the_session(chat: Chat) -> None:
    api = await logged_in(chat)
    await api.call("POST", "/auth/logout-everywhere")
    api.session.access_token = expired(chat, api.session.access_token)
    with pytest.raises(LoggedOut):
        await api.call("GET", "/users/me")


async def test_a_server_in_trouble_is_not_the_end_of_the_session(
    chat: Chat, tmp_path: Path
) -> None:
    api = await logged_in(chat)
    api.session.access_token = expired(chat, api.session.access_token)
    with closing(sqlite3.connect(tmp_path / "chat.db", isolation_level=None)) as database:
        database.execute("ALTER TABLE refresh_tokens RENAME TO away")
        with pytest.raises(Unreachable):
            await api.call("GET", "/users/me")
        database.execute("ALTER TABLE away RENAME TO refresh_tokens")
    assert await api.call("GET", "/users/me")


async def test_nobody_there(http: aiohttp.ClientSession) -> None:
    with pytest.raises(Unreachable):
        await Api(http, f"http://127.0.0.1:{free_port()}").log_in("ayse", PASSWORD)


async def test_somebody_else_there() -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<html>hello</html>", content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as http:
        with pytest.raises(Unreachable, match="no altlas-chat server"):
            await Api(http, f"http://127.0.0.1:{port}").log_in("ayse", PASSWORD)
    await runner.cleanup()
