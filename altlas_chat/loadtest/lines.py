"""A person's line to the server: commands with their replies, and all that is heard, counted."""

import asyncio
import itertools
import time
from collections.abc import Callable
from functools import partial

import orjson

from altlas_chat.loadtest.dialling import Dialler
from altlas_chat.loadtest.ears import Ear
from altlas_chat.loadtest.heard import is_reply, is_resync, read_event
from altlas_chat.loadtest.steps import Json, Person, positions_of
from altlas_chat.loadtest.wires import Wire

PATIENCE_SECONDS = 30.0
"""For an answer, and for a socket to be let in."""


class Refused(Exception):
    """The server refused a step; the message is its code, or the status."""


OnMessage = Callable[[str, float, float], None]
"""Called with the ``clientId`` of a new message that is heard, the moment
(``time.monotonic``) at which its bytes were there, and since when the line was
to be there (0 at first, later when it was due back).
"""


class Line:
    """One socket after another of a person, with one ear for all of them.

    It goes on where it was: each socket after the first one resumes from what
    the ear has heard. ``on_message`` may be None, for who only counts.
    """

    __slots__ = (
        "_cursor",
        "_dialler",
        "_is_slow",
        "_numbers",
        "_on_message",
        "_waiting",
        "back_at",
        "ear",
        "ended",
        "person",
        "resyncs",
        "wire",
    )

    def __init__(
        self,
        dialler: Dialler,
        person: Person,
        snapshot: Json,
        on_message: OnMessage | None,
        *,
        is_slow: bool = False,
    ) -> None:
        self.person = person
        self.ear = Ear(positions_of(snapshot, person))
        self.ended: int | None = None
        self.back_at = 0.0
        self.resyncs = 0
        self._dialler = dialler
        self._cursor = str(snapshot["cursor"])
        self._on_message = on_message
        self._is_slow = is_slow
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self.wire = self._new_wire()

    # -- being there ---------------------------------------------------------------

    async def open(self, due_at: float = 0.0) -> None:
        """Connect, and go on from what was heard; what was missed begins to come.

        ``due_at`` is the moment at which it was to be there again.

        Raises:
            NotLetIn: the server refused.
            OSError, TimeoutError: it can't be reached.
            TargetUnusable: this machine has no ports left.
        """
        self.back_at = due_at
        self.wire = wire = self._new_wire()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._dialler.connect(wire, is_slow=self._is_slow)
                self.ended = None
                await wire.ready()
        except BaseException:
            wire.close()
            raise

    async def catch_up(self) -> None:
        """Return when everything that was missed has been heard.

        The server answers the first command after the replay (docs/protocol.md, section 6).

        Raises:
            Refused: the socket ended before that.
            TimeoutError: nothing came for too long.
        """
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.ask("ping", {})

    def cut(self) -> None:
        """End the socket from this side, without a word."""
        self.wire.close()
        self._end(self.wire, 1006)

    def _new_wire(self) -> Wire:
        resume: Json = {"cursor": self._cursor}
        if self.ear.heard:
            resume["seen"] = dict(self.ear.positions)
        auth: Json = {"token": self.person.token, "resume": resume}
        wire = Wire(self._dialler.address, auth, self._hear)
        wire.on_end = partial(self._end, wire)
        return wire

    def _end(self, wire: Wire, code: int) -> None:
        if wire is not self.wire or self.ended is not None:
            return
        self.ended = code
        for reply in self._waiting.values():
            if not reply.done():
                reply.set_exception(Refused(f"socket ended with {code}"))

    # -- asking --------------------------------------------------------------------

    async def ask(self, event: str, data: Json) -> Json:
        """Send a command and wait for its reply's data.

        Raises:
            Refused: the reply was an error, or the socket ended before it.
        """
        if self.ended is not None:
            raise Refused(f"socket ended with {self.ended}")
        number = next(self._numbers)
        reply: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[number] = reply
        self.wire.send({"event": event, "id": number, "data": data})
        try:
            return await reply
        finally:
            self._waiting.pop(number, None)

    # -- hearing -------------------------------------------------------------------

    def _hear(self, text: bytes) -> None:
        if is_reply(text):
            self._take_reply(orjson.loads(text))
            return
        event = read_event(text)
        if event is None:
            if is_resync(text):
                self._begin_anew(orjson.loads(text)["data"]["snapshot"])
        elif (
            self.ear.hear(event.stream, event.seq)
            and event.client_id
            and self._on_message is not None
        ):
            self._on_message(event.client_id, time.monotonic(), self.back_at)

    def _take_reply(self, frame: Json) -> None:
        reply = self._waiting.get(frame.get("id", 0))
        if reply is None or reply.done():
            return
        if frame["event"] == "error":
            reply.set_exception(Refused(str(frame["data"].get("code", "error"))))
        else:
            reply.set_result(frame["data"])

    def _begin_anew(self, snapshot: Json) -> None:
        """The server can't tell what was missed, and gives the present state instead."""
        self.resyncs += 1
        self._cursor = str(snapshot["cursor"])
        self.ear.begin_anew(positions_of(snapshot, self.person))
