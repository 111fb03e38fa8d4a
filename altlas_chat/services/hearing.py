"""From a cursor to the present, without a hole and without a double.

The listener is attached on hold, the log after the cursor is read and sent,
then what was held and is not sent yet follows, and the hold ends. A stream
that appears while the log is read is attached and the log is read again, so
nothing falls between the two; one that disappears is let go, and the log is
read again, so nobody hears what is not his any more.
"""

import asyncio
import logging
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from altlas_chat.domain.cursor import Cursor
from altlas_chat.domain.events import Json
from altlas_chat.domain.permissions import Actor
from altlas_chat.realtime.frames import event_frame, framed, passing_frame
from altlas_chat.realtime.hub import Hub
from altlas_chat.realtime.listener import Listener
from altlas_chat.services import sync
from altlas_chat.services.deps import Deps
from altlas_chat.services.sync import Changes, Resync

log = logging.getLogger(__name__)

RequestId = str | int | None
"""What a client put into a command to know its reply by."""


class Hearer(Listener):
    """A listener that begins at a cursor: a socket, or a stream of server-sent events."""

    __slots__ = ("actor",)

    def __init__(self, actor: Actor, *, put: Callable[[bytes], None]) -> None:
        super().__init__(actor.user_id, actor.way_in, put=put)
        self.actor = actor

    @abstractmethod
    def welcome(self, ready: Json, request_id: RequestId) -> None:
        """Tell the client that it hears, with the data of ``ready``."""

    def stands_at(self, cursor: Cursor) -> None:
        """Take note that what was put so far brings the client to a cursor."""

    def excuse(self) -> None:
        """Hold nothing against the client of what was put so far: it asked for all of that."""


@dataclass(frozen=True, slots=True)
class Start:
    """How a client begins: after a cursor, or at the present; and the id of its ``auth``."""

    cursor: Cursor | Resync | None = None
    request_id: RequestId = None


async def begin_hearing(
    deps: Deps, hub: Hub, catch_ups: "CatchUps", hearer: Hearer, start: Start
) -> None:
    """Send ``ready``, then what the client missed, then let it hear events as they come.

    Without a cursor the client starts at the present. When the log can't
    bring it there, ``resync_required`` follows ``ready``, with a snapshot.
    """
    catch_ups.begin(hearer)
    hub.add(hearer)
    outcome: Changes | Resync
    if isinstance(start.cursor, Cursor):
        outcome = await _missed(deps, hub, hearer, start.cursor)
    elif start.cursor is None:
        outcome = Changes(await _attached_positions(deps, hub, hearer))
    else:
        outcome = start.cursor
    if isinstance(outcome, Resync):
        positions = await _start_over(deps, hub, hearer, outcome, start.request_id)
    else:
        positions = await _go_on(deps, hearer, outcome, start)
    hearer.excuse()
    catch_ups.finish(hearer, positions)


async def _go_on(deps: Deps, hearer: Hearer, changes: Changes, start: Start) -> dict[str, int]:
    cursor = changes.cursor or await sync.cursor_at(deps, hearer.actor, changes.positions)
    ready = await _ready(deps, hearer.actor, cursor.encode(), resumed=start.cursor is not None)
    hearer.stands_at(start.cursor if isinstance(start.cursor, Cursor) else cursor)
    hearer.welcome(ready, start.request_id)
    put = hearer.put
    for announcement in changes.announcements:
        put(event_frame(announcement))
    for receipt in changes.receipts:
        put(passing_frame(receipt))
    hearer.stands_at(cursor)
    return changes.positions


async def _attached_positions(deps: Deps, hub: Hub, hearer: Hearer) -> dict[str, int]:
    """Positions of all streams of the person, each attached before it was read."""
    while True:
        positions = await sync.current_positions(deps, hearer.actor)
        if _hears_just(hub, hearer, positions):
            return positions


def _hears_just(hub: Hub, hearer: Hearer, positions: dict[str, int]) -> bool:
    """Let the hearer hear the streams that were read, and no others.

    False when it did not until now: who came into a conversation or was put
    out of one meanwhile may have missed events, or hear what is not his, and
    is read again.
    """
    hears = set(hearer.streams)
    missing, surplus = positions.keys() - hears, hears - positions.keys()
    hub.attach(hearer, missing)
    hub.detach(hearer, surplus)
    if missing or surplus:
        return False
    hub.place(positions)
    return True


async def _missed(deps: Deps, hub: Hub, hearer: Hearer, cursor: Cursor) -> Changes | Resync:
    limit = deps.settings.replay_limit_events
    outcome = await attached_changes(deps, hub, hearer, cursor, limit)
    if isinstance(outcome, Changes) and outcome.has_more:
        return Resync("too_far_behind")
    return outcome


