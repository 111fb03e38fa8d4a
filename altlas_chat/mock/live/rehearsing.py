"""Whether scenarios fit a contract, found before anybody hears them."""

from collections.abc import Iterator, Sequence

from altlas_chat.mock.live.making import Unsendable
from altlas_chat.mock.live.playing import ALWAYS, CONNECT
from altlas_chat.mock.live.scenarios import Expect, Repeat, Scenario, Send, Step
from altlas_chat.mock.live.stage import Place, Stage
from altlas_chat.mock.live.templates import has_template
from altlas_chat.specs.documents import Json
from altlas_chat.specs.findings import Finding
from altlas_chat.specs.findings import Place as FilePlace


def check_scenario(scenario: Scenario, stage: Stage, operations: Sequence[str]) -> list[Finding]:
    """What of a scenario does not fit the contract; empty when all of it does.

    ``operations`` are the operationIds of the OpenAPI documents beside it.
    """
    return list(_Checking(stage, operations).scenario(scenario))


class _Checking:
    def __init__(self, stage: Stage, operations: Sequence[str]) -> None:
        self._stage = stage
        self._operations = operations

    def scenario(self, scenario: Scenario) -> Iterator[Finding]:
        for flow in scenario.flows:
            places = self._stage.chosen(flow.channel)
            if not places:
                names = ", ".join(one.channel.name for one in self._stage.places) or "none"
                yield _found(
                    flow.place, f"there is no channel {flow.channel!r}", f"There are {names}."
                )
                continue
            if flow.on == ALWAYS and _expects(flow.steps):
                remedy = "Begin it with `connect`, where there is somebody to say something."
                yield _found(flow.place, "what is for everybody can't expect anything", remedy)
            if not self._is_known(flow.on, places):
                remedy = "Name `connect`, `always`, a message that clients send, or an operationId."
                yield _found(flow.place, f"nothing is called {flow.on!r}", remedy)
            yield from self._steps(flow.steps, places)

    def _is_known(self, on: str, places: Sequence[Place]) -> bool:
        if on in (CONNECT, ALWAYS, *self._operations):
            return True
        return any(
            on == command.operation or command.message.is_called(on)
            for place in places
            for command in place.channel.commands
        )

    def _steps(self, steps: Sequence[Step], places: Sequence[Place]) -> Iterator[Finding]:
        for step in steps:
            if isinstance(step, Send):
                yield from self._send(step, places)
            elif isinstance(step, Repeat):
                yield from self._steps(step.steps, places)
            elif isinstance(step, Expect):
                if not self._is_known(step.message, places):
                    remedy = "Name a message that clients send."
                    yield _found(step.place, f"nothing is called {step.message!r}", remedy)
                yield from self._steps(step.otherwise, places)

    def _send(self, step: Send, places: Sequence[Place]) -> Iterator[Finding]:
        able = [place for place in places if place.channel.named(step.message)]
        if not able:
            told = [one.name for place in places for one in place.channel.messages]
            remedy = f"The server says {', '.join(dict.fromkeys(told)) or 'nothing'}."
            yield _found(step.place, f"no server's message is called {step.message!r}", remedy)
        for place in able:
            message = place.channel.named(step.message)
            if message is None:
                continue
            try:
                payload = self._stage.event(place, message, example=step.example)
                place.maker.made(message, payload, _settled(step.changes))
            except Unsendable as error:
                remedy = "Change `with:` or `example:` so that the message's schema allows it."
                yield _found(step.place, f"it would not be valid: {error}", remedy)


def _expects(steps: Sequence[Step]) -> bool:
    return any(
        isinstance(one, Expect) or (isinstance(one, Repeat) and _expects(one.steps))
        for one in steps
    )


def _settled(changes: Json) -> Json:
    """What is put in without a template: the rest is only known when it is sent."""
    found: Json = {}
    for name, value in changes.items():
        if isinstance(value, dict):
            found[name] = _settled(value)
        elif not has_template(value) and not isinstance(value, list):
            found[name] = value
    return found


def _found(place: FilePlace, what: str, remedy: str) -> Finding:
    return Finding(place, "scenario", what, remedy)
