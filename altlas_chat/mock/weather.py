"""What each call and each socket meets: delays, errors, faults, limits, the end of a socket.

The same seed and the same sequence of calls of an operation bring the same
weather, whatever else is called between them, in every process. Limits alone
depend on the clock.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from altlas_chat.mock.amounts import Limit
from altlas_chat.mock.plans import Json, Plan

NO_OPERATION = "(no operation)"


class Fault(StrEnum):
    """What goes wrong with a connection, in the order in which lots are drawn."""

    RESET = "reset"
    """It is reset (TCP RST) instead of an answer."""
    DROP = "drop"
    """It is closed instead of an answer."""
    GARBAGE = "garbage"
    """Bytes that are no HTTP instead of an answer, then it is closed."""
    STALL = "stall"
    """Nothing happens any more."""
    TRUNCATE = "truncate"
    """It is closed after half of the answer's body."""
    DROP_AFTER = "drop-after"
    """It is closed after the answer, which promised to keep it."""


@dataclass(frozen=True, slots=True)
class Call:
    """What is called: ``template`` and ``name`` (operationId) where the contract knows it.

    ``declared`` are the statuses that the operation declares.
    """

    method: str
    path: str
    template: str | None = None
    name: str | None = None
    declared: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """What its calls are counted by."""
        return f"{self.method} {self.template}" if self.template else NO_OPERATION


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one call meets.

    ``status`` is that of the answer which takes the place of the usual one;
    ``retry_after`` goes with 429 and 503.
    """

    delay_seconds: float = 0.0
    status: int | None = None
    retry_after: int | None = None
    fault: Fault | None = None
    bytes_per_second: float | None = None

    @property
    def on_the_wire(self) -> bool:
        """The answer is not sent as usual, but slowly, in part, or with the connection's end."""
        return self.bytes_per_second is not None or self.fault is not None

    @property
    def words(self) -> str:
        """Its short form for the journal, "" where nothing happens."""
        parts = []
        if self.delay_seconds:
            parts.append(f"+{self.delay_seconds * 1000:.0f}ms")
        if self.status:
            parts.append(str(self.status))
        if self.fault:
            parts.append(self.fault.value)
        if self.bytes_per_second:
            parts.append(f"{self.bytes_per_second:g}B/s")
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Ending:
    """When and how a socket ends; without a ``code`` abruptly."""

    after_seconds: float
    code: int | None


CALM = Forecast()


