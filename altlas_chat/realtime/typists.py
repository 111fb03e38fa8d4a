"""Who writes where at this moment.

Each is told to the others when it begins, again while it goes on, and when it
ends: by a word of the device, by a message, because the device said nothing
more, left the conversation, or is gone. Bounded for each device and in all.
"""

import asyncio
import math
from collections.abc import Callable, Collection

from altlas_chat.domain.events import Json, PassingEvent, conversation_of, conversation_stream
from altlas_chat.realtime.listener import Listener

MOST_OF_A_DEVICE = 16
"""Conversations that one device may write in at once; of more the oldest one ends."""
MOST_IN_ALL = 100_000

Tell = Callable[[str, PassingEvent, Collection[str]], None]


def _to_nobody(*_: object) -> None:
    """Where there are no sockets nobody hears."""


class Typing:
    """One person who writes in one conversation, by the device that said so last."""

    __slots__ = ("but", "conversation_id", "device", "ends_at", "goes_on", "timer", "told_at")

    def __init__(self, device: Listener, conversation_id: str) -> None:
        self.device = device
        self.conversation_id = conversation_id
        self.but: Collection[str] = ()
        self.told_at: float | None = None
        self.ends_at = 0.0
        self.goes_on = False
        self.timer: asyncio.TimerHandle | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.conversation_id, self.device.user_id

    @property
    def data(self) -> Json:
        return {"conversationId": self.conversation_id, "userId": self.device.user_id}


class Typists:
    """All who write at this moment, as far as this process knows.

    Without another word it is over after ``seconds``; what is said again
    within half of that is told when the half is over.
    """

    def __init__(
        self,
        tell: Tell = _to_nobody,
        now_ms: Callable[[], int] = int,
        seconds: float = 6,
        most_in_all: int = MOST_IN_ALL,
    ) -> None:
        self._tell = tell
        self._now_ms = now_ms
        self._seconds = seconds
        self._most_in_all = most_in_all
        self._typing: dict[tuple[str, str], Typing] = {}
        self._by_device: dict[Listener, dict[str, Typing]] = {}

    def __len__(self) -> int:
        return len(self._typing)

    def begin(self, device: Listener, conversation_id: str) -> Typing | None:
        """A device says that its person writes; nobody is told before :meth:`tell`.

        None if it is not noted: too many write already, or the device is gone.
        """
        typing = self._typing.get((conversation_id, device.user_id))
        if not device.streams or (typing is None and len(self._typing) >= self._most_in_all):
            return None
        if typing is None:
            typing = Typing(device, conversation_id)
            self._typing[typing.key] = typing
        elif typing.device is not device:
            self._forget_of_device(typing)
            typing.device = device
        of_device = self._by_device.setdefault(device, {})
        of_device[conversation_id] = typing
        if len(of_device) > MOST_OF_A_DEVICE:
            self._end(next(iter(of_device.values())))
        typing.ends_at = self._time() + self._seconds
        self._look_later(typing)
        return typing

    def tell(self, typing: Typing, but: Collection[str]) -> None:
        """Tell the others, except the people in ``but``, if it did not end meanwhile."""
        if self._typing.get(typing.key) is not typing:
            return
        typing.but = but
        now = self._time()
        if typing.told_at is None or now >= typing.told_at + self._seconds / 2:
            self._tell_started(typing, now)
        else:
            typing.goes_on = True
        self._look_later(typing)

    def stop(self, device: Listener, conversation_id: str) -> None:
        """The device says that it is over; what another device said stays."""
        typing = self._by_device.get(device, {}).get(conversation_id)
        if typing is not None:
            self._end(typing)

    def end(self, conversation_id: str, user_id: str) -> None:
        """It is over on whatever device: a message was sent, or may not be sent any more."""
        typing = self._typing.get((conversation_id, user_id))
        if typing is not None:
            self._end(typing)

    def left(self, user_id: str, stream: str) -> None:
        """A person hears a stream no longer."""
        conversation_id = conversation_of(stream)
        if conversation_id is not None:
            self.end(conversation_id, user_id)

    def gone(self, device: Listener) -> None:
        """A device's socket is over."""
        for typing in list(self._by_device.get(device, {}).values()):
            self._end(typing)

    def doubt(self, user_ids: Collection[str]) -> None:
        """Who may know what of these people has changed: what they write ends, and from now on they
        are told of nobody who began before.
        """
        for typing in list(self._typing.values()):
            if typing.device.user_id in user_ids:
                self._end(typing)
            else:
                typing.but = {*typing.but, *user_ids}

    # -- time ----------------------------------------------------------------------

    def _time(self) -> float:
        return asyncio.get_running_loop().time()

    def _look_later(self, typing: Typing) -> None:
        if typing.timer is not None:
            typing.timer.cancel()
        at = typing.ends_at
        if typing.goes_on and typing.told_at is not None:
            at = min(at, typing.told_at + self._seconds / 2)
        typing.timer = asyncio.get_running_loop().call_at(at, self._look, typing)

    def _look(self, typing: Typing) -> None:
        now = self._time()
        if now >= typing.ends_at:
            self._end(typing)
            return
        if typing.goes_on:
            self._tell_started(typing, now)
        self._look_later(typing)

    # -- telling -------------------------------------------------------------------

    def _tell_started(self, typing: Typing, now: float) -> None:
        typing.told_at = now
        typing.goes_on = False
        left = max(1, math.ceil(typing.ends_at - now))
        self._tell_kind(typing, "typing.started", {**typing.data, "expiresInSeconds": left})

    def _tell_kind(self, typing: Typing, kind: str, data: Json) -> None:
        event = PassingEvent(kind, self._now_ms(), data)
        but = {typing.device.user_id, *typing.but}
        self._tell(conversation_stream(typing.conversation_id), event, but)

    def _end(self, typing: Typing) -> None:
        del self._typing[typing.key]
        self._forget_of_device(typing)
        if typing.timer is not None:
            typing.timer.cancel()
        if typing.told_at is not None:
            self._tell_kind(typing, "typing.stopped", typing.data)

    def _forget_of_device(self, typing: Typing) -> None:
        of_device = self._by_device[typing.device]
        del of_device[typing.conversation_id]
        if not of_device:
            del self._by_device[typing.device]
