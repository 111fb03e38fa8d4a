"""How much a change harms who uses the API, and the law that says so.

A change narrows what may be sent, widens it, does neither, or can't be judged.
What a client sends may be widened and never narrowed; what it receives may be
narrowed and never widened.
"""

from enum import StrEnum


class Level(StrEnum):
    """What a change does to a client that keeps to the old document."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    SAFE = "safe"

    @property
    def weight(self) -> int:
        """Greater is worse."""
        return {"safe": 0, "dangerous": 1, "breaking": 2}[self.value]


class Effect(StrEnum):
    """What a change does to the set of values that are allowed."""

    NARROWS = "narrows"
    WIDENS = "widens"
    OTHER = "other"
    """Neither of the old and the new set holds the other."""
    UNKNOWN = "unknown"
    NONE = "none"
    """No value is allowed or refused that was not before."""


def level_of(effect: Effect, *, sends: bool) -> Level:
    """How bad an effect is on what the client ``sends``, or else on what it receives."""
    if effect is Effect.NONE:
        return Level.SAFE
    if effect is Effect.UNKNOWN:
        return Level.DANGEROUS
    harmless = Effect.WIDENS if sends else Effect.NARROWS
    return Level.SAFE if effect is harmless else Level.BREAKING
