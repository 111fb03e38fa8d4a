"""The sockets of Locust's users: read by a greenlet each, cut, slow, and coming back.

Imported after Locust, which patches the standard library.
"""

import itertools
import random
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

import gevent
import orjson
import websocket
from gevent.event import AsyncResult

from altlas_chat.loadtest.ears import Ear
from altlas_chat.loadtest.heard import is_reply, read_event
from altlas_chat.loadtest.results import RECOVERY, RESUME, closed_by
from altlas_chat.loadtest.scenarios import (
    SIP_SECONDS,
    SLOW_ENDS,
    Slowness,
    Storm,
    pause_before,
    small_buffers,
)
from altlas_chat.loadtest.shares import Share
from altlas_chat.loadtest.steps import Json, Person, positions_of

PATIENCE_SECONDS = 30.0
BROKEN = 1006


class Refused(Exception):
    """The server said no, was away, or gave something else back."""


class Line:
    """A person's socket, one after another, with one ear for all of them."""

    def __init__(self, run: "Share[Line]", host: str, person: Person, snapshot: Json) -> None:
        self._run = run
        self._person = person
        address = urlsplit(host)
        scheme = "wss" if address.scheme == "https" else "ws"
        self._url = f"{scheme}://{address.netloc}{address.path}/ws"
        self._cursor = snapshot["cursor"]
        self._numbers = itertools.count(1)
        self._waiting: dict[int, AsyncResult] = {}
        self._due_at = 0.0
        self.is_slow = person.user_id in run.slow
        self.sips = False
        self.sleeps_until = 0.0
        self.ear = Ear(positions_of(snapshot, person))
        self.is_over = True
        self.code = BROKEN
        self.open()

    def open(self, due_at: float = 0.0) -> None:
        """Connect, and go on from what was heard; ``due_at`` is when it was to be there again."""
        self._due_at = due_at
        options = small_buffers() if self.is_slow else ()
        self._socket = websocket.create_connection(
            self._url, timeout=PATIENCE_SECONDS, sockopt=options, skip_utf8_validation=True
        )
        resume: Json = {"cursor": self._cursor}
        if self.ear.heard:
            resume["seen"] = dict(self.ear.positions)
        self._send({"event": "auth", "data": {"token": self._person.token, "resume": resume}})
        ready = self._socket.recv()
        if '"event":"ready"' not in ready:
            self._socket.shutdown()
            raise Refused(ready or "the socket was closed before ready")
        self._socket.settimeout(None)
        self.is_over, self.code = False, BROKEN
        self._reading = gevent.spawn(self._read)

    def catch_up(self) -> None:
        """Return when everything that was missed has been heard."""
        self.ask("ping", {})

    def ask(self, event: str, data: Json) -> Json:
        number = next(self._numbers)
        reply = self._waiting[number] = AsyncResult()
        try:
            self._send({"event": event, "id": number, "data": data})
            frame = reply.get(timeout=PATIENCE_SECONDS)
        except gevent.Timeout as error:
            raise Refused("no answer in time") from error
        finally:
            self._waiting.pop(number, None)
        if frame["event"] == "error":
            raise Refused(str(frame["data"].get("code", "error")))
        answer: Json = frame["data"]
        return answer

    def _send(self, command: Json) -> None:
        try:
            self._socket.send(orjson.dumps(command).decode())
        except (OSError, websocket.WebSocketException) as error:
            raise Refused("socket ended") from error

    def _read(self) -> None:
        try:
            while True:
                while (asleep := self.sleeps_until - time.monotonic()) > 0:
                    gevent.sleep(min(asleep, SIP_SECONDS))
                if self.sips:  # one frame
                    gevent.sleep(SIP_SECONDS / 2)
                opcode, data = self._socket.recv_data()
                if opcode == websocket.ABNF.OPCODE_CLOSE:
                    self.code = int.from_bytes(data[:2], "big") or 1005
                    break
                self._take(data)
        except (OSError, websocket.WebSocketException):
            pass  # its code is that of a socket that broke
        self._end()

    def _end(self) -> None:
        self.is_over = True
        for reply in self._waiting.values():
            reply.set_exception(Refused(f"socket ended with {self.code}"))

    def _take(self, text: bytes) -> None:
        if is_reply(text):
            frame = orjson.loads(text)
            if (reply := self._waiting.get(frame.get("id"))) is not None:
                reply.set(frame)
            return
        event = read_event(text)
        if event is not None and self.ear.hear(event.stream, event.seq) and not self.is_slow:
            self._run.hear(event.client_id, self._due_at)

    def close(self) -> None:
        """End the socket from this side, without a word."""
        self._reading.kill()
        self._socket.shutdown()
        self._end()


