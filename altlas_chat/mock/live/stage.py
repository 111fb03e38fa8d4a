"""Where messages are put together and said: by scenarios, schedules and what follows from calls."""

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from altlas_chat.mock.compiled import Spec
from altlas_chat.mock.live.answering import Refusals
from altlas_chat.mock.live.channels import Channel, channels_of
from altlas_chat.mock.live.making import Maker, Unsendable
from altlas_chat.mock.live.messages import Message
from altlas_chat.mock.live.peers import Peer, Room
from altlas_chat.mock.live.recognizing import Recognizer
from altlas_chat.mock.live.templates import Filler
from altlas_chat.specs.documents import Json

Now = Callable[[], str]
OWN = "urn:altlas-chat:v1"


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A channel with what is needed to speak on it."""

    channel: Channel
    spec: Spec
    maker: Maker
    recognizer: Recognizer
    refusals: Refusals
    own: bool


class Stage:
    """The channels of a mock's AsyncAPI documents, and everybody who is on them."""

    def __init__(self, specs: Iterable[Spec], room: Room, now: Now, *, seed: int = 0) -> None:
        self.room = room
        self.now = now
        self.seed = seed
        self.places: tuple[Place, ...] = tuple(place for spec in specs for place in _places(spec))
        self._count = 0

    def place_of(self, channel: Channel) -> Place:
        return next(one for one in self.places if one.channel is channel)

    def chosen(self, wanted: str | None) -> list[Place]:
        """The channels of a name or a path; all without one."""
        if wanted is None:
            return list(self.places)
        return [
            one for one in self.places if wanted == one.channel.name or wanted in one.channel.paths
        ]

    def filler(self, seed: object) -> Filler:
        """Fills templates; the same seed, the same chance."""
        chance = random.Random(f"{self.seed}:{seed}")  # noqa: S311 - examples, no secrets
        return Filler(chance, self.now, self.room.last)

    def event(self, place: Place, message: Message, **wish: Any) -> Any:
        """A payload that was not said before.

        Raises:
            Unsendable: there is none.
        """
        self._count += 1
        return place.maker.usual(message, f"{message.name} {self._count}", **wish)

    def say(
        self,
        place: Place,
        message: Message,
        payload: Any,
        changes: Mapping[str, Any],
        to: Iterable[Peer],
    ) -> Any:
        """Put changes in, number it, and send it; what was sent.

        An event that names a ``stream`` and has a ``seq`` takes the stream's
        next number; its ``at`` is the present.

        Raises:
            Unsendable: the message's schema does not allow it; nothing is sent.
        """
        if changes:
            payload = place.maker.made(message, payload, changes)
        stream = payload.get("stream") if isinstance(payload, dict) else None
        if isinstance(stream, str) and isinstance(payload.get("seq"), int):
            if not self.room.last(stream):
                # The first that is told of a stream keeps the number of its example.
                self.room.at_least(stream, payload["seq"] - 1)
            numbered = {**payload, "seq": self.room.last(stream) + 1}
            if place.maker.is_valid(message, numbered):
                self.room.numbered(stream)
                payload = numbered
        payload = self._dated(place, message, payload)
        if not place.maker.is_valid(message, payload):
            raise Unsendable(f"{message.name}: it would not be valid")
        if isinstance(payload, dict) and "stream" in payload:
            self.room.keep(payload)
        for peer in to:
            peer.put(payload)
        return payload

    def tell(
        self, places: Iterable[Place], name: str, changes: Mapping[str, Any], **wish: Any
    ) -> Any:
        """Say an event to everybody on those of the channels that have it: the same to all.

        Raises:
            Unsendable: as ``say``.
        """
        said = None
        for place in places:
            message = place.channel.named(name)
            if message is None:
                continue
            peers = self.room.on(place.channel)
            if said is None:
                said = self.say(place, message, self.event(place, message, **wish), changes, peers)
            else:
                for peer in peers:
                    peer.put(said)
        return said

    def _dated(self, place: Place, message: Message, payload: Any) -> Any:
        if not isinstance(payload, dict) or not isinstance(payload.get("at"), str):
            return payload
        dated: Json = {**payload, "at": self.now()}
        return dated if place.maker.is_valid(message, dated) else payload

    def begin(self, peer: Peer, work: Any) -> None:
        """Run something for a connection, until it ends."""
        task = asyncio.get_running_loop().create_task(work)
        peer.tasks.add(task)
        task.add_done_callback(peer.tasks.discard)


def _places(spec: Spec) -> Iterable[Place]:
    maker = Maker(spec.document, spec.schemas, spec.sampler)
    problems = spec.document.data.get("x-problems")
    codes = problems if isinstance(problems, dict) else {}
    own = spec.document.data.get("id") == OWN
    for channel in channels_of(spec.document):
        yield Place(
            channel=channel,
            spec=spec,
            maker=maker,
            recognizer=Recognizer(channel.commands, maker),
            refusals=Refusals(maker, channel, codes),
            own=own,
        )
