"""Made-up arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from altlas_chat.specs.sampling.draw import Draw
from altlas_chat.specs.sampling.plans import NEVER, Plan
from altlas_chat.specs.sampling.shapes import Impossible, same

LIKELY = 3
TRIES = 60


@dataclass(slots=True)
class Items:
    """What an array is made of: plans of its first items, and of all others if there may be."""

    first: Sequence[Plan]
    others: Plan | None
    wanted: Sequence[tuple[Plan, int]] = field(default_factory=list)
    """What it must hold somewhere, and how many of it."""
    least: int = 0
    most: int | None = None
    unique: bool = False


class ArrayPlan(Plan):
    """Arrays of a few items; at the limit of as many as there must be."""

    def __init__(self, items: Items) -> None:
        self.items = items
        held = sum(count for _, count in items.wanted)
        self._least = max(items.least, held + len(items.first) if held else 0)
        if items.most is not None and self._least > items.most:
            raise Impossible(f"it needs {self._least} items and may have {items.most}")
        if items.others is None and self._least > len(items.first):
            raise Impossible(f"it needs {self._least} items and may have {len(items.first)}")

    def make(self, draw: Draw) -> list[Any]:
        outer, person = draw.examples, draw.person
        draw.level += 1
        draw.person = None
        found: list[Any] = []
        try:
            for plan in self._plans(draw):
                draw.examples = outer and not found
                if not self._add(draw, found, plan):
                    break
        finally:
            draw.level -= 1
            draw.examples, draw.person = outer, person
        if len(found) < self._least:
            raise Impossible(f"fewer than {self._least} different items can be made up")
        return found

    def _plans(self, draw: Draw) -> Iterable[Plan]:
        items = self.items
        count = self._count(draw)
        wanted = [plan for plan, number in items.wanted for _ in range(number)]
        for number in range(count):
            if number < len(items.first):
                yield items.first[number]
            elif wanted:
                yield wanted.pop()
            elif items.others is not None:
                yield items.others

    def _count(self, draw: Draw) -> int:
        items = self.items
        if draw.level > draw.limit:
            return self._least
        likely = max(self._least, len(items.first), draw.integer(1, LIKELY))
        if items.others is None:
            likely = min(likely, len(items.first))
        return likely if items.most is None else min(likely, items.most)

    def _add(self, draw: Draw, found: list[Any], plan: Plan) -> bool:
        """Whether an item could be added; what is only there for choice may be left out."""
        for _ in range(TRIES if self.items.unique else 1):
            try:
                one = plan.make(draw)
            except Impossible:
                if len(found) < self._least:
                    raise
                return False
            if not self.items.unique or not any(same(one, other) for other in found):
                found.append(one)
                return True
            draw.examples = False
        return False

    def needs(self) -> Iterable[Plan]:
        if not self._least:
            return ()
        used: list[Plan] = [
            *self.items.first[: self._least],
            *(plan for plan, _ in self.items.wanted),
        ]
        if self.items.others is not None and self._least > len(self.items.first):
            used.append(self.items.others)
        return used

    def is_leaf(self) -> bool:
        return False

    def depth(self) -> int:
        return 1 + max((min(plan.least, NEVER) for plan in self.needs()), default=0)

    def size(self, depth: int) -> int:
        if depth <= 0:
            return 1 + sum(plan.size(depth - 1) for plan in self.needs()) if depth > -9 else 1
        plans = [*self.items.first, *(plan for plan, _ in self.items.wanted)]
        if self.items.others is not None:
            plans += [self.items.others] * 2
        return 1 + sum(plan.size(depth - 1) for plan in plans)
