"""Who is there at this moment, by the listeners of this node, and who was until when.

A person is as present as the most present device. One whose socket is gone
stays for a moment, so that a connection that flaps is no coming and going.
"""

import asyncio
from collections.abc import Callable, Mapping

from altlas_chat.realtime.hub import Hub
from altlas_chat.realtime.listener import Listener


def _to_nobody(_: str) -> None:
    """Nobody wants to know."""


class Attendance:
    """Presence as this process knows it. Never waits: times are written down by others.

    ``changed`` is called with a person whose presence may have changed.
    """

    def __init__(self, hub: Hub, now_ms: Callable[[], int], grace_seconds: float = 0) -> None:
        self._hub = hub
        self._now_ms = now_ms
        self._grace_seconds = grace_seconds
        self._seen: dict[str, int] = {}
        self._away: set[Listener] = set()
        self._leaving: dict[str, tuple[str, asyncio.TimerHandle]] = {}
        self.changed: Callable[[str], None] = _to_nobody

    def state_of(self, user_id: str) -> str:
        """``online`` while somebody sits before a device, ``away`` while there is one, else
        ``offline``.
        """
        left = self._leaving.get(user_id)
        if left is not None and left[0] == "online":
            return "online"
        devices = self._hub.listeners_of(user_id)
        if not devices:
            return "offline" if left is None else left[0]
        return "away" if self._away and self._away.issuperset(devices) else "online"

    def came(self, device: Listener) -> None:
        """A device hears from now on; nobody sits before it any less than before it was lost."""
        left = self._leaving.pop(device.user_id, None)
        if left is not None:
            left[1].cancel()
        self.changed(device.user_id)

    def set_away(self, device: Listener, *, is_away: bool) -> None:
        """Whether somebody sits before a device; for as long as it hears."""
        if is_away and device.streams:
            self._away.add(device)
        else:
            self._away.discard(device)
        self.changed(device.user_id)

    def left(self, device: Listener) -> None:
        """A device is gone; after the last one the person was seen until now."""
        user_id = device.user_id
        was = "away" if device in self._away else "online"
        self._away.discard(device)
        if not self._hub.is_there(user_id):
            self._seen[user_id] = self._now_ms()
        if self._grace_seconds:
            self._stay(user_id, was)
        self.changed(user_id)

    def _stay(self, user_id: str, state: str) -> None:
        before = self._leaving.get(user_id)
        if before is not None:
            before[1].cancel()
            state = "online" if "online" in (state, before[0]) else state
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._grace_seconds, self._gone, user_id)
        self._leaving[user_id] = (state, timer)

    def _gone(self, user_id: str) -> None:
        del self._leaving[user_id]
        self.changed(user_id)

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
