"""A socket lives as long as the token that opened it, and longer by another one in time."""

import jwt
import pytest

from altlas_chat.domain.times import rfc3339
from altlas_chat.ws.heartbeats import Heartbeats
from tests.support.devices import PASSWORD
from tests.support.running import Chat, Json, Person, ServeChat, Wire, open_wire
from tests.support.tokens import ALT_LAS_SECRET, alt_las_token, token_that_ends


async def opened(chat: Chat, token: str) -> Wire:
    wire = await open_wire(chat.http, chat.url)
    await wire.sends("auth", {"token": token})
    wire.ready = await wire.next()
    assert wire.ready["event"] == "ready", wire.ready
    return wire


async def ends(wire: Wire) -> tuple[list[str], int]:
    """What the server says at the end, and the close code."""
    said: list[str] = []
    while "session.closing" not in said:
        frame = await wire.next()
        said.append(frame["data"].get("code") if frame["event"] == "error" else frame["event"])
    return said, await wire.close_code()


async def test_a_socket_ends_with_its_token(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    wire = await opened(chat, token_that_ends(chat, ayse, 1))
    assert wire.ready["data"]["expiresInSeconds"] <= 2
    token = token_that_ends(chat, ayse, 0)
    assert await ends(wire) == (["AUTH_TOKEN_EXPIRED", "session.closing"], 4001)
    # It lived as long as the token was accepted elsewhere, and no longer.
    ayse.token = token
    assert (await ayse.call("GET", "/users/me"))[1]["code"] == "AUTH_TOKEN_EXPIRED"


async def test_a_renewed_socket_goes_on_and_hears(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    kept = await opened(chat, token_that_ends(chat, ayse, 1))
    lost = await opened(chat, token_that_ends(chat, ayse, 1))
    reply = await kept.asks("auth.renew", {"token": ayse.token})
    assert reply["event"] == "reply"
    claims = jwt.decode(ayse.token, options={"verify_signature": False})
    assert reply["data"]["expiresAt"] == rfc3339((claims["exp"] + 5) * 1000)
    assert 890 < reply["data"]["expiresInSeconds"] <= 905
    assert await lost.close_code() == 4001
    draft = {"conversationId": room, "clientId": "1", "text": "still there?"}
    await mehmet.gets("POST", "/messages", draft)
    assert (await kept.next_of("message.created"))["data"]["message"]["text"] == "still there?"
    assert await pong(kept) == "pong"


async def pong(wire: Wire) -> str:
    await wire.sends("ping", {}, "p")
    return str((await wire.next_of("pong"))["event"])


async def test_an_older_token_does_not_shorten_it(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    wire = await opened(chat, ayse.token)
    reply = await wire.asks("auth.renew", {"token": token_that_ends(chat, ayse, 2)})
    assert reply["data"]["expiresInSeconds"] > 800


async def second_session(chat: Chat, name: str) -> Json:
    body = {"username": name, "password": PASSWORD}
    async with chat.http.post(f"{chat.url}/v1/auth/login", json=body) as response:
        return dict(await response.json())


async def test_what_renews_nothing(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    other = await second_session(chat, "ayse")
    expired = token_that_ends(chat, ayse, -10)
    wire = await opened(chat, token_that_ends(chat, ayse, 2))
    wrong = [
        (mehmet.token, "AUTH_TOKEN_INVALID"),
        (other["accessToken"], "AUTH_TOKEN_INVALID"),
        (other["refreshToken"], "AUTH_TOKEN_INVALID"),
        ("nonsense", "AUTH_TOKEN_INVALID"),
        (ayse.token[:-3], "AUTH_TOKEN_INVALID"),
        (expired, "AUTH_TOKEN_EXPIRED"),
    ]
    for number, (token, code) in enumerate(wrong):
        error = await wire.asks("auth.renew", {"token": token}, number)
        assert (error["event"], error["data"]["code"]) == ("error", code), token
        assert error["data"]["remedy"]
    for data in ({}, {"token": ""}, {"token": 7}, {"token": ayse.token, "more": 1}, [], None):
        error = await wire.asks("auth.renew", data, "shape")
        assert error["data"]["code"] == "VALIDATION_ERROR", data
    # All of that let it live, and none of it longer.
    assert await pong(wire) == "pong"
    assert await wire.close_code() == 4001


async def test_an_ended_session_is_not_renewed(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    wire = await opened(chat, ayse.token)
    other = await second_session(chat, "ayse")
    device = Person(chat.http, chat.url, ayse.user_id, other["accessToken"])
    await device.gets("POST", "/auth/logout")
    error = await wire.asks("auth.renew", {"token": device.token})
    assert error["data"]["code"] == "AUTH_SESSION_REVOKED"


async def test_a_token_of_alt_las_is_renewed_by_the_same_persons(serve_chat: ServeChat) -> None:
    chat = await serve_chat(alt_las_token_secret=ALT_LAS_SECRET)
    ayse = await chat.person("ayse")
    wire = await opened(chat, alt_las_token(chat, "elif", 2))
    for token in (alt_las_token(chat, "deniz", 600), ayse.token):
        error = await wire.asks("auth.renew", {"token": token})
        assert error["data"]["code"] == "AUTH_TOKEN_INVALID"
    refresh = alt_las_token(chat, "elif", 600, type="refresh")
    assert (await wire.asks("auth.renew", {"token": refresh}))["data"]["status"] == 401
    reply = await wire.asks("auth.renew", {"token": alt_las_token(chat, "elif", 600)})
    assert 590 < reply["data"]["expiresInSeconds"] <= 601
    # The new token's roles count from now on.
    guest = alt_las_token(chat, "elif", 700, roles=["guest"])
    await wire.asks("auth.renew", {"token": guest})
    assert next(iter(chat.running.parts.hub.listeners_of("elif"))).actor.role == "guest"  # type: ignore[attr-defined]


async def test_nothing_renews_the_socket_of_an_api_key(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    deps = chat.running.parts.deps
    body = {
        "name": "bot",
        "scopes": ["sync:read"],
        "expiresAt": rfc3339(deps.clock.now_ms() + 1500),
    }
    key = (await ayse.gets("POST", "/api-keys", body))["secret"]
    socket = await chat.http.ws_connect(f"{chat.url}/v1/ws", headers={"X-API-Key": key})
    wire = Wire(socket)
    assert (await wire.next())["data"]["expiresInSeconds"] <= 1
    error = await wire.asks("auth.renew", {"token": ayse.token})
    assert error["data"]["code"] == "AUTH_TOKEN_INVALID"
    assert await wire.close_code() == 4003


async def test_a_password_that_changes_closes_the_other_sessions_sockets(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    other = await second_session(chat, "ayse")
    mine, theirs = await ayse.connects(), await opened(chat, other["accessToken"])
    body = {"currentPassword": PASSWORD, "newPassword": f"{PASSWORD}-new"}
    await ayse.gets("PUT", "/auth/password", body)
    assert await theirs.close_code() == 4003
    assert (await mine.next_of("session.ended"))["data"] == {"sessionId": other["sessionId"]}
    assert await pong(mine) == "pong"


# -- the wheel -------------------------------------------------------------------------


class Ball:
    """Stands in the place of a socket on the wheel, for clocks that are turned by hand."""

    def __init__(self, ends_at: int | None) -> None:
        self.ends_at = ends_at
        self.heard_at = float("inf")
        self.expired = 0
        self.pings = 0

    def ping(self) -> None:
        self.pings += 1

    def expire(self) -> None:
        self.expired += 1


@pytest.mark.parametrize("ends_after", [0, 1, 24, 25, 26, 900])
async def test_the_wheel_ends_each_in_its_second(ends_after: int) -> None:
    now = 1000
    wheel = Heartbeats(25, 10, lambda: now)
    balls = [Ball(now + ends_after * 1000) for _ in range(50)]
    for ball in (*balls, Ball(None)):
        wheel.add(ball)  # type: ignore[arg-type]
        wheel.watch_end(ball)  # type: ignore[arg-type]
    for second in range(ends_after + 2):
        assert all((ball.expired > 0) is (second > ends_after) for ball in balls), second
        now += 1000
        wheel.turn()
    assert all(ball.expired for ball in balls)


async def test_the_wheel_ends_none_that_was_renewed_in_time() -> None:
    now = 1000
    wheel = Heartbeats(25, 10, lambda: now)
    ball = Ball(now + 3000)
    wheel.add(ball)  # type: ignore[arg-type]
    wheel.watch_end(ball)  # type: ignore[arg-type]
    for _ in range(3):
        now += 1000
        wheel.turn()
    ball.ends_at = now + 90_000
    for _ in range(90):
        now += 1000
        wheel.turn()
    assert ball.expired == 0
    now += 1000
    wheel.turn()
    assert ball.expired == 1
