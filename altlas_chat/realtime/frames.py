"""An event as bytes: encoded once, framed once, written to however many sockets.

Server frames are unmasked and whole (RFC 6455, section 5.2), so the same bytes
serve every socket that negotiated no compression.
"""

import struct

import orjson

from altlas_chat.domain.events import Announcement, Json, PassingEvent
from altlas_chat.domain.times import rfc3339

TEXT = 0x1
PING = 0x9
PONG = 0xA


def framed(payload: bytes, opcode: int = TEXT) -> bytes:
    """``payload`` as one final WebSocket frame."""
    size = len(payload)
    first = 0x80 | opcode
    if size < 126:
        return bytes((first, size)) + payload
    if size < 65536:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload


def payload_of(frame: bytes) -> bytes:
    """What :func:`framed` was given."""
    size = frame[1]
    if size < 126:
        return frame[2:]
    return frame[4:] if size == 126 else frame[10:]


def envelope(announcement: Announcement) -> Json:
    """A numbered event as the contract writes it, in frames and in ``GET /sync``."""
    event = announcement.event
    return {
        "event": event.kind,
        "stream": event.stream,
        "seq": event.seq,
        "at": rfc3339(event.at),
        "data": announcement.data,
    }


def event_frame(announcement: Announcement) -> bytes:
    return framed(orjson.dumps(envelope(announcement)))


def passing(event: PassingEvent) -> Json:
    """A passing event as the contract writes it."""
    return {"event": event.kind, "at": rfc3339(event.at), "data": event.data}


def passing_frame(event: PassingEvent) -> bytes:
    return framed(orjson.dumps(passing(event)))
