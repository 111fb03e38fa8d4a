"""Frames of this server, read as bytes: what a load test wants of them, and no more.

The order of a frame's first fields is this server's (:mod:`altlas_chat.realtime.frames`).
"""

from typing import NamedTuple

_REPLIES = (b'{"event":"reply"', b'{"event":"error"', b'{"event":"pong"')
_RESYNC = b'{"event":"resync_required"'
_CREATED = b'{"event":"message.created"'
_STREAM = b'"stream":"'
_SEQ = b'"seq":'
_CLIENT_ID = b'"clientId":"'
_HEAD = 120


class Heard(NamedTuple):
    """A numbered event; ``client_id`` is that of a new message, "" otherwise."""

    stream: str
    seq: int
    client_id: str


def is_reply(text: bytes) -> bool:
    """Whether a frame answers a command, well or not."""
    return text.startswith(_REPLIES)


def is_resync(text: bytes) -> bool:
    """Whether the server says that it can't tell what was missed."""
    return text.startswith(_RESYNC)


def read_event(text: bytes) -> Heard | None:
    """The numbered event in a frame; None for one that passes, or a notice."""
    at = text.find(_STREAM, 0, _HEAD)
    if at < 0:
        return None
    end = text.index(b'"', at + len(_STREAM))
    start = text.index(_SEQ, end) + len(_SEQ)
    stream = text[at + len(_STREAM) : end].decode()
    seq = int(text[start : text.index(b",", start)])
    return Heard(stream, seq, _client_id(text, start) if text.startswith(_CREATED) else "")


def _client_id(text: bytes, start: int) -> str:
    found = text.find(_CLIENT_ID, start)
    if found < 0:
        return ""
    begin = found + len(_CLIENT_ID)
    return text[begin : text.index(b'"', begin)].decode()
