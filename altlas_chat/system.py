"""The outside world's clock, ids and chance; nothing else asks for them."""

import secrets
import struct
import time
from typing import Protocol

_SEQUENCE_BITS = 12
_SEQUENCE_MASK = (1 << _SEQUENCE_BITS) - 1
_WORD = struct.Struct("Q")
_WORDS_AT_ONCE = 64


class Clock(Protocol):
    """Tells the time."""

    def now_ms(self) -> int:
        """UTC milliseconds since 1970."""


class Ids(Protocol):
    """Makes ids that nobody made before."""

    def new(self) -> str:
        """A new id; later ones sort after earlier ones of the same source."""


class SystemClock:
    """The clock of this machine."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


class Randomness:
    """Chance that nobody can foresee; any number of threads may draw from it.

    A little is fetched from the operating system in advance, so it must not
    be carried over a fork.
    """

    def __init__(self) -> None:
        self._words: list[int] = []

    def token(self, size_bytes: int = 32) -> str:
        """A secret of so many random bytes, in signs that a URL may have."""
        return secrets.token_urlsafe(size_bytes)

    def bits(self, count: int) -> int:
        """A number of so many random bits, at most 64."""
        while True:
            try:
                return self._words.pop() >> (_WORD.size * 8 - count)
            except IndexError:
                fresh = secrets.token_bytes(_WORDS_AT_ONCE * _WORD.size)
                self._words.extend(word for (word,) in _WORD.iter_unpack(fresh))


class SystemIds:
    """UUIDv7 (RFC 9562, section 5.7), strictly increasing within this source.

    The twelve bits after the time count ids of one millisecond (section 6.2,
    method 1), beginning at a random place in their lower half; when they run
    out, the id takes the next millisecond.
    """

    def __init__(self, clock: Clock, randomness: Randomness | None = None) -> None:
        self._clock = clock
        self._randomness = randomness or Randomness()
        self._at = 0
        self._count = 0

    def new(self) -> str:
        now = self._clock.now_ms()
        if now > self._at:
            self._at = now
            self._count = self._randomness.bits(_SEQUENCE_BITS - 1)
        else:
            self._count += 1
            if self._count > _SEQUENCE_MASK:
                self._at += 1
                self._count = self._randomness.bits(_SEQUENCE_BITS - 1)
        tail = 0b10 << 62 | self._randomness.bits(62)
        text = f"{self._at:012x}7{self._count:03x}{tail:016x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
