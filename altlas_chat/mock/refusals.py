"""What a refused request gets: the contract's own words where it has some, else the mock's."""

from altlas_chat.mock.exchange import Exchange, Reply
from altlas_chat.mock.problems import Refused, problem


def refusal(exchange: Exchange, refused: Refused) -> Reply:
    """The answer of a refused request."""
    exchange.was_refused = True
    return problem(refused, instance=exchange.path)
