"""Our own contract in a mock: found by its id, and put in its places."""

from altlas_chat.mock.compiled import Endpoint
from altlas_chat.mock.live.opening import Live
from altlas_chat.mock.live.stage import OWN
from altlas_chat.mock.own.answers import OwnAnswers
from altlas_chat.mock.own.chat import Chat, Operations
from altlas_chat.mock.own.following import tell_of
from altlas_chat.mock.own.manners import OwnManners
from altlas_chat.mock.own.people import People
from altlas_chat.mock.own.snapshots import Snapshots
from altlas_chat.mock.pipeline import Mock
from altlas_chat.mock.remembering import Remembering
from altlas_chat.mock.state import State

SOCKET = "connectSocket"


def is_own(mock: Mock) -> bool:
    """Whether a mock answers for both documents of our own contract."""
    ids = {one.document.data.get("id") for one in mock.compiled.sockets}
    return OWN in ids and _endpoint(mock) is not None


def _endpoint(mock: Mock) -> Endpoint | None:
    """That of the socket: where it is, our own operations are."""
    for one in mock.compiled.endpoints:
        if one.operation.operation_id == SOCKET:
            return one
    return None


class OwnContract:
    """What a mock does besides, when it answers for our own contract."""

    def __init__(self, mock: Mock, remembering: Remembering | None) -> None:
        """Call it only where ``is_own``."""
        self._mock = mock
        self._remembering = remembering
        self._live: Live | None = None
        self.chat = Chat(lambda: self.live.stage, self._operations, self._state, tell_of)
        document = self._socket.spec.document
        people = People(document)
        self._snapshots = snapshots = Snapshots(self.chat, document)
        self.manners = OwnManners(self.chat, people, snapshots)
        self._answers = OwnAnswers(
            mock.answerer, self.chat, people, snapshots, lambda: self.live.sockets
        )

    @property
    def live(self) -> Live:
        if self._live is None:
            raise LookupError("the mock has no sockets yet")
        return self._live

    @property
    def _socket(self) -> Endpoint:
        found = _endpoint(self._mock)
        if found is None:
            raise LookupError("the contract that was loaded last is not our own any more")
        return found

    def take(self, live: Live) -> None:
        """Answer from now on, and tell those who are on these sockets."""
        self._live = live
        self._snapshots.anchor()
        self._mock.answerer = self._answers
        if self._remembering is not None:
            self._remembering.facts = self._answers.facts
            self._remembering.listeners.append(self._answers.heard)

    def _operations(self) -> Operations:
        return {
            one.operation.operation_id: one.operation
            for one in self._mock.compiled.endpoints
            if one.operation.operation_id
        }

    def _state(self) -> State | None:
        if self._remembering is None:
            return None
        return self._remembering.state_of(self._mock.compiled, self._socket.spec)
