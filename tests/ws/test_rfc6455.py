"""Frames by hand: what RFC 6455 asks of a server, case by case, on a socket that chats."""

import contextlib
import struct
from collections.abc import AsyncIterator

import orjson
import pytest

from tests.support.raw_socket import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    RawSocket,
    frame,
)
from tests.support.running import Chat

ASK = orjson.dumps({"event": "ping", "id": "asked", "data": {}})


@contextlib.asynccontextmanager
async def chatting(chat: Chat) -> AsyncIterator[RawSocket]:
    """A socket whose person is known and hears."""
    person = await chat.person("ayse")
    raw = await RawSocket.open(chat.url, Authorization=f"Bearer {person.token}")
    try:
        ready = await raw.receive_of(TEXT)
        assert ready is not None
        assert orjson.loads(ready.payload)["event"] == "ready"
        yield raw
    finally:
        await raw.close()


async def answer(raw: RawSocket) -> dict[str, object]:
    """The answer to :data:`ASK`."""
    found = await raw.receive_of(TEXT)
    assert found is not None
    assert found.first_byte == 0x80 | TEXT, "server frames are whole"
    told: dict[str, object] = orjson.loads(found.payload)
    return told


PONG_ANSWER = {"event": "pong", "id": "asked", "data": {}}


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([frame(TEXT, ASK)], id="whole"),
        pytest.param([bytes([byte]) for byte in frame(TEXT, ASK)], id="a byte at a time"),
        pytest.param(
            [frame(TEXT, ASK[:7], final=False), frame(CONTINUATION, ASK[7:])], id="in two"
        ),
        pytest.param(
            [
                frame(TEXT, b"", final=False),
                frame(CONTINUATION, ASK, final=False),
                frame(CONTINUATION, b""),
            ],
            id="empty fragments",
        ),
        pytest.param(
            [
                frame(TEXT, ASK[:9], final=False),
                frame(PONG, b"unasked"),
                frame(CONTINUATION, ASK[9:]),
            ],
            id="a pong between",
        ),
        pytest.param([frame(PONG, b"nobody asked") + frame(TEXT, ASK)], id="after a pong"),
    ],
)
async def test_a_message_in_any_lawful_form_is_understood(chat: Chat, pieces: list[bytes]) -> None:
    async with chatting(chat) as raw:
        await raw.send(*pieces)
        assert await answer(raw) == PONG_ANSWER


@pytest.mark.parametrize("payload", [b"", b"hello", b"\x00\xff\xfe", b"x" * 125])
async def test_a_ping_is_answered_with_what_it_said(chat: Chat, payload: bytes) -> None:
    async with chatting(chat) as raw:
        await raw.send(
            frame(TEXT, ASK[:5], final=False), frame(PING, payload), frame(CONTINUATION, ASK[5:])
        )
        pong = await raw.receive_of(PONG)
        assert pong is not None
        assert pong.payload == payload
        assert await answer(raw) == PONG_ANSWER


async def test_letters_may_be_cut_between_fragments(chat: Chat) -> None:
    text = '{"event": "şey", "id": "asked"}'.encode()
    cut = text.index("ş".encode()) + 1
    async with chatting(chat) as raw:
        await raw.send(frame(TEXT, text[:cut], final=False), frame(CONTINUATION, text[cut:]))
        told = await answer(raw)
    assert (told["event"], told["id"]) == ("error", "asked")


def close_frame(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, struct.pack("!H", code) + reason)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param(frame(TEXT, ASK, reserved=4), 1002, id="RSV1"),
        pytest.param(frame(TEXT, ASK, reserved=2), 1002, id="RSV2"),
        pytest.param(frame(PING, reserved=1), 1002, id="RSV3"),
        *(pytest.param(frame(code), 1002, id=f"opcode {code}") for code in (3, 4, 7, 11, 15)),
        pytest.param(frame(PING, b"x", final=False), 1002, id="fragmented ping"),
        pytest.param(frame(CLOSE, final=False), 1002, id="fragmented close"),
        pytest.param(frame(PING, b"x" * 126), 1002, id="long ping"),
        pytest.param(frame(CONTINUATION, ASK), 1002, id="continues nothing"),
        pytest.param(
            frame(TEXT, ASK[:5], final=False) + frame(TEXT, ASK), 1002, id="begins in the middle"
        ),
        pytest.param(
            frame(TEXT, ASK[:5], final=False) + frame(BINARY, ASK, final=False),
            1002,
            id="begins a second time",
        ),
        pytest.param(frame(TEXT, b"\xce\xba\xed\xa0\x80"), 1007, id="surrogate"),
        pytest.param(frame(TEXT, b"\xc0\xaf"), 1007, id="overlong"),
        pytest.param(frame(TEXT, b"abc\xff"), 1007, id="no UTF-8"),
        pytest.param(
            frame(TEXT, b"\xce", final=False) + frame(CONTINUATION, b"\xce\xba"),
            1007,
            id="no UTF-8 over two fragments",
        ),
        pytest.param(frame(CLOSE, b"\x03"), 1002, id="half a close code"),
        *(
            pytest.param(close_frame(code), 1002, id=f"close {code}")
            for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999)
        ),
        pytest.param(close_frame(1000, b"\xff\xfe"), 1007, id="reason no UTF-8"),
    ],
)
async def test_what_the_protocol_forbids_ends_the_socket_with_its_code(
    chat: Chat, sent: bytes, code: int
) -> None:
    async with chatting(chat) as raw:
        await raw.send(sent)
        closing = await raw.receive_of(CLOSE)
        assert closing is not None
        assert closing.close_code == code
        assert await raw.receive() is None, "the connection goes, too"


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1007, 1011, 3000, 3999, 4000, 4999])
async def test_a_lawful_goodbye_is_answered(chat: Chat, code: int) -> None:
    async with chatting(chat) as raw:
        await raw.send(close_frame(code, "güle güle".encode()))
        closing = await raw.receive_of(CLOSE)
        assert closing is not None
        assert closing.close_code == 1000
        assert await raw.receive() is None


async def test_a_goodbye_without_a_code_is_answered(chat: Chat) -> None:
    async with chatting(chat) as raw:
        await raw.send(frame(CLOSE), frame(TEXT, ASK))
        closing = await raw.receive_of(CLOSE)
        assert closing is not None
        assert await raw.receive() is None, "what follows a goodbye is not read"


async def test_a_second_frame_in_the_same_write_is_not_lost(chat: Chat) -> None:
    async with chatting(chat) as raw:
        other = orjson.dumps({"event": "ping", "id": "second", "data": {}})
        await raw.send(frame(TEXT, ASK) + frame(TEXT, other))
        assert await answer(raw) == PONG_ANSWER
        assert await answer(raw) == {**PONG_ANSWER, "id": "second"}
