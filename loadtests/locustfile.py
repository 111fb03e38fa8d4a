"""Locust's users for the scenarios of ``altlas-chat loadtest``, by the same scripts.

``altlas-chat loadtest run --engine locust`` starts it with what it needs in the
environment. By hand: ``ALTLAS_LOADTEST_SCENARIO=chatting
ALTLAS_LOADTEST_PEOPLE=people.json locust -f loadtests/locustfile.py --host
http://127.0.0.1:8765/v1``, where ``people.json`` has ``{"userId", "token",
"conversations"}`` of each who takes part.

A master gives each worker its share of the people, and is given what it found;
workers need nothing but the master's address.

Locust patches the standard library: it is imported first, and never in the
server's process.
"""

import locust  # isort: skip - before anything that it patches

import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
import requests
from locust import User, events, task
from locust.exception import StopUser
from locust.runners import STATE_MISSING, MasterRunner, WorkerRunner

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from altlas_chat.loadtest.hosts import is_of_this_machine
from altlas_chat.loadtest.pacing import burstiness
from altlas_chat.loadtest.scenarios import SCENARIOS
from altlas_chat.loadtest.shares import Share, shared
from altlas_chat.loadtest.steps import (
    OTHER_FORM,
    UNREADABLE,
    Call,
    Checked,
    Command,
    Download,
    Json,
    Person,
    Step,
    Upload,
    positions_of,
)
from loadtests.locust_lines import PATIENCE_SECONDS, Line, Refused, dawdle, rage

PREFIX = "ALTLAS_LOADTEST_"
SETTLE_SECONDS = 10.0
LEAST_WAIT_SECONDS = 0.001


def given(name: str, otherwise: str = "") -> str:
    return os.environ.get(PREFIX + name, otherwise)


RUN: "Share[Line] | None" = None


def given_run() -> Json:
    """What the environment says is to be done, by all processes together."""
    people = json.loads(Path(given("PEOPLE")).read_text(encoding="utf-8"))
    scenario = SCENARIOS[given("SCENARIO", "mixed")]
    return {
        "scenario": scenario.name,
        "pace": float(given("RATE", str(scenario.rate))) / max(1, len(people)),
        "seed": int(given("SEED", "1")),
        "seconds": float(given("SECONDS", "inf")),
        "people": people,
    }


def running() -> "Share[Line]":
    """The run of this process; users begin after it."""
    if RUN is None:
        raise StopUser
    return RUN


