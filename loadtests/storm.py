"""A server comes back, and everybody at once: how long until all have what they missed.

Before, each person was there and left with a cursor; then so many messages
were sent to each one's group. The server is started anew; all connect in the
same moment and resume. Every missed event must come exactly once, in order.
"""

import selectors
import time
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from loadtests.durable import STALLED_SECONDS, Sender, drafts_of
from loadtests.harness import Figure, Plan, Process, Row, say, served, temporary_folder
from loadtests.wire import Wire
from loadtests.world import Talk, World, make_world

CLIENTS = 2000
MEMBERS = 50
MISSED = 50
SECONDS_AT_MOST = 30.0
CREATED = b'{"event":"message.created"'


def measure(plan: Plan) -> list[Row]:
    """One row: seconds until the last of them has everything."""
    members = plan.count(MEMBERS, least=3)
    groups = max(1, plan.count(CLIENTS) // members)
    with temporary_folder(plan.folder) as folder:
        world = make_world(folder, people=groups * (members + 1), group=members, groups=groups)
        seconds, shares = [], []
        for run in range(plan.runs):
            took, share = _one_run(plan, folder, world)
            seconds.append(took)
            shares.append(share)
            say(f"storm, run {run + 1}: {took:.2f} s")
    note = (
        f"groups of {members}; every client got each event once and in order; the"
        f" generator was busy {Figure(tuple(shares)).median:.0%} of the time"
    )
    return [
        Row(
            benchmark="storm",
            case=f"{groups * members:,} clients at once, {MISSED} events missed by each",
            unit="s",
            measured=Figure(tuple(seconds)),
            at_most=SECONDS_AT_MOST,
            notes=[note],
        )
    ]


def _one_run(plan: Plan, folder: Path, world: World) -> tuple[float, float]:
    file = world.copy(folder)
    with served(file, plan.cores.server) as server:
        cursors = _cursors(server, world)
        for talk in world.talks:
            _send(server, talk)
    with served(file, plan.cores.server) as server:
        return _storm(server, world, cursors)


def _cursors(server: Process, world: World) -> dict[str, str]:
    """Everybody comes and goes; where each of them stands."""
    cursors = {}
    for talk in world.talks:
        for person in talk.listeners:
            wire = Wire(server.hello["url"], "/v1/ws", first=_auth(person.token))
            while not (texts := wire.receive()):
                pass
            cursors[person.user_id] = orjson.loads(texts[0])["data"]["cursor"]
            wire.close()
    return cursors


def _auth(token: str, cursor: str | None = None) -> bytes:
    data: dict[str, object] = {"token": token}
    if cursor is not None:
        data["resume"] = {"cursor": cursor}
    return orjson.dumps({"event": "auth", "data": data})


def _send(server: Process, talk: Talk) -> None:
    sender = Sender(server.hello["url"], talk, drafts_of(talk, MISSED))
    sender.begin(MISSED)
    while len(sender.acknowledged) < MISSED:
        sender.hear()
    sender.wire.close()


@dataclass
class Client:
    """Somebody who comes back."""

    wire: Wire
    missed: list[int] = field(default_factory=list)

    def hear(self) -> bool:
        """Whether the last of what was missed has just come."""
        before = len(self.missed)
        for text in self.wire.receive():
            if text.startswith(CREATED):
                self.missed.append(orjson.loads(text)["seq"])
            elif text.startswith((b'{"event":"error"', b'{"event":"resync_required"')):
                raise ConnectionError(text.decode())
        return before < MISSED <= len(self.missed)


def _storm(server: Process, world: World, cursors: dict[str, str]) -> tuple[float, float]:
    people = [person for talk in world.talks for person in talk.listeners]
    begun, own = time.perf_counter(), time.process_time()
    clients = []
    with selectors.EpollSelector() as selector:
        for person in people:
            first = _auth(person.token, cursors[person.user_id])
            client = Client(Wire(server.hello["url"], "/v1/ws", first=first))
            clients.append(client)
            selector.register(client.wire, selectors.EVENT_READ, client)
        done = 0
        while done < len(clients):
            ready = selector.select(STALLED_SECONDS)
            if not ready:
                raise TimeoutError(f"{done} of {len(clients)} resumed:\n{server.log()}")
            done += sum(key.data.hear() for key, _ in ready)
    seconds = time.perf_counter() - begun
    share = (time.process_time() - own) / seconds
    for client in clients:
        first_seq = client.missed[0]
        expected = list(range(first_seq, first_seq + MISSED))
        assert client.missed == expected, "an event was lost, doubled or out of order"
        client.wire.close()
    return seconds, share
