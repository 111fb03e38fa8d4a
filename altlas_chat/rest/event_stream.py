"""One person's events as server-sent events: the frames of the socket, one in each event.

The ``id`` of an event is a cursor: everything up to this event. Who is in very
many conversations has a long cursor; then it goes with one event in a second
and follows the last one by itself, so what came after it is told twice to who
goes on from there. A client drops what it has by ``stream`` and ``seq``.
"""

import asyncio
from functools import lru_cache
from typing import NamedTuple

import orjson

from altlas_chat.domain.closing import NOT_AUTHENTICATED, RESTART, REVOKED, SLOW, CloseReason
from altlas_chat.domain.cursor import Cursor
from altlas_chat.domain.events import Json, conversation_stream
from altlas_chat.domain.permissions import Actor
from altlas_chat.realtime.frames import framed, payload_of
from altlas_chat.realtime.outbox import Outbox
from altlas_chat.services.hearing import Hearer, RequestId

SHORT_ID = 2048
"""Longest id that goes with every event, in characters."""

LONG_ID_SECONDS = 1.0
HEARTBEAT = b":\n\n"
_REMEMBERED_BYTES = 65_536


class _Told(NamedTuple):
    """A frame as the fields of an event; what it tells of the client's place."""

    fields: bytes
    places: tuple[tuple[str, int], ...]
    is_place: bool


def _read(frame: bytes) -> _Told:
    payload = payload_of(frame)
    told: Json = orjson.loads(payload)
    event, places = told["event"], []
    if "seq" in told:
        places.append((told["stream"], told["seq"]))
        joined = told["data"].get("conversation") if event == "conversation.joined" else None
        if joined is not None:
            places.append((conversation_stream(joined["id"]), joined["seq"]))
    fields = b"event: %s\ndata: %s\n" % (event.encode(), payload)
    return _Told(fields, tuple(places), bool(places) or event == "resync_required")


_read_before = lru_cache(maxsize=128)(_read)


class EventStream(Hearer):
    """Events on their way to one client; kept back until :meth:`open`.

    Ends by :meth:`close`, once; ``over`` is set then, and ``reason`` says why.
    """

    __slots__ = (
        "_base",
        "_chunked",
        "_early",
        "_is_long",
        "_loop",
        "_marked_at",
        "_marking",
        "_outbox",
        "_positions",
        "over",
        "reason",
    )

    def __init__(self, actor: Actor) -> None:
        super().__init__(actor, put=self._put)
        self._loop = asyncio.get_running_loop()
        self._early: list[bytes] = []
        self._outbox: Outbox | None = None
        self._chunked = False
        self._base: Cursor | None = None
        self._positions: dict[str, int] = {}
        self._is_long = False
        self._marked_at = 0.0
        self._marking: asyncio.Handle | None = None
        self.over = asyncio.Event()
        self.reason: CloseReason | None = None

    # -- what a listener does ----------------------------------------------------

    def end(self) -> None:
        self.close(REVOKED)

    def fail(self) -> None:
        self.close(RESTART)

    def welcome(self, ready: Json, request_id: RequestId) -> None:
        del request_id
        told = _read(framed(orjson.dumps({"event": "ready", "data": ready})))
        # Before a fresh start there is no place yet: the client keeps the one that it has.
        self._write(told.fields, self._word() if self._base is not None else None)

    def stands_at(self, cursor: Cursor) -> None:
        if self._base is cursor:
            return
        is_further = self._base is not None
        self._base, self._positions = cursor, dict(cursor.positions)
        if is_further:
            self._mark_later(0)

    def _put(self, frame: bytes) -> None:
        told = _read_before(frame) if len(frame) <= _REMEMBERED_BYTES else _read(frame)
        for stream, seq in told.places:
            self._positions[stream] = max(seq, self._positions.get(stream, 0))
        self._write(told.fields, self._word_for_now() if told.is_place else None)

    # -- ids ---------------------------------------------------------------------

    def _word(self) -> str | None:
        """The cursor of everything that was put."""
        base = self._base
        if base is None:
            return None
        word = Cursor(base.database_id, base.user_id, base.at, self._positions).encode()
        self._is_long = len(word) > SHORT_ID
        self._marked_at = self._loop.time()
        return word

    def _word_for_now(self) -> str | None:
        """The same; None when it is long and went out a moment ago: then it follows later."""
        if not self._is_long:
            return self._word()
        wait = self._marked_at + LONG_ID_SECONDS - self._loop.time()
        if wait <= 0:
            return self._word()
        self._mark_later(wait)
        return None

    def _mark_later(self, wait: float) -> None:
        if self._marking is None:
            self._marking = self._loop.call_later(wait, self._mark)

    def _mark(self) -> None:
        self._marking = None
        self._write(b"", self._word())

    # -- the way out -------------------------------------------------------------

    def _write(self, fields: bytes, word: str | None) -> None:
        if word is not None:
            fields = b"id: %s\n%s" % (word.encode(), fields)
        self.send(fields + b"\n")

    def send(self, block: bytes) -> None:
        """Send a whole block after what was put before."""
        if self.reason is not None:
            return
        if self._outbox is None:
            self._early.append(block)
        else:
            self._put_block(self._outbox, block)

    def _put_block(self, outbox: Outbox, block: bytes) -> None:
        outbox.put(b"%x\r\n%s\r\n" % (len(block), block) if self._chunked else block)

    def open(self, outbox: Outbox, *, chunked: bool) -> None:
        """Send what was kept back, and from now on what comes: as chunks, or as it is."""
        early, self._early = self._early, []
        self._outbox, self._chunked = outbox, chunked
        for block in early:
            self._put_block(outbox, block)
        outbox.excuse()

    def expire(self) -> None:
        """End because what let the person in has expired."""
        self.close(NOT_AUTHENTICATED if self.actor.api_key_id is None else REVOKED)

    def close_as_slow(self) -> None:
        """End because too much waits to be read."""
        self.close(SLOW)

    def close(self, reason: CloseReason) -> None:
        """End: what was put before is sent, then why it ends. Returns at once."""
        if self.reason is None:
            self.reason = reason
            self.over.set()

    def last_words(self) -> bytes:
        """The event that says why the stream ends."""
        if self.reason is None:
            return b""
        data = {"code": self.reason.code, "reason": self.reason.words}
        notice = framed(orjson.dumps({"event": "session.closing", "data": data}))
        return _read(notice).fields + b"\n"

    def forget(self) -> None:
        """Nothing is sent any more."""
        if self._marking is not None:
            self._marking.cancel()
        if self._outbox is not None:
            self._outbox.close()
