"""Plays scenarios: each flow for each connection, and for each call that begins one."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from altlas_chat.mock.live.templates import Filler
from altlas_chat.mock.state.patching import same_json
from altlas_chat.specs.documents import Json

LOG = logging.getLogger(__name__)

CONNECT = "connect"
ALWAYS = "always"


@dataclass(slots=True)
class _Scene:
    """Where a flow is played, and for whom; ``peer`` is None where it is for everybody."""

    places: Sequence[Place]
    peer: Peer | None
    filler: Filler
    known: Json


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

    def begins_with(self, on: str) -> bool:
        """Whether any flow begins with it."""
        return any(flow.on == on for _, flow in self._flows)

    def called(self, operation: str, known: Mapping[str, Any]) -> None:
        """A call by HTTP was answered; its flows are played once, for everybody."""
        for scenario, flow in self._flows:
            if flow.on == operation and _fits(flow, known):
                self._play_once(scenario, flow, known)

    def _play_once(self, scenario: Scenario, flow: Flow, known: Mapping[str, Any]) -> None:
        scene = self._scene(scenario, flow, None, known)
        for step in flow.steps:
            if isinstance(step, Send):
                self._send(step, scene)

    async def always(self) -> None:
        """Play what begins with the mock, for everybody who is there, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for scenario, flow in self._flows:
                if flow.on == ALWAYS:
                    scene = self._scene(scenario, flow, None, {})
                    tasks.create_task(self._do(flow.steps, scene))

    def _begin(self, on: str, peer: Peer, frame: Any) -> None:
        place = self._stage.place_of(peer.channel)
        for scenario, flow in self._flows:
            if flow.on != on or place not in self._stage.chosen(flow.channel):
                continue
            if _fits(flow, frame):
                scene = self._scene(scenario, flow, peer, frame)
                self._stage.begin(peer, self._play(flow.steps, scene))

    def _scene(self, scenario: Scenario, flow: Flow, peer: Peer | None, frame: Any) -> _Scene:
        number = peer.number if peer else 0
        known: Json = {**(frame if isinstance(frame, Mapping) else {}), "received": frame}
        if peer is not None:
            known["parameters"], known["query"] = dict(peer.parameters), dict(peer.query)
            known["person"] = peer.person
        known["count"] = 0
        filler = self._stage.filler(f"{scenario.seed} {flow.place} {number}")
        places = [self._stage.place_of(peer.channel)] if peer else self._stage.chosen(flow.channel)
        return _Scene(places, peer, filler, known)

    async def _play(self, steps: Sequence[Step], scene: _Scene) -> None:
        try:
            await self._do(steps, scene)
        except _Over:
            return

    async def _do(self, steps: Sequence[Step], scene: _Scene) -> None:
        for step in steps:
            if isinstance(step, Wait):
                await asyncio.sleep(step.times.at(scene.filler.share()))
            elif isinstance(step, Send):
                self._send(step, scene)
            elif isinstance(step, Expect):
                await self._expect(step, scene)
            elif isinstance(step, Repeat):
                count = 0
                while step.times is None or count < step.times:
                    count += 1
                    scene.known["count"] = count
                    await self._do(step.steps, scene)
            else:
                self._end(step, scene)

    def _end(self, step: Close, scene: _Scene) -> None:
        everybody = [one for place in scene.places for one in self._stage.room.on(place.channel)]
        peers = [scene.peer] if scene.peer else everybody
        for peer in peers:
            if step.code is None:
                peer.cut()
            else:
                peer.close(step.code, step.reason)
        if scene.peer is not None:
            raise _Over

    def _send(self, step: Send, scene: _Scene) -> None:
        try:
            changes = scene.filler.filled(step.changes, scene.known)
            if scene.peer is None or step.to == "all":
                places = scene.places if scene.peer is None else self._stage.places
                self._stage.tell(places, step.message, changes, example=step.example)
            else:
                self._say(step, changes, scene.places[0], scene.peer)
        except Unsendable as error:
            LOG.warning("%s: it was not sent: %s", step.place, error)

    def _say(self, step: Send, changes: Json, place: Place, peer: Peer) -> None:
        message = place.channel.named(step.message)
        if message is None:
            return
        others = [one for one in self._stage.room.on(place.channel) if one is not peer]
        payload = self._stage.event(place, message, example=step.example)
        receivers = [peer] if step.to == "sender" else others
        self._stage.say(place, message, payload, changes, receivers)

    async def _expect(self, step: Expect, scene: _Scene) -> None:
        peer = scene.peer
        if peer is None:
            return
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(peer, [])
        waiting.append((step.message, future))
        try:
            async with asyncio.timeout(step.seconds):
                frame = await future
        except TimeoutError:
            await self._do(step.otherwise, scene)
            raise _Over from None
        finally:
            waiting.remove((step.message, future))
            if not waiting:
                self._waiting.pop(peer, None)
        scene.known.update(frame if isinstance(frame, dict) else {})
        scene.known["received"] = frame


def _fits(flow: Flow, known: Any) -> bool:
    return all(
        same_json(value_at(known, way.split(".")), value) for way, value in flow.where.items()
    )
