"""What a command gets: its reply, or in what words of the contract it is refused."""

from collections.abc import Mapping, Sequence
from typing import Any

from altlas_chat.mock.live.channels import Channel, Command
from altlas_chat.mock.live.making import Maker, Unsendable, put_at, value_at
from altlas_chat.mock.live.messages import Message
from altlas_chat.mock.state.naming import plain
from altlas_chat.specs.documents import Json
from altlas_chat.specs.schemas import Violation

MALFORMED = "MALFORMED_JSON"
BINARY = "BINARY_FRAME"
UNKNOWN = "UNKNOWN_COMMAND"
INVALID = "VALIDATION_ERROR"
UNAUTHENTICATED = "AUTH_UNAUTHORIZED"

WORDS = {
    "message", "msg", "detail", "details", "reason", "errormessage", "description", "error", "text",
}  # fmt: skip
DEEPEST = 4


def reply_to(maker: Maker, command: Command, frame: Any, key: str) -> tuple[Message, Any] | None:
    """The reply that is promised, tied to its command; None where nothing is promised.

    What the command said of things that the reply names as well is in it.

    Raises:
        Unsendable: no valid reply could be made.
    """
    message = command.reply
    if message is None:
        return None
    payload = maker.usual(message, key)
    payload = tied(maker, message, payload, command.message, frame)
    return message, maker.echoed(message, payload, frame)


def tied(maker: Maker, message: Message, payload: Any, command: Message | None, frame: Any) -> Any:
    """The payload with what ties it to the command (``correlationId``), taken from the frame."""
    if not message.correlation:
        return payload
    source = command.correlation if command and command.correlation else message.correlation
    value = value_at(frame, source)
    if value is None:
        bare = without(payload, message.correlation)
        return bare if maker.is_valid(message, bare) else payload
    candidate = put_at(payload, message.correlation, value)
    return candidate if candidate is not None and maker.is_valid(message, candidate) else payload


def without(value: Any, steps: Sequence[str]) -> Any:
    """A copy of the value without what lies there."""
    if not isinstance(value, dict) or not steps or steps[0] not in value:
        return value
    if len(steps) == 1:
        return {name: one for name, one in value.items() if name != steps[0]}
    return {**value, steps[0]: without(value[steps[0]], steps[1:])}


class Refusals:
    """Says in a contract's own words why a frame is refused."""

    def __init__(self, maker: Maker, channel: Channel, problems: Mapping[str, Any]) -> None:
        """``problems`` are the contract's codes (``x-problems``), if it has a list of them."""
        self._maker = maker
        self._channel = channel
        self._problems = problems

    def refusal(
        self,
        code: str,
        what: str,
        frame: Any,
        command: Command | None = None,
        violations: Sequence[Violation] = (),
    ) -> Any:
        """The payload of the refusal; None where the contract has no message for it."""
        message = (command.refusal if command else None) or self._channel.error
        if message is None:
            return None
        try:
            payload = self._maker.usual(message, f"refusal {code}")
        except Unsendable:
            return None
        sent_by = command.message if command else None
        payload = tied(self._maker, message, payload, sent_by, frame)
        if code in self._problems and isinstance(payload, dict):
            return self._problem(message, payload, code, what, violations)
        return self._worded(message, payload, what)

    def _problem(
        self, message: Message, payload: Json, code: str, what: str, violations: Sequence[Violation]
    ) -> Any:
        """A problem document (RFC 9457) in the place where the message has one."""
        place = next((name for name, one in payload.items() if _is_problem(one)), None)
        if place is None:
            return self._worded(message, payload, what)
        known = self._problems[code]
        problem: Json = {
            "type": f"urn:altlas-chat:problem:{code.lower().replace('_', '-')}",
            "title": known["title"],
            "status": known["status"],
            "detail": what or known["title"],
            "code": code,
            "remedy": known["remedy"],
        }
        found = [
            {"pointer": one.pointer, "code": one.keyword.upper(), "detail": one.what[:300]}
            for one in violations[:20]
        ]
        for extended in ({**problem, "errors": found}, problem):
            candidate = {**payload, place: extended}
            if self._maker.is_valid(message, candidate):
                return candidate
        return self._worded(message, payload, what)

    def _worded(self, message: Message, payload: Any, what: str, path: tuple[str, ...] = ()) -> Any:
        """The payload with what is wrong where it has words for people."""
        here = value_at(payload, path) if path else payload
        if not isinstance(here, dict) or len(path) > DEEPEST:
            return payload
        for name, value in here.items():
            if isinstance(value, dict):
                payload = self._worded(message, payload, what, (*path, name))
            elif isinstance(value, str) and plain(name) in WORDS:
                candidate = put_at(payload, (*path, name), what)
                if candidate is not None and self._maker.is_valid(message, candidate):
                    payload = candidate
        return payload


def _is_problem(value: Any) -> bool:
    return isinstance(value, dict) and {"code", "status", "title"} <= value.keys()


def in_words(violations: Sequence[Violation]) -> str:
    """The first of what is wrong, in one line."""
    return "; ".join(f"{one.pointer or '/'}: {one.what}" for one in violations[:3])[:300]
