"""Calls as the state knows them, and what comes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from altlas_chat.specs.documents import Json


class Nothing:
    """There is no body; another thing than ``null``."""


NOTHING = Nothing()


@dataclass(frozen=True, slots=True)
class Call:
    """A valid request: parameters by name with their values, its path as it was asked for.

    ``facts`` are properties that only the server knows of a thing that comes
    to be by it.
    """

    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = NOTHING
    media_type: str = "application/json"
    address: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call is answered: JSON that its schema allows, or ``NOTHING``.

    ``thing`` is the one thing that it was about, as it is kept.
    """

    status: int
    body: Any = NOTHING
    headers: Mapping[str, str] = field(default_factory=dict)
    thing: Json | None = None


class Refused(Exception):
    """The call can't be done with what is kept; the contract's own error shape says so.

    ``status`` is 404 (there is no such thing), 409 (there is one of that id) or
    422 (the change would leave no valid thing).
    """

    def __init__(self, status: int, what: str) -> None:
        super().__init__(what)
        self.status = status
        self.what = what
