"""The one door for changes: a change and its events become durable together.

Nothing is announced that was not committed, and nothing is committed whose
events are not in the log. Listeners are told after the commit, in its order,
before the caller goes on.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar, cast

from altlas_chat.domain.events import Announcement, Event, Json
from altlas_chat.domain.language import ENGLISH
from altlas_chat.services.deps import Deps, Publisher
from altlas_chat.storage import streams
from altlas_chat.storage.database import CommitInDoubt, Transaction
from altlas_chat.storage.streams import StreamPosition

T = TypeVar("T")
Item = TypeVar("Item")
Done = tuple[T, list[Announcement]]
"""What came of a change, and the events that it wrote."""


class Change:
    """A change under way: its transaction, its moment, and what it will announce."""

    __slots__ = ("_announcements", "actor_id", "at", "language", "tx")

    def __init__(
        self,
        tx: Transaction,
        at: int,
        actor_id: str | None,
        announcements: list[Announcement],
        language: str = ENGLISH,
    ) -> None:
        self.tx = tx
        self.at = at
        self.actor_id = actor_id
        self.language = language
        """Of what is said in it to nobody in particular."""
        self._announcements = announcements

    async def take_place(self, stream: str) -> StreamPosition:
        """The next place in a stream; :meth:`record` must fill it."""
        return await streams.advance_stream(self.tx, stream, self.at)

    async def record(self, stream: str, seq: int, kind: str, facts: Json, data: Json) -> None:
        """Fill a place with its event.

        ``facts`` go to the log; ``data`` is what listeners get now, the same
        that a replay makes of the facts.
        """
        event = Event(stream, seq, kind, self.at, self.actor_id, facts)
        await streams.insert_event(self.tx, event)
        self._announcements.append(Announcement(event, data))

    def tell(self, announcements: Sequence[Announcement]) -> None:
        """Tell events that were written already, at places that were taken, after the commit."""
        self._announcements.extend(announcements)

    async def announce(self, stream: str, kind: str, facts: Json, data: Json) -> int:
        """Take the next place in a stream and fill it; the place."""
        position = await self.take_place(stream)
        await self.record(stream, position.seq, kind, facts, data)
        return position.seq


async def commit_change(
    deps: Deps,
    lane: str,
    change: Callable[[Change], Awaitable[T]],
    *,
    actor_id: str | None,
) -> T:
    """Make a change and its events durable, tell the listeners, give its result.

    ``lane`` is the stream that the change is about: changes of one lane are
    committed in the order of the calls. ``change`` may run more than once and
    awaits nothing but its transaction; what it raises is raised here, and
    then nothing of it is kept or announced.
    """
    run = partial(_run, change, deps.clock.now_ms(), actor_id, deps.settings.default_language)
    tell = partial(_tell, deps.publisher)
    try:
        outcome: Done[T] = await deps.database.write(run, lane=lane, committed=tell)
    except CommitInDoubt as doubt:
        _look_again(deps.publisher, doubt)
        raise
    return outcome[0]


async def _run(
    change: Callable[[Change], Awaitable[T]],
    at: int,
    actor_id: str | None,
    language: str,
    tx: Transaction,
) -> Done[T]:
    announcements: list[Announcement] = []
    result = await change(Change(tx, at, actor_id, announcements, language))
    return result, announcements


# Not inside its callers: the annotation of an inner function is worked out at each call.
def _tell(publisher: Publisher, outcome: Done[T]) -> None:
    publisher.publish(outcome[1])


def _look_again(publisher: Publisher, doubt: CommitInDoubt) -> None:
    """What is durable is told, also where the caller hears that it failed."""
    _, announcements = cast("Done[object]", doubt.outcome)
    publisher.look_again(dict.fromkeys(one.event.stream for one in announcements))


async def commit_together(
    deps: Deps,
    lane: str,
    bulk: Callable[[Transaction, Sequence[Item]], Awaitable[Sequence[Done[T] | Exception]]],
    item: Item,
) -> T:
    """Like :func:`commit_change`, for changes that are made cheaper together with their like.

    ``bulk`` makes the changes of all items that wait at this moment, and
    writes their events itself; what it gives for an item is told and given
    back, or raised if it is an error. It may run more than once, and is run
    for each item alone when it raises.
    """
    tell = partial(_tell, deps.publisher)
    try:
        outcome: Done[T] = await deps.database.write_together(bulk, item, lane=lane, committed=tell)
    except CommitInDoubt as doubt:
        _look_again(deps.publisher, doubt)
        raise
    return outcome[0]
