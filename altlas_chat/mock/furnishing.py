"""A mock with what it remembers and what it says by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from altlas_chat.mock.hooks import Mounted
from altlas_chat.mock.live.wishes import NOTHING_WISHED, Wishes
from altlas_chat.mock.pipeline import Mock
from altlas_chat.system import Clock

if TYPE_CHECKING:
    from altlas_chat.mock.live.opening import Live
    from altlas_chat.mock.live.sockets import WhenItEnds
    from altlas_chat.mock.remembering import Remembering


@dataclass(frozen=True, slots=True)
class Furniture:
    """``remembering`` is None without ``--stateful``, ``live`` without an AsyncAPI document."""

    remembering: "Remembering | None"
    live: "Live | None"

    async def reset(self) -> None:
        """Forget all that was changed, and the events that were told."""
        if self.remembering is not None:
            self.remembering.reset()
        if self.live is not None:
            self.live.room.reset()

    async def run(self) -> None:
        """Say what is scheduled, until cancelled; who is on a socket then is let go."""
        if self.live is not None:
            await self.live.run()


def _bare(mounted: Mounted) -> Mounted:
    return mounted


def furnish(
    mock: Mock,
    clock: Clock,
    wishes: Wishes = NOTHING_WISHED,
    *,
    ending: "WhenItEnds | None" = None,
    around: Callable[[Mounted], Mounted] = _bare,
) -> Furniture:
    """Put the store and the sockets into a mock, as its settings and its contract say.

    What serves the sockets is mounted as ``around`` gives it back.

    Raises:
        DocumentUnusable: a scenario or a schedule does not fit the contract.
    """
    remembering = _remembering(mock, clock) if mock.settings.stateful else None
    live = None
    if mock.compiled.sockets or wishes != NOTHING_WISHED:
        live = _live(mock, clock, wishes, remembering, ending)
        mock.listeners.append(live.finished)
        mock.mount("/", around(live.upgrade), in_front=True)
        mock.mount("/", live.plain)
    return Furniture(remembering, live)


# What remembers and what speaks is loaded here, so that a mock without them starts without them.


def _remembering(mock: Mock, clock: Clock) -> "Remembering":
    from altlas_chat.mock.remembering import Remembering  # noqa: PLC0415

    remembering = Remembering(mock.answerer, clock, items=mock.settings.stateful_items)
    mock.answerer = remembering
    return remembering


def _live(
    mock: Mock,
    clock: Clock,
    wishes: Wishes,
    remembering: "Remembering | None",
    ending: "WhenItEnds | None",
) -> "Live":
    from altlas_chat.mock.live.opening import Live  # noqa: PLC0415
    from altlas_chat.mock.own.wiring import OwnContract, is_own  # noqa: PLC0415
    from altlas_chat.mock.remembering import rfc3339  # noqa: PLC0415

    own = OwnContract(mock, remembering) if is_own(mock) else None
    manners = own.manners if own else None
    live = Live(mock, lambda: rfc3339(clock.now_ms()), wishes, manners=manners, ending=ending)
    if own is not None:
        own.take(live)
    return live
