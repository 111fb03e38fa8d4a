"""``{{ … }}`` in scenarios: what was received, who is there, the time, chance."""

import random
import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from altlas_chat.mock.live.making import value_at

_TEMPLATE = re.compile(r"\{\{\s*(.+?)\s*\}\}")
_CALL = re.compile(r"(\w+)\((.*)\)$")
_WAY = re.compile(r"[\w$-]+(\.[\w$-]+)*$")

ROOTS = (
    "data", "received", "parameters", "query", "person", "answer", "request", "path", "sent",
    "count",
)  # fmt: skip
MADE = ("now", "uuid")
CALLS = ("random", "pick", "next")


class BadTemplate(Exception):
    """What stands in the braces is nothing that is known."""


def check_template(text: str) -> None:
    """Whether each template of a text can be filled at all.

    Raises:
        BadTemplate: one can't.
    """
    for one in _TEMPLATE.findall(text):
        called = _CALL.match(one)
        if called is not None:
            if called[1] not in CALLS:
                raise BadTemplate(f"there is no {called[1]}(…), only {', '.join(CALLS)}")
            if called[1] == "random":
                _span(called[2])
            continue
        if not _WAY.match(one):
            raise BadTemplate(f"{one!r} is no name")
        root = one.partition(".")[0]
        if root not in (*ROOTS, *MADE):
            raise BadTemplate(f"there is no {root}; there are {', '.join((*ROOTS, *MADE))}")


def has_template(value: Any) -> bool:
    return isinstance(value, str) and _TEMPLATE.search(value) is not None


class Filler:
    """Fills templates; chance comes from one seed."""

    def __init__(
        self, chance: random.Random, now: Callable[[], str], last: Callable[[str], int]
    ) -> None:
        self._chance = chance
        self._now = now
        self._last = last

    def share(self) -> float:
        """A number between 0 and 1, by chance."""
        return self._chance.random()

    def filled(self, value: Any, known: Mapping[str, Any]) -> Any:
        """A value with every template in it filled.

        A text that is one template and nothing else becomes what it stands for,
        a number or an object, too; what is not there is null, "" within a text.
        """
        if isinstance(value, dict):
            return {self._text(name, known): self.filled(one, known) for name, one in value.items()}
        if isinstance(value, list):
            return [self.filled(one, known) for one in value]
        if not isinstance(value, str):
            return value
        whole = _TEMPLATE.fullmatch(value.strip())
        if whole is not None and "}}" not in whole[1]:
            return self._one(whole[1], known)
        return self._text(value, known)

    def _text(self, value: Any, known: Mapping[str, Any]) -> Any:
        if not isinstance(value, str):
            return value

        def put(found: re.Match[str]) -> str:
            one = self._one(found[1], known)
            return "" if one is None else str(one)

        return _TEMPLATE.sub(put, value)

    def _one(self, text: str, known: Mapping[str, Any]) -> Any:
        called = _CALL.match(text)
        if called is not None:
            return self._called(called[1], called[2], known)
        if text == "now":
            return self._now()
        if text == "uuid":
            return str(UUID(int=self._chance.getrandbits(128), version=4))
        return value_at(known, text.split("."))

    def _called(self, name: str, arguments: str, known: Mapping[str, Any]) -> Any:
        if name == "random":
            return self._chance.randint(*_span(arguments))
        if name == "next":
            return self._last(str(self._text(arguments, known))) + 1
        return self._chance.choice([one.strip() for one in arguments.split("|")])


def _span(text: str) -> tuple[int, int]:
    first, _, last = text.partition("..")
    try:
        low, high = int(first), int(last)
    except ValueError as error:
        raise BadTemplate(f"random({text}): write it as random(1..6)") from error
    if low > high:
        raise BadTemplate(f"random({text}): the first is the larger one")
    return low, high
