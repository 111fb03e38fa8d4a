"""One request and what becomes of it: the thing that every step of the mock works on."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from altlas_chat.mock.breaches import Breach
from altlas_chat.mock.compiled import Compiled, Endpoint
from altlas_chat.mock.preferences import NO_PREFERENCES, Preferences
from altlas_chat.mock.weather import CALM, Forecast


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent back: a status, headers (also several of a name), and a body.

    With ``stream`` the body is what it yields, sent as it comes.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    stream: AsyncIterator[bytes] | None = None

    def header(self, name: str) -> str:
        """The first header of a name, "" where there is none."""
        wanted = name.lower()
        return next((value for one, value in self.headers if one.lower() == wanted), "")


@dataclass(slots=True)
class Streamed:
    """What was sent of a body that came in parts: its first bytes, and how many there were."""

    first: bytearray = field(default_factory=bytearray)
    size: int = 0


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request on its way through the mock.

    ``path`` is the raw path (percent-encoded) and ``query`` what comes after the
    question mark. ``compiled`` is the contract as it was when the request came:
    one exchange never sees two. ``endpoint`` is None until the operation was
    found, and stays None for what the contract does not know. ``path_values``
    are percent-decoded, names in ``query_pairs`` too, but not their values.
    ``body`` is read before anything is checked, unless it is ``unread``: larger
    than what is looked at, and still to be taken from the request. ``dynamic`` says that values
    are made up even where there are examples. ``was_refused`` says that the mock
    did not do what was asked of it. ``origin`` says who answered where it was not
    the contract (``weather``, ``proxy``), ``forecast`` what weather was met,
    ``answer_breaches`` where the answer of a real server breaks the contract,
    ``streamed`` what was sent of a stream. ``reply`` and ``seconds`` are set
    at the end, before listeners hear of the exchange; a connection that was cut
    has no reply.
    """

    request: web.BaseRequest
    compiled: Compiled
    method: str
    path: str
    query: str
    started: float
    endpoint: Endpoint | None = None
    path_values: Mapping[str, str] = field(default_factory=dict)
    query_pairs: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    unread: bool = False
    preferences: Preferences = NO_PREFERENCES
    dynamic: bool = False
    breaches: list[Breach] = field(default_factory=list)
    was_refused: bool = False
    origin: str = ""
    forecast: Forecast = CALM
    answer_breaches: list[Breach] = field(default_factory=list)
    streamed: Streamed | None = None
    reply: Reply | None = None
    seconds: float = 0.0

    @property
    def broken(self) -> list[Breach]:
        """What makes the request invalid; advice is left out."""
        return [one for one in self.breaches if not one.is_advice]

    @property
    def known_endpoint(self) -> Endpoint:
        """The endpoint, for the steps after it was found."""
        if self.endpoint is None:
            raise LookupError(f"no operation was found for {self.method} {self.path}")
        return self.endpoint