Lines = Share[Line]


def come_back(run: Lines, line: Line, due_at: float, *, may_end: bool = False) -> None:
    """Open a line again and hear what it missed; tried on until the run is over.

    With ``may_end`` the server may close it as slow before all was heard.
    """
    tries = 0
    while True:
        began_at, was_in = time.monotonic() if tries else due_at, False
        try:
            line.open(due_at)
            was_in = True
            run.result.of(RESUME).spread.add(time.monotonic() - began_at)
            line.catch_up()
        except (Refused, OSError, websocket.WebSocketException) as error:
            if may_end and was_in and line.code in SLOW_ENDS:
                run.result.of(closed_by(line.code)).spread.add(time.monotonic() - began_at)
            else:
                run.result.of(RESUME).failures[str(error) or type(error).__name__] += 1
        else:
            run.result.of(RECOVERY).spread.add(time.monotonic() - due_at)
            return
        if time.monotonic() > run.until:
            return
        tries += 1
        gevent.sleep(pause_before(tries))


def rage(run: Lines, storm: Storm) -> None:
    """Cut all lines of this process and let them come back at once, until the run is over."""
    for cut, back in storm.moments(run.seconds):
        gevent.sleep(max(0.0, run.began + cut - time.monotonic()))
        lines = [line for _, line in run.lines]
        for line in lines:
            line.close()
        due_at = max(run.began + back, time.monotonic())
        gevent.sleep(due_at - time.monotonic())
        gevent.joinall([gevent.spawn(come_back, run, line, due_at) for line in lines])


def dawdle(run: Lines, slowness: Slowness) -> None:
    """All read well in the first third of the run, then the slow ones do not."""
    run.delivery = "delivery.before_slow"
    gevent.sleep(max(0.0, run.began + run.seconds / 3 - time.monotonic()))
    run.delivery = "delivery.beside_slow"
    slow = [line for _, line in run.lines if line.is_slow]
    for code in SLOW_ENDS:
        run.result.of(closed_by(code))
    gevent.joinall(
        [
            gevent.spawn(_be_slow, run, line, None if place % 2 == 0 else slowness.sleep_seconds)
            for place, line in enumerate(slow)
        ]
    )


def _be_slow(run: Lines, line: Line, sleep_seconds: Sequence[float] | None) -> None:
    """Sleep for times between these, or sip; come back whenever the server has closed the line."""
    chance = random.Random(f"{run.seed} {line.ear.heard}")
    since = time.monotonic()
    while True:
        left = run.until - time.monotonic()
        if left > 0 and sleep_seconds is None:
            line.sips = True
            while not line.is_over and time.monotonic() < run.until:
                gevent.sleep(SIP_SECONDS)
        elif left > 0 and sleep_seconds is not None:
            low, high = sleep_seconds
            line.sleeps_until = time.monotonic() + min(chance.uniform(low, high), left)
            gevent.sleep(line.sleeps_until - time.monotonic())
        line.sips = False
        if not line.is_over and not _is_over_now(line):
            if left <= 0:
                return
            continue
        if line.code in SLOW_ENDS:
            run.result.of(closed_by(line.code)).spread.add(time.monotonic() - since)
        else:
            run.result.of("socket").failures[f"ended with {line.code}"] += 1
        gevent.sleep(pause_before(1))
        come_back(run, line, time.monotonic(), may_end=True)
        since = time.monotonic()


def _is_over_now(line: Line) -> bool:
    """Whether the socket ends when it is read up to the present."""
    try:
        line.catch_up()
        line.catch_up()  # what closes a socket may stand right behind the first answer
    except Refused:
        pass
    return line.is_over
