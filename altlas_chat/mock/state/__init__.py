"""What the mock remembers (``--stateful``): things that were made, changed and deleted."""

from altlas_chat.mock.state.keeping import NOTHING, Call, Outcome, Refused, State

__all__ = ["NOTHING", "Call", "Outcome", "Refused", "State"]