class Talker(User):
    """One of the people, who does one script after another; the pause between them is by chance."""

    def wait_time(self) -> float:
        """Pauses of one length would make the users of one gevent loop act in step."""
        return max(LEAST_WAIT_SECONDS, self._chance.expovariate(self._run.pace_of_active))

    def on_start(self) -> None:
        self._run = running()
        self._person = next(self._run.turn)
        self._chance = random.Random(f"{self._run.seed} {self._person.user_id}")
        self._session = requests.Session()
        self._line: Line | None = None
        if self._person.user_id in self._run.talkers:
            snapshot = self._do(Call("getSync", "GET", "/sync"))
            self._line = Line(self._run, self.host, self._person, snapshot)
            self._run.lines.append((self._person, self._line))
        gevent.sleep(self.wait_time())

    @task
    def act(self) -> None:
        if self._person.user_id in self._run.slow:
            return  # who reads too slowly does nothing else
        actions = self._run.scenario.actions
        (action,) = self._chance.choices(list(actions), list(actions.values()))
        script = action(self._person, self._chance)
        self._run.sent.append(time.monotonic())
        answer: Json | None = None
        name = ""
        while True:
            try:
                step = next(script) if answer is None else script.send(answer)
            except StopIteration:
                return
            except UNREADABLE:
                self._run.count(name, 0.0, OTHER_FORM)
                return
            name = step.name
            if isinstance(step, Checked):
                self._run.result.check(step)
                answer = {}
                continue
            answer = self._counted(step)
            if answer is None:
                script.close()
                return

    def _counted(self, step: Step) -> Json | None:
        name = step.name
        draft = step.data if isinstance(step, Command) else getattr(step, "body", None)
        since = time.monotonic()
        if draft and "clientId" in draft:
            self._run.due[draft["clientId"]] = since
        error: Exception | None = None
        answer: Json | None = None
        try:
            answer = self._do(step)
        except (Refused, requests.RequestException) as refused:
            error = refused
        took = time.monotonic() - since
        self._run.count(name, took, (error and (str(error) or type(error).__name__)) or "")
        events.request.fire(
            request_type=type(step).__name__,
            name=name,
            response_time=took * 1000,
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
            if response.content != step.content:
                raise Refused("other bytes than were sent")
            return {}
        return response.json() if response.content else {}


def _request(step: Call | Upload | Download) -> tuple[str, dict[str, Any]]:
    if isinstance(step, Upload):
        return "POST", {"files": {"file": (step.file_name, step.content)}}
    if isinstance(step, Download):
        return "GET", {}
    return step.method, {"params": step.query, "json": step.body}


# -- what processes tell one another --------------------------------------------------

BEGIN, SO_FAR, END, FOUND = (f"altlas_{word}" for word in ("begin", "so_far", "end", "found"))


class Gathering:
    """At the master: what each worker told last, and at the end what it found."""

    def __init__(self) -> None:
        self.so_far: dict[str, Json] = {}
        self.found: dict[str, Json] = {}
        self.asked: set[str] = set()


GATHERED = Gathering()


def write(name: str, data: Any) -> None:
    """Leave something for the command that started this, whole or not at all."""
    if folder := given("RESULTS"):
        file = Path(folder, name)
        file.with_suffix(".part").write_text(json.dumps(data), encoding="utf-8")
        file.with_suffix(".part").replace(file)


@events.init.add_listener
def _listen(environment: Any, **_: Any) -> None:
    runner = environment.runner
    if isinstance(runner, MasterRunner):
        runner.register_message(SO_FAR, _so_far)
        runner.register_message(FOUND, _found)
    elif isinstance(runner, WorkerRunner):
        runner.register_message(BEGIN, _begin_as_told)
        runner.register_message(END, _end_as_told, concurrent=True)
    gevent.spawn(_report_each_second, environment)


def _report_each_second(environment: Any) -> None:
    while True:
        gevent.sleep(1)
        runner = environment.runner
        if isinstance(runner, MasterRunner):
            if GATHERED.so_far:
                write("so-far.json", list(GATHERED.so_far.values()))
        elif RUN is not None and runner.user_count:
            if isinstance(runner, WorkerRunner):
                runner.send_message(SO_FAR, RUN.so_far())
            else:
                write("so-far.json", [RUN.so_far()])


@events.test_start.add_listener
def _begin(environment: Any, **_: Any) -> None:
    """Users come next: each process gets to know whom they are to be."""
    global RUN
    runner = environment.runner
    if isinstance(runner, WorkerRunner):
        if RUN is not None:
            RUN.begin()
            _begin_unrest(RUN)
        return
    whole = {**given_run(), "target": environment.host or ""}
    if not isinstance(runner, MasterRunner):
        RUN = Share(whole)
        _begin_unrest(RUN)
        return
    GATHERED.__init__()  # type: ignore[misc]  # a run by hand may follow another
    workers = sorted(client.id for client in runner.clients.ready)
    for worker, people in zip(workers, shared(whole["people"], len(workers)), strict=True):
        runner.send_message(BEGIN, {**whole, "people": people}, worker)
        GATHERED.asked.add(worker)


def _begin_unrest(run: Share[Line]) -> None:
    """What happens to sockets beside what users do."""
    if run.scenario.storm is not None:
        run.unrest.append(gevent.spawn(rage, run, run.scenario.storm))
    if run.scenario.slow is not None:
        run.unrest.append(gevent.spawn(dawdle, run, run.scenario.slow))


def _begin_as_told(environment: Any, msg: Any) -> None:
    global RUN
    if msg.data["scenario"] != given("SCENARIO", msg.data["scenario"]):
        _leave(environment, f"the master runs {msg.data['scenario']}, and not this scenario")
    elif not is_of_this_machine(msg.data["target"]) and not given("REMOTE"):
        _leave(environment, f"the master loads {msg.data['target']}, which needs --remote here too")
    else:
        RUN = Share(msg.data)


def _leave(environment: Any, why: str) -> None:
    write("refused.json", why)
    environment.process_exit_code = 2
    environment.runner.quit()


def _so_far(msg: Any, **_: Any) -> None:
    GATHERED.so_far[msg.node_id] = msg.data


def _found(msg: Any, **_: Any) -> None:
    GATHERED.found[msg.node_id] = msg.data
    write(f"result-{len(GATHERED.found)}.json", msg.data)


@events.test_stopping.add_listener
def _gather(environment: Any, **_: Any) -> None:
    """The master asks its workers what they found, and waits for those that are still there."""
    runner = environment.runner
    if not isinstance(runner, MasterRunner):
        return
    for worker in GATHERED.asked:
        runner.send_message(END, {}, worker)
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        there = {client.id for client in runner.clients.all if client.state != STATE_MISSING}
        if not GATHERED.asked & there - set(GATHERED.found):
            break
        gevent.sleep(0.1)
    for worker in GATHERED.asked - set(GATHERED.found):
        told = GATHERED.so_far.get(worker, {}).get("result")
        write(f"lost-{worker}.json", told and {**told, "secondsOf": []})


def _end_as_told(environment: Any, **_: Any) -> None:
    environment.runner.stop()


# -- the result, in the same form as that of the other engine ----------------------------


@events.test_stopping.add_listener
def _end(environment: Any, **_: Any) -> None:
    if RUN is None or isinstance(environment.runner, MasterRunner):
        return
    RUN.weigh()
    RUN.result.generator.burstiness = burstiness(RUN.sent)
    RUN.result.users = environment.runner.user_count
    RUN.result.rate = RUN.pace * RUN.result.users


def _judge(run: Share[Line]) -> None:
    """Ask where the streams stand, wait until that was heard, and count what was not."""
    gevent.joinall(run.unrest, timeout=SETTLE_SECONDS)
    gevent.killall(run.unrest)
    for person, line in run.lines:
        if line.is_over:
            run.result.of("socket").failures[f"ended with {line.code}"] += 1
            # Who was to come back has missed what came meanwhile.
            ends = _ends(run.result.target, person) if run.scenario.returns else {}
            run.result.messages.merge(line.ear.judge(ends))
            continue
        ends = _ends(run.result.target, person)
        until = time.monotonic() + SETTLE_SECONDS
        while line.ear.lost(ends) and not line.is_over and time.monotonic() < until:
            gevent.sleep(0.05)
        run.result.messages.merge(line.ear.judge(ends))
        line.close()


def _ends(host: str, person: Person) -> dict[str, int]:
    """Where the streams stand; nothing when the server is gone."""
    headers = {"Authorization": f"Bearer {person.token}"}
    try:
        answer = requests.get(f"{host}/sync", headers=headers, timeout=PATIENCE_SECONDS)
        return positions_of(answer.json(), person) if answer.ok else {}
    except requests.RequestException:
        return {}


@events.test_stop.add_listener
def _judged(environment: Any, **_: Any) -> None:
    """Each process that had users tells what they found."""
    global RUN
    runner = environment.runner
    if RUN is None or isinstance(runner, MasterRunner):
        return
    run, RUN = RUN, None
    _judge(run)
    if isinstance(runner, WorkerRunner):
        runner.send_message(FOUND, run.result.as_json())
    else:
        write("result-1.json", run.result.as_json())


_: Callable[..., Any] = locust.task  # the import above is for its patching
