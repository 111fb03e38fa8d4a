"""The things that are kept, in memory and bounded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from altlas_chat.specs.documents import Json

MOST_THINGS = 10_000
MOST_PLACES = 1_000

Scope = Mapping[str, str]
"""What a thing belongs to: ``{"user": "7"}`` for one of ``/users/7/posts``."""


@dataclass(slots=True, eq=False)
class Thing:
    """One thing; ``name`` is its id as a path has it, ``number`` tells its order.

    What belongs to a thing that was ``made`` by a call was made by calls, too.
    """

    name: str
    scope: Scope
    data: Json
    number: int
    made: bool = False


@dataclass(slots=True)
class Store:
    """Things of one kind, in the order in which they came."""

    things: dict[int, Thing] = field(default_factory=dict)
    by_name: dict[str, list[Thing]] = field(default_factory=dict)
    seeded: dict[tuple[tuple[str, str], ...], None] = field(default_factory=dict)
    count: int = 0
    largest: int = 0
    """The largest number that was the name of one."""

    def all(self) -> Iterator[Thing]:
        return iter(self.things.values())

    def named(self, name: str) -> list[Thing]:
        """Those of this name, of whatever scope."""
        return self.by_name.get(name, [])

    def add(self, name: str, scope: Scope, data: Json, *, made: bool = False) -> Thing:
        """Keep one more; where there are too many the oldest is forgotten."""
        self.count += 1
        thing = Thing(name, scope, data, self.count, made)
        self.things[thing.number] = thing
        self.by_name.setdefault(name, []).append(thing)
        if name.isdecimal():
            self.largest = max(self.largest, int(name))
        if len(self.things) > MOST_THINGS:
            self.remove(next(iter(self.things.values())))
        return thing

    def remove(self, thing: Thing) -> None:
        self.things.pop(thing.number, None)
        rest = [one for one in self.by_name.get(thing.name, ()) if one is not thing]
        if rest:
            self.by_name[thing.name] = rest
        else:
            self.by_name.pop(thing.name, None)

    def renamed(self, thing: Thing, name: str) -> None:
        """A thing whose id was changed."""
        self.remove(thing)
        thing.name = name
        self.things[thing.number] = thing
        self.by_name.setdefault(name, []).append(thing)

    def begin(self, scope: Scope) -> bool:
        """Whether this place is asked about for the first time."""
        key = tuple(sorted(scope.items()))
        if key in self.seeded:
            return False
        self.seeded[key] = None
        if len(self.seeded) > MOST_PLACES:
            del self.seeded[next(iter(self.seeded))]
        return True
