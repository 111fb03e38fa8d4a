"""The session in docs/protocol.md, held with a real server: the same frames in the same order."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.docs.pages import page
from tests.support.running import Chat, Json, Person, Wire, open_wire

LEFT_OUT = "…"
_LINE = re.compile(r"(\w+) +(→|←|connects|loses the connection)(?: (.*))?")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")


class Step(NamedTuple):
    who: str
    what: str
    frame: Json


def steps() -> Iterator[Step]:
    (block,) = page("docs/protocol.md").blocks("session")
    for line in block.text.splitlines():
        if line:
            match = _LINE.fullmatch(line)
            assert match, line
            yield Step(match[1], match[2], json.loads(match[3] or "{}"))


class Session:
    """The people of the page on a real server; ids of the page stand for real ones."""

    def __init__(self, chat: Chat, people: dict[str, Person], real: dict[str, str]) -> None:
        self.chat = chat
        self.people = people
        self.real = real
        self.cursors: dict[str, str] = {}
        self.wires: dict[str, Wire] = {}

    async def take(self, step: Step) -> None:
        if step.what == "connects":
            self.wires[step.who] = await open_wire(self.chat.http, self.chat.url)
        elif step.what == "loses the connection":
            await self.wires[step.who].ws.close()
        elif step.what == "→":
            await self.wires[step.who].ws.send_json(self.to_send(step.who, step.frame))
        else:
            heard = await self.wires[step.who].next()
            self.compare(step.frame, heard, f"{step.who} {step.frame['event']}")
            if heard["event"] == "ready":
                self.cursors.setdefault(step.who, heard["data"]["cursor"])

    def to_send(self, who: str, value: Any) -> Any:
        """A value of the page with what is real here in it."""
        if isinstance(value, dict):
            return {self.to_send(who, name): self.to_send(who, one) for name, one in value.items()}
        if not isinstance(value, str):
            return value
        if value == "eyJ…":
            return self.people[who].token
        if value.startswith("eAF") and value.endswith(LEFT_OUT):
            return self.cursors[who]
        return _ID.sub(lambda found: self.real.get(found[0], found[0]), value)

    def compare(self, told: Any, heard: Any, where: str) -> None:
        """What was heard must be what the page tells; what the page leaves out may be anything."""
        if isinstance(told, dict):
            expected = {name for name in told if name != LEFT_OUT}
            assert isinstance(heard, dict), where
            if LEFT_OUT in told:
                assert expected < set(heard), where
            else:
                assert expected == set(heard), where
            for name in expected:
                self.compare(told[name], heard[name], f"{where}.{name}")
        elif isinstance(told, list):
            assert len(told) == len(heard), where
            for place, (one, other) in enumerate(zip(told, heard, strict=True)):
                self.compare(one, other, f"{where}[{place}]")
        elif where.endswith(".expiresInSeconds"):
            assert told - 30 <= heard <= told, where  # the account is as old as the test
        elif not isinstance(told, str):
            assert (type(told), told) == (type(heard), heard), where
        elif _TIME.fullmatch(told):
            assert _TIME.fullmatch(heard), where
        elif LEFT_OUT not in told:
            self.meet(told, heard, where)

    def meet(self, told: str, heard: str, where: str) -> None:
        for one, other in zip(_ID.findall(told), _ID.findall(heard), strict=True):
            assert self.real.setdefault(one, other) == other, where
        assert _ID.sub(lambda found: self.real[found[0]], told) == heard, where


async def test_the_session_goes_as_it_is_told(chat: Chat) -> None:
    people = {name: await chat.person(name) for name in ("ayse", "mehmet")}
    room = await chat.direct(*people.values())
    told = list(steps())
    in_page = next(
        step.frame["data"]["conversationId"]
        for step in told
        if "conversationId" in step.frame.get("data", {})
    )
    session = Session(chat, people, {in_page: room})
    for step in told:
        await session.take(step)
    assert len(told) > 20
    for name, wire in session.wires.items():
        await wire.sends("ping", {}, "last")
        assert (await wire.next())["event"] == "pong", f"{name} heard more than is told"
