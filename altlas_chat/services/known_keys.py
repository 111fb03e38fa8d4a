"""API keys that were asked for a moment ago, so that not every request asks the database."""

from typing import NamedTuple

KNOWN_MS = 5000
"""How long a key is believed to be as it was. Ended sessions are heard of as late elsewhere."""

MOST = 10_000


class KnownKey(NamedTuple):
    """An API key that was not revoked, with what its owner was, at the time of asking."""

    api_key_id: str
    user_id: str
    scopes: frozenset[str]
    expires_at: int | None
    role: str
    language: str
    is_active: bool


class KnownKeys:
    """Keys by the hash of their secret, and when they were used last."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[int, KnownKey]] = {}
        self._used: dict[str, int] = {}

    def get(self, key_hash: str, at: int) -> KnownKey | None:
        """A key as it was at most ``KNOWN_MS`` ago; None when the database must be asked."""
        asked_at, key = self._keys.get(key_hash, (0, None))
        return key if at - asked_at < KNOWN_MS else None

    def keep(self, key_hash: str, key: KnownKey, at: int) -> None:
        self._keys.pop(key_hash, None)
        self._keys[key_hash] = (at, key)
        while len(self._keys) > MOST:
            del self._keys[next(iter(self._keys))]

    def forget_those_of(self, user_id: str) -> None:
        """Ask the database for a person's keys when they are used next."""
        self._keys = {name: one for name, one in self._keys.items() if one[1].user_id != user_id}

    def note_use(self, api_key_id: str, at: int) -> None:
        self._used[api_key_id] = at

    def used(self) -> dict[str, int]:
        """When keys were used last, as far as it was not :meth:`kept`."""
        return dict(self._used)

    def kept(self, used: dict[str, int]) -> None:
        """What :meth:`used` gave is in the database now."""
        for api_key_id, at in used.items():
            if self._used.get(api_key_id) == at:
                del self._used[api_key_id]
