"""Plays scenarios: each flow for each connection, and for each call that begins one."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from altlas_chat.mock.live.making import Unsendable, value_at
from altlas_chat.mock.live.peers import Peer
from altlas_chat.mock.live.scenarios import (
    Close,
    Expect,
    Flow,
    Repeat,
    Scenario,
    Send,
    Step,
    Wait,
)
from altlas_chat.mock.live.stage import Place, Stage
from altlas_chat.mock.live.templates import Filler, has_template
from altlas_chat.mock.state.patching import same_json
from altlas_chat.specs.documents import Json
from altlas_chat.specs.findings import Finding
from altlas_chat.specs.findings import Place as FilePlace

LOG = logging.getLogger(__name__)

CONNECT = "connect"


class _Over(Exception):
    """The connection was ended by a step."""


class Player:
    """Plays the flows of scenarios on a stage."""

    def __init__(self, stage: Stage, scenarios: Sequence[Scenario]) -> None:
        self._stage = stage
        self._flows = [(one, flow) for one in scenarios for flow in one.flows]
        self._waiting: dict[Peer, list[tuple[str, asyncio.Future[Any]]]] = {}

    def connected(self, peer: Peer) -> None:
        """Begin what begins with a connection."""
        self._begin(CONNECT, peer, {})

    def heard(self, peer: Peer, names: Sequence[str], frame: Any) -> None:
        """A client said something that has these names."""
        for name, future in list(self._waiting.get(peer, ())):
            if name in names and not future.done():
                future.set_result(frame)
        for name in dict.fromkeys(names):
            self._begin(name, peer, frame)

    def called(self, operation: str, known: Mapping[str, Any]) -> None:
        """A call by HTTP was answered; its flows are played once, for everybody."""
        for scenario, flow in self._flows:
            if flow.on == operation and _fits(flow, known):
                for place in self._stage.chosen(flow.channel):
                    self._play_once(scenario, flow, place, known)

    def _play_once(
        self, scenario: Scenario, flow: Flow, place: Place, known: Mapping[str, Any]
    ) -> None:
        peers = self._stage.room.on(place.channel)
        filler = self._stage.filler(f"{scenario.seed} {flow.place}")
        for step in flow.steps:
            if isinstance(step, Send):
                self._send(step, place, peers, filler, known)

    def _begin(self, on: str, peer: Peer, frame: Any) -> None:
        place = self._stage.place_of(peer.channel)
        for scenario, flow in self._flows:
            if flow.on != on or place not in self._stage.chosen(flow.channel):
                continue
            if _fits(flow, frame):
                self._stage.begin(peer, self._play(scenario, flow, place, peer, frame))

    async def _play(
        self, scenario: Scenario, flow: Flow, place: Place, peer: Peer, frame: Any
    ) -> None:
        filler = self._stage.filler(f"{scenario.seed} {flow.place} {peer.number}")
        known: Json = {
            **(frame if isinstance(frame, dict) else {}),
            "received": frame,
            "parameters": dict(peer.parameters),
            "query": dict(peer.query),
            "person": peer.person,
            "count": 0,
        }
        try:
            await self._do(flow.steps, place, peer, filler, known)
        except _Over:
            return

    async def _do(
        self, steps: Sequence[Step], place: Place, peer: Peer, filler: Filler, known: Json
    ) -> None:
        for step in steps:
            if isinstance(step, Wait):
                await asyncio.sleep(step.times.at(filler.share()))
            elif isinstance(step, Send):
                self._send(step, place, self._receivers(step, place, peer), filler, known)
            elif isinstance(step, Expect):
                await self._expect(step, place, peer, filler, known)
            elif isinstance(step, Repeat):
                count = 0
                while step.times is None or count < step.times:
                    count += 1
                    known["count"] = count
                    await self._do(step.steps, place, peer, filler, known)
            else:
                _end(step, peer)

    def _receivers(self, step: Send, place: Place, peer: Peer) -> list[Peer]:
        if step.to == "sender":
            return [peer]
        everybody = self._stage.room.on(place.channel)
        return [one for one in everybody if step.to == "all" or one is not peer]

    def _send(
        self,
        step: Send,
        place: Place,
        peers: Sequence[Peer],
        filler: Filler,
        known: Mapping[str, Any],
    ) -> None:
        message = place.channel.named(step.message)
        if message is None:
            return
        try:
            payload = self._stage.event(place, message, example=step.example)
            changes = filler.filled(step.changes, known)
            self._stage.say(place, message, payload, changes, peers)
        except Unsendable as error:
            LOG.warning("%s: it was not sent: %s", step.place, error)

    async def _expect(
        self, step: Expect, place: Place, peer: Peer, filler: Filler, known: Json
    ) -> None:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(peer, [])
        waiting.append((step.message, future))
        try:
            async with asyncio.timeout(step.seconds):
                frame = await future
        except TimeoutError:
            await self._do(step.otherwise, place, peer, filler, known)
            raise _Over from None
        finally:
            waiting.remove((step.message, future))
            if not waiting:
                self._waiting.pop(peer, None)
        known.update(frame if isinstance(frame, dict) else {})
        known["received"] = frame


def _end(step: Close, peer: Peer) -> None:
    if step.code is None:
        peer.cut()
    else:
        peer.close(step.code, step.reason)
    raise _Over


def _fits(flow: Flow, known: Any) -> bool:
    return all(
        same_json(value_at(known, way.split(".")), value) for way, value in flow.where.items()
    )


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
            if not self._is_known(flow.on, places):
                remedy = "Name `connect`, a message that clients send, or an operationId."
                yield _found(flow.place, f"nothing is called {flow.on!r}", remedy)
            yield from self._steps(flow.steps, places)

    def _is_known(self, on: str, places: Sequence[Place]) -> bool:
        if on in (CONNECT, *self._operations):
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
