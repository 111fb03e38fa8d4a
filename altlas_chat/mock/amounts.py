"""Amounts as people write them: times, shares, speeds, limits and numbers of calls."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

_SECONDS: Mapping[str, float] = MappingProxyType({"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0})
_BYTES: Mapping[str, float] = MappingProxyType(
    {"b": 1, "kb": 1_000, "mb": 1_000_000, "kib": 1_024, "mib": 1_048_576}
)
_WINDOWS: Mapping[str, float] = MappingProxyType(
    {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
)
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|m)?")
_SPEED = re.compile(r"(\d+(?:\.\d+)?)\s*([kmKM]?i?[bB])(?:/s|ps)?")
_LIMIT = re.compile(r"(\d+)\s*(?:/|per)\s*(\w+)")
_SPREAD = re.compile(r"(normal|lognormal)\(([^,()]+),([^,()]+)\)")
_RANGE = re.compile(r"\s*(?:\.\.|-)\s*")

LONGEST_SECONDS = 3600.0
P99 = 2.3263478740408408
"""So many deviations above the mean lies what 99 of 100 are under."""

Shape = Literal["even", "normal", "lognormal"]


class AmountUnreadable(ValueError):
    """What was written is no amount of its kind; carries what is wrong and what would be right."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}. {remedy}")
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Times:
    """A time that differs from call to call, in seconds.

    ``even``: each between ``low`` and ``high`` is as likely. ``normal``: about
    the mean ``low`` with the deviation ``high``. ``lognormal``: half are under
    ``low``, 99 of 100 under ``high``, as answers over networks are.
    """

    low: float
    high: float
    shape: Shape = "even"

    def at(self, share: float) -> float:
        """The time of a call whose lot is ``share``, 0 < share < 1; never negative, at most 1 h."""
        if self.shape == "even":
            return self.low + (self.high - self.low) * share
        from statistics import NormalDist  # noqa: PLC0415 - slow to load, and rarely asked for

        deviations = NormalDist().inv_cdf(min(max(share, 1e-12), 1 - 1e-12))
        if self.shape == "normal":
            seconds = self.low + self.high * deviations
        else:
            sigma = math.log(self.high / self.low) / P99
            seconds = self.low * math.exp(min(sigma * deviations, 50.0))
        return min(max(seconds, 0.0), LONGEST_SECONDS)

    def __str__(self) -> str:
        if self.shape != "even":
            return f"{self.shape}({in_words(self.low)}, {in_words(self.high)})"
        if self.low == self.high:
            return in_words(self.low)
        return f"{in_words(self.low)}..{in_words(self.high)}"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls in a window of so many seconds."""

    calls: int
    window_seconds: float

    def __str__(self) -> str:
        names = {1.0: "s", 60.0: "min", 3600.0: "h"}
        return f"{self.calls}/{names[self.window_seconds]}"


@dataclass(frozen=True, slots=True)
class Calls:
    """Some calls of an operation by number; the first is 1, without ``last`` there is no end."""

    first: int
    last: int | None

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int):
            return False
        return self.first <= number and (self.last is None or number <= self.last)

    def __str__(self) -> str:
        if self.first == self.last:
            return str(self.first)
        return f"{self.first}..{'' if self.last is None else self.last}"


def in_words(seconds: float) -> str:
    """``1.5s`` or ``300ms``."""
    if seconds >= 1:
        return f"{seconds:g}s"
    return f"{seconds * 1000:g}ms"


def read_times(written: object) -> Times:
    """``200ms``, ``50..300ms``, ``1s``, ``normal(200ms, 50ms)``, ``lognormal(80ms, 2s)``.

    A number without a unit is milliseconds; the unit of a range's end holds for its beginning.

    Raises:
        AmountUnreadable: it is none of these, or longer than an hour.
    """
    text = str(written).strip()
    spread = _SPREAD.fullmatch(text)
    if spread:
        shape, low, high = spread[1], _seconds(spread[2], text), _seconds(spread[3], text)
        if shape == "lognormal" and not 0 < low <= high:
            raise _no_times(text)
        return Times(low, high, "normal" if shape == "normal" else "lognormal")
    ends = _RANGE.split(text)
    if len(ends) > 2:
        raise _no_times(text)
    high = _seconds(ends[-1], text)
    unit = _TIME.fullmatch(ends[-1])
    low = _seconds(ends[0], text, unit[2] if unit else None)
    if low > high or high > LONGEST_SECONDS:
        raise _no_times(text)
    return Times(low, high)


def _seconds(text: str, whole: str, unit: str | None = None) -> float:
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise _no_times(whole)
    return float(found[1]) * _SECONDS[found[2] or unit or "ms"]


def _no_times(text: str) -> AmountUnreadable:
    return AmountUnreadable(
        f"{text!r} is no time",
        "Write 200ms, 50..300ms, 1s or normal(200ms, 50ms), at most 1 hour (3600s).",
    )


def read_share(written: object) -> float:
    """``0.1`` or ``10%``: how many of all, from 0 to 1; true is all, false none.

    Raises:
        AmountUnreadable: it is neither.
    """
    if isinstance(written, bool):
        return float(written)
    text = str(written).strip()
    number, scale = (text[:-1], 0.01) if text.endswith("%") else (text, 1.0)
    try:
        share = float(number) * scale
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise AmountUnreadable(f"{text!r} is no share", "Write 0.1 or 10%, from 0 to 1.")
    return share


def read_speed(written: object) -> float:
    """``1KB/s``, ``500B/s``, ``2MiB/s``: bytes in a second.

    Raises:
        AmountUnreadable: it is none of these, or nothing at all.
    """
    text = str(written).strip()
    found = _SPEED.fullmatch(text)
    if not found or float(found[1]) == 0:
        raise AmountUnreadable(f"{text!r} is no speed", "Write 1KB/s, 500B/s or 2MiB/s.")
    return float(found[1]) * _BYTES[found[2].lower()]


def read_limit(written: object) -> Limit:
    """``10/min``, ``2/s``, ``100/h``.

    Raises:
        AmountUnreadable: it is none of these.
    """
    text = str(written).strip()
    found = _LIMIT.fullmatch(text)
    if not found or found[2].lower() not in _WINDOWS:
        raise AmountUnreadable(f"{text!r} is no limit", "Write 10/min, 2/s or 100/h.")
    return Limit(int(found[1]), float(_WINDOWS[found[2].lower()]))


def read_calls(written: object) -> Calls:
    """``3``, ``1..2``, ``5..``: the numbers of calls, the first is 1.

    Raises:
        AmountUnreadable: it is none of these.
    """
    text = str(written).strip()
    first, dots, last = text.partition("..")
    numbers = [first.strip(), last.strip() if dots else first.strip()]
    wrong = AmountUnreadable(f"{text!r} are no calls", "Write 3, 1..2 or 5.. (the first is 1).")
    if not numbers[0].isdecimal() or not (numbers[1].isdecimal() or not numbers[1]):
        raise wrong
    begin, end = int(numbers[0]), int(numbers[1]) if numbers[1] else None
    if begin < 1 or (end is not None and end < begin):
        raise wrong
    return Calls(begin, end)


def read_statuses(written: object) -> tuple[int, ...]:
    """``503`` or ``500,503``, also as a list: statuses of answers, 200 to 599.

    Raises:
        AmountUnreadable: one of them is none, or there is none.
    """
    parts = written if isinstance(written, list) else re.split(r"[,|\s]+", str(written).strip())
    texts = [str(one).strip() for one in parts]
    if not texts or not all(one.isdecimal() and 200 <= int(one) <= 599 for one in texts):
        raise AmountUnreadable(
            f"{written!r} are no statuses", "Write 503 or 500,503, each from 200 to 599."
        )
    return tuple(map(int, texts))


def read_close(written: object) -> int | Literal["abrupt"]:
    """``1012`` or ``abrupt``: how a socket is closed, with this code or without a close frame.

    Raises:
        AmountUnreadable: it is neither; a close frame may not carry the code (RFC 6455, 7.4).
    """
    text = str(written).strip()
    if text == "abrupt":
        return "abrupt"
    code = int(text) if text.isdecimal() else 0
    if not (1000 <= code <= 1014 and code not in (1004, 1005, 1006)) and not 3000 <= code <= 4999:
        raise AmountUnreadable(
            f"{text!r} is no close code", "Write abrupt, or a code such as 1001, 1012 or 4000."
        )
    return code
