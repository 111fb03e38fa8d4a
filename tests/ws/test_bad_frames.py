"""Whatever a client sends: an error with a code and a remedy, and nothing else suffers."""

import contextlib
import uuid

import aiohttp
import pytest

from tests.support.running import Chat, Wire, open_wire


def draft(conversation_id: str, text: str, **more: object) -> dict[str, object]:
    return {"conversationId": conversation_id, "clientId": str(uuid.uuid4()), "text": text, **more}


async def still_works(wire: Wire, conversation_id: str) -> None:
    reply = await wire.asks("message.send", draft(conversation_id, "still here"), "after")
    assert reply["event"] == "reply", reply


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "MALFORMED_JSON"),
        ("", "MALFORMED_JSON"),
        ("[]", "VALIDATION_ERROR"),
        ("null", "VALIDATION_ERROR"),
        ('{"data":{}}', "VALIDATION_ERROR"),
        ('{"event":5}', "VALIDATION_ERROR"),
        ('{"event":"ping","extra":1}', "VALIDATION_ERROR"),
        ('{"event":"ping","id":{}}', "VALIDATION_ERROR"),
        ('{"event":"ping","data":{"at":1}}', "VALIDATION_ERROR"),
        ('{"event":"ping","data":null}', "VALIDATION_ERROR"),
        ('{"event":"nonsense"}', "UNKNOWN_COMMAND"),
        ('{"event":"typing.start","data":{}}', "VALIDATION_ERROR"),
        ('{"event":"auth","data":{"token":"x"}}', "ALREADY_AUTHENTICATED"),
        ('{"event":"message.send"}', "VALIDATION_ERROR"),
        ('{"event":"message.send","data":[]}', "VALIDATION_ERROR"),
        (
            '{"event":"conversation.read","data":{"conversationId":"x","seq":"1"}}',
            "VALIDATION_ERROR",
        ),
        (
            '{"event":"conversation.read","data":{"conversationId":"x","seq":1}}',
            "CONVERSATION_NOT_FOUND",
        ),
        ('{"event":"message.edit","data":{"messageId":"x","text":"y"}}', "MESSAGE_NOT_FOUND"),
        ('{"event":"message.delete","data":{"messageId":"x"}}', "MESSAGE_NOT_FOUND"),
    ],
)
async def test_a_wrong_frame_gets_an_error_and_the_socket_lives(
    chat: Chat, frame: str, code: str
) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    wire = await ayse.connects()
    await wire.ws.send_str(frame)
    error = await wire.next_of("error")
    assert error["data"]["code"] == code
    assert error["data"]["remedy"]
    await still_works(wire, room)


async def test_a_binary_frame_is_refused_and_the_socket_lives(chat: Chat) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    wire = await ayse.connects()
    await wire.ws.send_bytes(b"\x00\x01")
    assert (await wire.next_of("error"))["data"]["code"] == "BINARY_FRAME"
    await still_works(wire, room)


async def test_a_frame_over_the_limit_is_refused_and_the_socket_lives(chat: Chat) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    wire = await ayse.connects()
    await wire.ws.send_str('{"event":"ping","data":{"x":"' + "x" * 70_000 + '"}}')
    assert (await wire.next_of("error"))["data"]["code"] == "FRAME_TOO_LARGE"
    await still_works(wire, room)


async def test_a_frame_of_ten_megabytes_ends_the_socket_and_nobody_elses(chat: Chat) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    wire, other = await ayse.connects(), await mehmet.connects()
    with contextlib.suppress(ConnectionError, aiohttp.ClientError):
        await wire.ws.send_str("x" * 10_000_000)
    assert await wire.close_code() in (1006, 1009)
    await still_works(other, room)


async def test_a_flood_of_frames_closes_the_socket_as_such(chat: Chat) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    wire, other = await ayse.connects(), await mehmet.connects()
    with contextlib.suppress(ConnectionError, aiohttp.ClientError):
        for _ in range(40_000):
            await wire.ws.send_str('{"event":"ping"}')
    assert await wire.close_code() in (4008, 1006)
    await still_works(other, room)


@pytest.mark.parametrize(
    ("text", "pointer"),
    [("", "/data/text"), ("   ", "/data/text"), ("a\x00b", "/data/text")],
)
async def test_a_text_that_is_no_message(chat: Chat, text: str, pointer: str) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    wire = await ayse.connects()
    error = await wire.asks("message.send", draft(room, text))
    assert error["data"]["code"] == "VALIDATION_ERROR"
    assert error["data"]["errors"][0]["pointer"] == pointer
    await still_works(wire, room)


async def test_a_text_over_the_limit(chat: Chat) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    wire = await ayse.connects()
    error = await wire.asks("message.send", draft(room, "x" * 4001))
    assert error["data"]["code"] == "MESSAGE_TOO_LONG"


@pytest.mark.parametrize(
    "text",
    ["👩‍👩‍👧‍👦🎉", "\u202eabc\u202c", "İIıi ğüşöç", "x" * 4000, "line\nline\ttab", "\ufeff·"],
)
async def test_unusual_texts_arrive_as_they_were_sent(chat: Chat, text: str) -> None:
    ayse, mehmet = await chat.person("ayse"), await chat.person("mehmet")
    room = await chat.direct(ayse, mehmet)
    wire, other = await ayse.connects(), await mehmet.connects()
    reply = await wire.asks("message.send", draft(room, text))
    assert reply["data"]["message"]["text"] == text
    assert (await other.next_of("message.created"))["data"]["message"]["text"] == text


async def test_a_frame_before_auth_closes_the_socket(chat: Chat) -> None:
    wire = await open_wire(chat.http, chat.url)
    await wire.sends("message.send", {}, 1)
    error = await wire.next()
    assert (error["data"]["code"], error["id"]) == ("AUTH_UNAUTHORIZED", 1)
    assert await wire.close_code() == 4001


@pytest.mark.parametrize(
    ("token", "code", "close_code"),
    [
        ("", "VALIDATION_ERROR", 4010),
        ("nonsense", "AUTH_TOKEN_INVALID", 4001),
        ("a.b.c", "AUTH_TOKEN_INVALID", 4001),
        ("é" * 20, "AUTH_TOKEN_INVALID", 4001),
    ],
)
async def test_a_token_that_is_none_closes_the_socket(
    chat: Chat, token: str, code: str, close_code: int
) -> None:
    wire = await open_wire(chat.http, chat.url)
    await wire.sends("auth", {"token": token})
    error = await wire.next()
    assert error["data"]["code"] == code
    assert await wire.close_code() == close_code
