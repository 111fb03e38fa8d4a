"""Made-up objects."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from altlas_chat.specs.sampling.draw import Draw
from altlas_chat.specs.sampling.meanings import word, words_in
from altlas_chat.specs.sampling.people import Person
from altlas_chat.specs.sampling.plans import NEVER, Check, Plan, settle
from altlas_chat.specs.sampling.shapes import Impossible

EARLIER = frozenset(
    {"created", "start", "started", "begin", "began", "from", "since", "opened", "registered"}
)
LATER = frozenset(
    {
        "updated",
        "modified",
        "end",
        "ended",
        "finish",
        "finished",
        "to",
        "until",
        "closed",
        "expires",
        "deleted",
        "completed",
    }
)
MOST_ADDED = 1000


@dataclass(slots=True)
class Fields:
    """What an object is made of: plans by name, the required ones, and names for more."""

    required: dict[str, Plan]
    optional: dict[str, Plan]
    more: "More | None" = None
    least: int = 0
    most: int | None = None
    dependent: Mapping[str, list[str]] = field(default_factory=dict)
    entries: int = 0
    """How many of unnamed properties it has for choice."""
    personal: bool = False
    definition: str = ""
    """What it is one of: within itself it has no more of what can be left out."""


@dataclass(slots=True)
class More:
    """Properties that are not named: which names may be, and what they hold."""

    name: Callable[[Draw], str]
    plan_of: Callable[[str], Plan | None]
    allowed: Check


class ObjectPlan(Plan):
    """Objects with all that is required, and with what is optional down to the limit."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self._checked = False
        self._ordered = _pairs([*fields.required, *fields.optional])

    def make(self, draw: Draw) -> dict[str, Any]:
        fields = self.fields
        if not self._checked:
            self._settle(draw)
        small = draw.small
        outer = draw.person
        if fields.personal:
            draw.person = Person(
                draw.pick(draw.words.first_names), draw.pick(draw.words.last_names)
            )
        draw.level += 1
        nested = fields.definition in draw.within
        draw.within.append(fields.definition)
        try:
            found = {name: plan.make(draw) for name, plan in fields.required.items()}
            if not small:
                self._add_optional(draw, found, nested)
            self._add_missing(draw, found, small)
        finally:
            draw.level -= 1
            draw.within.pop()
            draw.person = outer
        for earlier, later in self._ordered:
            _put_in_order(found, earlier, later)
        return found

    def _settle(self, draw: Draw) -> None:
        """Leave out what can't be made, whatever is made first."""
        settle(self)
        self._checked = True
        for name, plan in list(self.fields.optional.items()):
            settle(plan)
            if plan.least >= NEVER or (plan.is_leaf() and not _is_possible(plan, draw)):
                del self.fields.optional[name]

    def _add_optional(self, draw: Draw, found: dict[str, Any], nested: bool) -> None:
        most = self.fields.most
        for name, plan in self.fields.optional.items():
            if most is not None and len(found) + len(self._wanted_by(name, found)) >= most:
                continue
            if nested and not plan.is_leaf():
                continue
            with suppress(Impossible):
                found[name] = plan.make(draw)

    def _wanted_by(self, name: str, found: Mapping[str, Any]) -> list[str]:
        return [one for one in self.fields.dependent.get(name, ()) if one not in found]

    def _add_missing(self, draw: Draw, found: dict[str, Any], small: bool) -> None:
        fields = self.fields
        if fields.dependent:
            self._add_dependent(draw, found)
        if len(found) < fields.least:
            for name, plan in fields.optional.items():
                if name not in found and len(found) < fields.least:
                    found[name] = plan.make(draw)
                    self._add_dependent(draw, found)
        wanted = fields.least if small else max(fields.least, fields.entries)
        if fields.most is not None:
            wanted = min(wanted, fields.most)
        if len(found) < wanted and fields.more is not None:
            _add_more(draw, found, fields.more, wanted)
        if len(found) < fields.least:
            raise Impossible(f"it has fewer than {fields.least} properties that can be made up")

    def _add_dependent(self, draw: Draw, found: dict[str, Any]) -> None:
        waiting = list(found)
        while waiting:
            for name in self._wanted_by(waiting.pop(), found):
                plan = self.fields.optional.get(name)
                if plan is None and self.fields.more is not None:
                    plan = self.fields.more.plan_of(name)
                if plan is None:
                    raise Impossible(f"{name} is wanted beside another property, but not allowed")
                found[name] = plan.make(draw)
                waiting.append(name)

    def needs(self) -> Iterable[Plan]:
        return self.fields.required.values()

    def is_leaf(self) -> bool:
        return False

    def depth(self) -> int:
        return 1 + max((plan.least for plan in self.fields.required.values()), default=0)

    def size(self, depth: int) -> int:
        plans = [*self.fields.required.values()]
        if depth > 0:
            plans += self.fields.optional.values()
        return 1 + sum(plan.size(depth - 1) for plan in plans) if depth > -9 else 1


def _is_possible(plan: Plan, draw: Draw) -> bool:
    """A leaf can be made, by a few tries that are the same every time."""
    for number in range(3):
        with suppress(Impossible):
            plan.make(draw.trial(number))
            return True
    return False


def _add_more(draw: Draw, found: dict[str, Any], more: More, wanted: int) -> None:
    for number in range(MOST_ADDED):
        if len(found) >= wanted:
            return
        name = more.name(draw)
        if number > 20:
            name = f"{name}{number}"
        if name in found or not more.allowed(name):
            continue
        plan = more.plan_of(name)
        if plan is not None:
            found[name] = plan.make(draw)


def names_of(options: Sequence[Callable[[Draw], str]]) -> Callable[[Draw], str]:
    """Names by one of several ways to make them up; plain words where there is none."""
    if not options:
        return lambda draw: _latin(word(draw))
    return lambda draw: draw.pick(options)(draw)


def _latin(text: str) -> str:
    return text.encode("ascii", "ignore").decode() or "key"


def _pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    """Of what begins and ends: two properties whose values must be in order."""
    found = []
    by_rest: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for name in names:
        told = words_in(name)
        for side, known in (("earlier", EARLIER), ("later", LATER)):
            if told and known.intersection(told):
                rest = tuple(one for one in told if one not in known)
                by_rest.setdefault(rest, []).append((side, name))
    for same in by_rest.values():
        first = [name for side, name in same if side == "earlier"]
        last = [name for side, name in same if side == "later"]
        found += [(earlier, later) for earlier in first[:1] for later in last]
    return found


def _put_in_order(found: dict[str, Any], earlier: str, later: str) -> None:
    first, last = found.get(earlier), found.get(later)
    texts = isinstance(first, str) and isinstance(last, str) and len(first) == len(last)
    if texts and first[:1].isdecimal() and last[:1].isdecimal() and first > last:  # type: ignore[index, operator]
        found[earlier], found[later] = last, first
