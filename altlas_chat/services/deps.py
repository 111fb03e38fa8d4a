"""What the services are given to work with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from altlas_chat.domain.events import Announcement, PassingEvent
from altlas_chat.services.credentials import Credentials
from altlas_chat.settings import Settings
from altlas_chat.storage.database import Database
from altlas_chat.system import Clock, Ids, Randomness


class Publisher(Protocol):
    """Tells those who listen. Never waits, never fails its caller."""

    def publish(self, announcements: Sequence[Announcement]) -> None:
        """Tell numbered events, which are durable now, in their order."""

    def look_again(self, streams: Iterable[str]) -> None:
        """Tell what the log has and was not told; for events that nobody knows to be durable."""

    def pass_on(self, stream: str, event: PassingEvent) -> None:
        """Tell a passing event to those who listen to ``stream`` at this moment."""

    def end_session(self, session_id: str) -> None:
        """Close the sockets of a session that was ended."""


@dataclass(frozen=True, slots=True)
class Deps:
    """Everything that a service may use from outside itself."""

    settings: Settings
    database: Database
    publisher: Publisher
    clock: Clock
    ids: Ids
    randomness: Randomness
    credentials: Credentials
