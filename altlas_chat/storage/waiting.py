"""Changes that wait for a transaction, and which of them are made together.

Both databases commit what waits in one transaction; a change that may be made
together with its like (:meth:`Database.write_together`) then costs less.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from altlas_chat.storage.database import Transaction

log = logging.getLogger(__name__)

Change = Callable[[Transaction], Awaitable[Any]]
Bulk = Callable[[Transaction, Sequence[Any]], Awaitable[Sequence[Any]]]


class Failed:
    """The outcome of a change of which nothing is left."""

    __slots__ = ("error",)

    def __init__(self, error: BaseException) -> None:
        self.error = error


class Waiting:
    """A change in a queue: ``change``, or ``bulk`` for ``item``; and what became of it."""

    __slots__ = ("bulk", "change", "committed", "future", "item", "lane", "outcome")

    def __init__(
        self,
        lane: str,
        committed: Callable[[Any], None] | None,
        future: asyncio.Future[Any],
        *,
        change: Change | None = None,
        bulk: Bulk | None = None,
        item: Any = None,
    ) -> None:
        self.lane = lane
        self.committed = committed
        self.future = future
        self.change = change
        self.bulk = bulk
        self.item = item
        self.outcome: Any = None


Group = list[Waiting]
"""One change alone, or several of the same bulk."""


def in_groups(batch: Sequence[Waiting]) -> list[Group]:
    """A batch with its bulks together. Those of one lane stay in their order."""
    groups: list[Group] = []
    newest: dict[Bulk, int] = {}
    last_of_lane: dict[str, int] = {}
    for waiting in batch:
        bulk = waiting.bulk
        if bulk is not None:
            place = newest.get(bulk)
            if place is not None and last_of_lane.get(waiting.lane, place) <= place:
                groups[place].append(waiting)
                last_of_lane[waiting.lane] = place
                continue
            newest[bulk] = len(groups)
        last_of_lane[waiting.lane] = len(groups)
        groups.append([waiting])
    return groups


async def make(tx: Transaction, group: Group) -> None:
    """Make a group's changes and note their outcomes.

    Raises:
        Exception: what the change or the bulk raised; its outcomes are not noted.
    """
    first = group[0]
    if first.change is not None:
        first.outcome = await first.change(tx)
    elif first.bulk is not None:
        outcomes = await first.bulk(tx, [waiting.item for waiting in group])
        for waiting, outcome in zip(group, outcomes, strict=True):
            waiting.outcome = Failed(outcome) if isinstance(outcome, Exception) else outcome


def serve(batch: Sequence[Waiting]) -> None:
    """Tell the outcomes of a batch that is durable: first all listeners, then all callers.

    The callers' futures are set first, but callers go on only in the next
    turn of the event loop. What listeners put off until then comes after it:
    a sender's reply leaves beside the event that he hears, in one write. A
    listener that fails is logged, and keeps nothing from the others.
    """
    for waiting in batch:
        if waiting.future.done():
            continue
        if isinstance(waiting.outcome, Failed):
            waiting.future.set_exception(waiting.outcome.error)
        else:
            waiting.future.set_result(waiting.outcome)
    for waiting in batch:
        if waiting.committed is not None and not isinstance(waiting.outcome, Failed):
            try:
                waiting.committed(waiting.outcome)
            except Exception:
                log.exception("what was committed could not be told")


def fail(batch: Sequence[Waiting], error: BaseException) -> None:
    """Note that nothing is left of a batch, for :func:`serve`."""
    failed = Failed(error)
    for waiting in batch:
        waiting.outcome = failed
