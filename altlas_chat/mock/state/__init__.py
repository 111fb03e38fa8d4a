"""What the mock remembers (``--stateful``): things that were made, changed and deleted."""

from altlas_chat.mock.state.calls import NOTHING, Call, Outcome, Refused
from altlas_chat.mock.state.keeping import State

__all__ = ["NOTHING", "Call", "Outcome", "Refused", "State"]
