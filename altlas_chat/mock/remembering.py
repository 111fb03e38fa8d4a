"""``--stateful``: the answerer that asks what is kept before the contract's own answers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from altlas_chat.mock.answer_headers import header_pairs
from altlas_chat.mock.answering import resource_key
from altlas_chat.mock.bodies import NO_VALUE, body_value, declared_media
from altlas_chat.mock.compiled import Compiled, Spec
from altlas_chat.mock.encoding import encoded
from altlas_chat.mock.exchange import Exchange, Reply
from altlas_chat.mock.hooks import Answerer
from altlas_chat.mock.negotiation import chosen_media
from altlas_chat.mock.parameters import parameter_values
from altlas_chat.mock.problems import Refused
from altlas_chat.mock.state import NOTHING, Call, Outcome, State
from altlas_chat.mock.state import Refused as NotKept
from altlas_chat.specs.api import Api
from altlas_chat.system import Clock

DEFAULT_ITEMS = 3

CODES = {404: "NOT_KEPT", 409: "KEPT_ALREADY", 422: "CHANGE_REFUSED"}
DECLARED = {404: (404,), 409: (409, 422, 400), 422: (422, 400, 409)}

Facts = Callable[[Exchange, Call], Call]
Heard = Callable[[Exchange, Call, Outcome], None]


class Remembering:
    """Remembers what was made, changed and deleted, for as long as the mock runs.

    A reload of the contract keeps what is kept, as far as the new contract has
    such things. Wishes for an answer (``Prefer: code=…``, ``example=…``) and
    operations that fit no pattern are answered as if nothing were remembered.
    ``facts`` adds to a call what only the server knows, ``listeners`` hear of each
    call that was answered from here, after it is done.
    """

    def __init__(self, otherwise: Answerer, clock: Clock, *, items: int = DEFAULT_ITEMS) -> None:
        self._otherwise = otherwise
        self._clock = clock
        self._items = items
        self._compiled: Compiled | None = None
        self._states: dict[int, State] = {}
        self.listeners: list[Heard] = []
        self.facts: Facts = _no_facts

    def reset(self) -> None:
        """Forget all that was changed."""
        for state in self._states.values():
            state.reset()

    def state_of(self, compiled: Compiled, spec: Spec) -> State:
        """What is kept for one document of a contract."""
        if compiled is not self._compiled:
            self._take(compiled)
        return self._states[id(spec)]

    def _take(self, compiled: Compiled) -> None:
        old = list(self._states.values())
        self._compiled, self._states = compiled, {}
        for number, spec in enumerate(compiled.specs):
            state = State(
                Api(spec.document), spec.schemas, spec.sampler, self.now, items=self._items
            )
            if number < len(old):
                state.take_over(old[number].stores)
            self._states[id(spec)] = state

    def now(self) -> str:
        """The present as RFC 3339."""
        return rfc3339(self._clock.now_ms())

    async def __call__(self, exchange: Exchange) -> Reply:
        wishes = exchange.preferences
        if wishes.code is not None or wishes.example is not None or wishes.unreadable:
            return await self._otherwise(exchange)
        endpoint = exchange.known_endpoint
        state = self.state_of(exchange.compiled, endpoint.spec)
        if endpoint.operation.pointer not in state.inventory.actions:
            return await self._otherwise(exchange)
        call = self.facts(exchange, call_of(exchange))
        try:
            outcome = state.answer(endpoint.operation, call)
        except NotKept as error:
            raise Refused(
                error.status, CODES[error.status], f"{error.what}.", declared=DECLARED[error.status]
            ) from error
        if outcome is None:
            return await self._otherwise(exchange)
        reply = reply_of(exchange, outcome)
        for listener in self.listeners:
            listener(exchange, call, outcome)
        return reply


def _no_facts(_: Exchange, call: Call) -> Call:
    return call


def rfc3339(at_ms: int) -> str:
    """A moment in UTC, with milliseconds."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def call_of(exchange: Exchange) -> Call:
    """The request with its values read."""
    values = parameter_values(exchange)
    return Call(
        path=exchange.path_values,
        query={name: value for (where, name), value in values.items() if where == "query"},
        body=_body(exchange),
        media_type=exchange.request.headers.get("Content-Type", "application/json"),
        address=exchange.path,
    )


def _body(exchange: Exchange) -> Any:
    endpoint = exchange.known_endpoint
    body = endpoint.operation.body
    if body is None or not exchange.body:
        return NOTHING
    try:
        found = body_value(exchange, endpoint, declared_media(exchange, body))
    except Refused:
        # It was let through by --validate warn or off.
        return NOTHING
    return NOTHING if found is NO_VALUE else found


def reply_of(exchange: Exchange, outcome: Outcome) -> Reply:
    """An outcome in the media type that the request likes best.

    Raises:
        Refused: it accepts none of them (406).
    """
    endpoint = exchange.known_endpoint
    answer = endpoint.answer_for(outcome.status)
    own = tuple(outcome.headers.items())
    if answer is None:
        return Reply(outcome.status, own)
    declared = header_pairs(endpoint, answer, resource_key(exchange))
    mine = {name.lower() for name, _ in own}
    headers = (*own, *((name, value) for name, value in declared if name.lower() not in mine))
    if outcome.body is NOTHING:
        return Reply(outcome.status, headers)
    accept = ",".join(exchange.request.headers.getall("Accept", ()))
    media = chosen_media(answer.content, accept)
    if media is None:
        return Reply(outcome.status, headers)
    content_type, body = encoded(endpoint, media, outcome.body, accept)
    return Reply(outcome.status, (("Content-Type", content_type), *headers), body)
