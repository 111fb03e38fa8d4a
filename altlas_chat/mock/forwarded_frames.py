"""Frames that pass through to a real server, held to the AsyncAPI document of their channel."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from altlas_chat.mock.breaches import Breach
from altlas_chat.mock.compiled import Compiled
from altlas_chat.mock.live.channels import Command
from altlas_chat.mock.live.peers import Room
from altlas_chat.mock.live.recognizing import Recognized, Recognizer
from altlas_chat.mock.live.sockets import Doors
from altlas_chat.mock.live.stage import Place, Stage
from altlas_chat.specs.schemas import Direction, Violation


@dataclass(frozen=True, slots=True, eq=False)
class FrameCheck:
    """Judges the frames of one channel."""

    channel: str
    of_clients: Recognizer
    of_servers: Recognizer

    def client_says(self, frame: str | bytes) -> list[Breach]:
        """Where a frame of a client breaks the contract; one of bytes is not looked at."""
        return _breaches(self.of_clients, frame, "no command of the contract is like that")

    def server_says(self, frame: str | bytes) -> list[Breach]:
        """Where a frame of the server does."""
        return _breaches(self.of_servers, frame, "no message of the contract is like that")


class FrameChecks:
    """Finds the channel of a socket, in the contract as it is then."""

    def __init__(self) -> None:
        self._known: tuple[Compiled, Doors] | None = None

    def find(self, compiled: Compiled, path: str) -> FrameCheck | None:
        """What judges the frames of a socket on a path; None where no document knows it."""
        if self._known is None or self._known[0] is not compiled:
            stage = Stage(compiled.sockets, Room(), lambda: "")
            self._known = compiled, Doors(stage)
        door = self._known[1].find(path)
        return None if door is None else _check(door.place)


def _check(place: Place) -> FrameCheck:
    told = [Command(one.name, one) for one in place.channel.messages]
    of_servers = Recognizer(told, place.maker, Direction.ANSWER)
    return FrameCheck(place.channel.name, place.recognizer, of_servers)


def _breaches(recognizer: Recognizer, frame: str | bytes, unknown: str) -> list[Breach]:
    if isinstance(frame, bytes):
        return []
    try:
        value = orjson.loads(frame)
    except orjson.JSONDecodeError as error:
        return [Breach("body", "", "", "format", f"it is no JSON: {error}")]
    found = recognizer.recognize(value)
    if found.is_right:
        return []
    return _told(found, found.violations) or [Breach("body", "", "", "unknown", unknown)]


def _told(found: Recognized, violations: Sequence[Violation]) -> list[Breach]:
    name = found.command.message.name if found.command else ""
    return [Breach("body", name, one.pointer, one.keyword, one.what) for one in violations]
