"""Which command a frame is, and what is wrong with it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from altlas_chat.mock.live.channels import Command
from altlas_chat.mock.live.making import Maker, value_at
from altlas_chat.mock.live.messages import Message
from altlas_chat.specs.schemas import Direction, Violation

DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Recognized:
    """What was made out of a frame.

    No ``command`` where it can't be told which is meant; ``violations`` is then
    what stands in the way, or empty for a name that nothing has.
    """

    command: Command | None
    violations: tuple[Violation, ...] = ()

    @property
    def is_right(self) -> bool:
        return self.command is not None and not self.violations


class Recognizer:
    """Tells the commands of one channel apart, first by what is fixed in them (a type, a name).

    With the other ``direction`` they are what servers say.
    """

    def __init__(
        self,
        commands: Sequence[Command],
        maker: Maker,
        direction: Direction = Direction.REQUEST,
    ) -> None:
        self._commands = commands
        self._maker = maker
        self._direction = direction
        self._fixed = [dict(fixed_in(maker, one.message)) for one in commands]
        self._mark = _mark(self._fixed)

    def recognize(self, frame: Any) -> Recognized:
        candidates = self._meant(frame)
        if candidates is None:
            return Recognized(None)
        outcomes = [
            (one, tuple(self._maker.violations(one.message, frame, self._direction)))
            for one in candidates
        ]
        if not outcomes:
            return Recognized(None)
        best = min(outcomes, key=lambda outcome: len(outcome[1]))
        if best[1] and len(candidates) > 1 and self._mark is None:
            return Recognized(None, best[1])
        return Recognized(*best)

    def _meant(self, frame: Any) -> list[Command] | None:
        """Those that the frame's mark names; None where no command has such a mark."""
        if self._mark is None:
            return list(self._commands)
        said = value_at(frame, self._mark)
        pairs = list(zip(self._commands, self._fixed, strict=True))
        named = [one for one, fixed in pairs if fixed.get(self._mark) == said]
        unmarked = [one for one, fixed in pairs if self._mark not in fixed]
        return named or unmarked or None

    @property
    def mark(self) -> tuple[str, ...] | None:
        """The way to the property that tells which command is meant."""
        return self._mark


def fixed_in(
    maker: Maker, message: Message
) -> Iterator[tuple[tuple[str, ...], str | int | float | bool]]:
    """The properties that always have the same value, and the value."""
    if message.payload is not None:
        yield from _fixed(maker, message.payload, ())


def _fixed(
    maker: Maker, schema: str, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str | int | float | bool]]:
    if len(path) >= DEEPEST:
        return
    for name in maker.shapes.properties(schema):
        here = (*path, name)
        for one in maker.shapes.places(schema, name):
            value = _constant(maker, one)
            if value is not None:
                yield here, value
                break
            if maker.shapes.types(one) == {"object"}:
                yield from _fixed(maker, one, here)


def _constant(maker: Maker, schema: str) -> str | int | float | bool | None:
    values = maker.shapes.value(schema, "enum")
    value = values[0] if isinstance(values, list) and len(values) == 1 else None
    if maker.shapes.has(schema, "const"):
        value = maker.shapes.value(schema, "const")
    return value if isinstance(value, str | int | float | bool) else None


def _mark(fixed: Sequence[Mapping[tuple[str, ...], Any]]) -> tuple[str, ...] | None:
    """The property by which most commands differ; the outermost of several."""
    distinct: Counter[tuple[str, ...]] = Counter()
    for path in {path for one in fixed for path in one}:
        distinct[path] = len({str(one[path]) for one in fixed if path in one})
    if not distinct:
        return None
    return max(distinct, key=lambda path: (distinct[path], -len(path), path))
