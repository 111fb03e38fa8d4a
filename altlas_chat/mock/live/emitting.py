"""``--emit``: example events by themselves, on a schedule."""

import re
from dataclasses import dataclass

from altlas_chat.mock.amounts import AmountUnreadable, Times, read_times

_FORM = re.compile(r"(?P<message>\S+)\s+every\s+(?P<every>.+)", re.IGNORECASE)
SHORTEST_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Emission:
    """A message (``*`` is any that the server tells), and the pauses before each."""

    message: str
    pauses: Times


def read_emission(text: str) -> Emission:
    """``message.created every 2s..5s``.

    Raises:
        AmountUnreadable: it is something else.
    """
    found = _FORM.fullmatch(text.strip())
    if not found:
        raise AmountUnreadable(
            f"{text!r} is no schedule", "Write NAME every 2s..5s, or '* every 3s' for any event."
        )
    pauses = read_times(found["every"])
    if pauses.high < SHORTEST_SECONDS:
        raise AmountUnreadable(f"{text!r} leaves no pause", "Write at least 10ms.")
    return Emission(found["message"], pauses)
