"""Who is there at this moment, by the listeners of this node, and who was until when."""

from collections.abc import Callable, Mapping

from altlas_chat.realtime.hub import Hub


class Attendance:
    """Presence as this process knows it. Never waits: times are written down by others."""

    def __init__(self, hub: Hub, now_ms: Callable[[], int]) -> None:
        self._hub = hub
        self._now_ms = now_ms
        self._seen: dict[str, int] = {}

    def state_of(self, user_id: str) -> str:
        """``online`` while the person has a socket that hears, else ``offline``."""
        return "online" if self._hub.is_there(user_id) else "offline"

    def left(self, user_id: str) -> None:
        """A socket of the person is gone; after the last one the person was seen until now."""
        if not self._hub.is_there(user_id):
            self._seen[user_id] = self._now_ms()

    def look_round(self) -> None:
        """Everybody who is there is seen now: what a crash could lose is one round old at most."""
        at = self._now_ms()
        self._seen.update((user_id, at) for user_id in self._hub.people())

    def seen(self) -> dict[str, int]:
        """Who was seen when (UTC milliseconds), as far as it was not :meth:`kept`."""
        return dict(self._seen)

    def kept(self, seen: Mapping[str, int]) -> None:
        """What :meth:`seen` gave is in the database now."""
        for user_id, at in seen.items():
            if self._seen.get(user_id) == at:
                del self._seen[user_id]
