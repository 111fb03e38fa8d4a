"""Who wants to know of whom whether they are there, and what each is still to be told.

Changes are collected and told together: of each person only how it is in the
end, to each listener in one frame. A listener that is behind waits, and gets
what is true when it reads again. Who may know what is said by others: of a
pair about which that is in doubt, nothing is told.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum

import orjson

from altlas_chat.domain.events import PassingEvent
from altlas_chat.domain.times import rfc3339_or_none
from altlas_chat.realtime.attendance import Attendance
from altlas_chat.realtime.frames import passing_frame
from altlas_chat.realtime.listener import Listener

PAIRS_IN_A_ROW = 5_000
"""So much is done before others have their turn."""


class Shown(IntEnum):
    """What a watcher may know of somebody's presence."""

    NOTHING = 0
    LAST_SEEN = 1
    PRESENCE = 2
    BOTH = 3

    @classmethod
    def of(cls, *, presence: bool, last_seen: bool) -> "Shown":
        return cls(2 * presence + last_seen)


class Watched:
    """Somebody of whom others want to know; ``told`` is how they know the person."""

    __slots__ = ("told", "user_id", "watchers")

    def __init__(self, user_id: str, told: str | None) -> None:
        self.user_id = user_id
        self.told = told
        self.watchers: dict[Listener, Shown] = {}


def _nobody_is_there(_: str) -> str:
    return "offline"


