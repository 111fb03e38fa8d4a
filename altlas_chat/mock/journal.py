"""A bounded record of what was asked and answered; the oldest goes when it is full.

Bodies are kept up to a bound of their own. What is secret in an exchange is
kept here as it came, and masked in every form that leaves (``masking``).
"""

import fnmatch
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from altlas_chat.mock.breaches import Breach

Headers = Iterable[tuple[str, str]]

Side = Literal["request", "answer"]

OVERHEAD_BYTES = 2_000
"""What an exchange takes without its bodies, roughly."""


@dataclass(slots=True)
class Entry:
    """A request and its answer.

    ``status`` is 0 where no answer was given; ``request_bytes`` and
    ``answer_bytes`` count all bytes of the bodies, also those that are not
    kept. ``origin`` says who answered (``example``, ``weather``, ``proxy`` …),
    ``weather`` what the call met.
    """

    began_ms: int
    method: str
    address: str
    target: str
    version: str
    client: str
    request_headers: Headers
    request_body: bytes = b""
    request_bytes: int = 0
    operation: str | None = None
    seconds: float = 0.0
    status: int = 0
    reason: str = ""
    answer_headers: Headers = ()
    answer_body: bytes = b""
    answer_bytes: int = 0
    origin: str = ""
    weather: str = ""
    request_breaches: tuple[Breach, ...] = ()
    answer_breaches: tuple[Breach, ...] = ()
    number: int = 0

    @property
    def breaches(self) -> list[tuple[Side, Breach]]:
        """Where request and answer break the contract, and what is no more than advice."""
        found: list[tuple[Side, Breach]] = [("request", one) for one in self.request_breaches]
        return found + [("answer", one) for one in self.answer_breaches]

    @property
    def broken(self) -> int:
        """How many places break the contract; advice is left out."""
        if not self.request_breaches and not self.answer_breaches:
            return 0
        return sum(not one.is_advice for _, one in self.breaches)

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(slots=True)
class Late:
    """An exchange that is written down when somebody wants to read it, since that takes time."""

    make: Callable[[], Entry]
    number: int = 0

    def entry(self) -> Entry:
        found = self.make()
        found.number = self.number
        return found


@dataclass(frozen=True, slots=True)
class Wish:
    """Which exchanges are wanted: those that all that is said here holds for.

    ``path`` may have ``*``; ``status`` is ``404`` or ``4xx``; ``operation`` its
    operationId or ``GET /users/{id}``. ``after`` is an exchange's number,
    ``last`` how many of the newest at most.
    """

    method: str | None = None
    path: str | None = None
    status: str | None = None
    operation: str | None = None
    after: int = 0
    last: int | None = None
    only_breaches: bool = False

    def wants(self, entry: Entry) -> bool:
        return (
            entry.number > self.after
            and (self.method is None or entry.method == self.method.upper())
            and (self.path is None or fnmatch.fnmatchcase(entry.path, self.path))
            and (self.status is None or _has_status(entry.status, self.status))
            and (self.operation is None or entry.operation == self.operation)
            and (not self.only_breaches or entry.broken > 0)
        )


def _has_status(status: int, wanted: str) -> bool:
    wanted = wanted.lower()
    return wanted in (str(status), f"{status // 100}xx")


@dataclass(slots=True)
class Journal:
    """The newest exchanges, at most ``most`` of them and about ``most_bytes`` in memory.

    ``listeners`` are called with each exchange at once, in order; they must
    not raise. ``dropped`` counts those that went because it was full.
    """

    most: int = 1_000
    most_bytes: int = 32_000_000
    body_bytes: int = 64_000
    listeners: list[Callable[[Entry], None]] = field(default_factory=list)
    dropped: int = 0
    count: int = 0
    breach_count: int = 0
    _kept: deque[Entry | Late] = field(default_factory=deque)
    _bytes: int = 0

    def add(self, entry: Entry) -> None:
        """Keep an exchange and give it its number."""
        self.breach_count += entry.broken
        if len(entry.request_body) > self.body_bytes:
            entry.request_body = entry.request_body[: self.body_bytes]
        if len(entry.answer_body) > self.body_bytes:
            entry.answer_body = entry.answer_body[: self.body_bytes]
        self._keep(entry)
        for listener in self.listeners:
            listener(entry)

    def add_late(self, make: Callable[[], Entry]) -> None:
        """Keep an exchange that is small and nobody listens to now: what makes its entry later."""
        self._keep(Late(make))

    def _keep(self, one: Entry | Late) -> None:
        self.count = one.number = self.count + 1
        kept = self._kept
        kept.append(one)
        self._bytes += _size(one)
        while kept and (len(kept) > self.most or self._bytes > self.most_bytes):
            self._bytes -= _size(kept.popleft())
            self.dropped += 1

    def settle(self) -> None:
        """Write down what was left for later, and let go of what it was to be made of."""
        if any(isinstance(one, Late) for one in self._kept):
            self._kept = deque(one.entry() if isinstance(one, Late) else one for one in self._kept)
            self._bytes = sum(map(_size, self._kept))

    def select(self, wish: Wish | None = None) -> list[Entry]:
        """Those that are wanted, the oldest first."""
        self.settle()
        found = [one for one in self._kept if isinstance(one, Entry)]
        if wish is None:
            return found
        chosen = list(filter(wish.wants, found))
        if wish.last is not None:
            return chosen[len(chosen) - min(wish.last, len(chosen)) :]
        return chosen

    def clear(self) -> int:
        """Forget all of them; how many they were. Numbers go on."""
        gone = len(self._kept)
        self._kept.clear()
        self._bytes = 0
        return gone


def _size(one: Entry | Late) -> int:
    if isinstance(one, Late):
        return OVERHEAD_BYTES
    return len(one.request_body) + len(one.answer_body) + OVERHEAD_BYTES
