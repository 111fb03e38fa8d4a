"""Realtime in a mock: its sockets, scenarios and schedules, and what follows from calls."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import orjson
from aiohttp import web

from altlas_chat.mock.compiled import Compiled
from altlas_chat.mock.exchange import Exchange
from altlas_chat.mock.live.emitting import Emission
from altlas_chat.mock.live.making import Unsendable
from altlas_chat.mock.live.messages import Message
from altlas_chat.mock.live.peers import Room
from altlas_chat.mock.live.playing import Player
from altlas_chat.mock.live.rehearsing import check_scenario
from altlas_chat.mock.live.scenarios import Scenario
from altlas_chat.mock.live.sockets import Sockets, WhenItEnds
from altlas_chat.mock.live.stage import Now, Place, Stage
from altlas_chat.mock.live.talking import Manners, Talk
from altlas_chat.mock.live.wishes import Wishes
from altlas_chat.mock.pipeline import Mock
from altlas_chat.specs.findings import DocumentUnusable, Finding
from altlas_chat.specs.findings import Place as FilePlace

LOG = logging.getLogger(__name__)

ANY = "*"
RESTART = 1012
GOING_AWAY = 1001
TOLD = ("event", "passing")


class Live:
    """Speaks on the channels of a mock's AsyncAPI documents.

    When the contract was reloaded, sockets of the old one are closed (1012) at
    the next upgrade or event.
    """

    def __init__(
        self,
        mock: Mock,
        now: Now,
        wishes: Wishes,
        *,
        manners: Manners | None = None,
        ending: WhenItEnds | None = None,
    ) -> None:
        """Raises:
        DocumentUnusable: a scenario or a schedule does not fit the contract.
        """
        self._mock = mock
        self._now = now
        self._wishes = wishes
        self._manners = manners
        self._ending = ending
        self.room = Room()
        self._renewed = asyncio.Event()
        self._take(mock.compiled)
        findings = self.findings()
        if findings:
            raise DocumentUnusable(findings)

    def _take(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self.stage = Stage(compiled.sockets, self.room, self._now, seed=self._mock.settings.seed)
        self.player = Player(self.stage, self._wishes.scenarios)
        self.talk = Talk(
            self.stage, self.player, lambda: self._mock.settings.validate, self._manners
        )
        self._sockets = Sockets(self.stage, self.talk, lambda: self._mock.settings, self._ending)

    @property
    def sockets(self) -> Sockets:
        """The doors of the contract as it is now."""
        if self._mock.compiled is not self._compiled:
            for peer in list(self.room.peers.values()):
                peer.close(RESTART, "the contract was changed: connect again")
            self._take(self._mock.compiled)
            self._renewed.set()
            for finding in self.findings():
                LOG.warning("%s", finding)
        return self._sockets

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        return self._wishes.scenarios

    def take_scenarios(self, scenarios: tuple[Scenario, ...]) -> None:
        """Play these from now on; flows that have begun go on to their end."""
        self._wishes = replace(self._wishes, scenarios=scenarios)
        self.player = self.talk.player = Player(self.stage, scenarios)
        self._renewed.set()

    def unfit(self, scenarios: Iterable[Scenario]) -> list[Finding]:
        """What of scenarios does not fit the contract."""
        operations = [
            one.operation.operation_id
            for one in self._compiled.endpoints
            if one.operation.operation_id
        ]
        return [
            finding
            for scenario in scenarios
            for finding in check_scenario(scenario, self.stage, operations)
        ]

    def findings(self) -> list[Finding]:
        """What of the scenarios and schedules does not fit the contract."""
        found = self.unfit(self._wishes.scenarios)
        for emission in self._wishes.emissions:
            if not self._told(emission.message):
                told = (one.name for place in self.stage.places for one in _usual(place))
                remedy = f"Servers say {', '.join(dict.fromkeys(told)) or 'nothing here'}."
                what = f"no event is called {emission.message!r}"
                found.append(Finding(FilePlace("--emit"), "schedule", what, remedy))
        return found

    async def upgrade(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """To be mounted in front of the contract."""
        return await self.sockets.upgrade(request)

    async def plain(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """To be mounted behind the contract."""
        return await self.sockets.plain(request)

    def finished(self, exchange: Exchange) -> None:
        """A listener of the mock: a call that went well begins flows, by its operationId."""
        endpoint, reply = exchange.endpoint, exchange.reply
        name = endpoint.operation.operation_id if endpoint else None
        if name is None or reply is None or not 200 <= reply.status < 300:
            return
        if self.player.begins_with(name):
            known = {
                "answer": _json(reply.body),
                "request": _json(exchange.body),
                "path": dict(exchange.path_values),
            }
            self.player.called(name, known)

    # -- schedules ------------------------------------------------------------------

    async def run(self) -> None:
        """Say what is scheduled, and play what is always on, until cancelled; then all is over."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for number, emission in enumerate(self._wishes.emissions):
                    tasks.create_task(self._emit(emission, number))
                tasks.create_task(self._always())
        finally:
            self.room.end(GOING_AWAY, "the mock ends")

    async def _always(self) -> None:
        """Play what is always on, anew when the scenarios are others."""
        while True:
            self._renewed.clear()
            playing = asyncio.ensure_future(self.player.always())
            try:
                await self._renewed.wait()
            finally:
                playing.cancel()
                await asyncio.gather(playing, return_exceptions=True)

    async def _emit(self, emission: Emission, number: int) -> None:
        chance = self.stage.filler(f"emission {number}")
        while True:
            await asyncio.sleep(emission.pauses.at(chance.share()))
            heard = [
                message
                for place, messages in self._told(emission.message)
                if self.stage.room.on(place.channel)
                for message in messages
            ]
            if heard:
                self.tell(heard[int(chance.share() * len(heard))].name, {})

    def _told(self, wanted: str) -> list[tuple[Place, Sequence[Message]]]:
        found: list[tuple[Place, Sequence[Message]]] = []
        for place in self.stage.places:
            usual = _usual(place)
            messages = [one for one in place.channel.tells if one.is_called(wanted)]
            if wanted == ANY:
                messages = usual
            if messages:
                found.append((place, messages))
        return found

    def tell(self, name: str, changes: dict[str, Any]) -> None:
        """Say an event to everybody on the channels that have it."""
        try:
            self.stage.tell(self.stage.places, name, changes)
        except Unsendable as error:
            LOG.warning("%s: the event was not sent: %s", name, error)


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None


def _usual(place: Place) -> list[Message]:
    """The events that may come at any time."""
    told = [one for one in place.channel.tells if not one.tells_of_an_error]
    return [one for one in told if one.data.get("x-kind", TOLD[0]) in TOLD]
