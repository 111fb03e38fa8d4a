"""Locust's users for the scenarios of ``altlas-chat loadtest``, by the same scripts.

``altlas-chat loadtest run --engine locust`` starts it with what it needs in the
environment. By hand: ``ALTLAS_LOADTEST_SCENARIO=chatting
ALTLAS_LOADTEST_PEOPLE=people.json locust -f loadtests/locustfile.py --host
http://127.0.0.1:8765/v1``, where ``people.json`` has ``{"userId", "token",
"conversations"}`` of each who takes part.

Locust patches the standard library: it is imported first, and never in the
server's process.
"""

import locust  # isort: skip - before anything that it patches

import itertools
import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gevent
import orjson
import requests
import websocket
from gevent.event import AsyncResult
from locust import User, events, task
from locust.runners import MasterRunner

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from altlas_chat.loadtest.ears import Ear
from altlas_chat.loadtest.heard import is_reply, read_event
from altlas_chat.loadtest.pacing import burstiness
from altlas_chat.loadtest.results import Result
from altlas_chat.loadtest.scenarios import SCENARIOS
from altlas_chat.loadtest.steps import (
    Call,
    Command,
    Download,
    Json,
    Person,
    Step,
    Upload,
    positions_of,
)

PREFIX = "ALTLAS_LOADTEST_"
PATIENCE_SECONDS = 30.0
SETTLE_SECONDS = 10.0
LEAST_WAIT_SECONDS = 0.001


def given(name: str, otherwise: str = "") -> str:
    return os.environ.get(PREFIX + name, otherwise)


SCENARIO = SCENARIOS[given("SCENARIO", "mixed")]
RATE = float(given("RATE", str(SCENARIO.rate)))
SEED = int(given("SEED", "1"))
PEOPLE = [
    Person(one["userId"], one["token"], tuple(one["conversations"]))
    for one in json.loads(Path(given("PEOPLE")).read_text(encoding="utf-8"))
]
RESULT = Result(SCENARIO.name, "locust", "", 0, 0.0, 0, 0.0, SEED)
DUE: dict[str, float] = {}
SENT: list[float] = []
TALKERS = {one.user_id: one for one in PEOPLE[: round(len(PEOPLE) * SCENARIO.connects)]}
TURN = itertools.cycle(PEOPLE if not SCENARIO.connects else list(TALKERS.values()))


class Refused(Exception):
    """The server said no, was away, or gave something else back."""


class Line:
    """A person's socket, read by a greenlet of its own."""

    def __init__(self, host: str, person: Person, snapshot: Json) -> None:
        address = urlsplit(host)
        scheme = "wss" if address.scheme == "https" else "ws"
        self._socket = websocket.create_connection(
            f"{scheme}://{address.netloc}{address.path}/ws", timeout=PATIENCE_SECONDS
        )
        resume = {"cursor": snapshot["cursor"]}
        self._send({"event": "auth", "data": {"token": person.token, "resume": resume}})
        ready = self._socket.recv()
        if '"event":"ready"' not in ready:
            raise Refused(ready)
        self.ear = Ear(positions_of(snapshot, person))
        self.is_over = False
        self._numbers = itertools.count(1)
        self._waiting: dict[int, AsyncResult] = {}
        self._socket.settimeout(None)
        self._reading = gevent.spawn(self._read)

    def ask(self, event: str, data: Json) -> Json:
        number = next(self._numbers)
        reply = self._waiting[number] = AsyncResult()
        self._send({"event": event, "id": number, "data": data})
        try:
            frame = reply.get(timeout=PATIENCE_SECONDS)
        except gevent.Timeout as error:
            raise Refused("no answer in time") from error
        finally:
            self._waiting.pop(number, None)
        if frame["event"] == "error":
            raise Refused(str(frame["data"].get("code", "error")))
        return frame["data"]

    def _send(self, command: Json) -> None:
        try:
            self._socket.send(orjson.dumps(command).decode())
        except (OSError, websocket.WebSocketException) as error:
            raise Refused("socket ended") from error

    def _read(self) -> None:
        try:
            while True:
                self._take(self._socket.recv().encode())
        except (OSError, websocket.WebSocketException):
            self.is_over = True
            for reply in self._waiting.values():
                reply.set_exception(Refused("socket ended"))

    def _take(self, text: bytes) -> None:
        if is_reply(text):
            frame = orjson.loads(text)
            if (reply := self._waiting.get(frame.get("id"))) is not None:
                reply.set(frame)
            return
        event = read_event(text)
        if event is not None and self.ear.hear(event.stream, event.seq):
            due = DUE.get(event.client_id)
            if due is not None:
                RESULT.of("delivery").spread.add(time.monotonic() - due)

    def close(self) -> None:
        self._reading.kill()
        self._socket.close()


LINES: list[tuple[str, Person, Line]] = []


