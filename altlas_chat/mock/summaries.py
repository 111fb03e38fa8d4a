"""What broke the contract while the mock ran, each kind once, with how often."""

from collections import Counter
from dataclasses import dataclass, field

from altlas_chat.mock.breaches import Breach
from altlas_chat.mock.journal import Entry, Journal, Side

MOST_KINDS = 1_000

Kind = tuple[str, Side, str, str, str]


@dataclass(slots=True)
class Summary:
    """Takes entries of a journal; advice is left out.

    ``broken`` counts the exchanges of which some part breaks the contract.
    """

    journal: Journal
    broken: int = 0
    _kinds: Counter[Kind] = field(default_factory=Counter)
    _first: dict[Kind, str] = field(default_factory=dict)

    def __call__(self, entry: Entry) -> None:
        if not entry.broken:
            return
        self.broken += 1
        for side, breach in entry.breaches:
            if not breach.is_advice:
                self._note(entry, side, breach)

    def _note(self, entry: Entry, side: Side, breach: Breach) -> None:
        pointer = "/".join("*" if one.isdecimal() else one for one in breach.pointer.split("/"))
        operation = entry.operation or f"{entry.method} {entry.path}"
        kind = (operation, side, f"{breach.where} {breach.name}".strip(), pointer, breach.keyword)
        if kind in self._kinds or len(self._kinds) < MOST_KINDS:
            self._kinds[kind] += 1
            self._first.setdefault(kind, breach.what)

    @property
    def exchanges(self) -> int:
        """How many there were, of all kinds."""
        return self.journal.count

    @property
    def lines(self) -> list[str]:
        """The whole, for people; of each kind what was said the first time."""
        if not self.broken:
            return [f"{self.exchanges} exchanges, none broke the contract."]
        lines = [f"{self.broken} of {self.exchanges} exchanges broke the contract:"]
        for kind, count in self._kinds.most_common():
            operation, side, place, pointer, _ = kind
            lines.append(f"  {count:5} x {operation}: {side} {place}{pointer}: {self._first[kind]}")
        return lines
