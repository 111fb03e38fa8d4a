"""What weather a mock is to have: rules for operations, for people and programs to write.

A plan is one object, in a file or sent to the admin path: amounts for
everything, and ``rules`` for some operations. Later rules win over earlier
ones, key by key, and all of them over what is said for everything.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from altlas_chat.mock.amounts import (
    AmountUnreadable,
    read_calls,
    read_close,
    read_limit,
    read_share,
    read_speed,
    read_statuses,
    read_times,
)

Json = dict[str, Any]

READERS: Mapping[str, Callable[[object], Any]] = MappingProxyType(
    {
        "latency": read_times,
        "error": read_share,
        "status": read_statuses,
        "limit": read_limit,
        "drop": read_share,
        "drop-after": read_share,
        "reset": read_share,
        "stall": read_share,
        "truncate": read_share,
        "garbage": read_share,
        "slow-body": read_speed,
        "disconnect": read_times,
        "disconnect-rate": read_share,
        "close": read_close,
        "calls": read_calls,
    }
)
"""Every key of a rule, and what reads its amount."""

ALIASES: Mapping[str, str] = MappingProxyType(
    {"error-rate": "error", "errors": "status", "rate-limit": "limit"}
)

PRESETS: Mapping[str, Json] = MappingProxyType(
    {
        "slow-3g": {"latency": "1500..2500ms", "slow-body": "50KB/s"},
        "fast-3g": {"latency": "400..700ms", "slow-body": "180KB/s"},
        "flaky": {
            "latency": "lognormal(80ms, 2s)",
            "error": "10%",
            "drop": "3%",
            "truncate": "1%",
            "disconnect": "10..60s",
            "close": "abrupt",
        },
        "tunnel": {
            "latency": "lognormal(300ms, 8s)",
            "drop": "30%",
            "stall": "10%",
            "disconnect": "2..10s",
            "close": "abrupt",
        },
        "outage": {"error": 1, "status": 503, "disconnect": "0..1s", "close": 1013},
        "deploy": {
            "disconnect": "0..5s",
            "close": 1012,
            "rules": [{"on": "*", "calls": "1..3", "error": 1, "status": "502,503"}],
        },
    }
)
"""Weathers by name."""

SOCKET = "WS"
"""The method of WebSockets; what is said of GET is said of them, too."""

_TOP = ("preset", "seed", "rules")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing in a plan that can't be read; ``pointer`` (RFC 6901) leads to it."""

    pointer: str
    what: str
    remedy: str


class PlanUnreadable(Exception):
    """A plan has mistakes; carries all of them, at least one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{one.pointer}: {one.what}" for one in problems))

    @property
    def detail(self) -> str:
        """What is wrong, for the command line."""
        places = (f"The weather at {one.pointer}: " if one.pointer else "" for one in self.problems)
        return "\n".join(f"{at}{one.what}." for at, one in zip(places, self.problems, strict=True))

    @property
    def remedy(self) -> str:
        return self.problems[0].remedy


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which operations a rule is for: ``GET /users/*``, ``/files/**``, ``listUsers`` or ``*``.

    ``*`` in a path stands for one part of it, ``**`` for any number. A path is
    compared with the one that was asked for and with the contract's template;
    a name with the operationId.
    """

    written: str
    methods: frozenset[str]
    path: re.Pattern[str] | None
    name: re.Pattern[str] | None

    @classmethod
    def read(cls, written: str) -> "Pattern":
        text = written.strip()
        head, _, rest = text.partition(" ")
        if text.startswith("/"):
            head, rest = "", text
        rest = rest.strip()
        methods = frozenset(one.upper() for one in head.split(",") if one and one != "*")
        if rest.startswith("/"):
            return cls(text, methods, _glob(rest, "[^/]*"), None)
        if rest == "*" or text == "*":
            return cls(text, methods if rest else frozenset(), None, None)
        return cls(text, frozenset(), None, _glob(text, ".*"))

    def matches(self, method: str, paths: Sequence[str], name: str | None) -> bool:
        """Whether it means a call of this method, by one of its paths or by its operationId."""
        also = "GET" if method == SOCKET else method
        if self.methods and not {method, also} & self.methods:
            return False
        if self.name is not None:
            return name is not None and self.name.fullmatch(name) is not None
        return self.path is None or any(map(self.path.fullmatch, paths))


def _glob(text: str, star: str) -> re.Pattern[str]:
    """Names and paths of operations are short and come from who runs the mock."""
    parts = re.split(r"(\*\*|\*)", text)
    signs = {"**": ".*", "*": star}
    return re.compile("".join(signs.get(part) or re.escape(part) for part in parts))


@dataclass(frozen=True, slots=True)
class Rule:
    """What is said about some operations; ``amounts`` by the keys of ``READERS``."""

    on: Pattern
    amounts: Mapping[str, Any]

    def as_json(self) -> Json:
        return {"on": self.on.written, **amounts_as_json(self.amounts)}


