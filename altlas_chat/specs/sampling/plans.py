"""How values of a schema are made: worked out once, carried out for each value."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from altlas_chat.specs.sampling.draw import Draw
from altlas_chat.specs.sampling.shapes import Impossible

NEVER = 1_000_000
"""How deep a value without an end is."""

LEEWAY = 2
"""How many levels below the limit odd values are still tried."""

Check = Callable[[Any], bool]


class Plan(ABC):
    """Makes values."""

    least: int = 1
    """How deep its smallest value is, once ``settle`` was called."""
    settled = False

    @abstractmethod
    def make(self, draw: Draw) -> Any:
        """One value.

        Raises:
            Impossible: there is none.
        """

    def needs(self) -> Iterable["Plan"]:
        """The plans that its least value may be made of."""
        return ()

    def depth(self) -> int:
        """How deep its least value is, by what is known of the others."""
        return 1

    def size(self, depth: int) -> int:
        """About how many values it makes when ``depth`` is the limit."""
        del depth
        return 1

    def is_leaf(self) -> bool:
        """Its values hold no others."""
        return True


class Fixed(Plan):
    """One of given values."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values

    def make(self, draw: Draw) -> Any:
        return draw.pick(self.values)


class Made(Plan):
    """What a function makes."""

    def __init__(self, make: Callable[[Draw], Any]) -> None:
        self._make = make

    def make(self, draw: Draw) -> Any:
        return self._make(draw)


class Exemplary(Plan):
    """The document's own examples where they are wanted, else what a plan makes."""

    def __init__(self, examples: Sequence[Any], plan: Plan) -> None:
        self.examples = examples
        self.plan = plan

    def make(self, draw: Draw) -> Any:
        if draw.examples:
            return draw.pick(self.examples)
        return self.plan.make(draw)

    def needs(self) -> Iterable[Plan]:
        return (self.plan,)

    def depth(self) -> int:
        return self.plan.least

    def size(self, depth: int) -> int:
        return self.plan.size(depth)

    def is_leaf(self) -> bool:
        return self.plan.is_leaf()


class Lazy(Plan):
    """A plan that is worked out when it is first needed: references may go in circles."""

    def __init__(self, work_out: Callable[[], Plan]) -> None:
        self._work_out = work_out
        self._plan: Plan | None = None
        self._why: str | None = None
        self._sizes: dict[int, int] = {}

    @property
    def plan(self) -> Plan:
        if self._why is not None:
            raise Impossible(self._why)
        if self._plan is None:
            try:
                self._plan = self._work_out()
            except Impossible as error:
                self._why = str(error)
                raise
            while isinstance(self._plan, Lazy) and self._plan is not self:
                self._plan = self._plan.plan
        return self._plan

    def make(self, draw: Draw) -> Any:
        return self.plan.make(draw)

    def needs(self) -> Iterable[Plan]:
        try:
            return (self.plan,)
        except Impossible:
            return ()

    @property
    def why(self) -> str | None:
        """Why it could not be worked out."""
        return self._why

    def depth(self) -> int:
        return NEVER if self._plan is None else self._plan.least

    def size(self, depth: int) -> int:
        if depth not in self._sizes:
            try:
                self._sizes[depth] = self.plan.size(depth)
            except Impossible:
                self._sizes[depth] = 0
        return self._sizes[depth]

    def is_leaf(self) -> bool:
        try:
            return self.plan.is_leaf()
        except Impossible:
            return False


class Choice(Plan):
    """One of several plans, any of them; at the limit one of the least.

    With ``first`` the others are only for when the first is impossible; ``spare`` ones are
    odd, and only for when the values of all others turned out to be wrong.
    """

    def __init__(
        self, options: Sequence[Plan], spare: Sequence[Plan] = (), *, first: bool = False
    ) -> None:
        self.options = list(options)
        self._spare = list(spare)
        self._first = first

    def make(self, draw: Draw) -> Any:
        for option in self._tried(draw):
            try:
                return option.make(draw)
            except Impossible as error:
                why = error
        raise why

    def _tried(self, draw: Draw) -> list[Plan]:
        if draw.small and not (draw.desperate and draw.level <= draw.limit + LEEWAY):
            settle(self)
            return sorted(self.options, key=lambda option: option.least)
        options = self.options + self._spare if draw.desperate else self.options
        if self._first and not draw.careful:
            return options
        start = draw.integer(0, len(options) - 1)
        return options[start:] + options[:start]

    def needs(self) -> Iterable[Plan]:
        return self.options

    def depth(self) -> int:
        return min(option.least for option in self.options)

    def size(self, depth: int) -> int:
        return max(option.size(depth) for option in self.options)

    def is_leaf(self) -> bool:
        return all(option.is_leaf() for option in self.options)


class Checked(Plan):
    """A plan whose values are checked one by one, where care is taken."""

    TRIES = 24

    def __init__(self, plan: Plan, check: Callable[[], Check]) -> None:
        self.plan = plan
        self._work_out = check
        self._check: Check | None = None

    def make(self, draw: Draw) -> Any:
        value = self.plan.make(draw)
        if not draw.careful:
            return value
        if self._check is None:
            self._check = self._work_out()
        limit, desperate = draw.limit, draw.desperate
        try:
            for number in range(self.TRIES):
                if self._check(value):
                    break
                draw.desperate = self.TRIES // 3 <= number < 2 * self.TRIES // 3
                draw.limit = draw.level if number >= 2 * self.TRIES // 3 else limit
                value = self.plan.make(draw)
        finally:
            draw.limit, draw.desperate = limit, desperate
        return value

    def needs(self) -> Iterable[Plan]:
        return (self.plan,)

    def depth(self) -> int:
        return self.plan.least

    def size(self, depth: int) -> int:
        return self.plan.size(depth)

    def is_leaf(self) -> bool:
        return self.plan.is_leaf()


def why_never(plan: Plan) -> str:
    """Why a plan makes nothing."""
    reasons = [one.why for one in _needed(plan, anew=True) if isinstance(one, Lazy) and one.why]
    return reasons[0] if reasons else "its values would have no end"


def _needed(plan: Plan, *, anew: bool) -> list[Plan]:
    """A plan and all that it needs, each once; only ``anew`` what was settled before."""
    found: dict[int, Plan] = {}
    waiting = [plan]
    while waiting:
        one = waiting.pop()
        if id(one) not in found and (anew or not one.settled):
            found[id(one)] = one
            waiting += one.needs()
    return list(found.values())


def settle(plan: Plan) -> None:
    """Find out how deep the least value is of a plan and of all that it needs."""
    if plan.settled:
        return
    found = _needed(plan, anew=False)
    for one in found:
        one.least = NEVER
    changed = True
    while changed:
        changed = False
        for one in reversed(found):
            depth = min(one.depth(), NEVER)
            if depth < one.least:
                one.least, changed = depth, True
    for one in found:
        one.settled = True
