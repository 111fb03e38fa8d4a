"""What seeding gives the services instead of a server: nobody listens, the clock is set by hand.

Ids that come from here are the same for the same seed, whenever it is played.
Secrets (the key of tokens) are never made of a seed.
"""

import random
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from altlas_chat.blobs.nowhere import NoBlobs
from altlas_chat.blobs.store import Blobs
from altlas_chat.domain.events import Announcement, PassingEvent
from altlas_chat.services.credentials import load_credentials
from altlas_chat.services.deps import Deps
from altlas_chat.settings import Settings
from altlas_chat.storage.database import Database
from altlas_chat.system import Ids, Randomness, SystemClock, SystemIds

FIRST_ID_MS = 1_735_689_600_000
"""2025-01-01: the time in the first id of a seed; later ids count on from there."""


class Nobody:
    """A publisher without listeners."""

    def publish(self, announcements: Sequence[Announcement]) -> None:
        """Nobody is there to be told."""

    def look_again(self, streams: Iterable[str]) -> None:
        """Nobody is there to be told."""

    def pass_on(
        self,
        stream: str,
        event: PassingEvent,
        *,
        but: Collection[str] = (),
        only: Collection[str] | None = None,
    ) -> None:
        """Nobody is there to be told."""

    def pass_on_to_all(
        self, streams: Sequence[str], event: PassingEvent, *, but: Collection[str] = ()
    ) -> None:
        """Nobody is there to be told."""

    def doubt(self, user_ids: Collection[str]) -> None:
        """Nothing waits."""

    def tell_everybody(self, event: PassingEvent) -> None:
        """Nobody is there to be told."""

    def end_session(self, session_id: str) -> None:
        """There are no sessions."""

    def end_person(self, user_id: str) -> None:
        """There are no sessions."""

    def reconnect_person(self, user_id: str) -> None:
        """There are no sessions."""


class SetClock:
    """A clock that shows what it was set to."""

    def __init__(self, at: int) -> None:
        self.at = at

    def now_ms(self) -> int:
        return self.at


class _Counting:
    """A clock that is a millisecond later at each look."""

    def __init__(self, first: int) -> None:
        self._next = first

    def now_ms(self) -> int:
        self._next += 1
        return self._next


class _Seeded(Randomness):
    """Chance that can be foreseen; fit for ids, and for nothing secret."""

    def __init__(self, seed: str) -> None:
        self._source = random.Random(seed)  # noqa: S311 - must be foreseeable

    def bits(self, count: int) -> int:
        return self._source.getrandbits(count)


def seeded_ids(seed: str, first: int = FIRST_ID_MS) -> Ids:
    """Ids that are the same for the same ``seed``; UUIDv7 whose time counts on from ``first``."""
    return SystemIds(_Counting(first), _Seeded(seed))


@asynccontextmanager
async def quiet_deps(
    settings: Settings, database: Database, clock: SetClock, ids: Ids, blobs: Blobs | None = None
) -> AsyncIterator[Deps]:
    """What the services need; limits of the settings are widened where the defaults are wider.

    Without ``blobs`` there is no place for files.
    """
    usual = Settings()
    widened = {
        name: max(getattr(settings, name), getattr(usual, name))
        for name in ("max_message_characters", "max_group_members", "edit_window_seconds")
    }
    randomness = Randomness()
    credentials = await load_credentials(settings, database, SystemClock(), randomness)
    try:
        yield Deps(
            settings=replace(settings, **widened),
            database=database,
            publisher=Nobody(),
            clock=clock,
            ids=ids,
            randomness=randomness,
            credentials=credentials,
            blobs=blobs or NoBlobs(),
        )
    finally:
        credentials.close()
