"""Access tokens whose signature was checked here, so that not every request checks it again.

What a token says never changes. Whether it is still accepted (its time, its
session, the role at present) is asked at each request; nothing here knows that.
"""

from typing import Any

Claims = dict[str, Any]

MOST = 5_000
"""Then the one that was kept first is forgotten."""


class KnownTokens:
    """Claims by the very token that they were read from."""

    def __init__(self) -> None:
        self._claims: dict[str, Claims] = {}

    def get(self, token: str) -> Claims | None:
        return self._claims.get(token)

    def keep(self, token: str, claims: Claims) -> None:
        self._claims[token] = claims
        while len(self._claims) > MOST:
            del self._claims[next(iter(self._claims))]
