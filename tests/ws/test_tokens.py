"""Sockets and tokens: expired, foreign, ended."""

import jwt
import pytest

from altlas_chat.services.accounts import refresh_revocations
from altlas_chat.storage import sessions
from tests.support.running import Chat, Wire, open_wire


async def refusal(chat: Chat, token: str) -> tuple[str, int]:
    wire = await open_wire(chat.http, chat.url)
    await wire.sends("auth", {"token": token}, "a")
    error = await wire.next()
    assert error["event"] == "error"
    assert error["id"] == "a"
    assert error["data"]["remedy"]
    return error["data"]["code"], await wire.close_code()


def claims(chat: Chat, **changes: object) -> dict[str, object]:
    now = chat.running.parts.deps.clock.now_ms() // 1000
    return {
        "iss": "altlas-chat",
        "aud": "altlas-chat",
        "sub": "somebody",
        "sid": "session",
        "role": "admin",
        "typ": "access",
        "iat": now,
        "exp": now + 600,
        **changes,
    }


async def test_a_token_of_another_key(chat: Chat) -> None:
    token = jwt.encode(claims(chat), "another key of thirty-two bytes!", "HS256")
    assert await refusal(chat, token) == ("AUTH_TOKEN_INVALID", 4001)


async def test_a_token_without_a_signature(chat: Chat) -> None:
    token = jwt.encode(claims(chat), "", "none")
    assert await refusal(chat, token) == ("AUTH_TOKEN_INVALID", 4001)


async def test_an_expired_token(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    own = jwt.decode(ayse.token, options={"verify_signature": False})
    credentials = chat.running.parts.deps.credentials
    expired = jwt.encode({**own, "exp": own["iat"] - 60}, credentials._key, "HS256")
    assert await refusal(chat, expired) == ("AUTH_TOKEN_EXPIRED", 4001)


async def test_logging_out_closes_the_socket_and_refuses_the_token(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    wire = await ayse.connects()
    status, _ = await ayse.call("POST", "/auth/logout")
    assert status == 204
    assert await wire.close_code() == 4003
    assert await refusal(chat, ayse.token) == ("AUTH_SESSION_REVOKED", 4003)
    status, problem = await ayse.call("GET", "/users/me")
    assert (status, problem["code"]) == (401, "AUTH_SESSION_REVOKED")


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic abc", "Bearer"])
async def test_a_header_that_names_nobody_is_refused_before_the_upgrade(
    chat: Chat, header: str
) -> None:
    async with chat.http.get(
        f"{chat.url}/v1/ws",
        headers={
            "Authorization": header,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        },
    ) as response:
        assert response.status == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_header_is_enough(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    async with chat.http.ws_connect(
        f"{chat.url}/v1/ws", headers={"Authorization": f"Bearer {ayse.token}"}
    ) as socket:
        assert (await socket.receive_json())["event"] == "ready"


async def test_a_session_that_ends_before_the_frame_comes_opens_no_socket(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    header = {"Authorization": f"Bearer {ayse.token}"}
    wire = Wire(await chat.http.ws_connect(f"{chat.url}/v1/ws?resume=frame", headers=header))
    assert (await ayse.call("POST", "/auth/logout"))[0] == 204
    await wire.sends("auth", {}, "a")
    error = await wire.next()
    assert (error["event"], error["id"]) == ("error", "a")
    assert error["data"]["code"] == "AUTH_SESSION_REVOKED"
    assert await wire.close_code() == 4003


async def test_a_session_that_is_ended_elsewhere_loses_its_sockets(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    wire, other = await ayse.connects(), await mehmet.connects()
    deps = chat.running.parts.deps
    session_id, at = wire.ready["data"]["sessionId"], deps.clock.now_ms()
    await deps.database.write(
        lambda tx: sessions.revoke_session(tx, session_id, "test", at), lane="test"
    )
    await refresh_revocations(deps)
    assert await wire.close_code() == 4003
    assert (await other.asks("message.delete", {"messageId": "none"}))["event"] == "error"
