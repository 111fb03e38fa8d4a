"""Payloads of messages that are to be sent: of examples, or made up, with what is known put in."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from altlas_chat.mock.live.messages import Message
from altlas_chat.mock.state.patching import merged
from altlas_chat.mock.state.shapes import Shapes
from altlas_chat.specs.documents import Document
from altlas_chat.specs.sampling import NoSample, Sampler
from altlas_chat.specs.schemas import Direction, Schemas, Violation

DEEPEST = 4


class Unsendable(Exception):
    """What would be sent is not what the message's schema allows; says why."""


class Maker:
    """Makes payloads for the messages of one document; each is valid."""

    def __init__(self, document: Document, schemas: Schemas, sampler: Sampler) -> None:
        self.shapes = Shapes(document)
        self._schemas = schemas
        self._sampler = sampler

    def violations(self, message: Message, payload: Any, direction: Direction) -> list[Violation]:
        if message.payload is None:
            return []
        return self._schemas.violations(message.payload, payload, direction)

    def is_valid(self, message: Message, payload: Any) -> bool:
        return message.payload is None or self._schemas.is_valid(
            message.payload, payload, Direction.ANSWER
        )

    def usual(
        self, message: Message, key: str, *, example: str | None = None, dynamic: bool = False
    ) -> Any:
        """An example that is valid, else a made-up payload, the same for the same key.

        Raises:
            Unsendable: there is none, or no example of that name.
        """
        if example is not None:
            named = dict(message.examples)
            if example not in named:
                names = ", ".join(named) or "none"
                raise Unsendable(f"{message.name} has no example {example!r}; there are: {names}")
            return deepcopy(named[example])
        if not dynamic:
            for _, payload in message.examples:
                if self.is_valid(message, payload):
                    return deepcopy(payload)
        if message.payload is None:
            return deepcopy(next((one for _, one in message.examples), {}))
        try:
            return self._sampler.sample(message.payload, key=key, direction=Direction.ANSWER)
        except NoSample as error:
            raise Unsendable(f"{message.name}: {error}") from error

    def made(self, message: Message, base: Any, changes: Mapping[str, Any]) -> Any:
        """The base with changes merged in (null stays null).

        Raises:
            Unsendable: the message's schema does not allow it.
        """
        payload = overlaid(base, changes)
        if self.is_valid(message, payload):
            return payload
        found = self.violations(message, payload, Direction.ANSWER)
        what = "; ".join(f"{one.pointer or '/'}: {one.what}" for one in found[:5])
        raise Unsendable(f"{message.name}: {what}")

    def echoed(self, message: Message, payload: Any, command: Any) -> Any:
        """The payload with what the command said of the same things, as far as it stays valid."""
        if message.payload is None or not isinstance(command, dict):
            return payload
        return self._echoed(message, payload, command, (), message.payload)

    def _echoed(
        self, message: Message, payload: Any, command: Any, path: Sequence[str], schema: str
    ) -> Any:
        if len(path) >= DEEPEST or not isinstance(command, dict):
            return payload
        for name, one in self.shapes.properties(schema).items():
            if name not in command or self.shapes.has(one, "const"):
                continue
            here = (*path, name)
            if isinstance(command[name], dict) and self.shapes.properties(one):
                payload = self._echoed(message, payload, command[name], here, one)
                continue
            candidate = put_at(payload, here, command[name])
            if candidate is not None and self.is_valid(message, candidate):
                payload = candidate
        return payload


def overlaid(base: Any, changes: Any) -> Any:
    """A value with changes put in, objects in objects; ``null`` is a value like others."""
    if not isinstance(base, dict) or not isinstance(changes, Mapping):
        return deepcopy(changes)
    found = dict(base)
    for name, value in changes.items():
        found[name] = overlaid(found[name], value) if name in found else merged(None, value)
        if value is None:
            found[name] = None
    return found


def value_at(value: Any, steps: Sequence[str]) -> Any:
    """What lies there, None where nothing does."""
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def put_at(value: Any, steps: Sequence[str], new: Any) -> Any:
    """A copy of the value with something put there; None where that can't be."""
    if not steps:
        return deepcopy(new)
    if not isinstance(value, dict):
        return None
    inner = put_at(value.get(steps[0], {}), steps[1:], new)
    return None if inner is None and new is not None else {**value, steps[0]: inner}
