"""Requests of REST a second on one core, against a bare aiohttp server with pydantic.

Messages are posted with 64 in flight over 8 conversations; pages of 50 are read
over 8 connections, of a history and of a person's conversations. The floor
answers what it is sent, read and written by pydantic: of one message, and of
the very pages. Two more rows say what a client of 200 conversations costs that
has missed nothing, and a login.
"""

import itertools
import json
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from loadtests.harness import (
    Figure,
    Plan,
    Process,
    Row,
    Stopwatch,
    floor_program,
    say,
    served,
    temporary_folder,
)
from loadtests.requests import request_of, seconds_of
from loadtests.world import PASSWORD, Person, Talk, World, make_world, texts

POSTS, PAGES, SYNCS, LOGINS, ECHOES = 6000, 2500, 1200, 600, 8000
CONVERSATIONS, IN_FLIGHT = 8, 64
PAGE, LISTED, SYNCED, WRITTEN = 50, 60, 200, 200
POST_RATIO, PAGE_RATIO, SYNC_MS = 0.3, 0.2, 2.0

Requests = Callable[[int], Iterator[bytes]]


@dataclass
class Kind:
    """One kind of request to one server: how many a second, and their CPU, for each run."""

    server: Process
    requests: Requests
    count: int
    connections: int = 8
    rates: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    busy: float = 0.0

    def add(self) -> None:
        watch = Stopwatch(self.server)
        seconds = seconds_of(self.server.hello["url"], self.requests(self.count), self.connections)
        spent = watch.spent()
        self.rates.append(self.count / seconds)
        self.cpu_ms.append(spent.server_cpu / self.count * 1e3)
        self.busy = max(self.busy, spent.generator_share)


def measure(plan: Plan) -> list[Row]:
    """Rows of posting, of the two pages, of a client that has missed nothing, and of logins."""
    listed, synced = plan.count(LISTED, least=4), plan.count(SYNCED, least=8)
    with temporary_folder(plan.folder) as folder:
        world = make_world(
            folder,
            people=2 * CONVERSATIONS + 2 + synced,
            directs=CONVERSATIONS,
            circles=(listed, synced),
        )
        with served(world.copy(folder), plan.cores.server) as server:
            written = plan.count(WRITTEN, least=8)
            _fill(server, world, written)
            bodies = _bodies(server, world)
            for path, there in (("/history", written), ("/conversations", listed)):
                assert len(json.loads(bodies[path])["items"]) >= min(PAGE, there)
            sync = _synced(server, world)
            with floor_program("echo", folder, plan.cores.server) as floor:
                kinds = _kinds(plan, server, floor, world, bodies, sync)
                for run in range(plan.runs + 1):
                    for one in kinds.values():
                        one.add()
                    told = ", ".join(
                        f"{name} {one.rates[-1]:,.0f}/s" for name, one in kinds.items()
                    )
                    say(f"rest, run {run}: {told}")
            _check(server, world, kinds["post"])
            _require_nothing_new(server, *sync)
    return _rows(kinds, synced)


# -- what is there ------------------------------------------------------------------