@dataclass(frozen=True, slots=True)
class Plan:
    """The weather that is wanted."""

    seed: int = 0
    amounts: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()

    @property
    def calm(self) -> bool:
        """Nothing is asked for."""
        return not self.amounts and not self.rules

    def as_json(self) -> Json:
        """As ``read_plan`` reads it again."""
        return {
            "seed": self.seed,
            **amounts_as_json(self.amounts),
            "rules": [rule.as_json() for rule in self.rules],
        }


def amounts_as_json(amounts: Mapping[str, Any]) -> Json:
    """Amounts as they may be written."""
    return {name: _as_json(name, value) for name, value in amounts.items()}


def _as_json(name: str, value: Any) -> Any:
    if name == "slow-body":
        return f"{value:g}B/s"
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, int | float | str) else str(value)


def read_plan(data: object) -> Plan:
    """The plan that an object describes; of a preset's amounts those that are given win.

    Raises:
        PlanUnreadable: it has mistakes.
    """
    problems: list[Problem] = []
    if not isinstance(data, dict):
        raise PlanUnreadable([Problem("", "a plan is an object", "Write `latency: 200ms`.")])
    known = {**_preset(data, problems), **_named(data)}
    seed = known.pop("seed", 0)
    if not isinstance(seed, int) or isinstance(seed, bool):
        problems.append(Problem("/seed", f"{seed!r} is no number", "Write a whole number."))
        seed = 0
    written = known.pop("rules", [])
    amounts = _amounts(known, "", problems)
    rules = _rules(written, problems)
    if problems:
        raise PlanUnreadable(problems)
    return Plan(seed, amounts, tuple(rules))


def _named(data: Mapping[Any, Any]) -> Json:
    """By the keys' proper names; what is null is not said."""
    found: Json = {}
    for written, value in data.items():
        name = str(written).replace("_", "-")
        if name != "preset" and value is not None:
            found[ALIASES.get(name, name)] = value
    return found


def _preset(data: Mapping[Any, Any], problems: list[Problem]) -> Json:
    name = data.get("preset")
    if name is None:
        return {}
    if not isinstance(name, str) or name not in PRESETS:
        remedy = f"There are: {', '.join(PRESETS)}."
        problems.append(Problem("/preset", f"{name!r} is no weather that is known", remedy))
        return {}
    return dict(PRESETS[name])


def _rules(written: object, problems: list[Problem]) -> list[Rule]:
    if not isinstance(written, list):
        problems.append(Problem("/rules", "rules are a list", "Begin each with `- on: …`."))
        return []
    rules = []
    for number, one in enumerate(written):
        pointer = f"/rules/{number}"
        try:
            rules.append(_rule(one, pointer, problems))
        except AmountUnreadable as error:
            problems.append(Problem(pointer, error.what, error.remedy))
    return rules


def _rule(written: object, pointer: str, problems: list[Problem]) -> Rule:
    if isinstance(written, str):
        return read_rule(written)
    if not isinstance(written, dict) or not isinstance(written.get("on"), str):
        raise AmountUnreadable(
            "a rule names its operations", "Write `on: GET /users/*` or `on: listUsers`."
        )
    rest = _named(written)
    del rest["on"]
    return Rule(Pattern.read(written["on"]), _amounts(rest, pointer, problems))


def _amounts(written: Mapping[str, Any], pointer: str, problems: list[Problem]) -> Json:
    found = {}
    for name, value in written.items():
        place = f"{pointer}/{name}"
        if name not in READERS:
            problems.append(Problem(place, f"{name!r} is nothing that weather has", _near(name)))
            continue
        try:
            found[name] = READERS[name](value)
        except AmountUnreadable as error:
            problems.append(Problem(place, error.what, error.remedy))
    if "status" in found:
        found.setdefault("error", 1.0)
    return found


def _near(name: str) -> str:
    import difflib  # noqa: PLC0415 - only for mistakes

    near = difflib.get_close_matches(name, (*READERS, *_TOP), 1)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(READERS)}."


def read_rule(written: str) -> Rule:
    """``GET /users/*: latency=1s, error=0.5, stall``; a key alone is "always".

    Raises:
        AmountUnreadable: it names no operations, a key that is unknown or an amount that is none.
    """
    on, colon, rest = _halves(written)
    if not colon or not on.strip() or not rest.strip():
        raise AmountUnreadable(
            f"{written!r} is no rule", "Write 'GET /users/*: latency=1s, error=0.5'."
        )
    problems: list[Problem] = []
    amounts = _amounts(_named(_keys(rest)), "", problems)
    if problems:
        raise AmountUnreadable(problems[0].what, problems[0].remedy)
    return Rule(Pattern.read(on), amounts)


def _halves(written: str) -> tuple[str, str, str]:
    """A path may have colons, too: the one before a blank is meant, else the last."""
    found = re.search(r":\s", written)
    if found:
        return written[: found.start()], ":", written[found.end() :]
    return written.rpartition(":")


def _keys(text: str) -> Json:
    """Commas part the keys, but for those within brackets and within lists of numbers."""
    found: Json = {}
    for part in re.split(r",(?![^(]*\))(?!\s*\d+\s*(?:,|$))", text):
        name, equals, value = part.partition("=")
        found[name.strip()] = value.strip() if equals else True
    return found