async def attached_changes(
    deps: Deps, hub: Hub, hearer: Hearer, cursor: Cursor, limit: int
) -> Changes | Resync:
    """What came after a cursor, for a hearer on hold that is attached to just what was read.

    Where that is not all there is, it hears other streams perhaps.
    """
    hub.attach(hearer, await sync.current_positions(deps, hearer.actor))
    while True:
        outcome = await sync.changes_after(deps, hearer.actor, cursor, limit=limit)
        if isinstance(outcome, Resync) or outcome.has_more:
            return outcome
        if _hears_just(hub, hearer, outcome.positions):
            return outcome


async def _start_over(
    deps: Deps, hub: Hub, hearer: Hearer, resync: Resync, request_id: RequestId
) -> dict[str, int]:
    while True:
        snapshot = await sync.take_snapshot(deps, hearer.actor)
        cursor = Cursor.decode(snapshot["cursor"])
        if _hears_just(hub, hearer, cursor.positions):
            break
    ready = await _ready(deps, hearer.actor, snapshot["cursor"], resumed=False)
    hearer.welcome(ready, request_id)
    hearer.stands_at(cursor)
    frame = {
        "event": "resync_required",
        "data": {"reason": resync.reason, "snapshot": snapshot},
    }
    hearer.put(framed(orjson.dumps(frame)))
    return cursor.positions


async def _ready(deps: Deps, actor: Actor, cursor: str, *, resumed: bool) -> Json:
    """The data of ``ready``."""
    settings = deps.settings
    return {
        "user": await sync.own_profile(deps, actor),
        "sessionId": actor.session_id,
        "expiresInSeconds": seconds_left(deps, actor),
        "heartbeatSeconds": settings.heartbeat_seconds,
        "limits": {
            "maxFrameBytes": settings.max_frame_bytes,
            "maxFramesPerSecond": settings.max_frames_per_second,
            "maxMessageCharacters": settings.max_message_characters,
            "maxInFlight": settings.max_in_flight,
            "maxWatched": settings.max_watched,
        },
        "cursor": cursor,
        "resumed": resumed,
    }


def seconds_left(deps: Deps, actor: Actor) -> int | None:
    """How long the actor's token or key lets hear from now on; None if it has no end."""
    if actor.ends_at is None:
        return None
    return max(0, (actor.ends_at - deps.clock.now_ms()) // 1000)


class CatchUps:
    """Reads the log for listeners that came to a stream late.

    A listener that is still resuming has its own reading first; it stays on
    hold until both are done.
    """

    def __init__(self, deps: Deps, hub: Hub) -> None:
        self._deps = deps
        self._hub = hub
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: dict[Listener, dict[str, int]] = {}
        self._busy: set[Listener] = set()

    def begin(self, listener: Listener) -> None:
        """The listener's own resume begins."""
        self._busy.add(listener)

    def finish(self, listener: Listener, sent: dict[str, int]) -> None:
        """The listener's own resume is done; let it hear, after what was asked meanwhile."""
        self._busy.discard(listener)
        if listener in self._waiting or listener.gaps(sent):
            self._start(listener, sent)
        else:
            self._hub.release(listener, sent)

    def forget(self, listener: Listener) -> None:
        self._busy.discard(listener)
        self._waiting.pop(listener, None)

    def ask(self, listener: Listener, stream: str, after: int) -> None:
        """Send a listener on hold what came after ``after``, then let it hear."""
        self._waiting.setdefault(listener, {})[stream] = after
        if listener not in self._busy:
            self._start(listener, {})

    def _start(self, listener: Listener, sent: dict[str, int]) -> None:
        self._busy.add(listener)
        task = asyncio.get_running_loop().create_task(self._run(listener, sent))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, listener: Listener, sent: dict[str, int]) -> None:
        sent = dict(sent)
        try:
            while listener in self._waiting or listener.gaps(sent):
                joined = self._waiting.pop(listener, {})
                for stream, after in joined.items():
                    sent[stream] = max(after, sent.get(stream, 0))
                for stream, after in {**listener.gaps(sent), **joined}.items():
                    await self._keep(listener, stream, after)
        except Exception:
            log.exception("catching up failed")
            listener.fail()
        finally:
            self._busy.discard(listener)
        self._hub.release(listener, sent)

    async def _keep(self, listener: Listener, stream: str, after: int) -> None:
        """Keep back what the log has after a place, for when the listener is released.

        Raises:
            LookupError: the log has not what comes next, though later events were told.
        """
        for announcement in await sync.read_stream(self._deps, listener.user_id, stream, after):
            listener.keep(stream, announcement.event.seq, event_frame(announcement))
        if listener.gaps({stream: after}).get(stream) == after:
            raise LookupError(f"the log of {stream} has no event after {after}")