class Watches:
    """The watch lists of this node's listeners."""

    def __init__(self, attendance: Attendance | None = None) -> None:
        self._state_of: Callable[[str], str] = _nobody_is_there
        if attendance is not None:
            self._state_of = attendance.state_of
            attendance.changed = self.changed
        self._watched: dict[str, Watched] = {}
        self._lists: dict[Listener, tuple[Watched, ...]] = {}
        self._changed: dict[str, Watched] = {}
        self._doubted: set[str] = set()
        self._readings: list[set[str]] = []
        self._pending: dict[Listener, dict[Watched, None]] = {}
        self.stirred = asyncio.Event()
        """Set while there is something to tell."""

    # -- who watches whom ------------------------------------------------------------

    def watch(self, listener: Listener, shown: Mapping[str, Shown]) -> dict[str, str]:
        """Let a listener know of these people and no others; how each is at this moment.

        What changes from now on is told.
        """
        self.forget(listener)
        if not listener.streams:
            return {}
        watched = tuple(self._of(user_id) for user_id in shown)
        for one in watched:
            one.watchers[listener] = shown[one.user_id]
        if watched:
            self._lists[listener] = watched
        return {one.user_id: self._met(one) for one in watched}

    def _of(self, user_id: str) -> Watched:
        found = self._watched.get(user_id)
        if found is None:
            found = self._watched[user_id] = Watched(user_id, self._state_of(user_id))
        return found

    def _met(self, watched: Watched) -> str:
        """How somebody is; if others are not told so yet, all are told how it is in the end."""
        state = self._state_of(watched.user_id)
        if watched.told != state:
            watched.told = None
            self._changed[watched.user_id] = watched
            self.stirred.set()
        return state

    def forget(self, listener: Listener) -> None:
        """A listener wants to know of nobody any more."""
        self._pending.pop(listener, None)
        for watched in self._lists.pop(listener, ()):
            watched.watchers.pop(listener, None)
            if not watched.watchers:
                self._watched.pop(watched.user_id, None)
                self._changed.pop(watched.user_id, None)

    def changed(self, user_id: str) -> None:
        """Somebody's presence may have changed."""
        watched = self._watched.get(user_id)
        if watched is not None:
            self._changed[user_id] = watched
            self.stirred.set()

    # -- what each may know ------------------------------------------------------------

    def doubt(self, user_ids: Collection[str]) -> None:
        """What others may know of these people, and they of others, has changed."""
        for reading in self._readings:
            reading.update(user_ids)
        for user_id in user_ids:
            if self.partners_of(user_id):
                self._doubted.add(user_id)
                self.stirred.set()

    @contextmanager
    def reading(self) -> Iterator[set[str]]:
        """While it is read what people may know: those who came into doubt meanwhile."""
        doubted: set[str] = set()
        self._readings.append(doubted)
        try:
            yield doubted
        finally:
            # Sets are equal where they have the same in them; it must be this very one.
            self._readings = [one for one in self._readings if one is not doubted]

    def doubted(self) -> list[str]:
        """Those about whom it must be read what is known of them now."""
        return list(self._doubted)

    def partners_of(self, user_id: str) -> set[str]:
        """Who watches a person, and whom the person watches."""
        watched = self._watched.get(user_id)
        partners = {one.user_id for one in watched.watchers} if watched is not None else set()
        for listener, others in self._listeners_of(user_id):
            del listener
            partners.update(one.user_id for one in others)
        return partners

    def _listeners_of(self, user_id: str) -> list[tuple[Listener, tuple[Watched, ...]]]:
        return [pair for pair in self._lists.items() if pair[0].user_id == user_id]

    def settle(self, user_id: str, shown: Mapping[str, Shown]) -> None:
        """What a person and each of these others may know of each other now; no doubt is left."""
        self._doubted.discard(user_id)
        watched = self._watched.get(user_id)
        for listener in list(watched.watchers) if watched is not None else ():
            if watched is not None and listener.user_id in shown:
                self._show(listener, watched, shown[listener.user_id])
        for listener, others in self._listeners_of(user_id):
            for other in others:
                if other.user_id in shown:
                    self._show(listener, other, shown[other.user_id])

    def _show(self, listener: Listener, watched: Watched, now: Shown) -> None:
        """Who may know more is told; who may know less, only if somebody seems to go by that."""
        before = watched.watchers[listener]
        watched.watchers[listener] = now
        gains = bool(now & ~before)
        goes = bool(before & ~now & Shown.PRESENCE) and watched.told != "offline"
        if gains or goes:
            self._pending.setdefault(listener, {})[watched] = None
            self.stirred.set()

    # -- what is told ------------------------------------------------------------------

    def to_tell(self) -> list[str]:
        """Of whom there is something to tell."""
        waiting = {one.user_id for pending in self._pending.values() for one in pending}
        return [*self._changed, *waiting.difference(self._changed)]

    async def tell(self, last_seen: Mapping[str, int | None], at: int) -> None:
        """Tell who is not behind how the people of :meth:`to_tell` are, each in one frame."""
        await self._collect(last_seen)
        forms = _Forms(last_seen)
        spent = 0
        for listener in list(self._pending):
            if listener.is_behind or listener.held is not None:
                self.stirred.set()
                continue
            presences = self._take(listener, last_seen, forms)
            if presences:
                event = PassingEvent("presence.updated", at, {"presences": presences})
                listener.put(passing_frame(event))
                spent += len(presences)
            if spent > PAIRS_IN_A_ROW:
                spent = 0
                await asyncio.sleep(0)

    async def _collect(self, known: Collection[str]) -> None:
        """Note who is to be told of what changed, as far as it is ``known`` when they were seen."""
        spent = 0
        for user_id in [one for one in self._changed if one in known]:
            watched = self._changed.pop(user_id, None)
            state = self._state_of(user_id)
            if watched is None or watched.told == state:
                continue
            watched.told = state
            for listener, shown in watched.watchers.items():
                if shown & Shown.PRESENCE:
                    self._pending.setdefault(listener, {})[watched] = None
            spent += len(watched.watchers)
            if spent > PAIRS_IN_A_ROW:
                spent = 0
                await asyncio.sleep(0)
        if self._changed:
            self.stirred.set()

    def _take(
        self, listener: Listener, known: Collection[str], forms: "_Forms"
    ) -> list[orjson.Fragment]:
        presences: list[orjson.Fragment] = []
        left: dict[Watched, None] = {}
        for watched in self._pending.pop(listener, {}):
            shown = watched.watchers.get(listener)
            if shown is None:
                continue
            in_doubt = watched.user_id in self._doubted or listener.user_id in self._doubted
            if in_doubt or watched.user_id not in known:
                left[watched] = None
                continue
            state = watched.told or self._state_of(watched.user_id)
            presences.append(forms.of(watched.user_id, state, shown))
        if left:
            self._pending[listener] = left
            self.stirred.set()
        return presences


class _Forms:
    """Presence documents of one round, each encoded once."""

    def __init__(self, last_seen: Mapping[str, int | None]) -> None:
        self._last_seen = last_seen
        self._made: dict[tuple[str, str, Shown], orjson.Fragment] = {}

    def of(self, user_id: str, state: str, shown: Shown) -> orjson.Fragment:
        key = (user_id, state, shown)
        form = self._made.get(key)
        if form is None:
            seen = self._last_seen.get(user_id) if shown & Shown.LAST_SEEN else None
            document = {
                "userId": user_id,
                "presence": state if shown & Shown.PRESENCE else "offline",
                "lastSeenAt": rfc3339_or_none(seen),
            }
            form = self._made[key] = orjson.Fragment(orjson.dumps(document))
        return form
