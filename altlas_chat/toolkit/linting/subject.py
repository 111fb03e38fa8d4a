"""What a rule is given: a document, its parts, and its operations."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.pointers import steps_of
from altlas_chat.specs.schemas import Direction, Schemas
from altlas_chat.toolkit.linting.kinds import METHODS
from altlas_chat.toolkit.linting.parts import Part, Parts

ERRORS = ("4", "5")


@dataclass(frozen=True, slots=True)
class Call:
    """An operation of an OpenAPI document, with where it is called.

    ``path`` is the template, the name of a webhook or the address of a
    callback; ``home`` is paths, webhooks or callbacks. ``item`` is the path
    item as it stands in the document, ``part`` the operation.
    """

    path: str
    method: str
    home: str
    item: Part
    part: Part

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of an operation: its status, the entry in ``responses``, and what that is."""

    status: str
    entry: Part
    part: Part

    @property
    def is_error(self) -> bool:
        return self.status.startswith(ERRORS) or self.status == "default"


class Subject:
    """A document that is linted. Nothing of it raises, however wrong the document is."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.schemas = Schemas(document)
        self.parts = Parts(document)

    @property
    def is_openapi(self) -> bool:
        return self.document.kind is Kind.OPENAPI

    @property
    def root(self) -> Part:
        return self.parts.root

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every operation: of the paths, the webhooks and the callbacks, in this order."""
        homes = [(name, self.parts.below(self.root, name)) for name in ("paths", "webhooks")]
        homes.append(("callbacks", [one for one in self.parts.of("path-item") if _is_called(one)]))
        return tuple(
            Call(item.name, method, home, item, part)
            for home, items in homes
            for item in items
            for holder in self._path_items(item)
            for method in methods_of(holder.node)
            if (part := self.parts.child(holder, method)) is not None
        )

    def _path_items(self, item: Part) -> Iterator[Part]:
        """The item itself, and the one that it refers to."""
        yield item
        resolved = self.parts.resolved(item)
        if resolved is not None and resolved is not item:
            yield resolved

    @cached_property
    def path_calls(self) -> tuple[Call, ...]:
        """Those that a client calls."""
        return tuple(call for call in self.calls if call.home == "paths")

    def parameters(self, call: Call) -> list[tuple[Part, Part]]:
        """The entries for an operation's parameters, each with the parameter itself.

        Those of the path come first, without those that the operation has its
        own of.
        """
        found: dict[tuple[Any, Any], tuple[Part, Part]] = {}
        for holder in (*self._path_items(call.item), call.part):
            for entry in self.parts.below(holder, "parameters"):
                part = self.parts.resolved(entry)
                if part is not None:
                    found[part.text("name"), part.text("in")] = (entry, part)
        return list(found.values())

    def replies(self, call: Call) -> list[Reply]:
        """The answers that an operation may give, without those that lead nowhere."""
        return [
            Reply(entry.name, entry, part)
            for entry in self.parts.below(call.part, "responses")
            if (part := self.parts.resolved(entry)) is not None
        ]

    def statuses(self, call: Call) -> list[str]:
        """The keys of its ``responses``."""
        keys = (str(status) for status in call.part.entries("responses"))
        return [status for status in keys if not status.startswith("x-")]

    def body(self, call: Call) -> Part | None:
        """What an operation takes."""
        entry = self.parts.child(call.part, "requestBody")
        return self.parts.resolved(entry)

    def security(self, call: Call) -> list[Any] | None:
        """The alternatives that it asks for; None where neither it nor the document says."""
        found = call.part.node.get("security", self.root.node.get("security"))
        return found if isinstance(found, list) else None

    def is_secured(self, call: Call) -> bool:
        """Nobody may call it without showing who he is."""
        alternatives = self.security(call)
        return bool(alternatives) and {} not in (alternatives or ())

    def direction(self, part: Part) -> Direction | None:
        """Which way a value at this part goes; None where both, or nobody knows."""
        around = part if part.kind == "parameter" else part.inside(*_DIRECTIONS)
        return _DIRECTIONS[around.kind] if around is not None else None

    def component(self, part: Part) -> tuple[str, str] | None:
        """The section and the name of a part that is a component itself."""
        steps = steps_of(part.pointer)
        if len(steps) == 3 and steps[0] == "components":
            return steps[1], steps[2]
        return None


_DIRECTIONS = {
    "parameter": Direction.REQUEST,
    "request-body": Direction.REQUEST,
    "response": Direction.ANSWER,
    "header": Direction.ANSWER,
}


def _is_called(item: Part) -> bool:
    return item.parent is not None and item.parent.kind == "callback"


def methods_of(node: dict[str, Any]) -> list[str]:
    """The methods that a path item has, in its order."""
    return [key for key in node if key in METHODS]
