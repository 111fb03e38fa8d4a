"""Access tokens that were accepted here, so that not every request verifies one again.

What a token says never changes. Whether it is still accepted (its time, its
session, the role at present) is asked at each request; nothing here knows that.
"""

from typing import Any, NamedTuple

from altlas_chat.domain.permissions import Actor

Claims = dict[str, Any]

MOST = 5_000
"""Then the one that was kept first is forgotten."""


class KnownToken(NamedTuple):
    """What a signed token says, and its bearer, where the token alone says who that is."""

    claims: Claims
    actor: Actor | None


class KnownTokens:
    """What is known by the very token that it was read from."""

    def __init__(self) -> None:
        self._known: dict[str, KnownToken] = {}

    def get(self, token: str) -> KnownToken | None:
        return self._known.get(token)

    def keep(self, token: str, known: KnownToken) -> None:
        self._known[token] = known
        while len(self._known) > MOST:
            del self._known[next(iter(self._known))]