def _drafts(talks: Sequence[Talk], name: str) -> Requests:
    """Messages in these conversations in turn, of both people."""
    numbers = itertools.count()

    def requests(count: int) -> Iterator[bytes]:
        for number in itertools.islice(numbers, count):
            talk = talks[number % len(talks)]
            sender = (talk.sender, talk.listeners[0])[number // len(talks) % 2]
            said = texts()[number % len(texts())]
            yield _draft(talk, sender, f"{name}-{number}", said)

    return requests


def _draft(talk: Talk, sender: Person, client_id: str, text: str) -> bytes:
    draft = {"conversationId": talk.conversation_id, "clientId": client_id, "text": text}
    return request_of("POST", "/v1/messages", json.dumps(draft).encode(), sender.token)


def _fill(server: Process, world: World, written: int) -> None:
    """Messages for the pages: in each conversation of the circles, and many in one."""
    url = server.hello["url"]
    for number, circle in enumerate(world.circles):
        seconds_of(url, _drafts(circle, f"circle-{number}")(2 * len(circle)))
    seconds_of(url, _drafts(world.circles[0][:1], "history")(written))


def _history(world: World) -> tuple[str, str]:
    """The page of a history, and who reads it."""
    talk = world.circles[0][0]
    return f"/v1/conversations/{talk.conversation_id}/messages?limit={PAGE}", talk.sender.token


def _bodies(server: Process, world: World) -> dict[str, bytes]:
    """What the server answers, for the floor to echo."""
    path, token = _history(world)
    history = _got(server, path, token)
    conversations = _got(server, f"/v1/conversations?limit={PAGE}", _listing(world).token)
    message = json.dumps(json.loads(history)["items"][-1], separators=(",", ":")).encode()
    return {"/messages": message, "/history": history, "/conversations": conversations}


def _listing(world: World) -> Person:
    return world.circles[0][0].listeners[0]


def _got(server: Process, path: str, token: str) -> bytes:
    headers = {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(server.hello["url"] + path, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())


# -- what is asked --------------------------------------------------------------------


def _again(request: bytes) -> Requests:
    return lambda count: itertools.repeat(request, count)


def _synced(server: Process, world: World) -> tuple[str, str]:
    """What somebody asks for who has missed nothing, and who it is."""
    token = world.circles[1][0].listeners[0].token
    cursor = json.loads(_got(server, "/v1/sync", token))["cursor"]
    return f"/v1/sync?cursor={quote(cursor)}", token


def _require_nothing_new(server: Process, path: str, token: str) -> None:
    found: dict[str, Any] = json.loads(_got(server, path, token))
    assert found["resyncRequired"] is False
    assert found["events"] == found["receipts"] == []


def _logins(people: int) -> Requests:
    """The first people, in turn; a login is told in the own stream, so not who syncs."""
    numbers = itertools.cycle(range(people))

    def requests(count: int) -> Iterator[bytes]:
        for number in itertools.islice(numbers, count):
            login = {"username": f"person-{number:05d}", "password": PASSWORD}
            yield request_of("POST", "/v1/auth/login", json.dumps(login).encode())

    return requests


def _kinds(
    plan: Plan,
    server: Process,
    floor: Process,
    world: World,
    bodies: dict[str, bytes],
    sync: tuple[str, str],
) -> dict[str, Kind]:
    path, token = _history(world)
    history = request_of("GET", path, token=token)
    page = request_of("GET", f"/v1/conversations?limit={PAGE}", token=_listing(world).token)
    echo = {name: _again(request_of("POST", name, body)) for name, body in bodies.items()}
    posts, pages = plan.count(POSTS, least=IN_FLIGHT), plan.count(PAGES, least=20)
    echoes = plan.count(ECHOES, least=IN_FLIGHT)
    return {
        "echo": Kind(floor, echo["/messages"], echoes, IN_FLIGHT),
        "post": Kind(server, _drafts(world.talks, "post"), posts, IN_FLIGHT),
        "echo of 8": Kind(floor, echo["/messages"], echoes),
        "history": Kind(server, _again(history), pages),
        "echo of history": Kind(floor, echo["/history"], pages),
        "conversations": Kind(server, _again(page), pages),
        "echo of conversations": Kind(floor, echo["/conversations"], pages),
        "sync": Kind(
            server, _again(request_of("GET", sync[0], token=sync[1])), plan.count(SYNCS, least=10)
        ),
        "login": Kind(server, _logins(2 * CONVERSATIONS), plan.count(LOGINS, least=10)),
    }


def _check(server: Process, world: World, posted: Kind) -> None:
    """Every message that was answered is there, once."""
    wanted = len(posted.rates) * posted.count
    found = 0
    for talk in world.talks:
        path = f"/v1/conversations/{talk.conversation_id}/messages?limit=1"
        page = json.loads(_got(server, path, talk.sender.token))
        found += page["items"][-1]["seq"] - 1
    assert found == wanted, f"{found} messages are there, {wanted} were answered"


# -- the rows ---------------------------------------------------------------------------


def _rows(kinds: dict[str, Kind], synced: int) -> list[Row]:
    return [
        _rate("POST /messages, 64 in flight", kinds["post"], kinds["echo"], POST_RATIO),
        *_page("history", kinds),
        *_page("conversations", kinds),
        _cpu(f"sync, {synced} conversations, nothing new", kinds["sync"], SYNC_MS),
        _cpu("login, its hash cheap", kinds["login"], None),
    ]


def _page(name: str, kinds: dict[str, Kind]) -> Iterator[Row]:
    case = f"{name} of {PAGE}, beside the echo of"
    yield _rate(f"{case} the page", kinds[name], kinds[f"echo of {name}"], PAGE_RATIO)
    yield _rate(f"{case} a message", kinds[name], kinds["echo of 8"], None)


def _rate(case: str, measured: Kind, floor: Kind, at_least: float | None) -> Row:
    return Row(
        benchmark="rest",
        case=case,
        unit="requests/s",
        measured=Figure(tuple(measured.rates[1:])),
        floor=Figure(tuple(floor.rates[1:])),
        at_least=at_least,
        notes=[
            f"server CPU a request {Figure(tuple(measured.cpu_ms[1:]))} ms",
            f"the floor's {Figure(tuple(floor.cpu_ms[1:]))} ms",
            f"the generator was busy for at most {max(measured.busy, floor.busy):.0%} of the time",
        ],
    )


def _cpu(case: str, measured: Kind, at_most: float | None) -> Row:
    return Row(
        "rest", case, "ms of server CPU", Figure(tuple(measured.cpu_ms[1:])), at_most=at_most
    )
