"""How long to wait before the next try to connect."""

import random
from dataclasses import dataclass, field

SLOWED_TRIES = 3


@dataclass(slots=True)
class Backoff:
    """Exponential, with full jitter: a pause is drawn between 0 and the present ceiling.

    Many clients that lost one server come back spread over time, not at once
    (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015).
    """

    first_seconds: float = 1.0
    longest_seconds: float = 30.0
    source: random.Random = field(default_factory=random.Random)
    _tries: int = 0

    def next_pause(self) -> float:
        """Seconds to wait before the next try."""
        ceiling = min(self.longest_seconds, self.first_seconds * 2**self._tries)
        if ceiling < self.longest_seconds:
            self._tries += 1
        return self.source.uniform(0, ceiling)

    def slow_down(self) -> None:
        """The server asks for more time than a first pause would give."""
        self._tries = max(self._tries, SLOWED_TRIES)

    def reset(self) -> None:
        """A connection worked: begin anew."""
        self._tries = 0