class Weather:
    """The weather at this moment, which can be changed at any time."""

    def __init__(self, plan: Plan, clock: Callable[[], float]) -> None:
        """``clock`` tells seconds that only go forward."""
        self._clock = clock
        self._plan = plan
        self.calls: dict[str, int] = {}
        self._windows: dict[tuple[int, str], tuple[float, int]] = {}
        self._changed = asyncio.Event()

    @property
    def plan(self) -> Plan:
        return self._plan

    @property
    def calm(self) -> bool:
        """Nothing will happen to anybody."""
        return self._plan.calm

    def change(self, plan: Plan) -> None:
        """Have other weather from now on; calls are counted anew, so it is the same each time."""
        self._plan = plan
        self.calls = {}
        self._windows = {}
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def as_json(self) -> Json:
        """The plan, and how often each operation was called under it."""
        return {**self._plan.as_json(), "calls": dict(self.calls)}

    def forecast(self, call: Call) -> Forecast:
        """What this call meets; each is counted."""
        if self._plan.calm:
            return CALM
        number = self._count(call.key)
        amounts, limits = self._amounts(call, number)
        wait = self._over(limits, call.key) if limits else None
        lot = _Lots(self._plan.seed, call.key, number)
        latency = amounts.get("latency")
        delay = latency.at(lot.draw("latency")) if latency else 0.0
        if wait is not None:
            return Forecast(delay, 429, wait)
        status, fault = _mishap(amounts, lot, call.declared)
        retry = 1 if status in (429, 503) else None
        return Forecast(delay, status, retry, fault, amounts.get("slow-body"))

    def ending(self, call: Call) -> Ending | None:
        """When the socket that this call opened ends, None for never; to be asked once each."""
        if self._plan.calm:
            return None
        key = f"socket {call.key}"
        number = self._count(key)
        amounts, _ = self._amounts(call, number)
        times = amounts.get("disconnect")
        lot = _Lots(self._plan.seed, key, number)
        if times is None or lot.draw("disconnect-rate") >= amounts.get("disconnect-rate", 1.0):
            return None
        how = amounts.get("close", 1012)
        return Ending(times.at(lot.draw("disconnect")), None if how == "abrupt" else how)

    async def ended(self, call: Call) -> Ending:
        """Return when the socket that this call opened is to end; a change draws its lot anew."""
        while True:
            changed, ending = self._changed, self.ending(call)
            try:
                async with asyncio.timeout(ending.after_seconds if ending else None):
                    await changed.wait()
            except TimeoutError:
                if ending is not None:
                    return ending

    def _count(self, key: str) -> int:
        self.calls[key] = number = self.calls.get(key, 0) + 1
        return number

    def _amounts(
        self, call: Call, number: int
    ) -> tuple[Mapping[str, Any], list[tuple[int, Limit]]]:
        """What is said about a call, and every limit that it counts for, by the rule's number."""
        if not self._plan.rules and not {"calls", "limit"} & self._plan.amounts.keys():
            return self._plan.amounts, []
        amounts: Json = {}
        limits = []
        said: list[Any] = [self._plan.amounts]
        paths = [call.path] if call.template is None else [call.path, call.template]
        said += [
            rule.amounts if rule.on.matches(call.method, paths, call.name) else {}
            for rule in self._plan.rules
        ]
        for rule_number, one in enumerate(said):
            if "calls" in one and number not in one["calls"]:
                continue
            amounts.update(one)
            if "limit" in one:
                limits.append((rule_number, one["limit"]))
        return amounts, limits

    def _over(self, limits: Sequence[tuple[int, Limit]], key: str) -> int | None:
        """Whole seconds to wait when one of the limits is reached.

        A rule for everything counts all calls together, any other each operation's.
        """
        now = self._clock()
        wait = None
        for number, limit in limits:
            window = (number, key if number else "")
            begun, count = self._windows.get(window, (now, 0))
            if now - begun >= limit.window_seconds:
                begun, count = now, 0
            self._windows[window] = (begun, count + 1)
            if count >= limit.calls:
                wait = max(wait or 1, -int(-(begun + limit.window_seconds - now) // 1))
        return wait


class _Lots:
    """The lots of one call: each is between 0 and 1, and depends on nothing but what it is for."""

    def __init__(self, seed: int, key: str, number: int) -> None:
        self._of = f"{seed}\n{key}\n{number}\n"

    def draw(self, what: str) -> float:
        digest = hashlib.blake2b((self._of + what).encode(), digest_size=8).digest()
        return (int.from_bytes(digest) >> 12) / 2**52


def _mishap(
    amounts: Mapping[str, Any], lot: _Lots, declared: Sequence[int]
) -> tuple[int | None, Fault | None]:
    """The status of an error or the fault that a call meets; the first lot that says so wins."""
    for fault in (Fault.RESET, Fault.DROP, Fault.GARBAGE, Fault.STALL):
        if fault in amounts and lot.draw(fault) < amounts[fault]:
            return None, fault
    if "error" in amounts and lot.draw("error") < amounts["error"]:
        statuses = amounts.get("status") or [one for one in declared if one >= 500] or [503]
        return statuses[int(lot.draw("status") * len(statuses))], None
    for fault in (Fault.TRUNCATE, Fault.DROP_AFTER):
        if fault in amounts and lot.draw(fault) < amounts[fault]:
            return None, fault
    return None, None
