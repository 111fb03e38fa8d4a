"""How a mock behaves, as the command line says."""

from dataclasses import dataclass
from enum import StrEnum

from altlas_chat.specs.sampling import Language


class Validate(StrEnum):
    """What becomes of requests that break the contract."""

    OFF = "off"
    WARN = "warn"
    STRICT = "strict"


@dataclass(frozen=True, slots=True, kw_only=True)
class MockSettings:
    """How a mock behaves.

    With ``dynamic`` answers are made up even where there are examples;
    a request's ``Prefer: dynamic=…`` goes first. With ``stateful`` the mock
    remembers what is made, changed and deleted; each collection has
    ``stateful_items`` things at first.
    """

    host: str = "127.0.0.1"
    port: int = 0
    validate: Validate = Validate.STRICT
    dynamic: bool = False
    seed: int = 0
    language: Language = "en"
    cors: bool = True
    stateful: bool = False
    stateful_items: int = 3
    max_body_bytes: int = 64 * 1024 * 1024
