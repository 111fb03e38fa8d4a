"""The first frames of a socket: who is there, in time, and nothing before that."""

import asyncio
from typing import Any

import pytest

from tests.support.running import Chat, Person, ServeChat, Wire, open_wire


@pytest.mark.parametrize(
    ("frame", "code", "close_code"),
    [
        ('{"event":"ping"}', "AUTH_UNAUTHORIZED", 4001),
        ('{"event":"conversation.read","data":{}}', "AUTH_UNAUTHORIZED", 4001),
        ('{"event":"nonsense"}', "AUTH_UNAUTHORIZED", 4001),
        ('{"event":"auth"}', "AUTH_UNAUTHORIZED", 4001),
        ('{"event":"auth","data":{"token":5}}', "VALIDATION_ERROR", 4010),
        ('{"event":"auth","data":{"token":"x","more":1}}', "VALIDATION_ERROR", 4010),
        ('{"event":"auth","data":[]}', "VALIDATION_ERROR", 4010),
        ('{"event":"auth","data":{"token":"x","resume":{}}}', "VALIDATION_ERROR", 4010),
        ("{", "MALFORMED_JSON", 4010),
        ("[]", "VALIDATION_ERROR", 4010),
        ('{"event":5}', "VALIDATION_ERROR", 4010),
        (b"\x00\x01", "BINARY_FRAME", 4010),
    ],
)
async def test_what_is_no_auth_ends_the_socket(
    chat: Chat, frame: str | bytes, code: str, close_code: int
) -> None:
    wire = await open_wire(chat.http, chat.url)
    if isinstance(frame, bytes):
        await wire.ws.send_bytes(frame)
    else:
        await wire.ws.send_str(frame)
    error = await wire.next()
    assert (error["event"], error["data"]["code"]) == ("error", code)
    assert error["data"]["remedy"]
    closing = await wire.next()
    assert (closing["event"], closing["data"]["code"]) == ("session.closing", close_code)
    assert await wire.close_code() == close_code


async def test_who_says_nothing_is_let_go(serve_chat: ServeChat) -> None:
    chat = await serve_chat(auth_timeout_seconds=1)
    wire = await open_wire(chat.http, chat.url)
    error = await wire.next()
    assert error["data"]["code"] == "AUTH_TIMEOUT"
    assert await wire.close_code() == 4001


async def test_who_only_pings_is_let_go_too(serve_chat: ServeChat) -> None:
    chat = await serve_chat(auth_timeout_seconds=1)
    wire = await open_wire(chat.http, chat.url)

    async def ping() -> None:
        while not wire.ws.closed:
            await wire.ws.ping()
            await asyncio.sleep(0.05)

    pinging = asyncio.create_task(ping())
    assert await wire.close_code() == 4001
    pinging.cancel()
    await asyncio.gather(pinging, return_exceptions=True)


async def test_being_known_in_time_ends_the_waiting(serve_chat: ServeChat) -> None:
    chat = await serve_chat(auth_timeout_seconds=1)
    ayse = await chat.person("ayse")
    wire = await ayse.connects()
    late = await open_wire(chat.http, chat.url)
    assert await late.close_code() == 4001  # the second is over for both
    assert await pinged(wire) == "pong"


async def pinged(wire: Wire) -> str:
    await wire.sends("ping", {}, 1)
    return str((await wire.next())["event"])


def token_for(chat: Chat, user_id: str, **changes: Any) -> str:
    credentials = chat.running.parts.deps.credentials
    return credentials.access_token(user_id, changes.get("role", "user"), changes.get("sid", "s"))


async def test_a_token_for_an_account_that_is_gone(chat: Chat) -> None:
    wire = await open_wire(chat.http, chat.url)
    await wire.sends("auth", {"token": token_for(chat, "nobody")}, 7)
    error = await wire.next()
    assert (error["event"], error["id"]) == ("error", 7)
    assert error["data"]["code"] == "AUTH_TOKEN_INVALID"
    assert await wire.close_code() == 4001


async def test_the_second_auth_is_refused_and_the_socket_lives(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    wire = await ayse.connects()
    error = await wire.asks("auth", {"token": mehmet.token}, 2)
    assert error["data"]["code"] == "ALREADY_AUTHENTICATED"
    assert await pinged(wire) == "pong"


async def test_with_the_header_a_frame_may_still_say_where_to_go_on(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    cursor = (await ayse.connects()).ready["data"]["cursor"]
    draft = {"conversationId": room, "clientId": "c", "text": "missed"}
    await mehmet.gets("POST", "/messages", draft)
    header = {"Authorization": f"Bearer {ayse.token}"}
    socket = await chat.http.ws_connect(f"{chat.url}/v1/ws?resume=frame", headers=header)
    wire = Wire(socket)
    await wire.sends("auth", {"resume": {"cursor": cursor}}, "go on")
    ready = await wire.next()
    assert (ready["event"], ready["id"], ready["data"]["resumed"]) == ("ready", "go on", True)
    assert (await wire.next_of("message.created"))["data"]["message"]["text"] == "missed"
    await socket.close()


async def test_ready_says_who_and_what_may_be(serve_chat: ServeChat) -> None:
    chat = await serve_chat(max_frame_bytes=2048, max_message_characters=77, heartbeat_seconds=9)
    ayse = await chat.person("ayse")
    ready = (await ayse.connects()).ready
    assert ready["id"] == "hello"
    assert ready["data"]["user"] == await ayse.gets("GET", "/users/me")
    assert ready["data"]["heartbeatSeconds"] == 9
    assert ready["data"]["limits"]["maxFrameBytes"] == 2048
    assert ready["data"]["limits"]["maxMessageCharacters"] == 77
    assert ready["data"]["resumed"] is False


async def test_the_protocol_may_be_offered(chat: Chat) -> None:
    for offered, chosen in ((["altlas.chat.v1"], "altlas.chat.v1"), (["other"], None), ([], None)):
        async with chat.http.ws_connect(f"{chat.url}/v1/ws", protocols=offered) as socket:
            assert socket.protocol == chosen


async def test_a_role_without_the_permission_is_told_so(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    credentials = chat.running.parts.deps.credentials
    token = credentials.access_token(ayse.user_id, "guest", "s")
    guest = Person(ayse.http, ayse.url, ayse.user_id, token)
    wire = await guest.connects()
    draft = {"conversationId": room, "clientId": "c", "text": "guests may write"}
    assert (await wire.asks("message.send", draft))["event"] == "reply"
