"""What differs between two schemas at one place, before it is known who sends and who receives."""

from dataclasses import dataclass, field
from typing import Any

from altlas_chat.toolkit.diffing.levels import Effect
from altlas_chat.toolkit.diffing.views import View


@dataclass(frozen=True, slots=True)
class Delta:
    """One difference.

    ``aspect`` names what differs; ``name`` is the property, branch or key that
    it is about, if any. ``effect`` is given where it is known better than from
    the aspect. ``required``, ``read_only``, ``write_only`` and ``default`` tell
    of the property that it is about.
    """

    aspect: str
    old: Any = None
    new: Any = None
    name: str = ""
    step: str = ""
    effect: Effect | None = None
    required: bool = False
    read_only: bool = False
    write_only: bool = False
    default: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """A way down from one pair of schemas to another.

    ``steps`` is what the way is called (``items``, the property's name);
    ``prop`` is the name of the property that it leads to, "" for others.
    """

    steps: tuple[str, ...]
    node: "Node"
    prop: str = ""
    required: bool = False
    turned: bool = False
    """Below ``not`` and ``if``, where more may mean less."""
    whole: bool = False
    """A branch of ``allOf``: what it lacks another may have."""


@dataclass(slots=True, eq=False)
class Node:
    """A pair of schemas, compared; ``changed`` says whether anything differs here or below."""

    old: View
    new: View
    deltas: list[Delta] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    above: list["Node"] = field(default_factory=list)
    changed: bool = False

    def mark(self) -> None:
        """It differs, and so does all that leads to it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if not node.changed:
                node.changed = True
                waiting.extend(node.above)
