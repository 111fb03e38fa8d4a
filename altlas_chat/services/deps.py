"""What the services are given to work with."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from altlas_chat.blobs.nowhere import NoBlobs
from altlas_chat.blobs.previewing import Previews
from altlas_chat.blobs.store import Blobs
from altlas_chat.domain.events import Announcement, PassingEvent
from altlas_chat.realtime.listener import Listener
from altlas_chat.realtime.typists import Typists
from altlas_chat.realtime.watches import Watches
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

    def pass_on(
        self,
        stream: str,
        event: PassingEvent,
        *,
        but: Collection[str] = (),
        only: Collection[str] | None = None,
    ) -> None:
        """Tell a passing event to those who listen to ``stream`` at this moment.

        Not to the people in ``but``, and of others only to those in ``only``.
        """

    def pass_on_to_all(
        self, streams: Sequence[str], event: PassingEvent, *, but: Collection[str] = ()
    ) -> None:
        """Tell a passing event to those who listen to any of ``streams``, once each.

        Not to the people in ``but``.
        """

    def doubt(self, user_ids: Collection[str]) -> None:
        """What these people let others know has changed: nothing that waits tells it."""

    def tell_everybody(self, event: PassingEvent) -> None:
        """Tell a passing event to everybody who listens at this moment."""

    def end_session(self, session_id: str) -> None:
        """Close the sockets of a session that was ended, or of an API key that was revoked."""

    def end_person(self, user_id: str) -> None:
        """Close all sockets of a person, who may not come again."""

    def reconnect_person(self, user_id: str) -> None:
        """Close all sockets of a person, who shall come again at once."""


class Presence(Protocol):
    """Knows who is there at this moment, and who was until when."""

    def state_of(self, user_id: str) -> str:
        """``online``, ``away`` or ``offline``."""

    def set_away(self, device: Listener, *, is_away: bool) -> None:
        """Whether somebody sits before a device."""

    def seen(self) -> dict[str, int]:
        """Who was seen when (UTC milliseconds), as far as it was not :meth:`kept`."""

    def kept(self, seen: Mapping[str, int]) -> None:
        """What :meth:`seen` gave is in the database now."""

    def look_round(self) -> None:
        """Everybody who is there is seen now."""


class NobodyThere:
    """The presence of a place without sockets."""

    def state_of(self, user_id: str) -> str:
        del user_id
        return "offline"

    def set_away(self, device: Listener, *, is_away: bool) -> None:
        """There is no device."""

    def seen(self) -> dict[str, int]:
        return {}

    def kept(self, seen: Mapping[str, int]) -> None:
        """Nothing was to be kept."""

    def look_round(self) -> None:
        """Nobody is there."""


NOBODY_THERE = NobodyThere()


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
    presence: Presence = field(default_factory=NobodyThere)
    watches: Watches = field(default_factory=Watches)
    typists: Typists = field(default_factory=Typists)
    blobs: Blobs = field(default_factory=NoBlobs)
    previews: Previews = field(default_factory=Previews)
