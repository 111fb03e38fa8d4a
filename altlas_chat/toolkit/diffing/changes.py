"""What the comparison finds: changes, each with its rule, its level, its words and its places."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from altlas_chat.specs.documents import Document
from altlas_chat.specs.findings import Place
from altlas_chat.toolkit.diffing.levels import Effect, Level, level_of
from altlas_chat.toolkit.diffing.rules import RULES
from altlas_chat.toolkit.diffing.views import written

LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    ``operation`` is what people know the operation by (``GET /users``), "" for
    what is about none. ``old`` and ``new`` are JSON pointers into the two
    documents, None where there is nothing there.
    """

    rule: str
    level: Level
    words: str
    section: str
    operation: str = ""
    method: str = ""
    path: str = ""
    operation_id: str = ""
    old: str | None = None
    new: str | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """The operation that changes are about.

    ``turned`` says that the server calls the client (webhooks and callbacks):
    what is a request there is what the client receives.
    """

    method: str = ""
    path: str = ""
    operation_id: str = ""
    turned: bool = False

    @property
    def operation(self) -> str:
        return f"{self.method} {self.path}".strip()


@dataclass(frozen=True, slots=True)
class Policy:
    """What is asked for beyond the documents.

    ``stable_days`` and ``beta_days`` are how long an operation must stay once it
    is deprecated; 0 asks for nothing. Operations less stable than ``stability``
    may change as they like. ``flatten`` compares what ``allOf`` joins property
    by property. ``versions`` judges whether ``info.version`` rose enough.
    """

    today: date
    stable_days: int = 0
    beta_days: int = 0
    stability: str = "beta"
    flatten: bool = False
    versions: bool = False


@dataclass(slots=True)
class Found:
    """Collects changes."""

    changes: list[Change] = field(default_factory=list)

    def add(
        self,
        rule: str,
        where: Where,
        old: str | None,
        new: str | None,
        /,
        level: Level | None = None,
        **facts: Any,
    ) -> None:
        """One more; ``facts`` go into the words of the rule."""
        told = RULES[rule]
        said = {"where": "", "inside": "", "name": "", "status": "", "days": ""}
        said |= {key: _said(key, value) for key, value in facts.items()}
        said.setdefault("old", "nothing")
        said.setdefault("new", "nothing")
        self.changes.append(
            Change(
                rule=rule,
                level=level or told.level,
                words=told.words.format_map(said),
                section=told.section,
                operation=where.operation,
                method=where.method,
                path=where.path,
                operation_id=where.operation_id,
                old=old,
                new=new,
            )
        )


def _said(key: str, value: Any) -> str:
    if key in ("where", "inside", "name", "status", "days"):
        return str(value)
    if value is None:
        return "nothing"
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        value = ", ".join(value)
    text = value if isinstance(value, str) else written(value)
    return f"`{text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + '…'}`"


def turned_level(effect: Effect | None, level: Level, *, sends: bool) -> Level:
    """The level of a rule where the server calls the client."""
    return level if effect is None else level_of(effect, sends=not sends)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changes between two documents, the worst first within each operation."""

    old: Document
    new: Document
    changes: tuple[Change, ...]

    def count(self, level: Level) -> int:
        return sum(change.level is level for change in self.changes)

    @property
    def worst(self) -> Level | None:
        """The worst level found; None when nothing changed."""
        return max((one.level for one in self.changes), key=lambda one: one.weight, default=None)

    def with_changes(self, changes: Iterable[Change]) -> "Comparison":
        return replace(self, changes=tuple(changes))

    def places(self, change: Change) -> tuple[Place | None, Place | None]:
        """Where it is in the old and in the new document."""
        return (
            None if change.old is None else place_of(self.old, change.old),
            None if change.new is None else place_of(self.new, change.new),
        )


def place_of(document: Document, pointer: str) -> Place:
    """The place of a part, or of the nearest thing around it that can be found."""
    while True:
        try:
            return document.place(pointer)
        except LookupError:
            if not pointer:
                return Place(document.source)
            pointer = pointer.rpartition("/")[0]
