"""The scenarios that can be run, the same for every engine."""

import random
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from altlas_chat.loadtest import scripts
from altlas_chat.loadtest.scripts import Action


@dataclass(frozen=True, slots=True)
class Storm:
    """All lines are cut every so often, and are back at once after so long."""

    every_seconds: float = 10.0
    away_seconds: float = 1.0

    def moments(self, seconds: float) -> Iterator[tuple[float, float]]:
        """When lines are cut and due back in a run so long, from its begin.

        In a short run they are cut once, in the middle, and are soon back.
        """
        every = min(self.every_seconds, seconds)
        away = min(self.away_seconds, every / 4)
        cut = every / 2
        while cut + away < seconds:
            yield cut, cut + away
            cut += every


@dataclass(frozen=True, slots=True)
class Slowness:
    """A share of those who listen read too slowly, from the first third of the run on.

    Half of them take a sip now and then; the others read nothing at all for
    some time between both ends of ``sleep_seconds``.
    """

    share: float = 0.1
    sleep_seconds: tuple[float, float] = (3.0, 12.0)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What so many people do how often.

    ``actions`` are weights; ``connects`` is the share of people who hold a
    socket all the time. The rest are what a run takes if nothing else is
    asked for: a world of so many people, conversations and messages, and a
    rate of actions a second. With ``groups`` the people are divided into so
    many, and write there alone. ``storm`` cuts all sockets now and then;
    ``slow`` makes some of those with a socket read too slowly.
    """

    name: str
    what: str
    actions: Mapping[Action, float]
    connects: float
    users: int
    rate: float
    conversations: int
    messages: int
    groups: int = 0
    storm: Storm | None = None
    slow: Slowness | None = None

    def slow_of(self, sockets: int) -> int:
        """How many of so many sockets are read too slowly: those of the first people."""
        return 0 if self.slow is None else max(1, round(sockets * self.slow.share))

    @property
    def returns(self) -> bool:
        """Whether who was cut off is to come back by the end of the run."""
        return self.storm is not None or self.slow is not None


SLOW_ENDS = frozenset({1006, 4009})
"""How a slow reader's socket ends: told so, or dropped by then, for it did not read that."""

SIP_SECONDS = 0.25
_RECEIVE_BYTES = 4096
_SEGMENT_BYTES = 536
_LONGEST_PAUSE_SECONDS = 10.0


def small_buffers() -> tuple[tuple[int, int, int], ...]:
    """Options of a slow reader's TCP socket, to be set before it connects.

    What it does not take, the server is to keep, and not both systems: that of
    the server decides by the size of segments (RFC 9293, section 3.7.1) how
    much it takes, and on the loopback that would be megabytes.
    """
    return (
        (socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SEGMENT_BYTES),
        (socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES),
    )


def pause_before(attempt: int) -> float:
    """Seconds before the so many-th attempt to come back: full jitter (docs/protocol.md, 10)."""
    return random.uniform(0, min(_LONGEST_PAUSE_SECONDS, 0.5 * 2**attempt))


SCENARIOS: Mapping[str, Scenario] = {
    one.name: one
    for one in (
        Scenario(
            name="reading",
            what="Over REST: the app is opened, lists and histories are read.",
            actions={
                scripts.open_app: 1,
                scripts.list_conversations: 4,
                scripts.read_history: 5,
                scripts.catch_up: 2,
            },
            connects=0,
            users=100,
            rate=100,
            conversations=200,
            messages=20_000,
        ),
        Scenario(
            name="posting",
            what="Messages over REST, heard over sockets.",
            actions={scripts.post: 1},
            connects=1,
            users=100,
            rate=100,
            conversations=100,
            messages=5_000,
        ),
        Scenario(
            name="chatting",
            what="Over sockets: people type, send and read.",
            actions={scripts.chat: 1},
            connects=1,
            users=200,
            rate=100,
            conversations=200,
            messages=5_000,
        ),
        Scenario(
            name="fanout",
            what="Messages to few, large groups, heard by everybody in them.",
            actions={scripts.say: 1},
            connects=1,
            users=200,
            rate=50,
            conversations=0,
            messages=0,
            groups=4,
        ),
        Scenario(
            name="searching",
            what="Words are looked for, everywhere and in conversations.",
            actions={scripts.search: 1},
            connects=0,
            users=50,
            rate=50,
            conversations=200,
            messages=50_000,
        ),
        Scenario(
            name="files",
            what="Files of 256 KiB go up, into messages, and down again.",
            actions={scripts.share_file: 1},
            connects=0,
            users=50,
            rate=10,
            conversations=50,
            messages=1_000,
        ),
        Scenario(
            name="storm",
            what="All sockets are cut and come back at once, every ten seconds; nothing is missed.",
            actions={scripts.post: 1},
            connects=1,
            users=500,
            rate=50,
            conversations=0,
            messages=0,
            groups=25,
            storm=Storm(),
        ),
        Scenario(
            name="slow-readers",
            what="Few do not read, or slowly: they are closed and resume, and nobody else notices.",
            actions={scripts.say_much: 1},
            connects=1,
            users=100,
            rate=50,
            conversations=0,
            messages=0,
            groups=1,
            slow=Slowness(),
        ),
        Scenario(
            name="mixed",
            what="A day at the office: mostly reading and chatting, some searches and files.",
            actions={
                scripts.open_app: 2,
                scripts.list_conversations: 10,
                scripts.read_history: 20,
                scripts.chat: 20,
                scripts.search: 3,
                scripts.catch_up: 5,
                scripts.share_file: 0.5,
            },
            connects=0.8,
            users=200,
            rate=100,
            conversations=200,
            messages=20_000,
        ),
    )
}
"""By name, in the order in which they are listed."""
