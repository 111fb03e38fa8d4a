"""A mock with what it remembers and what it says by itself."""

from collections.abc import Callable
from dataclasses import dataclass

from altlas_chat.mock.hooks import Mounted
from altlas_chat.mock.live.opening import Live, Wishes
from altlas_chat.mock.live.sockets import WhenItEnds
from altlas_chat.mock.own.wiring import OwnContract, is_own
from altlas_chat.mock.pipeline import Mock
from altlas_chat.mock.remembering import Remembering, rfc3339
from altlas_chat.system import Clock

NOTHING_WISHED = Wishes()


@dataclass(frozen=True, slots=True)
class Furniture:
    """``remembering`` is None without ``--stateful``, ``live`` without an AsyncAPI document."""

    remembering: Remembering | None
    live: Live | None

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
    ending: WhenItEnds | None = None,
    around: Callable[[Mounted], Mounted] = _bare,
) -> Furniture:
    """Put the store and the sockets into a mock, as its settings and its contract say.

    What serves the sockets is mounted as ``around`` gives it back.

    Raises:
        DocumentUnusable: a scenario or a schedule does not fit the contract.
    """
    settings = mock.settings
    remembering = None
    if settings.stateful:
        remembering = Remembering(mock.answerer, clock, items=settings.stateful_items)
        mock.answerer = remembering
    live = None
    if mock.compiled.sockets or wishes.emissions or wishes.scenarios:
        own = OwnContract(mock, remembering) if is_own(mock) else None
        manners = own.manners if own else None
        live = Live(mock, lambda: rfc3339(clock.now_ms()), wishes, manners=manners, ending=ending)
        if own is not None:
            own.take(live)
        mock.listeners.append(live.finished)
        mock.mount("/", around(live.upgrade), in_front=True)
        mock.mount("/", live.plain)
    return Furniture(remembering, live)
