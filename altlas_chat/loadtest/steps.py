"""What a user of a load test does, step by step, without saying how: every engine can do it.

A script yields steps and is given each answer; so one definition drives
Locust's users and thousands of sockets of one process alike.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A request over REST; ``path`` is below the base path, ``name`` the operation's id."""

    name: str
    method: str
    path: str
    query: Mapping[str, str | int] = field(default_factory=dict)
    body: Json | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file over REST."""

    name: str
    path: str
    file_name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Download:
    """The bytes of a file, to be read to the end; they must be ``content``."""

    name: str
    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Command:
    """A command over the person's socket; the answer is the data of its reply."""

    event: str
    data: Json

    @property
    def name(self) -> str:
        return self.event


@dataclass(frozen=True, slots=True)
class Checked:
    """What a script found in answers of an operation; nothing is asked of the server for it.

    Counted are messages and events; ``wrong`` is a fault of an answer in words.
    """

    name: str
    received: int
    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    wrong: str = ""


UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)
"""What a script raises when an answer has not the form that it should have."""

OTHER_FORM = "an answer of another form"

Step = Call | Upload | Download | Command
Script = Generator[Step | Checked, Json, None]
"""Ends when the user is done; is closed when a step fails. ``Checked`` is answered by ``{}``."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a load test, logged in; ``conversations`` are those that he may write in."""

    user_id: str
    token: str
    conversations: tuple[str, ...]


def positions_of(snapshot: Json, person: Person) -> dict[str, int]:
    """Where the person's streams stand in a snapshot of ``GET /sync``."""
    found = {f"conversation:{one['id']}": one["seq"] for one in snapshot["conversations"]}
    found[f"user:{person.user_id}"] = snapshot["seq"]
    return found
