"""Why the server closes a socket, and what the client should do then.

The codes are the contract's ``x-close-codes``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CloseReason:
    """A close code with the words that go with it (RFC 6455, section 7.1.6: 123 bytes)."""

    code: int
    words: str


RESTART = CloseReason(1012, "server restarts: reconnect after a random pause and resume")
NOT_AUTHENTICATED = CloseReason(4001, "not authenticated: log in again")
REVOKED = CloseReason(4003, "session ended: give up until the next login")
TOO_MANY_FRAMES = CloseReason(4008, "too many frames: slow down")
SLOW = CloseReason(4009, "too slow: reconnect and resume")
TOO_MANY_SOCKETS = CloseReason(4011, "too many sockets: close one, reconnect after a pause")
PROTOCOL_ERROR = CloseReason(4010, "protocol error: mend the client, do not retry")
