"""How far a client has come in all of its streams, in one opaque word.

A cursor names the database that gave it and the person it was given to, so
that one from elsewhere is recognised. It is not a secret and grants nothing:
what is replayed is decided by memberships, not by the cursor.
"""

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from altlas_chat.domain.errors import CursorInvalid

_VERSION = 1
_LARGEST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cursor:
    """``positions`` holds, for each stream, the last event that the client has.

    ``at`` is the moment it was given, in UTC milliseconds.
    """

    database_id: str
    user_id: str
    at: int
    positions: dict[str, int]

    def encode(self) -> str:
        body = orjson.dumps([_VERSION, self.database_id, self.user_id, self.at, self.positions])
        return base64.urlsafe_b64encode(zlib.compress(body, 1)).decode().rstrip("=")

    @classmethod
    def decode(cls, word: str) -> "Cursor":
        """The cursor that :meth:`encode` made a word of.

        Raises:
            CursorInvalid: it is no such word.
        """
        try:
            packed = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
            unpacker = zlib.decompressobj()
            body = unpacker.decompress(packed, _LARGEST_BYTES)
            version, database_id, user_id, at, positions = orjson.loads(body)
        except (ValueError, binascii.Error, zlib.error, TypeError) as error:
            raise CursorInvalid from error
        cursor = cls(database_id, user_id, at, positions)
        if version != _VERSION or not cursor._is_sound():
            raise CursorInvalid
        return cursor

    def _is_sound(self) -> bool:
        return (
            isinstance(self.database_id, str)
            and isinstance(self.user_id, str)
            and isinstance(self.positions, dict)
            and _are_counts((self.at, *self.positions.values()))
        )

    def with_seen(self, seen: dict[str, int]) -> "Cursor":
        """The cursor of a client that went on and heard more.

        Only streams that the cursor knows, or that began since, move; none
        moves back.
        """
        positions = dict(self.positions)
        for stream, seq in seen.items():
            positions[stream] = max(seq, positions.get(stream, 0))
        return Cursor(self.database_id, self.user_id, self.at, positions)


def _are_counts(numbers: Sequence[int]) -> bool:
    """Whether all are whole numbers that a stream, or a moment, can have."""
    return {*map(type, numbers)} == {int} and min(numbers) >= 0 and max(numbers) < 2**53
