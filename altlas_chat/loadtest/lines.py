"""A person's line to the server: commands with their replies, and all that is heard, counted."""

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult

import orjson

from altlas_chat.loadtest.ears import Ear
from altlas_chat.loadtest.heard import is_reply, read_event
from altlas_chat.loadtest.steps import Json
from altlas_chat.loadtest.wires import Wire


class Refused(Exception):
    """The server refused a step; the message is its code, or the status."""


class Line:
    """One socket with its ear.

    ``on_message`` is called with the ``clientId`` of each new message that is
    heard and the moment (``time.monotonic``) at which its bytes were there.
    """

    __slots__ = ("_numbers", "_on_message", "_waiting", "ear", "ended", "wire")

    def __init__(
        self,
        address: SplitResult,
        auth: dict[str, object],
        positions: Mapping[str, int],
        on_message: Callable[[str, float], None],
    ) -> None:
        self.ear = Ear(positions)
        self.ended: int | None = None
        self._on_message = on_message
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self.wire = Wire(address, auth, self._hear, self._end)

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

    def _hear(self, text: bytes) -> None:
        if is_reply(text):
            self._take_reply(orjson.loads(text))
            return
        event = read_event(text)
        if event is not None and self.ear.hear(event.stream, event.seq) and event.client_id:
            self._on_message(event.client_id, time.monotonic())

    def _take_reply(self, frame: Json) -> None:
        reply = self._waiting.get(frame.get("id", 0))
        if reply is None or reply.done():
            return
        if frame["event"] == "error":
            reply.set_exception(Refused(str(frame["data"].get("code", "error"))))
        else:
            reply.set_result(frame["data"])

    def _end(self, code: int) -> None:
        self.ended = code
        for reply in self._waiting.values():
            if not reply.done():
                reply.set_exception(Refused(f"socket ended with {code}"))
