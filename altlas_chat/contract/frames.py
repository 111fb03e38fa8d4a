"""The WebSocket's frames, held to the contract: commands, answers and events.

For tests and tools; the server itself checks its input with its own models.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from altlas_chat.contract.compiled import Schemas
from altlas_chat.contract.documents import load_asyncapi

Json = dict[str, Any]


def check_frame(frame: object, command: str | None = None) -> list[str]:
    """Everything in a server's frame that the contract does not allow.

    ``command`` is what the frame answers, where that is known; a reply
    without it has to be a reply to some command. Planned events must not be
    sent, and a command may be refused only as the contract says.
    """
    return _live().check_frame(frame, command)


def check_command(frame: object) -> list[str]:
    """Everything in a client's frame that the contract does not allow.

    What a server answered with a reply must be without a finding: else it
    accepts what nobody promised.
    """
    return _live().check_command(frame)


class _Live:
    def __init__(self, document: Json) -> None:
        self._schemas = Schemas(document, "draft-07")
        messages = document["components"]["messages"].values()
        self._commands = {one["name"]: one for one in messages if one["x-kind"] == "command"}
        self._replies = [one for one in messages if one["x-kind"] == "reply"]
        self._told = {
            one["name"]: one for one in messages if one["x-kind"] in ("frame", "event", "passing")
        }
        self._refusals = dict(_refusals(self._schemas, document))
        self._common_refusals = frozenset(self._told["error"]["x-errors"])

    def check_command(self, frame: object) -> list[str]:
        event = _event_of(frame)
        command = self._commands.get(event)
        if command is None:
            return [f"{event}: there is no such command"]
        found = self._schemas.violations(command["payload"], frame)
        return [f"{event}: {one}" for one in found]

    def check_frame(self, frame: object, command: str | None) -> list[str]:
        event = _event_of(frame)
        if event == "reply":
            return self._check_reply(frame, command)
        message = self._told.get(event)
        if message is None:
            return [f"{event}: there is no such event"]
        found = self._schemas.violations(message["payload"], frame)
        if message.get("x-planned"):
            found.append("it is planned, and must not be sent yet")
        if not found and event == "error" and isinstance(frame, Mapping):
            found += self._check_refusal(frame["data"]["code"], command)
        if command is not None and message.get("x-reply-to", command) != command:
            found.append(f"it does not answer {command}")
        return [f"{event}: {one}" for one in found]

    def _check_reply(self, frame: object, command: str | None) -> list[str]:
        replies = [one for one in self._replies if command in (None, one["x-reply-to"])]
        if not replies:
            return [f"reply: {command} is not answered with a reply"]
        outcomes = [self._schemas.violations(one["payload"], frame) for one in replies]
        best = min(outcomes, key=len)
        return [f"reply to {command or 'any command'}: {one}" for one in best]

    def _check_refusal(self, code: str, command: str | None) -> Iterator[str]:
        known = command is None or command not in self._refusals
        if known or code in self._common_refusals or code in self._refusals[str(command)]:
            return
        yield f"{command} is not refused with {code} by the contract"


def _refusals(schemas: Schemas, document: Json) -> Iterator[tuple[str, frozenset[str]]]:
    """The problems that each command may meet, beside those of every command."""
    for operation in document["operations"].values():
        if operation["action"] == "receive":
            message = schemas.resolved(operation["messages"][0])
            yield message["name"], frozenset(operation["x-errors"])


def _event_of(frame: object) -> str:
    event = frame.get("event") if isinstance(frame, Mapping) else None
    return event if isinstance(event, str) else "a frame without event"


@cache
def _live() -> _Live:
    return _Live(load_asyncapi())
