"""Frames of a WebSocket as bytes (RFC 6455, section 5.2), for clients that must cost little.

A client's frames are whole and masked; of a server's those in one piece are
read, for this server sends no others.
"""

import struct
from collections.abc import Callable

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


def masked(payload: bytes, mask: bytes, opcode: int = TEXT) -> bytes:
    """``payload`` as one final frame of a client."""
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | opcode, 0x80 | size))
    elif size < 65536:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
    pad = (mask * (size // 4 + 1))[:size]
    body = int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")
    return head + mask + body.to_bytes(size, "big")


def opened(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The complete frames of a server in ``data``, and what is left of it."""
    frames: list[tuple[int, bytes]] = []
    at = opened_in(memoryview(data), 0, len(data), lambda *frame: frames.append(frame))
    return frames, data[at:]


def opened_in(data: memoryview, at: int, end: int, take: Callable[[int, bytes], None]) -> int:
    """Give out the complete frames of ``data`` from ``at`` up to ``end``; where they end."""
    while end - at >= 2:
        size = data[at + 1]
        start = at + 2
        if size == 126:
            start += 2
            size = int.from_bytes(data[at + 2 : start], "big")
        elif size == 127:
            start += 8
            size = int.from_bytes(data[at + 2 : start], "big")
        if end < start + size:
            break
        take(data[at] & 0xF, bytes(data[start : start + size]))
        at = start + size
    return at
