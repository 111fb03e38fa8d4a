"""What a mock is to say by itself, before anything that speaks is loaded."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from altlas_chat.mock.live.emitting import Emission
    from altlas_chat.mock.live.scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a mock is to say by itself."""

    emissions: "tuple[Emission, ...]" = ()
    scenarios: "tuple[Scenario, ...]" = ()


NOTHING_WISHED = Wishes()