class Talker(User):
    """One of the people, who does one script after another; the pause between them is by chance."""

    def wait_time(self) -> float:
        """All users together begin ``RATE`` scripts a second in the mean, however many they are.

        Pauses of one length would make the users of one gevent loop act in step.
        """
        users = max(1, self.environment.runner.target_user_count)
        return max(LEAST_WAIT_SECONDS, self._chance.expovariate(RATE / users))

    def on_start(self) -> None:
        self._person = next(TURN)
        self._chance = random.Random(f"{SEED} {self._person.user_id}")
        self._session = requests.Session()
        self._line: Line | None = None
        if self._person.user_id in TALKERS:
            snapshot = self._do(Call("getSync", "GET", "/sync"))
            self._line = Line(self.host, self._person, snapshot)
            LINES.append((self.host, self._person, self._line))
        gevent.sleep(self.wait_time())

    @task
    def act(self) -> None:
        actions = SCENARIO.actions
        (action,) = self._chance.choices(list(actions), list(actions.values()))
        script = action(self._person, self._chance)
        SENT.append(time.monotonic())
        answer: Json | None = None
        while True:
            try:
                step = next(script) if answer is None else script.send(answer)
            except StopIteration:
                return
            answer = self._counted(step)
            if answer is None:
                script.close()
                return

    def _counted(self, step: Step) -> Json | None:
        name = step.event if isinstance(step, Command) else step.name
        draft = step.data if isinstance(step, Command) else getattr(step, "body", None)
        since = time.monotonic()
        if draft and "clientId" in draft:
            DUE[draft["clientId"]] = since
        error: Exception | None = None
        answer: Json | None = None
        try:
            answer = self._do(step)
        except (Refused, requests.RequestException) as refused:
            error = refused
            RESULT.of(name).failures[str(refused) or type(refused).__name__] += 1
        else:
            RESULT.of(name).spread.add(time.monotonic() - since)
        events.request.fire(
            request_type=type(step).__name__,
            name=name,
            response_time=(time.monotonic() - since) * 1000,
            response_length=0,
            exception=error,
            context={},
        )
        return answer

    def _do(self, step: Step) -> Json:
        if isinstance(step, Command):
            if self._line is None:
                raise Refused("no socket")
            return self._line.ask(step.event, step.data)
        headers = {"Authorization": f"Bearer {self._person.token}"}
        method, how = _request(step)
        response = self._session.request(
            method, self.host + step.path, headers=headers, timeout=PATIENCE_SECONDS, **how
        )
        if response.status_code >= 400:
            code = response.json().get("code", "") if response.content[:1] == b"{" else ""
            raise Refused(f"{response.status_code} {code}".strip())
        if isinstance(step, Download):
            if len(response.content) != step.size:
                raise Refused(f"{len(response.content)} bytes of {step.size}")
            return {}
        return response.json() if response.content else {}


def _request(step: Call | Upload | Download) -> tuple[str, dict[str, Any]]:
    if isinstance(step, Upload):
        return "POST", {"files": {"file": (step.file_name, step.content)}}
    if isinstance(step, Download):
        return "GET", {}
    return step.method, {"params": step.query, "json": step.body}


# -- the result, in the same form as that of the other engine ----------------------------


@events.test_start.add_listener
def _begin(environment: Any, **_: Any) -> None:
    RESULT.target = environment.host or ""
    RESULT.began_at = int(time.time() * 1000)
    RESULT.generator.cpu = time.process_time()
    RESULT.seconds = time.monotonic()


@events.test_stopping.add_listener
def _end(environment: Any, **_: Any) -> None:
    RESULT.seconds = time.monotonic() - RESULT.seconds
    RESULT.generator.cpu = (time.process_time() - RESULT.generator.cpu) / max(1e-9, RESULT.seconds)
    RESULT.generator.burstiness = burstiness(SENT)
    RESULT.users = environment.runner.user_count if environment.runner else 0
    RESULT.rate = RATE * RESULT.users / max(1, len(PEOPLE))


def _judge() -> None:
    """Ask where the streams stand, wait until that was heard, and count what was not."""
    for host, person, line in LINES:
        if line.is_over:
            RESULT.of("socket").failures["ended"] += 1
            RESULT.messages.merge(line.ear.judge({}))
            continue
        headers = {"Authorization": f"Bearer {person.token}"}
        snapshot = requests.get(f"{host}/sync", headers=headers, timeout=PATIENCE_SECONDS).json()
        ends = positions_of(snapshot, person)
        until = time.monotonic() + SETTLE_SECONDS
        while line.ear.lost(ends) and time.monotonic() < until:
            gevent.sleep(0.05)
        RESULT.messages.merge(line.ear.judge(ends))
        line.close()
    LINES.clear()


@events.test_stop.add_listener
def _judged(environment: Any, **_: Any) -> None:
    """Each process that had users writes down what they found, in a file of its own."""
    if isinstance(environment.runner, MasterRunner):
        return
    _judge()
    if folder := given("RESULTS"):
        text = json.dumps(RESULT.as_json(), ensure_ascii=False)
        Path(folder, f"result-{os.getpid()}.json").write_text(text, encoding="utf-8")


_: Callable[..., Any] = locust.task  # the import above is for its patching
